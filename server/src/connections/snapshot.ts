import type { Connection } from '#connections/connections.ts'

/** A connection as JSON has it, without what names it inside: the state that is compared, and that a version keeps. */
export function snapshotOf(connection: Omit<Connection, 'id' | 'environmentId'>): Readonly<Record<string, unknown>> {
  const { ticket, name, position, state, settings, identityProviderMetadataUrl } = connection
  const published = identityProviderMetadataUrl === undefined ? {} : { identityProviderMetadataUrl }
  return JSON.parse(JSON.stringify({ ticket, name, state, position, ...published, ...settings }))
}
