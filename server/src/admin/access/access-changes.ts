// Changes of addresses and policies with their entries in the audit, for the API and for the command line.

import {
  type AddressSettings,
  findAddressSettings,
  isAllowed,
  readAllowedAddresses,
  saveAddressSettings,
} from '#access/addresses.ts'
import { readAddress } from '#access/ip.ts'
import {
  deletePolicy,
  insertPolicy,
  listPolicies,
  MOST_POLICIES,
  type Policy,
  type PolicyToSave,
  updatePolicy,
} from '#access/policies.ts'
import { noteRulesChanged } from '#access/rules.ts'
import { faultsOfPolicy } from '#access/validate.ts'
import { type AuditChanges, changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import { ApiProblem } from '#admin/problems.ts'
import { type Id, newToken, type World } from '#config/world.ts'
import { noteVersion } from '#configuration/configuration.ts'
import { type Handle, holdKey } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose rules, and who changes them. */
export type AccessChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

/** @throws ApiProblem where whoever saves could not come in any more, and has not confirmed that */
export async function changeAddresses(
  tx: Handle,
  change: AccessChange,
  settings: AddressSettings,
  own: { readonly address: string; readonly confirmed: boolean } | undefined,
): Promise<void> {
  if (own !== undefined && !own.confirmed) refuseWithout(settings, own.address)
  const { environmentId, now, world } = change
  const former = await findAddressSettings(tx, environmentId)
  const changes = changesBetween(audited(former), audited(settings))
  if (Object.keys(changes).length === 0) return
  await saveAddressSettings(tx, environmentId, settings, { version: newToken(world.chance), now })
  await note(tx, change, 'access.addresses-changed', { subject: { id: environmentId, name: '' }, changes })
  const about = { kind: 'addresses', subjectId: environmentId, subjectName: '' } as const
  await noteVersion(tx, environmentId, { ...about, before: former, after: settings }, byOf(change))
}

function refuseWithout(settings: AddressSettings, address: string): void {
  if (settings.ranges.length === 0 || settings.mode !== 'enforced') return
  const own = readAddress(address)
  if (own !== undefined && isAllowed(readAllowedAddresses(settings), own)) return
  throw new ApiProblem(
    'own-address-missing',
    `Nothing was saved: your own address, ${address}, is in none of the ranges, so you might lock yourself out. Add it, or send “confirmed”: true.`,
  )
}

function audited({ ranges, exemptPurposes, exemptClientIds, mode }: AddressSettings) {
  return { ranges: [...ranges], exemptPurposes: [...exemptPurposes], exemptClientIds: [...exemptClientIds], mode }
}

/** @throws ApiProblem where it is no policy, has another’s name, or is one too many */
export async function addPolicy(tx: Handle, change: AccessChange, wanted: PolicyToSave): Promise<Policy> {
  const { environmentId, now, world } = change
  await demandSound(wanted.text)
  await holdKey(tx, `access policies ${environmentId}`)
  const there = await listPolicies(tx, environmentId)
  if (there.length >= MOST_POLICIES) {
    throw new ApiProblem(
      'policies-full',
      `The Environment has ${MOST_POLICIES} policies, and may have no more. Remove one, or join several that say the same of different people.`,
    )
  }
  refuseTaken(there, wanted.name)
  const made = await insertPolicy(tx, environmentId, wanted, { chance: world.chance, now })
  await policyChanged(tx, change, 'access-policy.created', { subject: made, from: {}, to: wanted })
  return made
}

/** Undefined where it was changed meanwhile. */
export async function changePolicy(
  tx: Handle,
  change: AccessChange,
  policy: Policy,
  wanted: PolicyToSave,
): Promise<Policy | undefined> {
  const { name, text, mode } = policy
  if (name === wanted.name && text === wanted.text && mode === wanted.mode) return policy
  await demandSound(wanted.text)
  if (name !== wanted.name) refuseTaken(await listPolicies(tx, change.environmentId), wanted.name)
  const changed = await updatePolicy(tx, policy, wanted, change.now)
  if (changed === undefined) return undefined
  const from = { name, text, mode }
  await policyChanged(tx, change, 'access-policy.changed', { subject: changed, from, to: wanted })
  return changed
}

export async function removePolicy(tx: Handle, change: AccessChange, policy: Policy): Promise<void> {
  await deletePolicy(tx, change.environmentId, policy.id)
  const { name, text, mode } = policy
  await policyChanged(tx, change, 'access-policy.removed', { subject: policy, from: { name, text, mode }, to: {} })
}

async function policyChanged(
  tx: Handle,
  change: AccessChange,
  action: string,
  {
    subject,
    from,
    to,
  }: { readonly subject: Policy; readonly from: Partial<PolicyToSave>; readonly to: Partial<PolicyToSave> },
): Promise<void> {
  const { environmentId, world, now } = change
  await noteRulesChanged(tx, environmentId, { version: newToken(world.chance), now })
  await note(tx, change, action, { subject, changes: changesBetween({ ...from }, { ...to }) })
  const state = ({ name, text, mode }: Partial<PolicyToSave>) => (text === undefined ? undefined : { name, text, mode })
  const about = { kind: 'policy', subjectId: subject.id, subjectName: subject.name } as const
  await noteVersion(tx, environmentId, { ...about, before: state(from), after: state(to) }, byOf(change))
}

function byOf({ source, world, now }: AccessChange) {
  return { source, chance: world.chance, now }
}

/** @throws ApiProblem where it cannot be saved */
export async function demandSound(text: string): Promise<void> {
  const faults = await faultsOfPolicy(text)
  const [first] = faults
  if (first === undefined) return
  const where = `Line ${first.line}, column ${first.column}`
  throw new ApiProblem('policy-refused', `${where}: ${first.sentence} ${first.cure} Mend it and send it again.`, {
    problems: faults.map(({ code, line, column, sentence, cure }) => {
      return { path: 'text', code, message: `line ${line}, column ${column}: ${sentence} ${cure}` }
    }),
  })
}

function refuseTaken(there: readonly Policy[], name: string): void {
  if (!there.some((one) => one.name === name)) return
  throw new ApiProblem('value-taken', `There is a policy “${name}” already. Choose another name.`, {
    problems: [{ path: 'name', message: 'is taken' }],
  })
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: AccessChange,
  action: string,
  {
    subject,
    changes,
  }: { readonly subject: { readonly id: string; readonly name: string }; readonly changes: AuditChanges },
): Promise<void> {
  const entry = { actor: source, action, subjectId: subject.id, subjectName: subject.name, changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}
