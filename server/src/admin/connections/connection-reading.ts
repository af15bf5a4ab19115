// Reading what an identity provider's administrator hands over, before anything is stored.

import { z } from 'zod'
import { certificateExample } from '#admin/connections/connection-examples.ts'
import { certificateShape, shownCertificate } from '#admin/connections/connection-shapes.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { invalid } from '#admin/problems.ts'
import { readCertificates } from '#connections/certificates.ts'
import { readMetadata } from '#connections/read-metadata.ts'
import { type Problem, SourceError, type SourceFields, type Sources } from '#connections/sources.ts'
import { strictObject } from '#connections/strict-object.ts'
import { fetchText, OutgoingError } from '#http/outgoing.ts'

/** Of the addresses that administrators type. */
const FETCH_MS = 10_000

export const metadataToRead = strictObject({
  url: z.string().trim().min(1).max(2048, 'is too long: 2048 characters at most').optional(),
  xml: z.string().min(1).optional().describe('The document itself'),
}).refine(({ url, xml }) => (url === undefined) !== (xml === undefined), {
  path: ['url'],
  error: 'or xml must be given, and not both',
})
export type MetadataToRead = z.output<typeof metadataToRead>

export const metadataReadShape = z
  .object({
    settings: z.record(z.string(), z.unknown()).describe('As PATCH of a connection takes them'),
    certificates: z.array(certificateShape),
    warnings: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'MetadataRead' })

export const metadataReadExample = {
  settings: {
    issuer: 'https://idp.acme.example/metadata',
    thirdPartyAuthenticationUrl: 'https://idp.acme.example/sso',
    requestBinding: 'redirect',
    signRequests: false,
    issuerCertificates: [certificateExample.pem],
  },
  certificates: [certificateExample],
  warnings: [],
}

export const certificateToRead = strictObject({
  certificate: z
    .string()
    .min(1, 'must not be empty')
    .max(100_000, 'is too long for certificates')
    .describe('PEM, or DER in base64; several are read one after the other'),
})

export const certificatesReadShape = z.object({ items: z.array(certificateShape) })

/** What can be read beside the connections themselves. */
export const connectionReadings: readonly Operation[] = [
  operation({
    id: 'readIdentityProviderMetadata',
    tag: 'Connections',
    scope: 'connections:write',
    method: 'POST',
    path: 'connections/read-metadata',
    summary: 'Reads an identity provider’s metadata, and tells what it would fill in; nothing is stored',
    body: metadataToRead,
    bodyExample: { url: 'https://idp.acme.example/metadata' },
    answer: { status: 200, schema: metadataReadShape, example: metadataReadExample },
    // Waiting for another server is no time to keep a transaction open.
    ownTransactions: true,
    run: (call) => answerMetadata(call, call.body),
  }),
  operation({
    id: 'readIssuerCertificate',
    tag: 'Connections',
    scope: 'connections:write',
    method: 'POST',
    path: 'connections/read-certificate',
    summary: 'Reads a certificate, and tells what is in it; nothing is stored',
    body: certificateToRead,
    bodyExample: { certificate: certificateExample.pem },
    answer: { status: 200, schema: certificatesReadShape, example: { items: [certificateExample] } },
    ownTransactions: true,
    run: async ({ body }) => answerCertificates(body.certificate),
  }),
]

type ReadingCall = Pick<Call<unknown, unknown, unknown>, 'config' | 'now'>

/** @throws ApiProblem */
export async function answerMetadata(call: ReadingCall, { url, xml }: MetadataToRead): Promise<Answer> {
  const fields: SourceFields = { ...(url && { metadataUrl: url }), ...(xml && { metadata: xml }) }
  const read = await readMetadata(fields, sourcesOf(call))
  if (!read.ok)
    throw invalid(read.problems.map(({ message }) => ({ path: url === undefined ? 'xml' : 'url', message })))
  const pems = (read.settings.issuerCertificates ?? []) as readonly string[]
  const certificates = pems.flatMap((pem) => readCertificates(pem)).flatMap((one) => ('pem' in one ? [one] : []))
  const warnings = read.warnings.map(({ path, message }: Problem) => ({ path: path.join('.'), message }))
  return { body: { settings: read.settings, certificates: certificates.map(shownCertificate), warnings } }
}

/** @throws ApiProblem */
export function answerCertificates(text: string): Answer {
  const items = readCertificates(text)
  const faults = items.flatMap((one) => ('fault' in one ? [{ path: 'certificate', message: one.fault }] : []))
  if (faults.length > 0) throw invalid(faults)
  return { body: { items: items.flatMap((one) => ('pem' in one ? [shownCertificate(one)] : [])) } }
}

/** No files: the API has nobody's disk. */
export function sourcesOf({ config, now }: ReadingCall): Sources {
  return {
    now,
    readFile: async () => {
      throw new SourceError('Files cannot be read here.')
    },
    fetchMetadata: async (url) => {
      try {
        return await fetchText(url, {
          allowPrivateHosts: config.allowPrivateHosts ?? [],
          accept: 'application/samlmetadata+xml, application/xml, text/xml',
          timeoutMs: FETCH_MS,
        })
      } catch (error) {
        throw error instanceof OutgoingError ? new SourceError(error.message, { cause: error }) : error
      }
    },
  }
}
