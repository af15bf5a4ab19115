// What administrators say of a client, and how it is read, whichever way it comes: the API, the command line, the file.

import { z } from 'zod'
import type { Chance } from '#config/world.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'

/** Compared exactly, capitals included, as identity providers name it in AuthorizedClientIDs. */
export const clientId = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,128}$/, 'must be 1 to 128 characters: letters, digits, “.”, “_”, “~” and “-”')
  // Browsers and proxies take these two for a step in a path (RFC 3986 section 5.2.4).
  .refine((id) => id !== '.' && id !== '..', 'must not be “.” or “..”, which mean something else in addresses')

export const clientName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'is too long: 100 characters at most')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
  .refine((name) => name.isWellFormed(), 'is no sound text')

export const clientKinds = ['web', 'native', 'single-page', 'machine'] as const satisfies readonly ClientKind[]

export const clientKind = z.enum(clientKinds, {
  error: `must be ${clientKinds.join(', ').replace(/, (?=\w+$)/, ' or ')}`,
})

/** A random UUID (RFC 9562 section 5.4), which is how contact centres write the ids of clients. */
export function newClientId(chance: Chance): string {
  const bytes = Buffer.from(chance.bytes(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
