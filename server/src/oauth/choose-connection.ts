import type { Id } from '#config/world.ts'
import type { Connection } from '#connections/connections.ts'

export type Wishes = {
  /** Name or ticket of a connection, as the application asks for it. */
  readonly provider: string | undefined
  /** OpenID Connect Core 3.1.2.1; an e-mail address, or Genesys Cloud's `email:orgName`. */
  readonly loginHint: string | undefined
  /** Of the session that the browser has. */
  readonly connectionId: Id<'conn'> | undefined
}

/**
 * Through which connection somebody signs in: the one that the application names, that of their session, the one that
 * speaks for the domain of their address, or the only one. Undefined: people choose.
 */
export function chooseConnection(
  connections: readonly Connection[],
  { provider, loginHint, connectionId }: Wishes,
): Connection | undefined {
  if (provider !== undefined) return connectionNamed(connections, provider)
  const own = connections.find(({ id }) => id === connectionId)
  if (own !== undefined) return own
  const [only, ...others] = connections
  return others.length === 0 ? only : byDomain(connections, loginHint)
}

export function connectionNamed(connections: readonly Connection[], provider: string): Connection | undefined {
  const wanted = provider.trim().toLowerCase()
  return connections.find(({ ticket, name }) => ticket === wanted || name.toLowerCase() === wanted)
}

/** Only where one alone speaks for the domain: of two, nobody knows which is meant. */
function byDomain(connections: readonly Connection[], loginHint: string | undefined): Connection | undefined {
  const domain = /^[^@:\s]+@([^@:\s]+)(:|$)/.exec(loginHint ?? '')?.[1]?.toLowerCase()
  if (domain === undefined) return undefined
  const [one, ...others] = connections.filter(({ settings }) => settings.usernameDomains.includes(domain))
  return others.length === 0 ? one : undefined
}
