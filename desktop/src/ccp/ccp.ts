/**
 * The Contact Control Panel: AWS's own page in a frame, and AWS's library that speaks with it.
 *
 * Owns the library: nothing else names it. Must not know how somebody signs in; it tells what the panel says. The library
 * opens no window, and does not load the frame again by itself: it would do so every five seconds, ten times, whatever is
 * being loaded, and it gives up without a word.
 */

import 'amazon-connect-streams'

export type CcpEvents = {
  /** The panel is there, and somebody is signed in. */
  readonly acknowledged: () => void
  readonly agent: (agent: connect.Agent) => void
  readonly sessionFailed: () => void
  readonly accessDenied: () => void
  readonly terminated: () => void
  /** The frame has loaded something; what it is, nobody may see. */
  readonly loaded: () => void
  /** The panel answers, as it does every second. */
  readonly alive: () => void
  readonly softphoneFailed: (why: string) => void
}

export type Ccp = {
  readonly loadAgain: () => void
  /** Ends the session at Amazon Connect. */
  readonly logOut: () => Promise<void>
}

/** Longer than anybody waits: without an answer the library would open windows and load frames. */
const NEVER = 2_000_000_000
const LOG_OUT_WITHIN = 3_000

export function openCcp(
  place: HTMLElement,
  { ccpUrl, logoutUrl, region }: { readonly ccpUrl: string; readonly logoutUrl: string; readonly region: string },
  events: CcpEvents,
): Ccp {
  connect.core.initCCP(place, {
    ccpUrl,
    region,
    loginPopup: false,
    loginOptions: { disableAuthPopupAfterLogout: true },
    ccpLoadTimeout: NEVER,
    softphone: { allowFramedSoftphone: true },
    iframeTitle: 'Contact Control Panel',
  })
  const frame = place.querySelector('iframe')
  if (frame === null) throw new Error('amazon-connect-streams made no frame')
  frame.addEventListener('load', events.loaded)

  const bus = connect.core.getEventBus()
  bus.subscribe(connect.EventType.ACKNOWLEDGE, (data?: { readonly id?: string }) => {
    events.alive()
    // With an id it is that of a panel that was just loaded.
    if (data?.id !== undefined) events.acknowledged()
  })
  bus.subscribe(connect.EventType.TERMINATED, events.terminated)
  connect.core.onAuthFail(events.sessionFailed)
  connect.core.onAccessDenied(events.accessDenied)
  connect.agent((agent) => {
    events.agent(agent)
    agent.onRefresh(events.agent)
    agent.onSoftphoneError((error) => events.softphoneFailed(error.getErrorType()))
  })

  return {
    // In its place, or the browser's way back would lead through every load.
    loadAgain: () => frame.contentWindow?.location.replace(ccpUrl),
    async logOut() {
      const ended = new Promise<void>((done) => {
        bus.subscribe(connect.EventType.TERMINATED, () => done())
        setTimeout(done, LOG_OUT_WITHIN)
      })
      const upstream = connect.core.upstream as { sendUpstream(event: string): void } | null | undefined
      upstream?.sendUpstream(connect.EventType.TERMINATE)
      await ended
      // Where no panel was there to hear it.
      await fetch(logoutUrl, { mode: 'no-cors', credentials: 'include' }).catch(() => undefined)
    },
  }
}
