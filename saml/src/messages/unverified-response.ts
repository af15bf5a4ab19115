// Reads what a Response says, without believing any of it: for tools that explain a message to whoever set it up. It holds
// nothing against the schemas and verifies nothing, so nothing that decides may be built on it.

import { SamlReadError } from '../report/read-error.ts'
import { namespaces } from '../uris.ts'
import { trimmed } from '../xml/characters.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childrenNamed, isNamed, onlyChild, pathOf, type XmlElement } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'

export type UnverifiedConfirmation = {
  readonly method: string | undefined
  readonly recipient: string | undefined
  readonly notBefore: string | undefined
  readonly notOnOrAfter: string | undefined
  readonly inResponseTo: string | undefined
}

export type UnverifiedAttribute = {
  readonly name: string
  readonly friendlyName: string | undefined
  /** As they are written, white space and all. */
  readonly values: readonly string[]
}

export type UnverifiedAssertion = {
  /** For `verifySignature`. */
  readonly element: XmlElement
  readonly issuer: string | undefined
  readonly issueInstant: string | undefined
  /** Undefined: there is no NameID, or none that can be read. */
  readonly nameId: { readonly value: string; readonly format: string | undefined } | undefined
  readonly confirmations: readonly UnverifiedConfirmation[]
  readonly notBefore: string | undefined
  readonly notOnOrAfter: string | undefined
  /** Of each restriction. */
  readonly audiences: readonly (readonly string[])[]
  readonly sessionNotOnOrAfter: readonly string[]
  /** One for each Attribute element. */
  readonly attributes: readonly UnverifiedAttribute[]
}

export type UnverifiedResponse = {
  /** For `verifySignature`. */
  readonly root: XmlElement
  readonly issuer: string | undefined
  readonly issueInstant: string | undefined
  readonly destination: string | undefined
  /** The status codes, the outermost first. */
  readonly status: readonly string[]
  readonly statusMessage: string | undefined
  readonly assertions: readonly UnverifiedAssertion[]
  readonly encryptedAssertions: number
}

/** Throws `SamlReadError` where the document cannot be read or is no Response. */
export function readUnverifiedResponse(message: Uint8Array | string): UnverifiedResponse {
  const root = read(message)
  if (!isNamed(root, namespaces.protocol, 'Response')) {
    throw new SamlReadError('message-type', `${pathOf(root)} of ${root.namespace || 'no namespace'}`)
  }
  const status = onlyChild(root, namespaces.protocol, 'Status')
  return {
    root,
    issuer: textIn(root, 'Issuer'),
    issueInstant: attributeOf(root, 'IssueInstant'),
    destination: attributeOf(root, 'Destination'),
    status: status === undefined ? [] : statusCodes(status),
    statusMessage: status && written(onlyChild(status, namespaces.protocol, 'StatusMessage')),
    assertions: childrenNamed(root, namespaces.assertion, 'Assertion').map(readAssertion),
    encryptedAssertions: childrenNamed(root, namespaces.assertion, 'EncryptedAssertion').length,
  }
}

function read(message: Uint8Array | string): XmlElement {
  try {
    return readXml(message)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new SamlReadError(error.code, error.message)
  }
}

function statusCodes(element: XmlElement): string[] {
  const code = onlyChild(element, namespaces.protocol, 'StatusCode')
  return code === undefined ? [] : [attributeOf(code, 'Value') ?? '', ...statusCodes(code)]
}

function readAssertion(element: XmlElement): UnverifiedAssertion {
  const subject = onlyChild(element, namespaces.assertion, 'Subject')
  const nameId = subject && onlyChild(subject, namespaces.assertion, 'NameID')
  const value = written(nameId)
  const conditions = onlyChild(element, namespaces.assertion, 'Conditions')
  return {
    element,
    issuer: textIn(element, 'Issuer'),
    issueInstant: attributeOf(element, 'IssueInstant'),
    nameId: nameId === undefined || !value ? undefined : { value, format: attributeOf(nameId, 'Format') },
    confirmations: below(subject, 'SubjectConfirmation').map(readConfirmation),
    notBefore: conditions && attributeOf(conditions, 'NotBefore'),
    notOnOrAfter: conditions && attributeOf(conditions, 'NotOnOrAfter'),
    audiences: below(conditions, 'AudienceRestriction').map((restriction) =>
      below(restriction, 'Audience').map((audience) => written(audience) ?? ''),
    ),
    sessionNotOnOrAfter: below(element, 'AuthnStatement').flatMap(
      (statement) => attributeOf(statement, 'SessionNotOnOrAfter') ?? [],
    ),
    attributes: below(element, 'AttributeStatement').flatMap((statement) =>
      below(statement, 'Attribute').map(readAttribute),
    ),
  }
}

function readConfirmation(confirmation: XmlElement): UnverifiedConfirmation {
  const data = onlyChild(confirmation, namespaces.assertion, 'SubjectConfirmationData')
  const said = (name: string): string | undefined => data && attributeOf(data, name)
  return {
    method: attributeOf(confirmation, 'Method'),
    recipient: said('Recipient'),
    notBefore: said('NotBefore'),
    notOnOrAfter: said('NotOnOrAfter'),
    inResponseTo: said('InResponseTo'),
  }
}

function readAttribute(attribute: XmlElement): UnverifiedAttribute {
  return {
    name: attributeOf(attribute, 'Name') ?? '',
    friendlyName: attributeOf(attribute, 'FriendlyName'),
    values: below(attribute, 'AttributeValue').map(textBelow),
  }
}

function below(element: XmlElement | undefined, local: string): XmlElement[] {
  return element === undefined ? [] : childrenNamed(element, namespaces.assertion, local)
}

function textIn(element: XmlElement, local: string): string | undefined {
  return written(onlyChild(element, namespaces.assertion, local))
}

function written(element: XmlElement | undefined): string | undefined {
  return element && trimmed(textBelow(element))
}

// Everything, as a lenient reader would see it: behind comments too.
function textBelow(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textBelow(child))).join('')
}
