import { changesBetween } from '#admin/audit/audit.ts'
import { noteChange } from '#admin/audit/note-change.ts'
import type { Answer, Call } from '#admin/operations.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { referencesIn } from '#admin/references.ts'
import { changedMeanwhile, demandMatch } from '#admin/serve-operation.ts'
import { auditedAccount } from '#admin/users/audited-account.ts'
import { nameTaken, refuseIdentity, takenNames } from '#admin/users/user-conflicts.ts'
import { etagOfUser, shownAccount, type UserChangeInput } from '#admin/users/user-shapes.ts'
import { type WantedAccess, type WantedAccount, wantedAccess, wantedAccount } from '#admin/users/wanted-account.ts'
import type { Id } from '#config/world.ts'
import { endAndTell } from '#logout/tell.ts'
import { type Account, deleteUser, findAccount, holdUser } from '#users/accounts.ts'
import { findEntry } from '#users/directory-pages.ts'
import { grantApplication, replaceRoles, replaceTeams, setActiveRole, withdrawApplication } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { touchUser, type UserChange, updateUser } from '#users/users.ts'

export type UserCall<B> = Call<{ readonly id: string }, unknown, B>

export async function changeUser(call: UserCall<UserChangeInput>): Promise<Answer> {
  const { db, environment, body, source } = call
  const current = await holdAccount(call)
  const { user } = current
  refuseIdentity(user, body)
  const references = referencesIn(db, environment.id)
  const asked = { input: body, userType: body.userType ?? user.userType, current, source }
  const wanted = await wantedAccount(db, environment.id, asked, references)
  if (references.problems.length > 0) throw invalid(references.problems)
  const taken = await takenNames(db, environment.id, body, user.id)
  if (taken.length > 0) throw nameTaken(taken)
  const { teams, applications } = wanted
  const touched = [
    teams !== undefined && (await replaceTeams(db, user, teams, call.now)),
    applications !== undefined && (await replaceApplications(call, current, applications)),
  ]
  const changed = await changeFields(call, current, fieldsOf(body, wanted), wanted)
  if (!changed && touched.includes(true)) await touchUser(db, user, call.now)
  return answerChange(call, 'user.changed', current)
}

export async function putAccess(
  call: Call<
    { readonly id: string; readonly applicationId: string },
    unknown,
    { readonly roles: readonly string[]; readonly activeRole?: string | undefined }
  >,
): Promise<Answer> {
  const { db, environment, params, body } = call
  const current = await holdAccount(call)
  const application = await findEntry(db, environment.id, { kind: 'application', id: params.applicationId })
  if (application === undefined) throw notFoundProblem()
  if (current.user.userType === 'site')
    throw invalid([{ path: 'path.applicationId', message: 'is for Platform Users: a Site User has no Applications' }])
  const references = referencesIn(db, environment.id)
  const wanted = await wantedAccess(application.id as Id<'app'>, body, references)
  if (references.problems.length > 0) throw invalid(references.problems)
  if (await grantAccess(call, current, wanted)) await touchUser(db, current.user, call.now)
  return answerChange(call, 'user.application-granted', current)
}

export async function removeAccess(
  call: Call<{ readonly id: string; readonly applicationId: string }, unknown, unknown>,
): Promise<Answer> {
  const current = await holdAccount(call)
  const applicationId = call.params.applicationId as Id<'app'>
  if (!(await withdrawApplication(call.db, current.user, applicationId))) throw notFoundProblem()
  const { defaultApplicationId } = current.user
  const fields = defaultApplicationId === applicationId ? { defaultApplicationId: undefined } : {}
  if (!(await changeFields(call, current, fields))) await touchUser(call.db, current.user, call.now)
  return answerChange(call, 'user.application-withdrawn', current)
}

