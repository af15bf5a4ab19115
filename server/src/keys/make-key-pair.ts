import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import { KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import type { World } from '#config/world.ts'

/** An RSA key and the certificate that others know it by. */
export type KeyPair = { readonly privateKey: KeyObject; readonly certificatePem: string }

const YEARS = 10
const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

/** Identity providers with a slow clock should not meet a certificate from the future. */
const BACKDATED_MS = 24 * 60 * 60 * 1000

/** A new key with a certificate that it signs itself: SAML trusts the key, and nobody who signed for it (Metadata 2.4.1.1). */
export async function makeKeyPair(
  { companySlug, environmentSlug }: { readonly companySlug: string; readonly environmentSlug: string },
  { clock, chance }: World,
): Promise<KeyPair> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(
    { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const now = clock()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(chance.bytes(16)),
    name: `CN=Sallyport ${companySlug}/${environmentSlug}`,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + YEARS * YEAR_MS),
    signingAlgorithm: algorithm,
    // Where the types of browsers are about, too, they know fewer usages.
    keys: keys as Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'],
  })
  return { privateKey: KeyObject.from(keys.privateKey), certificatePem: certificate.toString('pem') }
}

/** A positive number, as RFC 5280 section 4.1.2.2 wants: the first bit is 0, and the first byte is not. */
function serialNumber(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes
  return Buffer.from([(first & 0x7f) | 0x40, ...rest]).toString('hex')
}
