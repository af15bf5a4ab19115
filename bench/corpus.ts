// The messages that are measured, one for each kind, made anew for every run because the peers read the system's clock.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { entraAttributes, entraResponse, type Moments, manyValues, oktaAttributes, oktaResponse } from './documents.ts'
import { chooseMaker, type KeyPair, type Maker, type Part } from './signing.ts'

export type Kind = 'a' | 'aokta' | 'b' | 'c' | 'd' | 'e'

export type Message = {
  readonly kind: Kind
  readonly title: string
  readonly xml: string
  /** The form field of the HTTP-POST binding: base64 of `xml`. */
  readonly field: string
  /** The same with one change inside what is signed: whoever accepts it verifies nothing. */
  readonly changedXml: string
  readonly changedField: string
  /** The document with its assertion readable: `xml` itself, unless the assertion is encrypted. */
  readonly decryptedXml: string
  readonly signedParts: readonly Part[]
  readonly attributeCount: number
}

export type Corpus = {
  readonly madeBy: string
  readonly now: Date
  readonly messages: readonly Message[]
  readonly signer: KeyPair
  /** Whose public key the assertion of kind d is encrypted for. */
  readonly recipient: KeyPair
}

const keys = join(import.meta.dirname, '..', 'saml', 'cases', 'keys')

export function makeCorpus(now: Date): Corpus {
  const pair = (name: string): KeyPair => ({
    keyPem: readFileSync(join(keys, `${name}.key`), 'utf8'),
    certificatePem: readFileSync(join(keys, `${name}.crt`), 'utf8'),
  })
  const [signer, recipient] = [pair('idp'), pair('other-idp')]
  const maker = chooseMaker(signer)
  const hour = 3_600_000
  const moments = { now, notBefore: new Date(+now - hour), notOnOrAfter: new Date(+now + 24 * hour) }
  return { madeBy: maker.name, now, messages: makeMessages(moments, maker, recipient), signer, recipient }
}

function makeMessages(moments: Moments, maker: Maker, recipient: KeyPair): Message[] {
  const entra = entraResponse(moments, entraAttributes)
  const assertion = ['assertion'] as const
  const plain = (kind: Kind, title: string, xml: string, signedParts: readonly Part[], attributeCount = 15): Message =>
    message({ kind, title, xml, decryptedXml: xml, signedParts, attributeCount }, 'Lovelace<', 'Lovelacf<')
  const encrypted = (): Message => {
    const decryptedXml = maker.sign(entra, assertion, 'entra')
    const readable = /<Assertion .*<\/Assertion>/s.exec(decryptedXml)?.[0] ?? ''
    const data = maker.encrypt(readable, recipient)
    const xml = decryptedXml.replace(
      readable,
      () => `<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${data}</EncryptedAssertion>`,
    )
    const cipher = /[^>]{40}(?=<\/xenc:CipherValue>)/.exec(xml)?.[0] ?? ''
    const title = 'assertion signed, then encrypted (AES-256-GCM, RSA-OAEP)'
    const other = (cipher.startsWith('A') ? 'B' : 'A') + cipher.slice(1)
    return message({ kind: 'd', title, xml, decryptedXml, signedParts: assertion, attributeCount: 15 }, cipher, other)
  }
  const okta = maker.sign(oktaResponse(moments, oktaAttributes), assertion, 'okta')
  const many = maker.sign(entraResponse(moments, manyValues), assertion, 'entra')
  return [
    plain('a', 'Entra style, assertion signed', maker.sign(entra, assertion, 'entra'), assertion),
    plain('aokta', 'Okta style, assertion signed', okta, assertion),
    plain('b', 'response and assertion signed', maker.sign(entra, ['assertion', 'response'], 'entra'), [
      'assertion',
      'response',
    ]),
    plain('c', 'response signed', maker.sign(entra, ['response'], 'entra'), ['response']),
    encrypted(),
    plain('e', '500 attribute values', many, assertion, 15),
  ]
}

function message(made: Omit<Message, 'field' | 'changedXml' | 'changedField'>, from: string, to: string): Message {
  const changedXml = made.xml.replace(from, () => to)
  if (from === '' || changedXml === made.xml) throw new Error(`kind ${made.kind}: nothing to change`)
  const encode = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64')
  return { ...made, field: encode(made.xml), changedXml, changedField: encode(changedXml) }
}
