// The messages that are measured, one for each kind, made anew for every run because the peers read the system's clock.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { entraAttributes, entraResponse, type Moments, manyValues, oktaAttributes, oktaResponse } from './documents.ts'
import { chooseMaker, type KeyPair, type Maker, type Part, type Style } from './signing.ts'

export type Kind = 'a' | 'aokta' | 'b' | 'c' | 'd' | 'e'

export type Message = {
  readonly kind: Kind
  readonly title: string
  readonly xml: string
  readonly bytes: number
  /** The form field of the HTTP-POST binding: base64 of `xml`. */
  readonly field: string
  /** The same with one change inside what is signed: whoever accepts it verifies nothing. */
  readonly changedXml: string
  readonly changedField: string
  /** The document with its assertion readable: `xml` itself, unless the assertion is encrypted. */
  readonly decryptedXml: string
  readonly signedParts: readonly Part[]
  readonly valueCount: number
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
  const okta = oktaResponse(moments, oktaAttributes)
  const many = entraResponse(moments, manyValues)
  const plain = (
    kind: Kind,
    title: string,
    unsigned: string,
    parts: readonly Part[],
    style: Style = 'entra',
  ): Message =>
    message({ kind, title, xml: maker.sign(unsigned, parts, style), signedParts: parts }, 'Lovelace<', 'Lovelacf<')
  return [
    plain('a', 'Entra style, assertion signed', entra, ['assertion']),
    plain('aokta', 'Okta style, assertion signed', okta, ['assertion'], 'okta'),
    plain('b', 'Entra style, response and assertion signed', entra, ['assertion', 'response']),
    plain('c', 'Entra style, response signed', entra, ['response']),
    encrypted(maker.sign(entra, ['assertion'], 'entra'), maker, recipient),
    plain('e', 'Entra style, 500 attribute values, assertion signed', many, ['assertion']),
  ]
}

function encrypted(decryptedXml: string, maker: Maker, recipient: KeyPair): Message {
  const readable = /<(?:\w+:)?Assertion .*<\/(?:\w+:)?Assertion>/s.exec(decryptedXml)?.[0] ?? ''
  const data = maker.encrypt(readable, recipient)
  const around = `<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${data}</EncryptedAssertion>`
  const xml = decryptedXml.replace(readable, () => around)
  const title = 'Entra style, assertion signed, then encrypted (AES-256-GCM, RSA-OAEP)'
  const end = /.{40}(?=<\/xenc:CipherValue>)/.exec(xml)?.[0] ?? ''
  const changedEnd = (end.startsWith('A') ? 'B' : 'A') + end.slice(1)
  return message({ kind: 'd', title, xml, decryptedXml, signedParts: ['assertion'] }, end, changedEnd)
}

type Made = Pick<Message, 'kind' | 'title' | 'xml' | 'signedParts'> & { readonly decryptedXml?: string }

function message(made: Made, from: string, to: string): Message {
  const { kind, xml, decryptedXml = xml } = made
  const changedXml = xml.replace(from, () => to)
  if (from === '' || changedXml === xml) throw new Error(`kind ${kind}: nothing to change`)
  const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
  const valueCount = [...decryptedXml.matchAll(/<\/(?:\w+:)?AttributeValue>/g)].length
  return {
    ...made,
    decryptedXml,
    bytes: Buffer.byteLength(xml),
    field: encode(xml),
    changedXml,
    changedField: encode(changedXml),
    valueCount,
  }
}
