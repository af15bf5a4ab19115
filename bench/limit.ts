// The limit: what no check of a response can do without, whatever it is written in. The base64 of the field, one digest of
// the signed bytes and one verification for every signature, and for an encrypted assertion RSA-OAEP and AES-GCM. It knows
// the canonical bytes beforehand, as xml-crypto computes them: another implementation than the one that is measured.

import {
  constants,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  verify as cryptoVerify,
  hash,
  privateDecrypt,
} from 'node:crypto'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { type Contender, wallClock } from './contender.ts'
import type { Corpus, Message } from './corpus.ts'
import { parseXml, verifyAll } from './xml-crypto.ts'

type Signed = {
  readonly canonical: Buffer
  readonly digest: string
  readonly signedInfo: Buffer
  readonly signature: Buffer
}
type Sealed = { readonly wrappedKey: string; readonly data: string }

const dsig = 'http://www.w3.org/2000/09/xmldsig#'

export function limit(corpus: Corpus): Contender {
  const key = createPublicKey(corpus.signer.certificatePem)
  const privateKey = createPrivateKey(corpus.recipient.keyPem)
  const oaep = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }

  const unseal = ({ wrappedKey, data }: Sealed): number => {
    const contentKey = privateDecrypt(oaep, Buffer.from(wrappedKey, 'base64'))
    const bytes = Buffer.from(data, 'base64')
    const aes = createDecipheriv('aes-256-gcm', contentKey, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16))
    return aes.update(bytes.subarray(12, -16)).length + aes.final().length
  }
  const prepare = (message: Message) => {
    const signed = findSigned(message, corpus)
    const sealed = message.kind === 'd' ? findSealed(message.xml) : undefined
    return (field: string): number => {
      let length = Buffer.from(field, 'base64').length
      if (sealed !== undefined) length += unseal(sealed)
      for (const { canonical, digest, signedInfo, signature } of signed) {
        if (hash('sha256', canonical, 'base64') !== digest) throw new Error('another digest')
        if (!cryptoVerify('sha256', signedInfo, key, signature)) throw new Error('another signature')
      }
      return length
    }
  }
  return { name: 'limit', batch: 100, clock: wallClock, knowsTheMessage: true, prepare }
}

function findSigned(message: Message, corpus: Corpus): Signed[] {
  const canonical = verifyAll(message.readableXml, corpus.signer.certificatePem)
  const document = parseXml(message.readableXml)
  return Array.from(document.getElementsByTagNameNS(dsig, 'Signature')).map((signature, index) => {
    const text = (local: string): string => (only(signature, local).textContent ?? '').replaceAll(/\s/g, '')
    const signedInfo = String(new ExclusiveCanonicalization().process(only(signature, 'SignedInfo'), {}))
    return {
      canonical: Buffer.from(canonical[index] ?? '', 'utf8'),
      digest: text('DigestValue'),
      signedInfo: Buffer.from(signedInfo, 'utf8'),
      signature: Buffer.from(text('SignatureValue'), 'base64'),
    }
  })
}

function only(parent: Element, local: string): Element {
  const [found] = Array.from(parent.getElementsByTagNameNS(dsig, local))
  if (found === undefined) throw new Error(`no ${local}`)
  return found
}

function findSealed(xml: string): Sealed {
  const [wrappedKey, data] = [...xml.matchAll(/CipherValue>([^<]+)</g)].map(([, value]) => value)
  if (wrappedKey === undefined || data === undefined) throw new Error('nothing encrypted')
  return { wrappedKey, data }
}
