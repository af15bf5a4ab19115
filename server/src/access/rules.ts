// All that restricts an Environment, read at once and kept until it changes.

import { z } from 'zod'
import { type AllowedAddresses, readAllowedAddresses, storedAddresses } from '#access/addresses.ts'
import { type Cedar, loadCedar, type PolicySet } from '#access/cedar.ts'
import { asksForTags, type Compiled, compile, type PolicyToRead, sorted } from '#access/compile.ts'
import { allowedIpAddresses, authorizedClientIds, everything } from '#access/shipped.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { readRows, rowsWithin } from '#storage/rows-within.ts'

export type Rules = PolicySet & {
  readonly version: string
  readonly cedar: typeof Cedar
  readonly allowed: AllowedAddresses
  readonly policies: ReadonlyMap<string, Compiled>
  /** Names of those that cannot be read although they are enforced: then nobody knows what they would forbid. */
  readonly broken: readonly string[]
  /** What the enforced ones look at. */
  readonly looksAt: readonly string[]
  readonly usesAttributes: boolean
  /** Nothing of its own. */
  readonly plain: boolean
}

export type RulesToMake = {
  readonly setId: string
  readonly version: string
  readonly addresses: z.output<typeof storedAddresses>
  readonly policies: readonly PolicyToRead[]
}

/** Without reading anything from the database: for drafts, too. */
export function makeRules(cedar: typeof Cedar, { setId, version, addresses, policies }: RulesToMake): Rules {
  const allowed = readAllowedAddresses(addresses)
  const restricts = allowed.ranges.length > 0 && addresses.mode !== 'off'
  const byAddress = restricts ? [{ ...allowedIpAddresses, mode: modeOf(addresses.mode) }] : []
  const all = [everything, authorizedClientIds, ...byAddress, ...policies]
  const read = all.map((policy) => ({ policy, compiled: compile(cedar, policy) }))
  const compiled = read.flatMap((one) => (one.compiled === undefined ? [] : [one.compiled]))
  const broken = read.flatMap(({ policy, compiled }) =>
    compiled === undefined && policy.mode === 'enforced' ? [policy.name] : [],
  )
  return {
    setId,
    version,
    cedar,
    allowed,
    texts: Object.fromEntries(compiled.map(({ id, text }) => [id, text])),
    policies: new Map(compiled.map((one) => [one.id, one])),
    broken,
    looksAt: sorted(compiled.flatMap(({ mode, looksAt }) => (mode === 'enforced' ? looksAt : []))),
    usesAttributes: asksForTags(compiled),
    plain: policies.length === 0 && !restricts,
  }
}

function modeOf(mode: 'enforced' | 'shadow' | 'off'): 'enforced' | 'shadow' {
  return mode === 'shadow' ? 'shadow' : 'enforced'
}

let shipped: Rules | undefined

/** Of an Environment that has none of its own. */
export async function shippedRules(): Promise<Rules> {
  shipped ??= makeRules(await loadCedar(), {
    setId: 'shipped',
    version: '',
    addresses: storedAddresses.parse({}),
    policies: [],
  })
  return shipped
}

const known = new Map<Id<'env'>, Rules>()
const AT_MOST = 1000

/**
 * Undefined where nothing restricts the Environment. One query tells whether what is known still counts, also where
 * another process has changed it.
 */
export async function findRules(db: Handle, environmentId: Id<'env'>): Promise<Rules | undefined> {
  const row = await db
    .selectFrom('environment_access')
    .select('version')
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  return row === undefined ? undefined : rulesOfVersion(db, environmentId, row.version)
}

/** The same for whoever has read the version already. */
export async function rulesOfVersion(
  db: Handle,
  environmentId: Id<'env'>,
  version: string,
): Promise<Rules | undefined> {
  const found = known.get(environmentId)
  const rules = found?.version === version ? found : await readRules(db, environmentId)
  return rules?.plain ? undefined : rules
}

async function readRules(db: Handle, environmentId: Id<'env'>): Promise<Rules | undefined> {
  const cedar = await loadCedar()
  const policies = db
    .selectFrom('access_policies')
    .select(['access_policies.id', 'access_policies.name', 'access_policies.text', 'access_policies.mode'])
    .where('access_policies.environment_id', '=', environmentId)
    .where('access_policies.mode', '<>', 'off')
    .orderBy('access_policies.id')
  const row = await db
    .selectFrom('environment_access')
    .select(['version', 'addresses', rowsWithin(db, policies).as('policies')])
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const rules = makeRules(cedar, {
    setId: environmentId,
    version: row.version,
    addresses: storedAddresses.parse(JSON.parse(row.addresses)),
    policies: storedPolicies.parse(readRows(row.policies)),
  })
  known.delete(environmentId)
  known.set(environmentId, rules)
  if (known.size > AT_MOST) known.delete(known.keys().next().value ?? environmentId)
  return rules
}

const storedPolicies = z.array(
  z.object({ id: z.string(), name: z.string(), text: z.string(), mode: z.enum(['enforced', 'shadow']) }),
)

/** What every change of addresses or policies ends with. */
export async function noteRulesChanged(
  tx: Handle,
  environmentId: Id<'env'>,
  { version, now }: { readonly version: string; readonly now: Date },
): Promise<void> {
  const values = { version, updated_at: now.getTime() }
  await tx
    .insertInto('environment_access')
    .values({ environment_id: environmentId, addresses: JSON.stringify(storedAddresses.parse({})), ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
}
