// An application asks for a logout (OpenID Connect RP-Initiated Logout 1.0): who asks, what it proves, and what comes next.

import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { type Client, findClient, isClientId } from '#oauth/clients.ts'
import { type IdTokenHint, readIdToken } from '#oauth/logout-token.ts'
import { isRegistered } from '#oauth/redirect-uris.ts'
import type { Session } from '#sessions/sessions.ts'

/** The parameters (section 2). `logout_hint` and `ui_locales` are taken, and say nothing that is needed here. */
export type AskedByClient = {
  readonly idTokenHint?: string | undefined
  readonly clientId?: string | undefined
  readonly postLogoutRedirectUri?: string | undefined
  readonly state?: string | undefined
}

export type ClientLogout = {
  readonly client: Client | undefined
  readonly hint: IdTokenHint | undefined
  /** Where the browser goes afterwards: registered for the client, and with its state. */
  readonly back: string | undefined
}

export type ClientLogoutFault =
  | 'hint-invalid'
  | 'client-differs'
  | 'client-unknown'
  | 'address-unregistered'
  | 'address-of-nobody'

/** What is true of the request, or why nothing is done about it. */
export async function judgeClientLogout(
  ctx: LogoutContext,
  place: EnvironmentOfCompany,
  { idTokenHint, clientId, postLogoutRedirectUri: address, state }: AskedByClient,
): Promise<ClientLogout | { readonly fault: ClientLogoutFault }> {
  const hint = idTokenHint === undefined ? undefined : await readIdToken(ctx, place, idTokenHint)
  if (idTokenHint !== undefined && hint === undefined) return { fault: 'hint-invalid' }
  // Section 2: when both are there, they must agree.
  if (hint !== undefined && clientId !== undefined && hint.clientId !== clientId) return { fault: 'client-differs' }
  const id = hint?.clientId ?? clientId
  // Also one that gets no tokens at the moment: people may leave it.
  const client =
    id !== undefined && isClientId(id) ? await findClient(ctx.db.read, place.environment.id, id) : undefined
  if (id !== undefined && client === undefined) return { fault: 'client-unknown' }
  if (address === undefined) return { client, hint, back: undefined }
  if (client === undefined) return { fault: 'address-of-nobody' }
  // Section 3: never to an address that the client has not registered.
  const isKnown = isRegistered(client.settings.postLogoutRedirectUris, address, client.kind)
  return isKnown ? { client, hint, back: withState(address, state) } : { fault: 'address-unregistered' }
}

function withState(address: string, state: string | undefined): string {
  if (state === undefined) return address
  const url = new URL(address)
  url.searchParams.append('state', state)
  return url.href
}

/**
 * - `log-out`: at once, because whoever asks knows whose session it is
 * - `ask`: a link from anywhere must not log anybody out, so the person is asked
 * - `go-back`: there is no session any more, and the application may have its person back
 * - `say-so`: there is none, and nowhere to go
 */
export type ClientLogoutStep = 'log-out' | 'ask' | 'go-back' | 'say-so'

export function nextStep(
  session: Pick<Session, 'userId' | 'chainId'> | undefined,
  { hint, back }: Pick<ClientLogout, 'hint' | 'back'>,
): ClientLogoutStep {
  if (session === undefined) return back === undefined ? 'say-so' : 'go-back'
  return hint !== undefined && isOf(hint, session) ? 'log-out' : 'ask'
}

/** An ID token without `sid` was given to a client that is not told of logouts: it names the person. */
function isOf({ userId, chainId }: IdTokenHint, session: Pick<Session, 'userId' | 'chainId'>): boolean {
  return userId === session.userId && (chainId === undefined || chainId === session.chainId)
}

type Words = { readonly sentence: string; readonly cure: string }

/** For the person, and for the developer whom the person tells of it. */
export const clientLogoutWords: Readonly<Record<ClientLogoutFault, Words>> = {
  'hint-invalid': {
    sentence: 'The application did not prove who is signed in: what it sent is no ID token of this service.',
    cure: 'Send the ID token unchanged as id_token_hint, to the logout address of its own issuer. One that was signed with a key that is not published any more no longer counts.',
  },
  'client-differs': {
    sentence: 'The application named itself in two ways that do not agree.',
    cure: 'Send as client_id the client that the ID token in id_token_hint was given to, or leave client_id out.',
  },
  'client-unknown': {
    sentence: 'This service does not know the application that asked.',
    cure: 'Compare client_id with the id of the client, and the address with that of the Environment that the client belongs to.',
  },
  'address-unregistered': {
    sentence: 'The application wants you to come back to an address that is not registered for it.',
    cure: 'Add the address to postLogoutRedirectUris of the client, exactly as the application sends it.',
  },
  'address-of-nobody': {
    sentence: 'An application wants you to come back to it, but did not say which one it is.',
    cure: 'Send id_token_hint or client_id together with post_logout_redirect_uri.',
  },
}