export async function setActive(call: UserCall<unknown>, active: boolean): Promise<Answer> {
  const { db, environment, now } = call
  const current = await holdAccount(call)
  const { user } = current
  if (active === (user.deactivatedAt === undefined)) return { body: shownAccount(current), etag: etagOfUser(user) }
  await changeFields(call, current, { deactivatedAt: active ? undefined : now })
  const ending = { why: 'deactivated', now, chance: call.world.chance } as const
  if (!active) await endAndTell(db, environment.id, { userId: user.id }, ending)
  return answerChange(call, active ? 'user.activated' : 'user.deactivated', current)
}

export async function removeUser(call: UserCall<unknown>): Promise<Answer> {
  const current = await holdAccount(call)
  const { id, username } = current.user
  const { db, environment, now, world } = call
  // Before, because the sessions go with the user.
  await endAndTell(db, environment.id, { userId: id }, { why: 'removed', now, chance: world.chance })
  await deleteUser(db, environment.id, id)
  await noteChange(call, 'user.removed', { id, name: username }, changesBetween(auditedAccount(current), {}))
  return {}
}

/** The account in the state that If-Match names, held in it until the end of the transaction. */
async function holdAccount({ db, environment, params, ifMatch }: UserCall<unknown>): Promise<Account> {
  const account = await findAccount(db, environment.id, params.id)
  if (account === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOfUser(account.user))
  if (!(await holdUser(db, account.user))) throw changedMeanwhile()
  return account
}

async function answerChange(call: UserCall<unknown>, action: string, former: Account): Promise<Answer> {
  const account = await findAccount(call.db, call.environment.id, former.user.id)
  if (account === undefined) throw notFoundProblem()
  const changes = changesBetween(auditedAccount(former), auditedAccount(account))
  const { id, username } = account.user
  if (Object.keys(changes).length > 0) await noteChange(call, action, { id, name: username }, changes)
  return { body: shownAccount(account), etag: etagOfUser(account.user) }
}

async function changeFields(
  { db, source, now }: UserCall<unknown>,
  { user }: Account,
  fields: UserChange,
  wanted?: WantedAccount,
): Promise<boolean> {
  const sourceOf = (field: keyof UserChange): Source =>
    field === 'accessProfileId' ? (wanted?.accessProfile?.source ?? source) : source
  const changed = await updateUser(db, user, fields, { source: sourceOf, now })
  return changed.version !== user.version
}

function fieldsOf(body: UserChangeInput, wanted: WantedAccount): UserChange {
  const { username, federatedId, firstName, lastName, email, userType } = body
  const { accessProfile, defaultApplicationId, connectionId } = wanted
  const all = { federatedId, firstName, lastName, email, defaultApplicationId, connectionId }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(given.map(([field, value]) => [field, value ?? undefined])),
    ...(username === undefined ? {} : { username }),
    ...(userType === undefined ? {} : { userType }),
    ...(accessProfile === undefined ? {} : { accessProfileId: accessProfile.id }),
  }
}

async function replaceApplications(
  call: UserCall<unknown>,
  current: Account,
  wanted: readonly WantedAccess[],
): Promise<boolean> {
  let changed = false
  for (const { applicationId } of current.applications) {
    if (wanted.some((access) => access.applicationId === applicationId)) continue
    changed = (await withdrawApplication(call.db, current.user, applicationId)) || changed
  }
  for (const access of wanted) changed = (await grantAccess(call, current, access)) || changed
  return changed
}

async function grantAccess(
  { db, source, now }: UserCall<unknown>,
  { user, applications }: Account,
  { applicationId, roles, activeRole }: WantedAccess,
): Promise<boolean> {
  const granted = await grantApplication(db, user, { applicationId, source }, now)
  const sourced = roles.map((roleId) => ({ roleId, source }))
  const replaced = await replaceRoles(db, user, { applicationId, roles: sourced }, now)
  const former = applications.find((access) => access.applicationId === applicationId)?.activeRoleId
  const moved = activeRole !== undefined && activeRole !== former
  if (moved) await setActiveRole(db, user, { applicationId, roleId: activeRole })
  return granted || replaced || moved
}
