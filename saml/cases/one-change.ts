// The good response that every bad case starts from, and the means to change one thing in it: before signing, so that the
// signature is sound and the check itself is reached, or after.

import { createHmac, createPrivateKey, sign as cryptoSign } from 'node:crypto'
import { canonicalize } from '../src/c14n/exclusive.ts'
import { parseCertificates } from '../src/certificates/certificate.ts'
import { type AssertionToWrite, type ResponseToWrite, writeResponse } from '../src/messages/write-response.ts'
import type { Signer } from '../src/signature/algorithms.ts'
import { signXml } from '../src/signature/sign.ts'
import { namespaces } from '../src/uris.ts'
import { readXml } from '../src/xml/read.ts'
import { onlyChild } from '../src/xml/tree.ts'
import { readKey } from './case.ts'

export const idp = 'https://idp.example/metadata'
export const sp = 'https://sp.example/metadata'
export const acs = 'https://sp.example/saml/acs'
export const now = new Date('2026-03-01T12:00:00Z')

/** What the judge of such a response is told. */
export const expectations = {
  now,
  certificates: parseCertificates(readKey('idp.crt')),
  expectedIssuer: idp,
  expectedAudience: sp,
  expectedRecipient: acs,
  expectedInResponseTo: '_request',
} as const

const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

export function signerOf(name: 'idp' | 'other-idp' | 'idp-ec'): Signer {
  const algorithm = name === 'idp-ec' ? 'ecdsa-sha256' : 'rsa-sha256'
  return { key: createPrivateKey(readKey(`${name}.key`)), algorithm, certificatePem: readKey(`${name}.crt`) }
}

export function assertion(change: Partial<AssertionToWrite> = {}): AssertionToWrite {
  return {
    id: '_assertion',
    issueInstant: now,
    issuer: idp,
    nameId: { value: 'ada', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
    recipient: acs,
    audience: sp,
    inResponseTo: '_request',
    notBefore: at(-30),
    notOnOrAfter: at(300),
    authnInstant: at(-5),
    sessionIndex: '_session',
    attributes: [{ name: 'email', values: ['ada@example.org'] }],
    ...change,
  }
}

/** The unsigned response, with changes to its parts. */
export function unsigned(change: Partial<ResponseToWrite> = {}, inner: Partial<AssertionToWrite> = {}): string {
  return writeResponse({
    id: '_response',
    issueInstant: now,
    issuer: idp,
    destination: acs,
    inResponseTo: '_request',
    assertion: assertion(inner),
    ...change,
  })
}

export function signAssertion(xml: string, signer: Signer = signerOf('idp')): string {
  return signXml(xml, { id: '_assertion', signer })
}

export function signResponse(xml: string, signer: Signer = signerOf('idp')): string {
  return signXml(xml, { id: '_response', signer })
}

/** The response with its assertion signed, as all is well. */
export const good = (): string => signAssertion(unsigned())

export const wholeAssertion = /<saml:Assertion .*<\/saml:Assertion>/s
export const wholeSignature = /<ds:Signature .*?<\/ds:Signature>/s

export const withoutSignature = (xml: string): string => replace(xml, wholeSignature, '')

/** What an attacker writes: another person, another ID, the same rest. */
export const evilAssertion = (): string =>
  replace(replace(take(unsigned(), wholeAssertion), '"_assertion"', '"_evil"'), '>ada<', '>root<')

/** Signs SignedInfo anew with the identity provider's key, as it was changed. */
export const resigned = (xml: string): string =>
  signInfoAgain(xml, (bytes) => cryptoSign('sha256', bytes, signerOf('idp').key))

/** Replaces exactly one place, and says so when there is none: a case that changes nothing would prove nothing. */
export function replace(xml: string, from: string | RegExp, to: string): string {
  const changed = xml.replace(from, () => to)
  if (changed === xml) throw new Error(`nothing to replace: ${from}`)
  return changed
}

export function take(xml: string, pattern: RegExp): string {
  const found = pattern.exec(xml)?.[0]
  if (found === undefined) throw new Error(`not found: ${pattern}`)
  return found
}

/** Signs SignedInfo anew after it was changed, so that only the change itself can be refused. */
export function signInfoAgain(xml: string, sign: (canonical: Buffer) => Buffer): string {
  const root = readXml(xml)
  const inner = onlyChild(root, namespaces.assertion, 'Assertion')
  const signature = inner && onlyChild(inner, namespaces.signature, 'Signature')
  const info = signature && onlyChild(signature, namespaces.signature, 'SignedInfo')
  if (info === undefined) throw new Error('no SignedInfo')
  const value = sign(Buffer.from(canonicalize(info), 'utf8')).toString('base64')
  return replace(xml, /<ds:SignatureValue>[^<]*</, `<ds:SignatureValue>${value}<`)
}

export function hmacWithCertificate(canonical: Buffer): Buffer {
  return createHmac('sha256', readKey('idp.crt')).update(canonical).digest()
}
