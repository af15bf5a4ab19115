// The algorithms that are known, by their exact URIs (XML Signature 1.1 §6, RFC 6931). Anything else is refused: HMAC in
// particular, because a public certificate would be its key.

import type { KeyObject } from 'node:crypto'

export type SignatureAlgorithm =
  | 'rsa-sha256'
  | 'rsa-sha384'
  | 'rsa-sha512'
  | 'ecdsa-sha256'
  | 'ecdsa-sha384'
  | 'ecdsa-sha512'

export type Signer = {
  /** Private key, RSA or EC as the algorithm says. */
  readonly key: KeyObject
  readonly algorithm: SignatureAlgorithm
  /** Put into KeyInfo, as a hint for people who look for the right certificate. */
  readonly certificatePem?: string
}

type Known = { readonly keyType: 'rsa' | 'ec'; readonly hash: string; readonly weak: boolean }

const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const signatureUris: Record<SignatureAlgorithm, string> = {
  'rsa-sha256': `${more}rsa-sha256`,
  'rsa-sha384': `${more}rsa-sha384`,
  'rsa-sha512': `${more}rsa-sha512`,
  'ecdsa-sha256': `${more}ecdsa-sha256`,
  'ecdsa-sha384': `${more}ecdsa-sha384`,
  'ecdsa-sha512': `${more}ecdsa-sha512`,
}

// Looked through in this order, which is that of their use: making a key of a text that was cut out of a message costs more
// than comparing it with the first of a few.
const knownSignatures: readonly (readonly [string, Known])[] = [
  [signatureUris['rsa-sha256'], { keyType: 'rsa', hash: 'sha256', weak: false }],
  [signatureUris['rsa-sha512'], { keyType: 'rsa', hash: 'sha512', weak: false }],
  [signatureUris['rsa-sha384'], { keyType: 'rsa', hash: 'sha384', weak: false }],
  [signatureUris['ecdsa-sha256'], { keyType: 'ec', hash: 'sha256', weak: false }],
  [signatureUris['ecdsa-sha384'], { keyType: 'ec', hash: 'sha384', weak: false }],
  [signatureUris['ecdsa-sha512'], { keyType: 'ec', hash: 'sha512', weak: false }],
  ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', { keyType: 'rsa', hash: 'sha1', weak: true }],
]

type Digest = { readonly hash: string; readonly weak: boolean }

const knownDigests: readonly (readonly [string, Digest])[] = [
  ['http://www.w3.org/2001/04/xmlenc#sha256', { hash: 'sha256', weak: false }],
  ['http://www.w3.org/2001/04/xmlenc#sha512', { hash: 'sha512', weak: false }],
  [`${more}sha384`, { hash: 'sha384', weak: false }],
  ['http://www.w3.org/2000/09/xmldsig#sha1', { hash: 'sha1', weak: true }],
]

export const digestUri = { sha256: 'http://www.w3.org/2001/04/xmlenc#sha256' } as const

export const transformUri = {
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  exclusiveC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const

export function signatureUri(algorithm: SignatureAlgorithm): string {
  return signatureUris[algorithm]
}

export function signatureAlgorithm(uri: string): Known | undefined {
  return find(knownSignatures, uri)
}

export function digestAlgorithm(uri: string): Digest | undefined {
  return find(knownDigests, uri)
}

function find<T>(among: readonly (readonly [string, T])[], uri: string): T | undefined {
  for (const [known, value] of among) if (known === uri) return value
  return undefined
}
