import type { Chance } from '#config/world.ts'

// Crockford's base 32: no I, L, O or U, so that a reference survives being read out on the telephone.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What a person is shown and an administrator searches for: `7F3KQ-9QXM2`, 50 random bits. */
export function newReference(chance: Chance): string {
  const text = Array.from(chance.bytes(10), (byte) => letters[byte & 31]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** The reference as it is stored, from what somebody typed; undefined where it cannot be one. */
export function readReference(typed: string): string | undefined {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(text) ? `${text.slice(0, 5)}-${text.slice(5)}` : undefined
}
