import { stringify } from 'yaml'
import type { EnvironmentState, State } from '#declaration/state.ts'
import { terse, terseAddresses, terseClient, terseConnect, terseSessions } from '#declaration/terse.ts'
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
  const { slug, name, targets, clients, amazonConnect } = environment
  // A draft may lack what a declaration must have.
  const connections = environment.connections.filter(({ state }) => state === 'live')
  const teams = namesOf(environment.teams, [PORTAL_TEAM])
  const sessions = terseSessions(environment.sessions)
  const access = accessEntry(environment)
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
    ...(Object.keys(access).length > 0 && { access }),
    ...(amazonConnect !== undefined && { amazonConnect: terseConnect(amazonConnect) }),
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

function accessEntry({ addresses, policies }: EnvironmentState) {
  const allowedAddresses = terseAddresses(addresses)
  return {
    ...(Object.keys(allowedAddresses).length > 0 && { allowedAddresses }),
    ...(policies.length > 0 && {
      policies: policies.map(({ name, mode, text }) => ({ name, ...(mode !== 'enforced' && { mode }), text })),
    }),
  }
}

/** Without what a new Environment has by itself. */
function namesOf(entries: readonly { readonly name: string }[], usual: readonly string[] = []): readonly string[] {
  return entries.map(({ name }) => name).filter((name) => !usual.includes(name))
}
