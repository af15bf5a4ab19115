import { nearest } from '#config/nearest.ts'
import type { Report } from '#connections/sources.ts'
import type { WantedConnection } from '#declaration/declaration.ts'
import type { DirectoryAfter } from '#declaration/plan-directory.ts'

/** What a connection gives to new users must be there, or their first sign-in would be the first to notice. */
export function checkDefaults({ settings }: WantedConnection, directory: DirectoryAfter, report: Report): void {
  const { enabled, defaults } = settings.createUsers
  const { team, accessProfile, application, roles } = defaults
  const path = ['createUsers', 'defaults']
  if (team !== undefined) {
    if (!directory.teams.has(team)) report([...path, 'team'], noSuch('team', team, directory.teams))
  } else if (enabled && defaults.userType === 'platform') {
    report([...path, 'team'], 'is needed, because everybody whom this connection makes has a team')
  }
  if (accessProfile !== undefined && !directory.accessProfileIds.has(accessProfile)) {
    const names = directory.accessProfiles
    if (!names.has(accessProfile)) report([...path, 'accessProfile'], noSuch('access profile', accessProfile, names))
  }
  if (application === undefined) {
    if (roles.length > 0) report([...path, 'roles'], 'need defaults.application, because a role belongs to one')
    return
  }
  const known = directory.applications.get(application)
  if (known === undefined) {
    report([...path, 'application'], noSuch('application', application, directory.applications.keys()))
    return
  }
  for (const [i, role] of roles.entries()) {
    if (!known.has(role)) report([...path, 'roles', i], noSuchRole(application, role, known))
  }
}

export function noSuch(kind: string, name: string, names: Iterable<string>): string {
  return `there is no ${kind} “${name}” in this Environment${suggestion(name, names)}`
}

export function noSuchRole(application: string, role: string, names: Iterable<string>): string {
  return `the application “${application}” has no role “${role}”${suggestion(role, names)}`
}

function suggestion(name: string, names: Iterable<string>): string {
  const meant = nearest(name, [...names])
  return meant === undefined ? '' : `; did you mean “${meant}”?`
}
