import { z } from 'zod'
import { changeableShape, readableShape, shownFields } from '#admin/connections/setting-shapes.ts'
import { time } from '#admin/fields.ts'
import { type Connection, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { connectionName, fieldsOfProvider, settingsShape } from '#connections/settings.ts'
import { strictObject } from '#connections/strict-object.ts'
import { missingIn } from '#connections/take-change.ts'
import { type Certificate, certificatesIn, warningsOf } from '#connections/warnings.ts'
import { webAddress } from '#connections/web-address.ts'

const state = z
  .enum(['draft', 'live'])
  .describe('Nobody signs in through a draft, but for a test; a draft may lack what only the identity provider knows')

const own = {
  state: state.optional(),
  position: z.int().min(0, 'must not be negative').max(999).optional().describe('The place in the list, from 0'),
  identityProviderMetadataUrl: webAddress
    .nullable()
    .optional()
    .describe('Where the identity provider publishes its metadata, for the checks'),
}

export const connectionToMake = strictObject({
  name: connectionName,
  ...own,
  ...changeableShape(settingsShape, fieldsOfProvider),
}).describe('What is left out gets its default. A connection is made as a draft unless “state” says otherwise')

export const connectionChange = strictObject({
  name: connectionName.optional(),
  ...own,
  ...changeableShape(settingsShape, fieldsOfProvider),
})

const settingsOfChange = { name: connectionName.optional(), ...own }
/** What is typed; the fields of the settings are judged as a whole when they are taken. */
export type ConnectionInput = z.output<z.ZodObject<typeof settingsOfChange>> & Readonly<Record<string, unknown>>

export const certificateShape = z
  .object({
    subject: z.string(),
    issuer: z.string(),
    notBefore: time,
    notAfter: time,
    fingerprintSha256: z.string(),
    keyType: z.string().describe('Like “RSA 2048”'),
    pem: z.string(),
  })
  .meta({ id: 'IssuerCertificate' })

export const warningShape = z
  .object({ code: z.string(), sentence: z.string(), cure: z.string() })
  .meta({ id: 'ConnectionWarning' })

export const connectionShape = z
  .object({
    id: z.string(),
    name: z.string(),
    state,
    position: z.int(),
    ticket: z.string().describe('Names the connection in URLs'),
    ...readableShape(settingsShape, fieldsOfProvider),
    identityProviderMetadataUrl: z.string().nullable(),
    platformAuthenticationServiceUrl: z.string().describe('Starts a sign-in'),
    assertionConsumerServiceEndPoint: z.string().describe('Where the identity provider sends its answer'),
    entityId: z
      .string()
      .describe('By which the identity provider knows us: the SAML Request Issuer URL, or our metadata'),
    metadataUrl: z.string().describe('Our metadata, for the identity provider'),
    singleLogoutUrl: z.string().describe('Where the identity provider sends logout messages through the browser'),
    singleLogoutSoapUrl: z.string().describe('Where it sends them from server to server'),
    certificates: z.array(certificateShape).describe('What is in issuerCertificates'),
    missing: z.array(z.string()).describe('What must be given before the connection can be live'),
    warnings: z.array(warningShape),
  })
  .meta({ id: 'Connection' })

export function shownConnection(connection: Connection, { publicUrl, now }: { publicUrl: string; now: Date }) {
  const { id, name, state, position, ticket, settings } = connection
  const endpoints = endpointsOf(publicUrl, ticket)
  return {
    ...{ id, name, state, position, ticket },
    ...shownFields(settingsShape, settings),
    identityProviderMetadataUrl: connection.identityProviderMetadataUrl ?? null,
    platformAuthenticationServiceUrl: endpoints.ssoRequest,
    assertionConsumerServiceEndPoint: endpoints.acs,
    entityId: requestIssuerOf(connection, publicUrl),
    metadataUrl: endpoints.metadata,
    singleLogoutUrl: endpoints.slo,
    singleLogoutSoapUrl: endpoints.sloSoap,
    certificates: settings.issuerCertificates
      .flatMap(certificatesIn)
      .filter((one) => one !== undefined)
      .map(shownCertificate),
    missing: missingIn(settings),
    warnings: warningsOf(connection, now),
  }
}

export function shownCertificate(certificate: Certificate): z.output<typeof certificateShape> {
  const { subject, issuer, notBefore, notAfter, fingerprint, keyKind, keyBits, pem } = certificate
  return {
    ...{ subject, issuer, pem },
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    fingerprintSha256: fingerprint,
    keyType: `${keyKind.toUpperCase()} ${keyBits}`,
  }
}
