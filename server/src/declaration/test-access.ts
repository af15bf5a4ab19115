// For tests: Allowed IP Addresses and policies as an Environment may have them.

import type {} from 'node:test' // marks this file as one for tests
import fc from 'fast-check'
import { allowedAddresses } from '#access/addresses.ts'
import type { Policy } from '#access/policies.ts'
import { purposes } from '#access/request.ts'

export const addresses = fc
  .record(
    {
      ranges: fc.uniqueArray(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 }),
      exemptPurposes: fc.subarray([...purposes]),
      exemptClientIds: fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 2 }),
      mode: fc.constantFrom('enforced', 'shadow', 'off'),
    },
    { requiredKeys: [] },
  )
  .map((given) => allowedAddresses.safeParse(given).data ?? allowedAddresses.parse({}))

/** Of Cedar only the comment differs, in which anything may stand but control characters. */
export const policies = fc
  .uniqueArray(
    fc.tuple(
      fc.stringMatching(/^[A-Za-z ]{1,50}$/).map((text) => text.trim() || 'x'),
      fc.tuple(
        fc.constantFrom('', '  ', '\t', '\n\n', '\r\n'),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\n', '\r\n'),
      ),
      fc.constantFrom('', ' ', '\n', '\n\n  ', '\r\n'),
      fc.constantFrom('enforced', 'shadow', 'off'),
    ),
    { selector: ([named]) => named, maxLength: 2 },
  )
  .map((all) =>
    all.map(([named, [before, comment, lineEnd], end, mode]): Policy => {
      const text = `${before}// ${comment.replace(/[\p{Cc}\p{Cs}]/gu, '')}${lineEnd}forbid (principal, action, resource);${end}`
      const made = { createdAt: new Date(0), updatedAt: new Date(0) }
      return { id: 'policy_a', environmentId: 'env_a', name: named, text, mode, version: 1, ...made }
    }),
  )
