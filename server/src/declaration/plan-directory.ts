// Teams, access profiles, applications and roles: what is added, and with --prune what is removed.

import type { Path } from '#connections/sources.ts'
import type { Draft, Entry, StoredEntry } from '#declaration/change.ts'
import type { WantedConnection } from '#declaration/declaration.ts'
import { shown } from '#declaration/fields.ts'
import type { Surroundings } from '#declaration/plan-connections.ts'
import type { EnvironmentState } from '#declaration/state.ts'
import { PORTAL_TEAM, STANDARD_PROFILES } from '#users/directory.ts'

/** The names that there will be. */
export type DirectoryAfter = {
  readonly teams: ReadonlySet<string>
  readonly accessProfiles: ReadonlySet<string>
  /** A connection may name an access profile by its id. */
  readonly accessProfileIds: ReadonlySet<string>
  /** With the names of their roles. */
  readonly applications: ReadonlyMap<string, ReadonlySet<string>>
}

export function planDirectory(draft: Draft, around: Surroundings): DirectoryAfter {
  const { environment, current } = around
  const teams = planList(draft, around, {
    path: ['teams'],
    wanted: environment.teams,
    existing: teamsOf(current),
    entry: (name) => ({ kind: 'team', name }),
  })
  const accessProfiles = planList(draft, around, {
    path: ['accessProfiles'],
    wanted: environment.accessProfiles.map(({ name }) => name),
    existing: profilesOf(current),
    entry: (name) => {
      const profile = environment.accessProfiles.find((one) => one.name === name)
      return { kind: 'access profile', name, userManagement: profile?.userManagement ?? false }
    },
  })
  checkStandardProfiles(draft, around)
  const applications = planList(draft, around, {
    path: ['applications'],
    wanted: environment.applications.map(({ name }) => name),
    existing: applicationsOf(current),
    entry: (name) => ({ kind: 'application', name }),
  })
  const profiles = (current?.accessProfiles ?? []).filter(({ name }) => accessProfiles.has(name))
  return {
    teams,
    accessProfiles,
    accessProfileIds: new Set<string>(profiles.map(({ id }) => id)),
    applications: new Map([...applications].map((name) => [name, planRoles(draft, around, name)])),
  }
}

/** Their permissions are the same in every Environment. */
function checkStandardProfiles({ problems }: Draft, { environment, current }: Surroundings): void {
  const standard = profilesOf(current).filter(({ stored }) => stored === undefined)
  for (const [i, { name, userManagement }] of environment.accessProfiles.entries()) {
    const existing = standard.find((one) => one.name === name)
    if (existing === undefined || userManagement === undefined || userManagement === existing.userManagement) continue
    const has = existing.userManagement ? 'has' : 'does not have'
    const message = `cannot be changed: in every Environment, “${name}” ${has} User Management; leave this out`
    problems.push({ path: [...environment.path, 'accessProfiles', i, 'userManagement'], message })
  }
}

/** The roles of an application that the file does not name are left alone with it, and not listed one by one. */
function planRoles(draft: Draft, around: Surroundings, application: string): ReadonlySet<string> {
  const { applications } = around.environment
  const index = applications.findIndex(({ name }) => name === application)
  const roles = around.current?.applications.find(({ name }) => name === application)?.roles ?? []
  if (index < 0) return new Set(roles.map(({ name }) => name))
  return planList(draft, around, {
    path: ['applications', index, 'roles'],
    wanted: applications[index]?.roles ?? [],
    existing: roles.map(({ id, name }) => {
      return { name, stored: { kind: 'role', id }, usedBy: around.current?.use?.roles.get(id) ?? 0, roles: 0 }
    }),
    entry: (name) => ({ kind: 'role', application, name }),
  })
}

type Existing = {
  readonly name: string
  /** Undefined: every Environment has it, and cannot lose it. */
  readonly stored: StoredEntry | undefined
  readonly usedBy: number
  /** Of an application. */
  readonly roles: number
  /** Of an access profile. */
  readonly userManagement?: boolean
}

function teamsOf(current: EnvironmentState | undefined): readonly Existing[] {
  if (current === undefined) return [standardEntry(PORTAL_TEAM)]
  return current.teams.map(({ id, name, standard }) => {
    if (standard !== undefined) return standardEntry(name)
    return { name, stored: { kind: 'team', id }, usedBy: current.use?.teams.get(id) ?? 0, roles: 0 }
  })
}

