import type { Id } from '#config/world.ts'
import type { LogoutRow } from '#storage/logout-tables.ts'

/** With whom an entry of the ledger has to do: an identity provider, by its connection, or a client. */
export type Partner =
  | { readonly connectionId: Id<'conn'>; readonly clientId?: undefined }
  | { readonly clientId: string; readonly connectionId?: undefined }

/** As columns. Ids of connections are unique by themselves, those of clients within their Environment. */
export function partnerColumns(
  environmentId: Id<'env'>,
  { connectionId, clientId }: Partner,
): Pick<LogoutRow, 'partner' | 'connection_id' | 'client_id'> {
  return {
    partner: connectionId ?? `${environmentId}/${clientId}`,
    connection_id: connectionId ?? null,
    client_id: clientId ?? null,
  }
}
