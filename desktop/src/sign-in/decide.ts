/**
 * Signing in to Amazon Connect: what state it is in, and what comes next. Pure: events in, states out.
 *
 * All that is ever heard of success is the acknowledgement of the Contact Control Panel in its frame. Nobody tells how it
 * goes in the sign-in window: a page may not look into a window of another site. So time passes, the frame is loaded
 * again with growing pauses, and after a while the person is asked what they see.
 */

import type { Trouble } from '#sign-in/troubles.ts'

/** What somebody may say of the sign-in window. */
export const sights = ['panel', 'aws', 'aws-error', 'not-onboarded', 'expired', 'company', 'nothing'] as const
export type Sight = (typeof sights)[number]

/** Found out by trying; undefined where it was not tried, or cannot be. */
export type Evidence = {
  /** Cookies of another site do not arrive in frames in this browser. */
  readonly cookiesBlocked?: boolean | undefined
  /** The browser was not allowed to show the instance in a frame of this page. */
  readonly frameRefused?: boolean | undefined
}

export type State =
  /** Perhaps the agent is signed in already. */
  | { readonly is: 'looking'; readonly since: number }
  | { readonly is: 'signed-out'; readonly trouble?: Trouble | undefined }
  | {
      readonly is: 'signing-in'
      readonly since: number
      /** Since when the window is gone, or seems to be: some pages cut the tie to it. */
      readonly closedSince?: number
      readonly sight?: Sight
      readonly evidence: Evidence
      readonly trouble?: Trouble | undefined
    }
  | {
      readonly is: 'ready'
      /** Undefined until Amazon Connect says who it is. */
      readonly agentName?: string
      readonly trouble?: Trouble | undefined
      /** The window cannot be closed from here, so it may still be there. */
      readonly windowMayStay: boolean
    }

export type SignInEvent = { readonly at: number } & (
  | { readonly was: 'time' }
  /** Of the Contact Control Panel: an agent is signed in. */
  | { readonly was: 'acknowledged' }
  | { readonly was: 'agent'; readonly name: string }
  | { readonly was: 'clicked'; readonly opened: boolean }
  | { readonly was: 'window-closed' }
  | { readonly was: 'saw'; readonly sight: Sight }
  | { readonly was: 'found'; readonly evidence: Evidence }
  | { readonly was: 'cancelled' }
  /** Amazon Connect ended the session, or does not take it any more. */
  | { readonly was: 'session-failed' }
  /** Amazon Connect knows the agent, who may not use the panel. */
  | { readonly was: 'access-denied' }
  /** On purpose. */
  | { readonly was: 'logged-out' }
  | { readonly was: 'sallyport-session-over' }
)

export type Facts = {
  /** Undefined: not compared. */
  readonly expectedAgent: string | undefined
  /** The instance is on another site than this page, as in earnest it always is. */
  readonly crossSite: boolean
  readonly stuckAfter: number
}

/** Milliseconds. */
const LOOK_FOR = 8_000
const CLOSED_FOR = 4_000
const GIVE_UP_AFTER = 5 * 60_000