function profilesOf(current: EnvironmentState | undefined): readonly Existing[] {
  if (current === undefined) {
    return Object.values(STANDARD_PROFILES).map((name) => {
      return { ...standardEntry(name), userManagement: name === STANDARD_PROFILES.administrator }
    })
  }
  return current.accessProfiles.map(({ id, name, standard, userManagement }) => {
    if (standard !== undefined) return { ...standardEntry(name), userManagement }
    const usedBy = current.use?.accessProfiles.get(id) ?? 0
    return { name, stored: { kind: 'access profile', id }, usedBy, roles: 0, userManagement }
  })
}

function applicationsOf(current: EnvironmentState | undefined): readonly Existing[] {
  return (current?.applications ?? []).map(({ id, name, roles }) => {
    const usedBy = current?.use?.applications.get(id) ?? 0
    return { name, stored: { kind: 'application', id }, usedBy, roles: roles.length }
  })
}

function standardEntry(name: string): Existing {
  return { name, stored: undefined, usedBy: 0, roles: 0 }
}

type List = {
  /** Where the file has it, within the Environment. */
  readonly path: Path
  readonly wanted: readonly string[]
  readonly existing: readonly Existing[]
  readonly entry: (name: string) => Entry
}

/** Plans the entries of one list. Gives the names that there will be. */
function planList(draft: Draft, around: Surroundings, { path, wanted, existing, entry }: List): ReadonlySet<string> {
  const { company, environment, prune, current } = around
  const place = { companySlug: company.slug, environmentSlug: environment.slug }
  const label = (one: Entry): string => {
    const names = one.kind === 'role' ? [one.application, one.name] : [one.name]
    return `${one.kind} ${[company.slug, environment.slug, ...names.map(shown)].join('/')}`
  }
  const after = new Set(wanted)
  for (const one of existing) {
    const { name, stored } = one
    if (stored === undefined || current === undefined) after.add(name)
    if (stored === undefined || current === undefined || wanted.includes(name)) continue
    const reasons = prune ? whyKept(entry(name), one, environment.connections) : []
    if (reasons.length > 0) {
      const message = `the ${stored.kind} “${name}” cannot be removed: ${reasons.join(', and ')}; list it, or change that first`
      draft.problems.push({ path: [...environment.path, ...path], message })
    } else {
      const fields = [
        { name: 'roles', from: String(one.roles), to: undefined },
        { name: 'users', from: String(one.usedBy), to: undefined },
      ]
      const removal = { action: 'remove', subject: 'entry', environmentId: current.id, stored } as const
      around.unnamed({ ...removal, label: label(entry(name)), fields })
    }
    if (!prune || reasons.length > 0) after.add(name)
  }
  for (const name of wanted) {
    const [one, known] = [entry(name), existing.find((one) => one.name === name)]
    const fields = permissionThatDiffers(one, known)
    if (known === undefined) {
      draft.changes.push({ action: 'add', subject: 'entry', label: label(one), fields, place, entry: one })
    } else if (one.kind !== 'access profile' || known.stored?.kind !== one.kind || fields.length === 0)
      draft.unchanged++
    else {
      const { userManagement } = one
      const change = { action: 'change', subject: 'entry', environmentId: current!.id, stored: known.stored } as const
      draft.changes.push({ ...change, label: label(one), fields, userManagement })
    }
  }
  return after
}

/** A new profile is without it, unless it says otherwise. */
function permissionThatDiffers(wanted: Entry, { userManagement = false }: Partial<Existing> = {}) {
  if (wanted.kind !== 'access profile' || wanted.userManagement === userManagement) return []
  return [{ name: 'userManagement', from: String(userManagement), to: String(wanted.userManagement) }]
}

/** People must not be left without their team or profile, nor a connection with a default that is not there. */
function whyKept(
  entry: Entry,
  { usedBy, stored }: Existing,
  connections: readonly WantedConnection[],
): readonly string[] {
  const holds = entry.kind === 'team' || entry.kind === 'access profile'
  const members = `it has ${usedBy} ${usedBy === 1 ? 'member' : 'members'}`
  return [
    ...(holds && usedBy > 0 ? [members] : []),
    ...connections
      .filter((connection) => isDefaultOf(connection, entry, stored?.id))
      .map(({ name }) => `the connection “${name}” names it as a default`),
  ]
}

function isDefaultOf({ settings }: WantedConnection, entry: Entry, id: string | undefined): boolean {
  const { team, accessProfile, application, roles } = settings.createUsers.defaults
  if (entry.kind === 'role') return application === entry.application && roles.includes(entry.name)
  if (entry.kind === 'team') return team === entry.name
  if (entry.kind === 'application') return application === entry.name
  return accessProfile !== undefined && [entry.name, id].includes(accessProfile)
}
