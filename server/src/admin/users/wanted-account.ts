// What an account shall become: the rules of Site and Platform Users, applied to what was asked for. A Site User's primary
// Team and Access Profile are always those of the portal, and Applications are for Platform Users only.

import type { FieldProblem } from '#admin/problems.ts'
import type { References } from '#admin/references.ts'
import type { UserChangeInput } from '#admin/users/user-shapes.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { Account } from '#users/accounts.ts'
import { findPortalTeam, findStandardProfile } from '#users/directory.ts'
import type { WantedTeam } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'

export type WantedAccess = {
  readonly applicationId: Id<'app'>
  readonly roles: readonly Id<'role'>[]
  /** Undefined: as it is. */
  readonly activeRole: Id<'role'> | undefined
}

/** What is undefined stays as it is. */
export type WantedAccount = {
  readonly teams: readonly WantedTeam[] | undefined
  readonly accessProfile: { readonly id: Id<'prof'>; readonly source: Source } | undefined
  readonly applications: readonly WantedAccess[] | undefined
  /** Null: none. */
  readonly defaultApplicationId: Id<'app'> | null | undefined
  readonly connectionId: Id<'conn'> | null | undefined
}

type Asked = {
  readonly input: UserChangeInput
  readonly userType: 'platform' | 'site'
  /** Undefined for a new user. */
  readonly current: Account | undefined
  readonly source: Source
}

/** Problems are left in `references`. */
export async function wantedAccount(
  db: Handle,
  environmentId: Id<'env'>,
  asked: Asked,
  references: References,
): Promise<WantedAccount> {
  references.problems.push(...notForSiteUsers(asked))
  const { connectionId } = asked.input
  const applications = await wantedApplications(asked, references)
  return {
    teams:
      asked.userType === 'site'
        ? await siteTeams(db, environmentId, asked, references)
        : await platformTeams(asked, references),
    accessProfile: await wantedProfile(db, environmentId, asked, references),
    applications,
    defaultApplicationId: await wantedDefault(asked, applications, references),
    connectionId:
      typeof connectionId === 'string' ? await references.findConnection(connectionId, 'connectionId') : connectionId,
  }
}

function notForSiteUsers({ input, userType }: Asked): readonly FieldProblem[] {
  if (userType === 'platform') return []
  const refuse = (path: string, there: boolean, message: string) => (there ? [{ path, message }] : [])
  return [
    ...refuse(
      'team',
      input.team !== undefined,
      'is for Platform Users: the primary Team of a Site User is always Portal Users and Customers; name others under “teams”',
    ),
    ...refuse(
      'accessProfile',
      input.accessProfile !== undefined,
      'is for Platform Users: that of a Site User is always Portal User Profile',
    ),
    ...refuse('applications', (input.applications ?? []).length > 0, 'are for Platform Users'),
    ...refuse('defaultApplication', typeof input.defaultApplication === 'string', 'is for Platform Users'),
  ]
}

const changesType = ({ current, userType }: Asked): boolean => current?.user.userType !== userType

async function furtherTeams(
  { input, current }: Asked,
  references: References,
): Promise<readonly Id<'team'>[] | undefined> {
  if (input.teams === undefined) return current?.teams.filter(({ primary }) => !primary).map(({ teamId }) => teamId)
  const found = await each(input.teams, (team, nth) => references.find('team', team, { path: `teams.${nth}` }))
  return found.map(({ id }) => id as Id<'team'>)
}

async function siteTeams(
  db: Handle,
  environmentId: Id<'env'>,
  asked: Asked,
  references: References,
): Promise<readonly WantedTeam[] | undefined> {
  if (asked.input.teams === undefined && !changesType(asked)) return undefined
  const portal = await findPortalTeam(db, environmentId)
  const further = (await furtherTeams(asked, references)) ?? []
  return ranked({ id: portal.id, source: { by: 'rule' } }, further, asked.source)
}

async function platformTeams(asked: Asked, references: References): Promise<readonly WantedTeam[] | undefined> {
  const { input, current, source } = asked
  if (input.team === undefined && input.teams === undefined && !changesType(asked)) return undefined
  const former = changesType(asked) ? undefined : current?.teams.find(({ primary }) => primary)?.teamId
  const named = input.team === undefined ? undefined : await references.find('team', input.team, { path: 'team' })
  const further = (await furtherTeams(asked, references)) ?? []
  const primary = (named?.id as Id<'team'> | undefined) ?? former
  if (primary !== undefined) return ranked({ id: primary, source }, further, source)
  if (input.team === undefined)
    references.problems.push({ path: 'team', message: 'is needed: a Platform User has a primary Team' })
  return undefined
}

