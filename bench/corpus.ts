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
  readonly readableXml: string
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
  const plain = (kind: Kind, title: string, unsigned: string, parts: readonly Part[], style: Style = 'entra') => {
    const xml = maker.sign(unsigned, parts, style)
    return message({ kind, title, xml, readableXml: xml, changedXml: changed(xml), signedParts: parts })
  }
  const a = plain('a', 'Entra style, assertion signed', entra, ['assertion'])
  return [
    a,
    plain('aokta', 'Okta style, assertion signed', okta, ['assertion'], 'okta'),
    plain('b', 'Entra style, response and assertion signed', entra, ['assertion', 'response']),
    plain('c', 'Entra style, response signed', entra, ['response']),
    message({
      kind: 'd',
      title: 'Entra style, assertion signed, then encrypted (AES-256-GCM, RSA-OAEP)',
      xml: encrypted(a.xml, maker, recipient),
      readableXml: a.xml,
      // Anybody can encrypt: only the signature inside shows the change.
      changedXml: encrypted(a.changedXml, maker, recipient),
      signedParts: ['assertion'],
    }),
    plain('e', 'Entra style, 500 attribute values, assertion signed', many, ['assertion']),
  ]
}

function changed(xml: string): string {
  const other = xml.replace('>Lovelace<', '>Lovelacf<')
  if (other === xml) throw new Error('nothing to change')
  return other
}

function encrypted(xml: string, maker: Maker, recipient: KeyPair): string {
  const readable = /<(?:\w+:)?Assertion .*<\/(?:\w+:)?Assertion>/s.exec(xml)?.[0]
  if (readable === undefined) throw new Error('nothing to encrypt')
  const data = maker.encrypt(readable, recipient)
  const around = `<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${data}</EncryptedAssertion>`
  return xml.replace(readable, () => around)
}

function message(made: Omit<Message, 'bytes' | 'field' | 'changedField' | 'valueCount'>): Message {
  const bytes = Buffer.from(made.xml, 'utf8')
  return {
    ...made,
    bytes: bytes.length,
    field: bytes.toString('base64'),
    changedField: Buffer.from(made.changedXml, 'utf8').toString('base64'),
    valueCount: [...made.readableXml.matchAll(/<\/(?:\w+:)?AttributeValue>/g)].length,
  }
}
