// Writing a Response, as an identity provider does (Core 3.3.3, Profiles 4.1.4.2). Unsigned: `signXml` comes after.

import { writeInstant } from '../time.ts'
import { namespaces, uris } from '../uris.ts'
import { element, type Markup } from '../xml/write.ts'
import type { Attribute, NameId } from './claims.ts'
import { type StatusToWrite, writeNameId, writeStatus } from './write-parts.ts'

export type AssertionToWrite = {
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly nameId: NameId
  readonly recipient: string
  readonly audience: string
  readonly inResponseTo?: string
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  readonly authnInstant: Date
  readonly sessionIndex?: string
  readonly sessionNotOnOrAfter?: Date
  readonly authnContextClass?: string
  readonly attributes: readonly Attribute[]
}

export type ResponseToWrite = {
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly destination: string
  readonly inResponseTo?: string
  /** Success when left out. `code` and `subCode` are status URIs. */
  readonly status?: StatusToWrite
  /** Left out in an answer that says no. */
  readonly assertion?: AssertionToWrite
}

/** A Response as XML, unsigned (Core 3.3.3): sign the assertion first, then the response. */
export function writeResponse(response: ResponseToWrite): string {
  return element(
    'samlp:Response',
    {
      'xmlns:samlp': namespaces.protocol,
      'xmlns:saml': namespaces.assertion,
      ID: response.id,
      Version: '2.0',
      IssueInstant: writeInstant(response.issueInstant),
      Destination: response.destination,
      InResponseTo: response.inResponseTo,
    },
    element('saml:Issuer', {}, response.issuer),
    writeStatus(response.status ?? { code: uris.status.success }),
    response.assertion === undefined ? undefined : assertionElement(response.assertion),
  ).xml
}

/** An Assertion by itself as XML, unsigned, to be brought to an authorization server (RFC 7522): sign it after. */
export function writeAssertion(assertion: AssertionToWrite): string {
  return assertionElement(assertion, { 'xmlns:saml': namespaces.assertion }).xml
}

function assertionElement(assertion: AssertionToWrite, declared: Readonly<Record<string, string>> = {}): Markup {
  const instant = (date: Date | undefined): string | undefined => (date === undefined ? undefined : writeInstant(date))
  return element(
    'saml:Assertion',
    { ...declared, ID: assertion.id, Version: '2.0', IssueInstant: writeInstant(assertion.issueInstant) },
    element('saml:Issuer', {}, assertion.issuer),
    element('saml:Subject', {}, writeNameId(assertion.nameId), writeConfirmation(assertion)),
    element(
      'saml:Conditions',
      { NotBefore: instant(assertion.notBefore), NotOnOrAfter: instant(assertion.notOnOrAfter) },
      element('saml:AudienceRestriction', {}, element('saml:Audience', {}, assertion.audience)),
    ),
    element(
      'saml:AuthnStatement',
      {
        AuthnInstant: instant(assertion.authnInstant),
        SessionIndex: assertion.sessionIndex,
        SessionNotOnOrAfter: instant(assertion.sessionNotOnOrAfter),
      },
      element(
        'saml:AuthnContext',
        {},
        element('saml:AuthnContextClassRef', {}, assertion.authnContextClass ?? uris.authnContext.unspecified),
      ),
    ),
    assertion.attributes.length === 0
      ? undefined
      : element('saml:AttributeStatement', {}, assertion.attributes.map(writeAttribute)),
  )
}

function writeConfirmation(assertion: AssertionToWrite): Markup {
  return element(
    'saml:SubjectConfirmation',
    { Method: uris.confirmation.bearer },
    element('saml:SubjectConfirmationData', {
      NotOnOrAfter: writeInstant(assertion.notOnOrAfter),
      Recipient: assertion.recipient,
      InResponseTo: assertion.inResponseTo,
    }),
  )
}

function writeAttribute(attribute: Attribute): Markup {
  return element(
    'saml:Attribute',
    { Name: attribute.name, NameFormat: attribute.nameFormat, FriendlyName: attribute.friendlyName },
    attribute.values.map((value) => element('saml:AttributeValue', {}, value)),
  )
}
