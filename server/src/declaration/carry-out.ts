import { isDeepStrictEqual } from 'node:util'
import { deleteCompany, insertCompany, renameCompany } from '#companies/companies.ts'
import { deleteEnvironment, insertEnvironment, updateEnvironment } from '#companies/environments.ts'
import { type Chance, type Id, newId, type World } from '#config/world.ts'
import { updateConnection } from '#connections/connections.ts'
import { carryOutAddresses, carryOutPolicy } from '#declaration/carry-out-access.ts'
import { carryOutClient, freeClientNames } from '#declaration/carry-out-client.ts'
import { carryOutConnect } from '#declaration/carry-out-connect.ts'
import { carryOutConnection } from '#declaration/carry-out-connection.ts'
import { carryOutEntry } from '#declaration/carry-out-entry.ts'
import { carryOutUser } from '#declaration/carry-out-user.ts'
import type { Change, Place, Plan } from '#declaration/change.ts'
import { keepSessionSettings, keepTargets } from '#declaration/keep-version.ts'
import type { State } from '#declaration/state.ts'
import { defaultSessionSettings, type SessionSettings, saveSessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'
import { insertStandardDirectory } from '#users/directory.ts'

/** What was made anew, with the ticket that it got. */
export type AddedConnection = { readonly label: string; readonly ticket: string }

/** Carries a plan out, in the transaction in which `state` was read and the plan was made from it. */
export async function carryOut(
  tx: Handle,
  plan: Plan,
  state: State,
  world: World,
): Promise<readonly AddedConnection[]> {
  const companies = new Map<string, Id<'comp'>>(state.companies.map(({ slug, id }) => [slug, id]))
  const environments = new Map<string, Id<'env'>>(
    state.companies.flatMap((company) =>
      company.environments.map(({ slug, id }) => [`${company.slug}/${slug}`, id] as const),
    ),
  )
  const now = world.clock()
  const made = { chance: world.chance, now }
  const environmentIdOf = (place: Place): Id<'env'> =>
    environments.get(`${place.companySlug}/${place.environmentSlug}`)!
  const added: AddedConnection[] = []
  const carryOutOne = async (change: Change): Promise<void> => {
    if (change.subject === 'company') {
      if (change.action === 'remove') return deleteCompany(tx, change.current.id)
      if (change.action === 'change') return renameCompany(tx, change.current.id, change.wanted.name, now)
      const id = newId(world.chance, 'comp')
      companies.set(change.wanted.slug, id)
      return insertCompany(tx, { id, slug: change.wanted.slug, name: change.wanted.name }, now)
    }
    if (change.subject === 'environment') {
      if (change.action === 'remove') return deleteEnvironment(tx, change.current.companyId, change.current.id)
      const { slug, name, targets, sessions } = change.wanted
      if (change.action === 'change') {
        await saveSessions(tx, change.current.id, { before: change.current.sessions, sessions }, made)
        await keepTargets(tx, change.current.id, { before: change.current, after: { name, targets } }, made)
        return updateEnvironment(tx, { ...change.current, name, targets }, now)
      }
      const id = newId(world.chance, 'env')
      environments.set(`${change.companySlug}/${slug}`, id)
      await insertEnvironment(tx, { id, companyId: companies.get(change.companySlug)!, slug, name, targets }, now)
      await saveSessions(tx, id, { before: defaultSessionSettings, sessions }, made)
      return insertStandardDirectory(tx, id, made)
    }
    if (change.subject === 'entry') return carryOutEntry(tx, change, environmentIdOf, made)
    if (change.subject === 'client') return carryOutClient(tx, change, environmentIdOf, made)
    if (change.subject === 'addresses') return carryOutAddresses(tx, change, environmentIdOf, made)
    if (change.subject === 'policy') return carryOutPolicy(tx, change, environmentIdOf, made)
    if (change.subject === 'amazon-connect') return carryOutConnect(tx, change, environmentIdOf, made)
    if (change.subject === 'user') return carryOutUser(tx, environmentIdOf(change.place), change, made)
    const connection = await carryOutConnection(tx, change, environmentIdOf, made)
    if (change.action === 'add' && connection !== undefined)
      added.push({ label: change.label, ticket: connection.ticket })
  }
  await freeNames(tx, plan, now)
  await freeClientNames(tx, plan)
  for (const change of plan.changes) await carryOutOne(change)
  return added
}

async function saveSessions(
  tx: Handle,
  environmentId: Id<'env'>,
  { before, sessions = before }: { readonly before: SessionSettings; readonly sessions: SessionSettings | undefined },
  made: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  if (isDeepStrictEqual(before, sessions)) return
  await saveSessionSettings(tx, environmentId, sessions, made.now)
  await keepSessionSettings(tx, environmentId, { before, after: sessions }, made)
}

/** Connections that exchange their names would collide half-way: each first takes its id for a name. */
async function freeNames(tx: Handle, { changes }: Plan, now: Date): Promise<void> {
  for (const change of changes) {
    if (change.subject !== 'connection' || change.action !== 'change') continue
    if (change.current.name === change.wanted.name) continue
    await updateConnection(tx, change.current.environmentId, { ...change.current, name: change.current.id }, now)
  }
}
