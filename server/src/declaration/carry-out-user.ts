import type { Chance, Id } from '#config/world.ts'
import { listConnections } from '#connections/connections.ts'
import type { Account } from '#declaration/account.ts'
import type { UserChange } from '#declaration/change.ts'
import { endAndTell } from '#logout/tell.ts'
import type { Handle } from '#storage/database.ts'
import { findAccessProfile, findApplication, findRoles, findTeams } from '#users/directory.ts'
import {
  grantApplication,
  listApplicationsOf,
  replaceRoles,
  replaceTeams,
  withdrawApplication,
} from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { insertUser, type NewUser, noteFields, touchUser, type User, updateUser } from '#users/users.ts'

type Made = { readonly chance: Chance; readonly now: Date }

const declared: Source = { by: 'declaration' }

/** Somebody has taken a name or an address of this user since the plan was made. */
export class UserTakenError extends Error {
  override readonly name = 'UserTakenError'
}

/** Makes or changes a user. Everything that the account names is there by now: the plan has seen to it. */
export async function carryOutUser(
  tx: Handle,
  environmentId: Id<'env'>,
  change: UserChange,
  made: Made,
): Promise<void> {
  const account = change.wanted
  const fields = await fieldsOf(tx, environmentId, account)
  if (change.action === 'add') {
    const deactivatedAt = account.deactivated ? made.now : undefined
    const user = await add(tx, environmentId, { ...fields, username: account.username }, made)
    // A new user is active; who is not to be is deactivated at once.
    const whole = deactivatedAt === undefined ? user : await update(tx, user, { deactivatedAt }, made.now)
    await replaceMemberships(tx, whole, account, made.now)
    return
  }
  const deactivatedAt = account.deactivated ? (change.current.deactivatedAt ?? made.now) : undefined
  const user = await update(tx, change.current, { ...fields, deactivatedAt }, made.now)
  if (deactivatedAt !== undefined)
    await endAndTell(tx, environmentId, { userId: user.id }, { why: 'deactivated', ...made })
  const isChanged = await replaceMemberships(tx, user, account, made.now)
  if (isChanged && user.version === change.current.version) await touchUser(tx, user, made.now)
}

type Fields = Omit<NewUser, 'username' | 'createdThrough' | 'nameIdKey'>

async function fieldsOf(tx: Handle, environmentId: Id<'env'>, account: Account): Promise<Fields> {
  const { federatedId, userType, firstName, lastName, email } = account
  const connections = await listConnections(tx, environmentId)
  const profile = await findAccessProfile(tx, environmentId, account.accessProfile ?? '')
  const application = await findApplication(tx, environmentId, account.defaultApplication ?? '')
  return {
    ...{ federatedId, userType, firstName, lastName, email },
    connectionId: connections.find(({ name }) => name === account.connection)?.id,
    accessProfileId: profile?.id,
    defaultApplicationId: application?.id,
  }
}

async function add(
  tx: Handle,
  environmentId: Id<'env'>,
  fields: Fields & Pick<User, 'username'>,
  made: Made,
): Promise<User> {
  const user = await insertUser(tx, environmentId, { ...fields, createdThrough: 'declaration' }, made)
  if (user === undefined) throw new UserTakenError(fields.username)
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  await noteFields(tx, user, new Map(given.map(([field]) => [field, declared])), made.now)
  return user
}

function update(tx: Handle, user: User, change: Parameters<typeof updateUser>[2], now: Date): Promise<User> {
  return updateUser(tx, user, change, { source: () => declared, now })
}

/** True where anything changed. */
async function replaceMemberships(tx: Handle, user: User, account: Account, now: Date): Promise<boolean> {
  const names = [account.team ?? '', ...account.teams]
  const teams = await findTeams(tx, user.environmentId, names)
  const wanted = teams.map(({ id, name }) => ({ teamId: id, primary: name === account.team, source: declared }))
  const changes = [await replaceTeams(tx, user, wanted, now)]
  for (const { applicationId, name } of await listApplicationsOf(tx, user)) {
    if (account.applications.some((one) => one.name === name)) continue
    changes.push(await withdrawApplication(tx, user, applicationId))
  }
  for (const { name, roles } of account.applications) {
    const application = (await findApplication(tx, user.environmentId, name))!
    const applicationId = application.id
    changes.push(await grantApplication(tx, user, { applicationId, source: declared }, now))
    const found = await findRoles(tx, user.environmentId, { applicationId, names: roles })
    const granted = found.map(({ id }) => ({ roleId: id, source: declared }))
    changes.push(await replaceRoles(tx, user, { applicationId, roles: granted }, now))
  }
  return changes.includes(true)
}
