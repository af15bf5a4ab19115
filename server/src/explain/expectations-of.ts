import type { KeyObject } from 'node:crypto'
import { parseCertificates } from '@sallyport/saml'
import { type Connection, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { Expectations } from '#explain/explain-message.ts'

/** Of nobody in particular: what a message says of itself is all that there is. */
export function noExpectations(now: Date): Expectations {
  return { now, certificates: [], decryptionKeys: [], clockSkewSeconds: 60, allowSha1: false, allowCbc: false }
}

/** What a sign-in through a connection would expect; which request was answered is not known. */
export function expectationsOf(
  connection: Connection,
  asked: { readonly publicUrl: string; readonly decryptionKeys: readonly KeyObject[]; readonly now: Date },
): Expectations {
  const { publicUrl, decryptionKeys, now } = asked
  const { settings, ticket } = connection
  return {
    now,
    certificates: settings.issuerCertificates.flatMap((pem) => parseCertificates(pem)),
    decryptionKeys,
    clockSkewSeconds: settings.clockSkewSeconds,
    allowSha1: settings.dangerouslyAllowSha1,
    allowCbc: settings.dangerouslyAllowCbc,
    ...(settings.issuer === '' ? {} : { issuer: settings.issuer }),
    audience: requestIssuerOf(connection, publicUrl),
    acs: endpointsOf(publicUrl, ticket).acs,
  }
}
