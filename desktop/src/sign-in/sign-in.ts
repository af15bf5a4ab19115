/**
 * Signing in, with a real window, frame and clock: carries out what decide.ts decides, and tells whoever draws it.
 */

import type { Ccp } from '#ccp/ccp.ts'
import type { DesktopSettings } from '#settings.ts'
import { type Facts, mustLoadAgain, next, type Sight, type SignInEvent, type State } from '#sign-in/decide.ts'
import { isCrossSite, tryCookies, tryFrame } from '#sign-in/evidence.ts'
import type { Trouble } from '#sign-in/troubles.ts'

/** The same event without the time, which is put in here. */
type Untimed = SignInEvent extends infer E ? (E extends SignInEvent ? Omit<E, 'at'> : never) : never

export type SignIn = {
  readonly state: () => State
  readonly subscribe: (changed: () => void) => () => void
  readonly tell: (event: Untimed) => void
  /** In the handler of a click: browsers let windows open then, and not later. */
  readonly begin: () => void
  readonly cancel: () => void
  readonly showWindow: () => void
  readonly saw: (sight: Sight) => void
  readonly frameLoaded: () => void
}

const TICK = 250
const WINDOW_FEATURES = 'popup,width=480,height=680'

export function createSignIn(
  settings: DesktopSettings,
  {
    clock,
    ccp,
    noteStage,
  }: {
    /** Milliseconds from any beginning, which only grow. */
    readonly clock: () => number
    readonly ccp: () => Ccp
    readonly noteStage?: (event: SignInEvent, state: State) => void
  },
): SignIn {
  const facts: Facts = {
    expectedAgent: settings.person?.agentName ?? undefined,
    crossSite: isCrossSite(location.href, settings.instanceUrl),
    stuckAfter: settings.stuckAfterSeconds * 1000,
  }
  const listeners = new Set<() => void>()
  let state: State = { is: 'looking', since: clock() }
  let signInWindow: Window | null = null
  let frame: { loads: number; begunAt: number; loadedAt: number | undefined } = fresh(clock())
  let cookies: Promise<boolean | undefined> | undefined

  function tell(untimed: Untimed): void {
    const event = { ...untimed, at: clock() } as SignInEvent
    const before = state
    state = next(before, event, facts)
    if (state === before) return
    // Time goes by four times a second; what came of it is worth a word.
    if (event.was !== 'time' || state.is !== before.is || troubleIn(state) !== troubleIn(before))
      noteStage?.(event, state)
    carryOut(before, state)
    for (const listener of listeners) listener()
  }

  function carryOut(before: State, now: State): void {
    if (now.is === 'ready' && before.is === 'signing-in' && settings.autoCloseWindow) closeWindow()
    if (now.is === 'signed-out' && before.is === 'signing-in') signInWindow = null
    if (
      now.is === 'signing-in' &&
      now.trouble !== undefined &&
      (before.is !== 'signing-in' || before.trouble === undefined)
    )
      void findOut()
  }

  /** Costs a load of the panel each, so only when something is wrong. */
  async function findOut(): Promise<void> {
    cookies ??= tryCookies()
    const [cookiesBlocked, frameRefused] = await Promise.all([cookies, tryFrame(settings.ccpUrl)])
    tell({ was: 'found', evidence: { cookiesBlocked, frameRefused } })
  }

  function closeWindow(): void {
    signInWindow?.close()
    signInWindow = null
  }

  setInterval(() => {
    tell({ was: 'time' })
    if (signInWindow?.closed) tell({ was: 'window-closed' })
    if (!mustLoadAgain(state, frame, clock())) return
    frame = { loads: frame.loads + 1, begunAt: clock(), loadedAt: undefined }
    ccp().loadAgain()
  }, TICK)

  return {
    state: () => state,
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    tell,
    begin() {
      const opened = window.open(settings.signInUrl, 'sallyport-sign-in', WINDOW_FEATURES)
      // What is shown in it has no business with this page; but browsers close only windows that still have their opener.
      if (opened !== null && !settings.autoCloseWindow) opened.opener = null
      signInWindow = opened
      frame = { ...fresh(clock()), loadedAt: clock() }
      cookies = tryCookies()
      tell({ was: 'clicked', opened: opened !== null && !opened.closed })
    },
    cancel() {
      closeWindow()
      tell({ was: 'cancelled' })
    },
    showWindow: () => signInWindow?.focus(),
    saw: (sight) => tell({ was: 'saw', sight }),
    frameLoaded() {
      frame = { ...frame, loadedAt: clock() }
    },
  }
}

function troubleIn(state: State): Trouble | undefined {
  return 'trouble' in state ? state.trouble : undefined
}

function fresh(now: number) {
  return { loads: 0, begunAt: now, loadedAt: undefined }
}
