import type { ConnectionSettings } from '#connections/settings.ts'
import type { EndedWhy } from '#sessions/ends.ts'

/** How the identity provider hears that a session has ended. */
export type Telling = 'nobody' | 'by-browser' | 'by-soap'

type SingleLogout = ConnectionSettings['singleLogout']

/**
 * The table of AgileApps, “SSO and SLO with session management”: what ends at the identity provider, too. With the front
 * channel only Log out does, because only there is a browser that can carry the request; with the back channel every end
 * that somebody wanted does.
 */
const table: Readonly<Record<EndedWhy, { readonly front: Telling; readonly back: Telling }>> = {
  'logged-out': { front: 'by-browser', back: 'by-soap' },
  'ended-by-person': { front: 'nobody', back: 'by-soap' },
  'ended-by-administrator': { front: 'nobody', back: 'by-soap' },
  limit: { front: 'nobody', back: 'by-soap' },
  deactivated: { front: 'nobody', back: 'by-soap' },
  removed: { front: 'nobody', back: 'by-soap' },
  // The same browser has just come from there with a new session, which would be ended.
  replaced: { front: 'nobody', back: 'nobody' },
  // Nobody wanted these ends, and the person may be at work elsewhere.
  lifetime: { front: 'nobody', back: 'nobody' },
  idle: { front: 'nobody', back: 'nobody' },
  // Here the identity provider knows first.
  'identity-provider-time': { front: 'nobody', back: 'nobody' },
  'identity-provider': { front: 'nobody', back: 'nobody' },
  // The password is one of ours, so what was opened elsewhere is not in question.
  'password-changed': { front: 'nobody', back: 'nobody' },
}

export function tellingOf({ enabled, method }: SingleLogout, why: EndedWhy): Telling {
  if (!enabled) return 'nobody'
  return table[why][method === 'front-channel' ? 'front' : 'back']
}
