// Users whom the file names. Those whom it does not name are left alone, and are too many to list.

import type { Path, Report } from '#connections/sources.ts'
import { type Account, accountAfter, accountOf, standardNames } from '#declaration/account.ts'
import type { Draft } from '#declaration/change.ts'
import { noSuch, noSuchRole } from '#declaration/check-defaults.ts'
import type { WantedUser } from '#declaration/declaration.ts'
import { fieldsOf, fieldsThatDiffer, shown } from '#declaration/fields.ts'
import type { ConnectionNames, Surroundings } from '#declaration/plan-connections.ts'
import type { DirectoryAfter } from '#declaration/plan-directory.ts'
import type { UserState } from '#declaration/state.ts'

export type Known = { readonly directory: DirectoryAfter; readonly connectionNames: ConnectionNames }

export function planUsers(draft: Draft, around: Surroundings, known: Known): void {
  const { company, environment, current } = around
  const people = current?.people ?? []
  const standard = standardNames(current)
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  for (const wanted of environment.users) {
    const report: Report = (path, message) => draft.problems.push({ path: [...wanted.path, ...path], message })
    const match = people.find(({ user }) => user.username === wanted.username)
    if (match?.user.createdThrough === 'sso') {
      report(['username'], `“${wanted.username}” came by single sign-on, and only the identity provider changes them`)
      continue
    }
    reportTaken(wanted, people, report)
    const before = match && accountOf(match, known.connectionNames.byId)
    const after = accountAfter(wanted, before, standard)
    reportUnknown(after, wanted, known, report)
    const label = `user ${company.slug}/${environment.slug}/${shown(wanted.username)}`
    const fields = fieldsThatDiffer(before && fieldsShown(before), fieldsShown(after))
    if (match === undefined) draft.changes.push({ action: 'add', subject: 'user', label, fields, place, wanted: after })
    else if (fields.length === 0) draft.unchanged++
    else {
      const { user } = match
      draft.changes.push({ action: 'change', subject: 'user', label, fields, place, current: user, wanted: after })
    }
  }
}

/** Names and addresses that people are found by belong to one person each. */
function reportTaken(wanted: WantedUser, people: readonly UserState[], report: Report): void {
  for (const { user } of people) {
    if (user.username === wanted.username) continue
    if (user.federatedId !== undefined && user.federatedId === wanted.federatedId) {
      report(['federatedId'], `“${wanted.federatedId}” belongs to the user “${user.username}”`)
    }
    if (user.email !== undefined && user.email.toLowerCase() === wanted.email?.toLowerCase()) {
      report(['email'], `“${wanted.email}” belongs to the user “${user.username}”`)
    }
  }
}

function reportUnknown(
  after: Account,
  wanted: WantedUser,
  { directory, connectionNames }: Known,
  report: Report,
): void {
  const check = (path: Path, kind: string, name: string | undefined, names: Iterable<string>): void => {
    const list = [...names]
    if (name !== undefined && !list.includes(name)) report(path, noSuch(kind, name, list))
  }
  check(['team'], 'team', after.team, directory.teams)
  const teams = wanted.teams ?? after.teams
  for (const [i, team] of teams.entries()) check(['teams', i], 'team', team, directory.teams)
  check(['accessProfile'], 'access profile', after.accessProfile, directory.accessProfiles)
  check(['connection'], 'connection', after.connection, connectionNames.all)
  for (const [i, { name, roles }] of (wanted.applications ?? after.applications).entries()) {
    const path = ['applications', i]
    const known = directory.applications.get(name)
    if (known === undefined) check([...path, 'name'], 'application', name, directory.applications.keys())
    for (const [j, role] of roles.entries()) {
      if (known && !known.has(role)) report([...path, 'roles', j], noSuchRole(name, role, known))
    }
  }
  const { defaultApplication } = after
  if (defaultApplication !== undefined && !after.applications.some(({ name }) => name === defaultApplication)) {
    report(['defaultApplication'], `“${defaultApplication}” is not among the applications of this user`)
  }
}

function fieldsShown(account: Account): Readonly<Record<string, string>> {
  const { federatedId, userType, firstName, lastName, email, team, accessProfile, connection } = account
  return fieldsOf({
    ...{ federatedId, userType, firstName, lastName, email, team },
    teams: unlessEmpty(account.teams),
    accessProfile,
    applications: unlessEmpty(account.applications.map(applicationText)),
    defaultApplication: account.defaultApplication,
    connection,
    deactivated: account.deactivated || undefined,
  })
}

function unlessEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list
}

function applicationText({ name, roles }: Account['applications'][number]): string {
  return roles.length === 0 ? name : `${name} (${roles.join(', ')})`
}
