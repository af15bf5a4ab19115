import { createHmac } from 'node:crypto'
import type { Chance } from '#config/world.ts'

/**
 * Codes of an authenticator app: six digits that change every thirty seconds, with HMAC-SHA-1, which is what all apps do
 * whatever the address of the QR code says.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6238 TOTP
 */
const STEP_SECONDS = 30
const DIGITS = 6
/** 160 bits, as long as the hash (RFC 4226 section 4). */
const SECRET_BYTES = 20

/** RFC 4648 section 6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** In base32, as people type it where they cannot scan. */
export function newTotpSecret(chance: Chance): string {
  return base32(chance.bytes(SECRET_BYTES))
}

/** @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function otpauthUrl(secret: string, { issuer, account }: { readonly issuer: string; readonly account: string }) {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`
  return `otpauth://totp/${label}?${query}`
}

export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS)
}

export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', unbase32(secret)).update(counter).digest()
  // Dynamic truncation (RFC 4226 section 5.3).
  const offset = mac[mac.length - 1]! & 15
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The step that the code is of: this one, or a neighbour, for clocks that differ (RFC 6238 section 5.2). */
export function stepOfCode(secret: string, code: string, now: Date): number | undefined {
  const current = stepAt(now)
  const typed = code.replaceAll(/\s/g, '')
  return [current, current - 1, current + 1].find((step) => codeAt(secret, step) === typed)
}

export function base32(bytes: Uint8Array): string {
  let [text, bits, value] = ['', 0, 0]
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31]
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text
}

function unbase32(text: string): Buffer {
  const bytes: number[] = []
  let [bits, value] = [0, 0]
  for (const letter of text) {
    value = ((value << 5) | BASE32.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >>> bits) & 255)
    }
  }
  return Buffer.from(bytes)
}
