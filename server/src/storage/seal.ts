import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Secret } from '#config/secret.ts'
import type { Chance } from '#config/world.ts'

/**
 * Encryption at rest. A sealed text is `v1.` and, in base64url, a nonce of 96 bits, the AES-256-GCM ciphertext and its
 * tag (NIST SP 800-38D). `about` names the place it belongs to (a row's id): moved elsewhere, it does not open.
 */
export function seal(plain: string, about: string, { secret, chance }: { secret: Secret; chance: Chance }): string {
  const nonce = chance.bytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret), nonce).setAAD(Buffer.from(about))
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${sealed.toString('base64url')}`
}

export class SealError extends Error {
  readonly code: 'wrong-secret' | 'unknown-format'

  constructor(code: SealError['code'], message: string) {
    super(message)
    this.name = 'SealError'
    this.code = code
  }
}

/** @throws SealError when the secret is not the one it was sealed with, or the text has been changed or moved */
export function unseal(sealed: string, about: string, { secret }: { secret: Secret }): string {
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  if (!sealed.startsWith('v1.') || bytes.length < 12 + 16) {
    throw new SealError(
      'unknown-format',
      `The encrypted value of ${about} was not written by this version of Sallyport`,
    )
  }
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-16))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
  } catch {
    throw new SealError(
      'wrong-secret',
      `The encrypted value of ${about} does not open: SALLYPORT_SECRET (or the file secret.key beside the database) ` +
        'is not the one it was encrypted with. Put the former secret back.',
    )
  }
}

/** The secret is at least 32 random characters, so a fast derivation is enough (RFC 5869 section 3.3). */
function keyFrom(secret: Secret): Buffer {
  const key = keys.get(secret) ?? Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'sallyport seal v1', 32))
  keys.set(secret, key)
  return key
}

/** Derived once, because much is unsealed with few secrets. */
const keys = new WeakMap<Secret, Buffer>()
