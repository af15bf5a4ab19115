/**
 * A signing key with a self-signed certificate: the sandbox's own, and those of the peers.
 * It owns how they are made; where they are kept is the caller's business.
 */
import 'reflect-metadata' // @peculiar/x509 refuses to load without it
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509'
import type { Chance, Clock } from './world.ts'

export type SandboxKey = { readonly key: KeyObject; readonly keyPem: string; readonly certificatePem: string }

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const day = 24 * 60 * 60 * 1000
const validForDays = 10 * 365

/** A new RSA pair of 2048 bits, its certificate valid from a day ago and for ten years. */
export async function createSandboxKey(options: {
  readonly clock: Clock
  readonly chance: Chance
  readonly commonName?: string
}): Promise<SandboxKey> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = options.clock().getTime()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A positive number of at most 20 bytes (RFC 5280 4.1.2.2).
    serialNumber: `01${Buffer.from(options.chance.bytes(15)).toString('hex')}`,
    name: `CN=${options.commonName ?? 'Sallyport sandbox'}`,
    notBefore: new Date(now - day),
    notAfter: new Date(now + validForDays * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(false), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return {
    key,
    keyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificatePem: `${certificate.toString('pem').trim()}\n`,
  }
}
