// PEM (RFC 7468) with a private key and certificates, in any order.

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { octets, parts, readDer } from '#keys/der.ts'
import { decrypt, openerFor } from '#keys/password-encryption.ts'
import type { KeyFile } from '#keys/read-key-file.ts'
import { readPrivateKey } from '#keys/read-pkcs12.ts'
import { KeyRefused } from '#keys/refusal.ts'

// What stands between the marks holds no mark, so that a search ends at the next one.
const block = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g

type Block = { readonly label: string; readonly body: string; readonly whole: string }

const certificateLabels = ['CERTIFICATE', 'TRUSTED CERTIFICATE', 'X509 CERTIFICATE']

export function readPem(text: string, passphrase: string | undefined): KeyFile {
  const blocks = [...text.matchAll(block)].map(([whole, label = '', body = '']) => ({ label, body, whole }))
  // A block whose end was not copied must not get lost without a word.
  if (text.replace(block, '').includes('-----BEGIN '))
    throw new KeyRefused('key-file-unreadable', 'a block of it has no end')
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  const [key, ...more] = keys
  if (key === undefined) throw new KeyRefused('key-missing')
  if (more.length > 0) throw new KeyRefused('key-several', `${keys.length}`)
  return {
    privateKey: privateKeyOf(key, passphrase),
    certificates: blocks.filter(({ label }) => certificateLabels.includes(label)).map(derOf),
  }
}

/** Whether the private key asks for a passphrase. */
export function isEncryptedPem(text: string): boolean {
  return [...text.matchAll(block)].some(([whole, label = '']) => isEncrypted({ label, whole }))
}

function isEncrypted({ label, whole }: Pick<Block, 'label' | 'whole'>): boolean {
  return label === 'ENCRYPTED PRIVATE KEY' || (label.endsWith('PRIVATE KEY') && whole.includes('4,ENCRYPTED'))
}

function privateKeyOf(it: Block, passphrase: string | undefined): KeyObject {
  const encrypted = isEncrypted(it)
  if (encrypted && passphrase === undefined) throw new KeyRefused('key-password-missing')
  if (it.label === 'ENCRYPTED PRIVATE KEY') {
    const [algorithm, content] = parts(readDer(derOf(it), 'the private key'), 'the private key')
    return readPrivateKey(decrypt(algorithm, octets(content, 'the private key'), openerFor(passphrase ?? '')))
  }
  try {
    return createPrivateKey({ key: it.whole, ...(encrypted ? { passphrase } : {}) } as { key: string })
  } catch (error) {
    if (!encrypted) throw new KeyRefused('key-file-unreadable', 'its private key cannot be read')
    const { code } = error as { readonly code?: string }
    if (code === 'ERR_OSSL_UNSUPPORTED') throw new KeyRefused('key-file-encryption', 'an old cipher of OpenSSL')
    throw new KeyRefused('key-password-wrong')
  }
}

function derOf({ body }: Block): Buffer {
  return Buffer.from(body, 'base64')
}
