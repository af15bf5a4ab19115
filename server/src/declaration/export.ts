import { stringify } from 'yaml'
import type { EnvironmentState, State } from '#declaration/state.ts'
import { terse } from '#declaration/terse.ts'

/** The declaration that leads to this state: applied to it, it changes nothing. What is as by default is left out. */
export function declarationOf(state: State): string {
  const companies = state.companies.map(({ slug, name, environments }) => ({
    slug,
    name,
    ...(environments.length > 0 && { environments: environments.map(environmentEntry) }),
  }))
  return stringify({ companies }, { lineWidth: 0, aliasDuplicateObjects: false })
}

function environmentEntry({ slug, name, targets, connections }: EnvironmentState) {
  return {
    slug,
    name,
    ...(targets.length > 0 && { targets }),
    ...(connections.length > 0 && {
      connections: connections.map(({ ticket, name, settings }) => ({ ticket, name, ...terse(settings) })),
    }),
  }
}
