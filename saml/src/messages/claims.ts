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
  /** By the clock of the identity provider. */
  readonly issueInstant?: Date
  readonly nameId: NameId | undefined
  /** Attribute elements with the same name and name format are one attribute with all their values. */
  readonly attributes: readonly Attribute[]
  readonly inResponseTo?: string
  readonly authnInstant?: Date
  readonly authnContextClass?: string
  readonly sessionIndex?: string
  /** The earliest of all statements. */
  readonly sessionNotOnOrAfter?: Date
  /** Until when this assertion could be presented again: its id must be remembered that long (Profiles 4.1.4.5). */
  readonly replayableUntil: Date
}

type MutableClaims = { -readonly [K in keyof Claims]: Claims[K] }

/** Reads the claims of a signed Assertion; the caller has checked its conditions. */
export function readClaims(assertion: SignedElement, inResponseTo: string | undefined, replayableUntil: Date): Claims {
  const element = signedElement(assertion)
  const claims = {
    assertionId: attributeOf(element, 'ID') ?? '',
    issuer: unverifiedText(onlyChild(element, namespaces.assertion, 'Issuer')) ?? '',
    nameId: unverifiedNameId(onlyChild(element, namespaces.assertion, 'Subject')),
    attributes: unverifiedAttributes(element),
    replayableUntil,
  } as unknown as MutableClaims
  const issueInstant = readInstant(attributeOf(element, 'IssueInstant') ?? '')
  if (issueInstant !== undefined) claims.issueInstant = issueInstant
  if (inResponseTo !== undefined) claims.inResponseTo = inResponseTo
  const statements = childrenNamed(element, namespaces.assertion, 'AuthnStatement')
  if (statements[0] !== undefined) readStatement(statements[0], claims)
  for (const statement of statements) shorten(statement, claims)
  return Object.freeze(claims)
}

function readStatement(statement: XmlElement, claims: MutableClaims): void {
  const context = onlyChild(statement, namespaces.assertion, 'AuthnContext')
  const authnContextClass = context && unverifiedText(onlyChild(context, namespaces.assertion, 'AuthnContextClassRef'))
  const sessionIndex = attributeOf(statement, 'SessionIndex')
  const authnInstant = readInstant(attributeOf(statement, 'AuthnInstant') ?? '')
  if (authnContextClass !== undefined) claims.authnContextClass = authnContextClass
  if (sessionIndex !== undefined) claims.sessionIndex = sessionIndex
  if (authnInstant !== undefined) claims.authnInstant = authnInstant
}

// Of several statements each may end the session (Core 2.7.2): the first end counts.
function shorten(statement: XmlElement, claims: MutableClaims): void {
  const end = attributeOf(statement, 'SessionNotOnOrAfter')
  const instant = end === undefined ? undefined : readInstant(end)
  if (instant === undefined) return
  if (claims.sessionNotOnOrAfter === undefined || instant.getTime() < claims.sessionNotOnOrAfter.getTime()) {
    claims.sessionNotOnOrAfter = instant
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
  const nameId: { -readonly [K in keyof NameId]: NameId[K] } = { value }
  for (const { local, namespace, value: text } of element.attributes) {
    if (namespace !== '') continue
    if (local === 'Format') nameId.format = text
    else if (local === 'NameQualifier') nameId.nameQualifier = text
    else if (local === 'SPNameQualifier') nameId.spNameQualifier = text
  }
  return nameId
}

/** The attributes of an Assertion, whether signed or not. */
function unverifiedAttributes(assertion: XmlElement): readonly Attribute[] {
  const all: MutableAttribute[] = []
  // Few are looked through, many looked up: making a key of a text costs more than a few comparisons.
  let byName: Map<string, MutableAttribute[]> | undefined
  for (const element of attributeElements(assertion)) {
    const name = attributeOf(element, 'Name') ?? ''
    const nameFormat = attributeOf(element, 'NameFormat')
    const known = findAttribute(byName === undefined ? all : (byName.get(name) ?? []), name, nameFormat)
    if (known !== undefined) {
      known.values.push(...valuesOf(element))
      continue
    }
    const friendlyName = attributeOf(element, 'FriendlyName')
    const made: MutableAttribute = { name, values: valuesOf(element) }
    if (nameFormat !== undefined) made.nameFormat = nameFormat
    if (friendlyName !== undefined) made.friendlyName = friendlyName
    all.push(made)
    if (byName !== undefined) enter(byName, made)
    else if (all.length === FEW) {
      byName = new Map()
      for (const attribute of all) enter(byName, attribute)
    }
  }
  return all
}

const FEW = 32

function enter(byName: Map<string, MutableAttribute[]>, attribute: MutableAttribute): void {
  const same = byName.get(attribute.name)
  if (same === undefined) byName.set(attribute.name, [attribute])
  else same.push(attribute)
}

function findAttribute(
  among: readonly MutableAttribute[],
  name: string,
  nameFormat: string | undefined,
): MutableAttribute | undefined {
  for (const attribute of among) {
    if (attribute.name === name && attribute.nameFormat === nameFormat) return attribute
  }
  return undefined
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
