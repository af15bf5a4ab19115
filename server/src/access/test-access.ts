// For tests: requests for decisions, and Environments that restrict something.

import type {} from 'node:test' // marks this file as one for tests
import { type AddressSettings, allowedAddresses, saveAddressSettings } from '#access/addresses.ts'
import { insertPolicy, type Policy, type PolicyMode } from '#access/policies.ts'
import type { AccessRequest, AccessUser } from '#access/request.ts'
import { noteRulesChanged } from '#access/rules.ts'
import { type Id, newToken, type World } from '#config/world.ts'
import { now } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'

export const mediaHelper = {
  id: '64cd7f8c-207b-4caf-b888-56b8e17384a6',
  kind: 'native',
  purpose: 'media-helper',
} as const
export const tempo = { id: 'a726a4a8-9915-4966-9ac2-b8c9064fe30d', kind: 'native', purpose: 'mobile' } as const
export const desk = { id: 'desk', kind: 'web' } as const

export const ada: AccessUser = {
  id: 'user_ada',
  type: 'platform',
  teams: ['Agents'],
  roles: ['Service Desk:Agent'],
  accessProfile: 'Regular User',
}

/** A call of Ada's from 198.51.100.7, with the changes asked for. */
export function requestOf(
  change: Partial<Omit<AccessRequest, 'context'>> = {},
  context: Partial<AccessRequest['context']> = {},
): AccessRequest {
  return { action: 'call', user: ada, ...change, context: { address: '198.51.100.7', at: now, ...context } }
}

export type Restriction = {
  readonly addresses?: Partial<AddressSettings>
  readonly policies?: Readonly<Record<string, string | { readonly text: string; readonly mode: PolicyMode }>>
}

export async function restrict(
  db: Database,
  { chance }: Pick<World, 'chance'>,
  environmentId: Id<'env'>,
  { addresses, policies = {} }: Restriction,
): Promise<readonly Policy[]> {
  return db.transaction(async (tx) => {
    const made: Policy[] = []
    for (const [name, given] of Object.entries(policies)) {
      const policy = typeof given === 'string' ? { text: given, mode: 'enforced' as const } : given
      made.push(await insertPolicy(tx, environmentId, { name, ...policy }, { chance, now }))
    }
    const version = newToken(chance)
    if (addresses !== undefined)
      await saveAddressSettings(tx, environmentId, allowedAddresses.parse(addresses), { version, now })
    await noteRulesChanged(tx, environmentId, { version, now })
    return made
  })
}

export const forbid = (condition: string, effect = 'deny'): string =>
  `@effect("${effect}")\nforbid (principal, action, resource)\nwhen { ${condition} };`
