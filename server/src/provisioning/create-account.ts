/**
 * Provisioning: what an assertion makes of an account.
 *
 * Owns the decisions of Create Users and of user sync: which values count, where a default takes their place, what is
 * replaced and what stays. Must not know requests, sessions or pages; the tables are those of `users`.
 */

import type { World } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'
import type { Fault } from '#provisioning/fault.ts'
import type { Given } from '#provisioning/given.ts'
import { type AccountPlan, fromAttribute, planAccount } from '#provisioning/plan-account.ts'
import type { Handle } from '#storage/database.ts'
import { grantApplication, replaceRoles, replaceTeams } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { findUser, findUserByEmail, insertUser, noteFields, type User } from '#users/users.ts'

/** By what the person will be found at the next sign-in. */
export type Identity = {
  readonly username: string
  readonly federatedId?: string
  /** Where the assertion has no user id: known by the NameID of this connection. */
  readonly nameIdKey?: string
  /** What said so: an attribute's name, or `NameID`. */
  readonly attribute: string
}

export type Created = { readonly user: User } | { readonly fault: Fault } | 'somebody-was-faster'

/** Makes the account of somebody whom this connection has spoken for, in one transaction. */
export async function createAccount(
  tx: Handle,
  world: World,
  connection: Connection,
  { identity, given }: { readonly identity: Identity; readonly given: Given },
): Promise<Created> {
  const plan = await planAccount(tx, connection, given)
  if ('code' in plan) return { fault: plan }
  const now = world.clock()
  const { username, federatedId, nameIdKey } = identity
  const { firstName, lastName, email } = given
  const made = await insertUser(
    tx,
    connection.environmentId,
    {
      connectionId: connection.id,
      username,
      federatedId,
      nameIdKey,
      userType: plan.userType.value,
      firstName,
      lastName,
      email,
      createdThrough: 'sso',
      accessProfileId: plan.accessProfile.value,
      defaultApplicationId: plan.application?.value,
    },
    { chance: world.chance, now },
  )
  if (made === undefined) return explainConflict(tx, connection, { identity, given })
  await noteFields(tx, made, fieldSources(connection, { identity, given, plan }), now)
  await replaceTeams(tx, made, plan.teams, now)
  if (plan.application !== undefined) {
    const { value: applicationId, source } = plan.application
    await grantApplication(tx, made, { applicationId, source }, now)
    await replaceRoles(tx, made, { applicationId, roles: plan.roles }, now)
  }
  return { user: made }
}

// Of two first sign-ins of one person one makes the account; otherwise a name or an address belongs to somebody else.
async function explainConflict(
  tx: Handle,
  { environmentId, id }: Connection,
  { identity, given }: { readonly identity: Identity; readonly given: Given },
): Promise<Created> {
  const { username, federatedId, nameIdKey } = identity
  const same =
    nameIdKey !== undefined
      ? await findUser(tx, environmentId, { kind: 'name-id', connectionId: id, value: nameIdKey })
      : federatedId === undefined
        ? await findUser(tx, environmentId, { kind: 'username', value: username })
        : await findUser(tx, environmentId, { kind: 'federated-id', value: federatedId })
  if (same !== undefined) return 'somebody-was-faster'
  const named = await findUser(tx, environmentId, { kind: 'username', value: username })
  if (named !== undefined) {
    const received = `${username}, which is the username of somebody else`
    return { fault: { code: 'user-name', expected: 'a username that nobody has', received } }
  }
  const { email = '' } = given
  const owner = await findUserByEmail(tx, environmentId, email)
  return { fault: emailTaken(email, owner) }
}

/** What was received is told to the person too (`SSOErrorMessage`), so whose address it is stands with what was expected. */
export function emailTaken(email: string, owner: User | undefined): Fault {
  const whose = owner === undefined ? '' : `; this one is that of the user ${owner.username}`
  const expected = `an e-mail address that nobody else has${whose}`
  return { code: 'user-email', expected, received: `the address ${email}, which belongs to somebody else` }
}

function fieldSources(
  connection: Connection,
  { identity, given, plan }: { readonly identity: Identity; readonly given: Given; readonly plan: AccountPlan },
): ReadonlyMap<string, Source> {
  const { attributes } = connection.settings.createUsers
  const sources = new Map<string, Source>()
  sources.set('username', fromAttribute(connection, identity.attribute))
  if (identity.federatedId !== undefined) sources.set('federatedId', fromAttribute(connection, identity.attribute))
  for (const field of ['firstName', 'lastName', 'email'] as const) {
    if (given[field] !== undefined) sources.set(field, fromAttribute(connection, attributes[field]))
  }
  sources.set('userType', plan.userType.source)
  sources.set('accessProfileId', plan.accessProfile.source)
  if (plan.application !== undefined) sources.set('defaultApplicationId', plan.application.source)
  return sources
}
