// Decrypts one encrypted element of a message (Core 6; XML Encryption 1.1 §4.3) and reads what was inside with the same
// reader, in the namespaces of the place where it stood.
//
// From the moment the private key is used there is one failure, with one name and no detail, and the work that leads to it
// does not depend on what went wrong: a key that does not unwrap is replaced by another that then decrypts nothing.

import { createDecipheriv, type KeyObject } from 'node:crypto'
import { readFragment } from '../xml/read.ts'
import type { XmlElement } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'
import type { ContentCipher } from './algorithms.ts'
import { type EncryptedForm, readEncryptedForm } from './form.ts'
import { unwrapKey } from './oaep.ts'

export type DecryptionOptions = {
  /** Private RSA keys, all of them tried: several while keys are rolled over. */
  readonly decryptionKeys?: readonly KeyObject[]
  /** AES-CBC has no integrity of its own; some large providers still default to it. */
  readonly dangerouslyAllowCbc?: boolean
}

export type Decrypted =
  | {
      readonly element: XmlElement
      /** Whether the cipher says that nothing was changed; where it does not, nothing may be said of what was inside. */
      readonly authenticated: boolean
    }
  | {
      /** `form`: before any key was used, and it may be said why. `undecryptable`: after, and it may not. */
      readonly failure: 'no-key' | 'form' | 'undecryptable'
      readonly reason: string
      readonly authenticated: boolean
    }

/** The element inside `encrypted`; it stands where `encrypted` stood. */
export function decrypt(encrypted: XmlElement, options: DecryptionOptions): Decrypted {
  const keys = (options.decryptionKeys ?? []).filter((key) => key.asymmetricKeyType === 'rsa')
  if (keys.length === 0) return refusal('no-key', 'encrypted, and there is no key to decrypt it')
  const form = readEncryptedForm(encrypted)
  if (typeof form === 'string') return refusal('form', form)
  const { authenticated, name } = form.cipher
  if (!authenticated && options.dangerouslyAllowCbc !== true) {
    return refusal('form', `the algorithm ${name}, which this connection does not allow`)
  }
  let found: XmlElement | undefined
  for (const key of keys) {
    // No early end: how many keys were tried would say which one fits.
    const element = tryKey(form, key, encrypted)
    found ??= element
  }
  if (found !== undefined) return { element: found, authenticated }
  return { failure: 'undecryptable', reason: 'none of our keys decrypts it', authenticated }
}

// No key was used, so there is nothing to be learned from it.
function refusal(failure: 'no-key' | 'form', reason: string): Decrypted {
  return { failure, reason, authenticated: true }
}

function tryKey(form: EncryptedForm, key: KeyObject, encrypted: XmlElement): XmlElement | undefined {
  let found: XmlElement | undefined
  for (const { value, digest, mask } of form.keys) {
    const contentKey = unwrapKey(value, key, { digest, mask, keyBytes: form.cipher.keyBytes })
    const plain = decipher(form.cipher, contentKey, form.value)
    const element = plain === undefined ? undefined : read(plain, encrypted)
    found ??= element
  }
  return found
}

function decipher(cipher: ContentCipher, key: Buffer, value: Buffer): Buffer | undefined {
  return cipher.authenticated ? decipherGcm(cipher.name, key, value) : decipherCbc(cipher.name, key, value)
}

// XML Encryption 1.1 §5.2.4: a nonce of 96 bits, the text, a tag of 128 bits, all of it.
function decipherGcm(name: string, key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < 12 + 16) return undefined
  const aes = createDecipheriv(name as 'aes-256-gcm', key, value.subarray(0, 12), { authTagLength: 16 })
  aes.setAuthTag(value.subarray(-16))
  try {
    return Buffer.concat([aes.update(value.subarray(12, -16)), aes.final()])
  } catch {
    return undefined
  }
}

// §5.2.2: the last byte says how many bytes of padding there are, the others are arbitrary. A padding that cannot be is
// taken for none at all, so that what follows is the same work: the text is then no XML, like that of any wrong key.
function decipherCbc(name: string, key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < 32 || value.length % 16 !== 0) return undefined
  const aes = createDecipheriv(name, key, value.subarray(0, 16)).setAutoPadding(false)
  const padded = Buffer.concat([aes.update(value.subarray(16)), aes.final()])
  const count = padded[padded.length - 1] ?? 0
  return padded.subarray(0, padded.length - (count >= 1 && count <= 16 ? count : 0))
}

function read(plain: Buffer, encrypted: XmlElement): XmlElement | undefined {
  try {
    return readFragment(plain, encrypted)
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}
