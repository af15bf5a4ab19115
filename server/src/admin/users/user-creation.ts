import { changesBetween } from '#admin/audit/audit.ts'
import { noteChange } from '#admin/audit/note-change.ts'
import type { Answer, Call } from '#admin/operations.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { referencesIn } from '#admin/references.ts'
import { auditedAccount } from '#admin/users/audited-account.ts'
import { nameTaken, takenNames } from '#admin/users/user-conflicts.ts'
import { etagOfUser, shownAccount, type UserToMake } from '#admin/users/user-shapes.ts'
import { type WantedAccount, wantedAccount } from '#admin/users/wanted-account.ts'
import type { Id, World } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { findAccount } from '#users/accounts.ts'
import { grantApplication, replaceRoles, replaceTeams, setActiveRole } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { insertUser, type NewUser, noteFields, type User } from '#users/users.ts'

export async function createUser(call: Call<unknown, unknown, UserToMake>): Promise<Answer> {
  const { db, environment, body, source } = call
  const references = referencesIn(db, environment.id)
  const asked = { input: body, userType: body.userType, current: undefined, source }
  const wanted = await wantedAccount(db, environment.id, asked, references)
  if (references.problems.length > 0) throw invalid(references.problems)
  const by = { source, createdThrough: 'api' } as const
  const user = await insertAccount(db, environment.id, { input: body, wanted, by }, call)
  if (user === undefined) throw nameTaken(await takenNames(db, environment.id, body))
  const account = await findAccount(db, environment.id, user.id)
  if (account === undefined) throw notFoundProblem()
  const changes = changesBetween({}, auditedAccount(account))
  await noteChange(call, 'user.created', { id: user.id, name: user.username }, changes)
  return { body: shownAccount(account), etag: etagOfUser(account.user), location: `users/${user.id}` }
}

export type AccountToInsert = {
  readonly input: UserToMake
  readonly wanted: WantedAccount
  readonly by: { readonly source: Source; readonly createdThrough: NewUser['createdThrough'] }
}

/** Undefined where somebody has one of the names. */
export async function insertAccount(
  db: Handle,
  environmentId: Id<'env'>,
  { input, wanted, by }: AccountToInsert,
  { world, now }: { readonly world: World; readonly now: Date },
): Promise<User | undefined> {
  const toMake = userToInsert(input, wanted, by.createdThrough)
  const user = await insertUser(db, environmentId, toMake, { chance: world.chance, now })
  if (user === undefined) return undefined
  await noteFields(db, user, fieldSources(toMake, wanted, by.source), now)
  await replaceTeams(db, user, wanted.teams ?? [], now)
  for (const { applicationId, roles, activeRole } of wanted.applications ?? []) {
    await grantApplication(db, user, { applicationId, source: by.source }, now)
    const sourced = roles.map((roleId) => ({ roleId, source: by.source }))
    await replaceRoles(db, user, { applicationId, roles: sourced }, now)
    if (activeRole !== undefined) await setActiveRole(db, user, { applicationId, roleId: activeRole })
  }
  return user
}

function userToInsert(input: UserToMake, wanted: WantedAccount, createdThrough: NewUser['createdThrough']): NewUser {
  return {
    connectionId: wanted.connectionId ?? undefined,
    username: input.username,
    federatedId: input.federatedId ?? undefined,
    userType: input.userType,
    firstName: input.firstName ?? undefined,
    lastName: input.lastName ?? undefined,
    email: input.email ?? undefined,
    createdThrough,
    accessProfileId: wanted.accessProfile?.id,
    defaultApplicationId: wanted.defaultApplicationId ?? undefined,
  }
}

function fieldSources(user: NewUser, wanted: WantedAccount, source: Source): ReadonlyMap<string, Source> {
  const { createdThrough: _, ...fields } = user
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return new Map(
    given.map(([field]) => [field, field === 'accessProfileId' ? (wanted.accessProfile?.source ?? source) : source]),
  )
}