function ranked(
  primary: { readonly id: Id<'team'>; readonly source: Source },
  further: readonly Id<'team'>[],
  source: Source,
): readonly WantedTeam[] {
  const others = [...new Set(further)].filter((id) => id !== primary.id)
  return [
    { teamId: primary.id, primary: true, source: primary.source },
    ...others.map((teamId) => ({ teamId, primary: false, source })),
  ]
}

async function wantedProfile(
  db: Handle,
  environmentId: Id<'env'>,
  asked: Asked,
  references: References,
): Promise<WantedAccount['accessProfile']> {
  const { input, userType, source } = asked
  if (userType === 'platform' && input.accessProfile !== undefined) {
    const found = await references.find('access-profile', input.accessProfile, { path: 'accessProfile' })
    return found && { id: found.id as Id<'prof'>, source }
  }
  if (!changesType(asked)) return undefined
  const standard = await findStandardProfile(db, environmentId, userType === 'site' ? 'portal' : 'regular')
  return { id: standard.id, source: { by: 'rule' } }
}

async function wantedApplications(asked: Asked, references: References): Promise<readonly WantedAccess[] | undefined> {
  const { input, userType } = asked
  if (userType === 'site') return changesType(asked) ? [] : undefined
  if (input.applications === undefined) return undefined
  const seen = new Set<string>()
  return each(input.applications, async ({ application, roles, activeRole }, nth) => {
    const path = `applications.${nth}`
    const found = await references.find('application', application, { path: `${path}.application` })
    if (found === undefined) return undefined
    if (seen.has(found.id)) references.problems.push({ path, message: 'names the same Application again' })
    seen.add(found.id)
    return wantedAccess(found.id as Id<'app'>, { roles, activeRole }, references, `${path}.`)
  })
}

/** Access to one Application, whose id is known. */
export async function wantedAccess(
  applicationId: Id<'app'>,
  { roles, activeRole }: { readonly roles: readonly string[]; readonly activeRole?: string | undefined },
  references: References,
  path = '',
): Promise<WantedAccess> {
  const found = await each(roles, (role, nth) =>
    references.find('role', role, { path: `${path}roles.${nth}`, applicationId }),
  )
  const active =
    activeRole === undefined
      ? undefined
      : await references.find('role', activeRole, { path: `${path}activeRole`, applicationId })
  if (active !== undefined && !found.some(({ id }) => id === active.id)) {
    references.problems.push({ path: `${path}activeRole`, message: 'is none of the roles' })
  }
  const ids = [...new Set(found.map(({ id }) => id as Id<'role'>))]
  return { applicationId, roles: ids, activeRole: active?.id as Id<'role'> | undefined }
}

async function wantedDefault(
  { input, current }: Asked,
  applications: readonly WantedAccess[] | undefined,
  references: References,
): Promise<Id<'app'> | null | undefined> {
  const accessible = (applications ?? current?.applications ?? []).map(({ applicationId }) => applicationId)
  if (typeof input.defaultApplication === 'string') {
    const path = 'defaultApplication'
    const found = await references.find('application', input.defaultApplication, { path })
    if (found !== undefined && !accessible.includes(found.id as Id<'app'>)) {
      references.problems.push({ path, message: 'is none of the Applications that the user has' })
    }
    return found?.id as Id<'app'> | undefined
  }
  if (input.defaultApplication === null) return null
  // What the user loses cannot stay their default.
  const former = current?.user.defaultApplicationId
  return former !== undefined && !accessible.includes(former) ? null : undefined
}

/** In order, because one thing may be looked for several times; what is undefined is left out. */
async function each<T, R>(
  list: readonly T[],
  work: (one: T, nth: number) => Promise<R | undefined>,
): Promise<readonly R[]> {
  const done: R[] = []
  for (const [nth, one] of list.entries()) {
    const result = await work(one, nth)
    if (result !== undefined) done.push(result)
  }
  return done
}
