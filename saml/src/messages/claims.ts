// What a verified assertion says of a person. Read from a SignedElement and from nothing else.

import { type SignedElement, signedElement } from '../signature/signed-element.ts'
import { readInstant } from '../time.ts'
import { namespaces } from '../uris.ts'
import { trimmed } from '../xml/characters.ts'
import { attributeOf, childrenNamed, isNamed, onlyChild, textOf, type XmlElement } from '../xml/tree.ts'

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
  return readNameId(subject && onlyChild(subject, namespaces.assertion, 'NameID'))
}

/** A NameID element (Core 2.2.3); undefined where it is absent or empty. */
export function readNameId(element: XmlElement | undefined): NameId | undefined {
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
  const found = new Map<string, MutableAttribute[]>()
  const all: MutableAttribute[] = []
  for (const element of attributeElements(assertion)) {
    const name = attributeOf(element, 'Name') ?? ''
    const nameFormat = attributeOf(element, 'NameFormat')
    const same = found.get(name)
    const known = same?.find((attribute) => attribute.nameFormat === nameFormat)
    if (known !== undefined) {
      known.values.push(...valuesOf(element))
      continue
    }
    const friendlyName = attributeOf(element, 'FriendlyName')
    const made: MutableAttribute = { name, values: valuesOf(element) }
    if (nameFormat !== undefined) made.nameFormat = nameFormat
    if (friendlyName !== undefined) made.friendlyName = friendlyName
    all.push(made)
    if (same === undefined) found.set(name, [made])
    else same.push(made)
  }
  return all
}

/** The names alone, each once, for reports. */
export function unverifiedAttributeNames(assertion: XmlElement): readonly string[] {
  const names = new Set<string>()
  for (const element of attributeElements(assertion)) names.add(attributeOf(element, 'Name') ?? '')
  return [...names]
}

type MutableAttribute = { name: string; nameFormat?: string; friendlyName?: string; values: string[] }

function attributeElements(assertion: XmlElement): XmlElement[] {
  const elements: XmlElement[] = []
  for (const statement of assertion.children) {
    if (typeof statement === 'string' || !isNamed(statement, namespaces.assertion, 'AttributeStatement')) continue
    for (const child of statement.children) {
      if (typeof child !== 'string' && isNamed(child, namespaces.assertion, 'Attribute')) elements.push(child)
    }
  }
  return elements
}

function valuesOf(attribute: XmlElement): string[] {
  const values: string[] = []
  for (const value of attribute.children) {
    if (typeof value === 'string') continue
    const text = textOf(value)
    if (text !== undefined && !(value.attributes.length > 0 && isNil(value))) values.push(text)
  }
  return values
}

// XML Schema Part 1 §2.6.2: an element that says it has no value.
function isNil(element: XmlElement): boolean {
  return element.attributes.some(
    ({ local, namespace, value }) =>
      local === 'nil' && namespace === namespaces.schemaInstance && (value === 'true' || value === '1'),
  )
}
