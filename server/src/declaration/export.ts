import { stringify } from 'yaml'
import type { EnvironmentState, State } from '#declaration/state.ts'
import { terse, terseClient, terseSessions } from '#declaration/terse.ts'
import { PORTAL_TEAM, STANDARD_PROFILES } from '#users/directory.ts'

/** The declaration that leads to this state: applied to it, it changes nothing. What is as by default is left out. */
export function declarationOf(state: State): string {
  const companies = state.companies.map(({ slug, name, environments }) => ({
    slug,
    name,
    ...(environments.length > 0 && { environments: environments.map(environmentEntry) }),
  }))
  return stringify({ companies }, { lineWidth: 0, aliasDuplicateObjects: false })
}

const standardProfiles: readonly string[] = Object.values(STANDARD_PROFILES)

function environmentEntry(environment: EnvironmentState) {
  const { slug, name, targets, connections, clients } = environment
  const teams = namesOf(environment.teams, [PORTAL_TEAM])
  const sessions = terseSessions(environment.sessions)
  const accessProfiles = environment.accessProfiles
    .filter(({ name }) => !standardProfiles.includes(name))
    .map(({ name, userManagement }) => (userManagement ? { name, userManagement } : name))
  const applications = environment.applications.map(({ name, roles }) => {
    return { name, ...(roles.length > 0 && { roles: namesOf(roles) }) }
  })
  return {
    slug,
    name,
    ...(targets.length > 0 && { targets }),
    ...(Object.keys(sessions).length > 0 && { sessions }),
    ...(teams.length > 0 && { teams }),
    ...(accessProfiles.length > 0 && { accessProfiles }),
    ...(applications.length > 0 && { applications }),
    ...(connections.length > 0 && {
      connections: connections.map(({ ticket, name, settings }) => ({ ticket, name, ...terse(settings) })),
    }),
    ...(clients.length > 0 && {
      clients: clients.map(({ id, name, kind, settings }) => ({ id, name, kind, ...terseClient(settings) })),
    }),
  }
}

/** Without what a new Environment has by itself. */
function namesOf(entries: readonly { readonly name: string }[], usual: readonly string[] = []): readonly string[] {
  return entries.map(({ name }) => name).filter((name) => !usual.includes(name))
}
