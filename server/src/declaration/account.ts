// A user with everything that belongs to them, by names, so that what is there and what is wanted can be compared.

import type { Id } from '#config/world.ts'
import type { WantedUser } from '#declaration/declaration.ts'
import type { WantedApplication } from '#declaration/directory-shape.ts'
import type { EnvironmentState, UserState } from '#declaration/state.ts'
import { PORTAL_TEAM, STANDARD_PROFILES } from '#users/directory.ts'

export type Account = {
  readonly username: string
  readonly federatedId: string | undefined
  readonly userType: 'platform' | 'site'
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly email: string | undefined
  /** The primary one. Undefined only where a user has lost it in the database. */
  readonly team: string | undefined
  /** The further ones, in the order of their names. */
  readonly teams: readonly string[]
  readonly accessProfile: string | undefined
  readonly defaultApplication: string | undefined
  /** In the order of their names, as the roles in each. */
  readonly applications: readonly WantedApplication[]
  /** The name of the connection that speaks for them. */
  readonly connection: string | undefined
  readonly deactivated: boolean
}

/** The names of what every Environment has; an administrator may have given it others. */
export type StandardNames = { readonly portalTeam: string; readonly portal: string; readonly regular: string }

export function standardNames(environment: EnvironmentState | undefined): StandardNames {
  const profile = (which: 'portal' | 'regular'): string =>
    environment?.accessProfiles.find(({ standard }) => standard === which)?.name ?? STANDARD_PROFILES[which]
  const portalTeam = environment?.teams.find(({ standard }) => standard === 'portal')?.name ?? PORTAL_TEAM
  return { portalTeam, portal: profile('portal'), regular: profile('regular') }
}

/** The account as it is, with the names that connections have after the plan. */
export function accountOf(
  { user, accessProfile, defaultApplication, teams, applications }: UserState,
  connectionNames: ReadonlyMap<Id<'conn'>, string>,
): Account {
  const { username, federatedId, userType, firstName, lastName, email, connectionId, deactivatedAt } = user
  return {
    ...{ username, federatedId, userType, firstName, lastName, email, accessProfile, defaultApplication },
    team: teams.find(({ primary }) => primary)?.name,
    teams: inOrder(teams.filter(({ primary }) => !primary).map(({ name }) => name)),
    applications: applicationsInOrder(
      applications.map(({ name, roles }) => ({ name, roles: roles.map((role) => role.name) })),
    ),
    connection: connectionId && connectionNames.get(connectionId),
    deactivated: deactivatedAt !== undefined,
  }
}

/** The account as the file wants it. What it does not give stays as it is, and is as usual for somebody new. */
export function accountAfter(wanted: WantedUser, current: Account | undefined, standard: StandardNames): Account {
  const common = {
    username: wanted.username,
    federatedId: wanted.federatedId ?? current?.federatedId,
    userType: wanted.userType,
    firstName: wanted.firstName ?? current?.firstName,
    lastName: wanted.lastName ?? current?.lastName,
    email: wanted.email ?? current?.email,
    connection: wanted.connection ?? current?.connection,
    deactivated: wanted.deactivated ?? current?.deactivated ?? false,
  }
  if (wanted.userType === 'site') {
    const teams = furtherTeams(wanted.teams ?? current?.teams, standard.portalTeam)
    const nothing = { defaultApplication: undefined, applications: [] }
    return { ...common, team: standard.portalTeam, teams, accessProfile: standard.portal, ...nothing }
  }
  const wasPlatform = current?.userType === 'platform' ? current : undefined
  const applications = applicationsInOrder(wanted.applications ?? wasPlatform?.applications ?? [])
  const before = applications.find(({ name }) => name === wasPlatform?.defaultApplication)?.name
  return {
    ...common,
    team: wanted.team,
    teams: furtherTeams(wanted.teams ?? current?.teams, wanted.team),
    accessProfile: wanted.accessProfile ?? wasPlatform?.accessProfile ?? standard.regular,
    defaultApplication: wanted.defaultApplication ?? before,
    applications,
  }
}

function furtherTeams(teams: readonly string[] = [], primary: string | undefined): readonly string[] {
  return inOrder([...new Set(teams)].filter((name) => name !== primary))
}

function applicationsInOrder(applications: readonly WantedApplication[]): readonly WantedApplication[] {
  return applications
    .map(({ name, roles }) => ({ name, roles: inOrder([...new Set(roles)]) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function inOrder(names: readonly string[]): string[] {
  return [...names].sort()
}
