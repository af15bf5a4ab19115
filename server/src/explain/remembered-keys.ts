import { createPrivateKey, type KeyObject } from 'node:crypto'
import { type Certificate, parseCertificates } from '@sallyport/saml'

/** Reads PEM into certificates and private keys, each distinct text once: a batch names the same few thousands of times. */
export type RememberedKeys = {
  /** Throws `CertificateError`. */
  readonly certificates: (pem: string) => readonly Certificate[]
  /** Throws `DecryptionKeyError`. */
  readonly decryptionKey: (pem: string) => KeyObject
}

export class DecryptionKeyError extends Error {
  override readonly name = 'DecryptionKeyError'
}

const MOST_REMEMBERED = 1000

export function rememberKeys(): RememberedKeys {
  return { certificates: once(parseCertificates), decryptionKey: once(readDecryptionKey) }
}

function once<Value>(read: (pem: string) => Value): (pem: string) => Value {
  const known = new Map<string, Value>()
  return (pem) => {
    const value = known.get(pem) ?? read(pem)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(pem, value)
    return value
  }
}

function readDecryptionKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new DecryptionKeyError('This is not a private key as PEM without a passphrase.')
  }
  // Core 6: key transport is by RSA.
  if (key.asymmetricKeyType === 'rsa') return key
  throw new DecryptionKeyError(`This is a key of kind ${key.asymmetricKeyType}; only RSA keys decrypt SAML.`)
}
