import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { newToken } from '#config/world.ts'
import { type ConnectionInPlace, findConnection } from '#connections/connections.ts'
import { noteRequest, type RequestToCarry } from '#logout/front-channel.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { tellProviders } from '#logout/tell.ts'
import { tellClients } from '#logout/tell-clients.ts'
import { tellingOf } from '#logout/telling.ts'
import { endSessions } from '#sessions/ends.ts'

export type LoggedOut =
  /** The identity provider is not told. */
  | { readonly next: 'nothing' }
  /** It is told from server to server; `about` leads the browser to how that went. */
  | { readonly next: 'wait'; readonly about: string }
  /** The browser tells it. */
  | { readonly next: 'carry'; readonly place: ConnectionInPlace; readonly request: RequestToCarry }

/**
 * Log out in a browser: its session ends, in one transaction with what the identity provider and the clients are to hear
 * of it. `done`: where the browser goes on to, if it is sent to the identity provider first.
 */
export async function logOut(
  ctx: LogoutContext,
  place: EnvironmentOfCompany,
  { token, done }: { readonly token: string; readonly done?: string | undefined },
): Promise<LoggedOut> {
  const environmentId = place.environment.id
  const { world } = ctx
  const made = { chance: world.chance, now: world.clock() }
  return ctx.db.transaction(async (tx): Promise<LoggedOut> => {
    const [ended] = await endSessions(tx, environmentId, { token }, { why: 'logged-out', now: made.now })
    if (ended === undefined) return { next: 'nothing' }
    await tellClients(tx, environmentId, [ended], made)
    if (ended.connectionId === undefined) return { next: 'nothing' }
    const connection = await findConnection(tx, environmentId, ended.connectionId)
    if (connection === undefined) return { next: 'nothing' }
    const telling = tellingOf(connection.settings.singleLogout, ended.why)
    if (telling === 'by-soap') {
      const about = newToken(world.chance)
      await tellProviders(tx, environmentId, [ended], { ...made, about })
      return { next: 'wait', about }
    }
    const inPlace = { ...place, connection }
    const request = telling === 'by-browser' ? await noteRequest(tx, ctx, inPlace, { ended, done }) : undefined
    return request === undefined ? { next: 'nothing' } : { next: 'carry', place: inPlace, request }
  })
}
