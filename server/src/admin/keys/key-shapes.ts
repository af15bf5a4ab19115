import { z } from 'zod'
import { time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { KeyInfo } from '#keys/keys.ts'

export const keyShape = z
  .object({
    id: z.string(),
    state: z
      .enum(['next', 'active', 'previous', 'retired'])
      .describe('next: published, signs nothing yet. active: signs. previous: still decrypts. retired: does nothing'),
    origin: z.enum(['made', 'imported']),
    subject: z.string().describe('Of the certificate'),
    fingerprint: z.string().describe('SHA-256 of the certificate'),
    notBefore: time,
    notAfter: time,
    createdAt: time,
    changedAt: time.describe('Since when it has this state'),
    certificatePem: z.string().describe('For identity providers that do not read the metadata'),
  })
  .meta({ id: 'Key' })

const secretText = z.string().max(1000, 'is too long: 1000 characters at most')

export const keyImport = strictObject({
  pem: z.string().optional().describe('The private key and its certificate, in any order; a chain may be there'),
  passphrase: secretText.optional().describe('Where the private key of the PEM is encrypted'),
  pkcs12: z.base64('must be base64').optional().describe('A PKCS#12 file'),
  password: secretText.optional().describe('Of the PKCS#12 file'),
  alias: z.string().max(1000).optional().describe('Which key of the PKCS#12 file, where it has several'),
})
  .refine(({ pem, pkcs12 }) => (pem === undefined) !== (pkcs12 === undefined), 'Send either “pem” or “pkcs12”')
  .refine(
    ({ pem, password, alias }) => pem === undefined || (password === undefined && alias === undefined),
    '“password” and “alias” belong to “pkcs12”; a PEM has a “passphrase”',
  )
  .refine(
    ({ pkcs12, passphrase }) => pkcs12 === undefined || passphrase === undefined,
    '“passphrase” belongs to “pem”; a PKCS#12 file has a “password”',
  )

export const keyImportExample = { pkcs12: 'MIIKCAIBAzCCCbIGCSqGSIb3', password: 'changeit', alias: 'sso' }

export const keyExample = {
  id: 'key_k4vq2m7xw3nphz5tb6ay',
  state: 'active',
  origin: 'made',
  subject: 'CN=Sallyport acme/production',
  fingerprint: Array.from({ length: 32 }, () => 'A1').join(':'),
  notBefore: '2026-02-28T12:00:00.000Z',
  notAfter: '2036-02-28T12:00:00.000Z',
  createdAt: '2026-03-01T12:00:00.000Z',
  changedAt: '2026-03-01T12:00:00.000Z',
  certificatePem: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n',
}

export function shownKey(key: KeyInfo): z.output<typeof keyShape> {
  return {
    ...key,
    notBefore: key.notBefore.toISOString(),
    notAfter: key.notAfter.toISOString(),
    createdAt: key.createdAt.toISOString(),
    changedAt: key.changedAt.toISOString(),
  }
}
