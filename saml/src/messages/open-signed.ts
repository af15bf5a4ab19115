import type { DecryptionOptions } from '../encryption/decrypt.ts'
import { openParts } from '../encryption/open-parts.ts'
import { type Check, failed } from '../report/checks.ts'
import type { SignedElement } from '../signature/signed-element.ts'

/** The assertion that a signature covers, with what is encrypted inside it in clear; or the check that says why not. */
export function openSigned(
  assertion: SignedElement | undefined,
  options: DecryptionOptions,
): { readonly checks: readonly Check[]; readonly assertion?: SignedElement } {
  if (assertion === undefined) return { checks: [] }
  const opened = openParts(assertion, options)
  if ('assertion' in opened) return { checks: [], assertion: opened.assertion }
  const expected = 'an assertion whose parts can be decrypted'
  return { checks: [failed('assertion-readable', 'assertion', expected, opened.failure)] }
}
