import type { EndedWhy } from '#sessions/ends.ts'

type Words = {
  /** For whoever finds their session ended. */
  readonly person: (known: Known) => string
  /** For whoever looks at the session of somebody else. */
  readonly administrator: string
}

type Known = {
  /** The maximum number of sessions, where it is known. */
  readonly maximum?: number | undefined
}

/** What every end means. A new one does not compile until its sentences are here. */
const words: Readonly<Record<EndedWhy, Words>> = {
  'logged-out': {
    person: () => 'You have logged out.',
    administrator: 'The person logged out.',
  },
  'ended-by-person': {
    person: () => 'You ended this session from the list of your sessions.',
    administrator: 'The person ended it from the list of their sessions.',
  },
  'ended-by-administrator': {
    person: () => 'You were signed out by an administrator.',
    administrator: 'An administrator ended it.',
  },
  limit: {
    person: ({ maximum }) =>
      `You were signed out because you signed in on another device, and only ${allowed(maximum)}.`,
    administrator: 'The person signed in once more than the Session Limit allows, and this was their oldest session.',
  },
  replaced: {
    person: () => 'You signed in again in this browser, which opened a new session.',
    administrator: 'The same browser signed in again, which opened a new session.',
  },
  lifetime: {
    person: () =>
      'You were signed out because some time has passed since you signed in, and a session lasts no longer.',
    administrator: 'It was open for as long as the session settings of the Environment allow.',
  },
  idle: {
    person: () => 'You were signed out because nothing was done for some time.',
    administrator: 'Nothing was done in it for as long as the session settings of the Environment allow.',
  },
  'identity-provider-time': {
    person: () => 'You were signed out because your company’s sign-in page let you in for this long only.',
    administrator: 'The time that the identity provider had set at the sign-in was over (SessionNotOnOrAfter).',
  },
  'identity-provider': {
    person: () => 'You were signed out by your company’s sign-in page, where you, or somebody for you, logged out.',
    administrator: 'The identity provider asked for it (LogoutRequest).',
  },
  deactivated: {
    person: () => 'You were signed out because your account was deactivated.',
    administrator: 'The user was deactivated.',
  },
  removed: {
    person: () => 'You were signed out because your account was removed.',
    administrator: 'The user was removed.',
  },
  'password-changed': {
    person: () => 'You were signed out because your password was changed.',
    administrator: 'The password of the person was changed.',
  },
}

/** Why somebody has to sign in again, in a sentence for them. */
export function endedForPerson(why: EndedWhy, known: Known = {}): string {
  return words[why].person(known)
}

export function endedForAdministrator(why: EndedWhy): string {
  return words[why].administrator
}

function allowed(maximum: number | undefined): string {
  if (maximum === undefined) return 'so many sessions are allowed'
  return maximum === 1 ? 'one session is allowed' : `${maximum} sessions are allowed`
}
