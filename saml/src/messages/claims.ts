// What a verified assertion says of a person. Read from a SignedElement and from nothing else.

import { type SignedElement, signedElement } from '../signature/signed-element.ts'
import { readInstant } from '../time.ts'
import { namespaces } from '../uris.ts'
import { trimmed } from '../xml/characters.ts'
import { attributeOf, childElements, childrenNamed, onlyChild, textOf, type XmlElement } from '../xml/tree.ts'

export type NameId = {
  readonly value: string
  readonly format?: string
  readonly nameQualifier?: string
  readonly spNameQualifier?: string
}

export type Attribute = {
  readonly name: string
  readonly nameFormat?: string
  readonly friendlyName?: string
  /** In document order; a value that is xsi:nil is left out. */
  readonly values: readonly string[]
}

declare const brand: unique symbol

export type Claims = {
  readonly [brand]: 'verified'
  readonly assertionId: string
  readonly issuer: string
  readonly nameId: NameId | undefined
  /** Attribute elements with the same name and name format are one attribute with all their values. */
  readonly attributes: readonly Attribute[]
  readonly inResponseTo?: string
  readonly authnInstant?: Date
  readonly authnContextClass?: string
  readonly sessionIndex?: string
  readonly sessionNotOnOrAfter?: Date
  /** Until when this assertion could be presented again: its id must be remembered that long (Profiles 4.1.4.5). */
  readonly replayableUntil: Date
}

/** Reads the claims of a signed Assertion; the caller has checked its conditions. */
export function readClaims(assertion: SignedElement, inResponseTo: string | undefined, replayableUntil: Date): Claims {
  const element = signedElement(assertion)
  const statement = childrenNamed(element, namespaces.assertion, 'AuthnStatement')[0]
  return Object.freeze({
    assertionId: attributeOf(element, 'ID') ?? '',
    issuer: unverifiedText(onlyChild(element, namespaces.assertion, 'Issuer')) ?? '',
    nameId: unverifiedNameId(onlyChild(element, namespaces.assertion, 'Subject')),
    attributes: unverifiedAttributes(element),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    ...(statement === undefined ? {} : readStatement(statement)),
    replayableUntil,
  }) as Claims
}

function readStatement(statement: XmlElement) {
  const context = onlyChild(statement, namespaces.assertion, 'AuthnContext')
  const authnContextClass = context && unverifiedText(onlyChild(context, namespaces.assertion, 'AuthnContextClassRef'))
  const sessionIndex = attributeOf(statement, 'SessionIndex')
  const authnInstant = readInstant(attributeOf(statement, 'AuthnInstant') ?? '')
  const sessionNotOnOrAfter = readInstant(attributeOf(statement, 'SessionNotOnOrAfter') ?? '')
  return {
    ...(authnContextClass === undefined ? {} : { authnContextClass }),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(authnInstant === undefined ? {} : { authnInstant }),
    ...(sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter }),
  }
}

/** The text of an element without white space around it, for reports too; says nothing of whether it was signed. */
export function unverifiedText(element: XmlElement | undefined): string | undefined {
  const text = element === undefined ? undefined : textOf(element)
  return text === undefined ? undefined : trimmed(text)
}

/** The NameID of a Subject, whether signed or not. */
export function unverifiedNameId(subject: XmlElement | undefined): NameId | undefined {
  const element = subject && onlyChild(subject, namespaces.assertion, 'NameID')
  const value = unverifiedText(element)
  if (element === undefined || value === undefined || value === '') return undefined
  const format = attributeOf(element, 'Format')
  const nameQualifier = attributeOf(element, 'NameQualifier')
  const spNameQualifier = attributeOf(element, 'SPNameQualifier')
  return Object.freeze({
    value,
    ...(format === undefined ? {} : { format }),
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
  })
}

/** The attributes of an Assertion, whether signed or not. */
export function unverifiedAttributes(assertion: XmlElement): readonly Attribute[] {
  const found = new Map<string, { name: string; nameFormat?: string; friendlyName?: string; values: string[] }>()
  for (const statement of childrenNamed(assertion, namespaces.assertion, 'AttributeStatement')) {
    for (const element of childrenNamed(statement, namespaces.assertion, 'Attribute')) {
      const name = attributeOf(element, 'Name') ?? ''
      const nameFormat = attributeOf(element, 'NameFormat')
      const friendlyName = attributeOf(element, 'FriendlyName')
      const key = JSON.stringify([name, nameFormat])
      const known = found.get(key) ?? {
        name,
        ...(nameFormat === undefined ? {} : { nameFormat }),
        ...(friendlyName === undefined ? {} : { friendlyName }),
        values: [],
      }
      known.values.push(...valuesOf(element))
      found.set(key, known)
    }
  }
  return [...found.values()]
}

function valuesOf(attribute: XmlElement): string[] {
  const values: string[] = []
  for (const value of childElements(attribute)) {
    const nil = value.attributes.find(
      ({ local, namespace }) => local === 'nil' && namespace === namespaces.schemaInstance,
    )
    const text = textOf(value)
    if (text !== undefined && nil?.value !== 'true' && nil?.value !== '1') values.push(text)
  }
  return values
}