export function next(state: State, event: SignInEvent, facts: Facts): State {
  // Nothing opens the desktop again but loading it anew, whatever the panel still says.
  if (isOver(state)) return state
  switch (event.was) {
    case 'time':
      return afterTime(state, event.at, facts)
    case 'acknowledged':
      if (state.is === 'ready') return state
      return { is: 'ready', windowMayStay: state.is === 'signing-in' && state.closedSince !== undefined }
    case 'agent':
      if (state.is !== 'ready') return state
      return { ...state, agentName: event.name, trouble: isSomebodyElse(event.name, facts) ? 'other-agent' : undefined }
    case 'clicked':
      if (!event.opened) return { is: 'signed-out', trouble: 'window-blocked' }
      return { is: 'signing-in', since: event.at, evidence: {} }
    case 'window-closed':
      if (state.is !== 'signing-in' || state.closedSince !== undefined) return state
      return { ...state, closedSince: event.at }
    case 'saw':
      return state.is === 'signing-in' ? diagnosed({ ...state, sight: event.sight }, facts) : state
    case 'found':
      if (state.is !== 'signing-in') return state
      return withFound({ ...state, evidence: { ...state.evidence, ...event.evidence } }, facts)
    case 'cancelled':
      return state.is === 'signing-in' ? { is: 'signed-out' } : state
    case 'session-failed':
      return state.is === 'ready' ? { is: 'signed-out', trouble: 'session-expired' } : state
    case 'access-denied':
      return { is: 'signed-out', trouble: 'access-denied' }
    case 'logged-out':
      return { is: 'signed-out', trouble: 'logged-out' }
    case 'sallyport-session-over':
      return { is: 'signed-out', trouble: 'sallyport-session-over' }
  }
}

function isOver(state: State): boolean {
  return state.is === 'signed-out' && state.trouble === 'sallyport-session-over'
}

type SigningIn = Extract<State, { is: 'signing-in' }>

function afterTime(state: State, at: number, facts: Facts): State {
  if (state.is === 'looking') return at - state.since < LOOK_FOR ? state : { is: 'signed-out' }
  if (state.is !== 'signing-in') return state
  if (at - state.since >= GIVE_UP_AFTER) return { is: 'signed-out', trouble: state.trouble ?? 'stuck' }
  if (state.trouble !== undefined) return state
  if (state.closedSince !== undefined && at - state.closedSince >= CLOSED_FOR) return diagnosed(state, facts)
  return at - state.since >= facts.stuckAfter ? diagnosed(state, facts) : state
}

/** What was found out counts once something is wrong, and not before. */
function withFound(state: SigningIn, facts: Facts): SigningIn {
  return state.trouble === undefined ? state : diagnosed(state, facts)
}

function diagnosed(state: SigningIn, facts: Facts): SigningIn {
  return { ...state, trouble: troubleOf(state, facts) }
}

function troubleOf({ sight, evidence, closedSince }: SigningIn, { crossSite }: Facts): Trouble {
  switch (sight) {
    case 'panel':
      if (crossSite && evidence.cookiesBlocked === true) return 'cookies-blocked'
      return evidence.frameRefused === false ? 'panel-silent' : 'origin-not-approved'
    case 'aws':
      return 'wrong-page'
    case 'aws-error':
      return 'refused-by-aws'
    case 'not-onboarded':
      return 'not-in-amazon-connect'
    case 'expired':
      return 'direct-login'
    case 'company':
      return 'not-finished'
    case 'nothing':
      return 'window-closed'
    default:
      if (crossSite && evidence.cookiesBlocked === true) return 'cookies-blocked'
      return closedSince === undefined ? 'stuck' : 'window-closed'
  }
}

/** Amazon Connect tells names apart by case, too. */
function isSomebodyElse(name: string, { expectedAgent }: Facts): boolean {
  return expectedAgent !== undefined && expectedAgent !== name
}

/** Of the panel in its frame, after it was loaded: how long it may take to acknowledge before it is loaded again. */
const pauses = [800, 1_200, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 8_000] as const
const LONGEST_PAUSE = 10_000

/**
 * @param loads how often the frame was loaded in this sign-in
 * @param loadedAt undefined while it is loading
 */
export function mustLoadAgain(
  state: State,
  {
    loads,
    begunAt,
    loadedAt,
  }: { readonly loads: number; readonly begunAt: number; readonly loadedAt: number | undefined },
  now: number,
): boolean {
  if (state.is !== 'signing-in') return false
  // What does not load at all is tried again, too.
  if (loadedAt === undefined) return now - begunAt >= 2 * LONGEST_PAUSE
  return now - loadedAt >= (pauses[loads] ?? LONGEST_PAUSE)
}
