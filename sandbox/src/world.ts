/**
 * What the sandbox receives from outside instead of taking it from the air: the time and randomness.
 * It knows nothing else, so that every page and every answer can be made again in a test.
 */

export type Clock = () => Date

/** `bytes` are cryptographically random. */
export type Chance = { bytes(size: number): Uint8Array }

/** An identifier for a SAML message: at least 128 random bits, and an xs:ID, which may not begin with a digit (Core 1.3.4). */
export function newMessageId(chance: Chance): string {
  return `_${Buffer.from(chance.bytes(20)).toString('hex')}`
}

/** An unguessable word for cookies and forms. */
export function newToken(chance: Chance): string {
  return Buffer.from(chance.bytes(32)).toString('base64url')
}
