// Writing the two messages of single logout (Core 3.7.1, 3.7.2). Unsigned: `signXml` or `encodeRedirect` sign them.

import { writeInstant } from '../time.ts'
import { namespaces, uris } from '../uris.ts'
import { element } from '../xml/write.ts'
import type { NameId } from './claims.ts'
import { type StatusToWrite, writeNameId, writeStatus } from './write-parts.ts'

export type LogoutRequestToWrite = {
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly destination: string
  /** As the assertion named the person: value, format and qualifiers. */
  readonly nameId: NameId
  /** The sessions that end; none: all of this person's (Core 3.7.1). */
  readonly sessionIndexes: readonly string[]
  readonly notOnOrAfter?: Date
  /** For example `urn:oasis:names:tc:SAML:2.0:logout:user` (Core 3.7.3). */
  readonly reason?: string
}

/** A LogoutRequest as XML, unsigned (Core 3.7.1). */
export function writeLogoutRequest(request: LogoutRequestToWrite): string {
  return element(
    'samlp:LogoutRequest',
    {
      'xmlns:samlp': namespaces.protocol,
      'xmlns:saml': namespaces.assertion,
      ID: request.id,
      Version: '2.0',
      IssueInstant: writeInstant(request.issueInstant),
      Destination: request.destination,
      NotOnOrAfter: request.notOnOrAfter && writeInstant(request.notOnOrAfter),
      Reason: request.reason,
    },
    element('saml:Issuer', {}, request.issuer),
    writeNameId(request.nameId),
    request.sessionIndexes.map((index) => element('samlp:SessionIndex', {}, index)),
  ).xml
}

export type LogoutResponseToWrite = {
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  /** Left out by SOAP, where the answer goes back in the same exchange (Bindings 3.2). */
  readonly destination?: string
  /** Left out only where the ID of the request could not be determined (Core 3.2.2). */
  readonly inResponseTo?: string
  /** Success when left out. Never Success while a session lives (Core 3.7.3.2). */
  readonly status?: StatusToWrite
}

/** A LogoutResponse as XML, unsigned (Core 3.7.2). */
export function writeLogoutResponse(response: LogoutResponseToWrite): string {
  return element(
    'samlp:LogoutResponse',
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
  ).xml
}
