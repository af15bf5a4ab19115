/**
 * Telling the server what stands in agents' way, and how long they wait, so that administrators hear of it without asking.
 * Nothing of the person goes along.
 */

import type { DesktopSettings } from '#settings.ts'
import type { State } from '#sign-in/decide.ts'
import type { Trouble } from '#sign-in/troubles.ts'

/** Done on purpose: nobody has to mend anything. */
const untold = ['logged-out', 'sallyport-session-over'] as const satisfies readonly Trouble[]

/** The other side is server/src/connect/desktop-reports.ts, which knows every code. */
export type Report =
  | { readonly code: Exclude<Trouble, (typeof untold)[number]> }
  | { readonly code: 'signed-in'; readonly milliseconds: number }

/**
 * Is shown each state, and tells each trouble once after each click. A sign-in counts when the agent is there, and under the
 * right name; without a click there was none.
 * @param clock milliseconds from any beginning, which only grow
 */
export function createTeller(send: (report: Report) => void, clock: () => number): (state: State) => void {
  const told = new Set<Trouble>()
  let begun: { readonly at: number; readonly isOver: boolean } | undefined
  return (state) => {
    if (state.is === 'signing-in' && state.since !== begun?.at) {
      begun = { at: state.since, isOver: false }
      told.clear()
    }
    const trouble = 'trouble' in state ? state.trouble : undefined
    if (trouble !== undefined && !told.has(trouble)) {
      told.add(trouble)
      if (isToTell(trouble)) send({ code: trouble })
    }
    if (state.is !== 'ready' || state.agentName === undefined || trouble !== undefined) return
    if (begun === undefined || begun.isOver) return
    // So coarse that it is nobody's own.
    send({ code: 'signed-in', milliseconds: Math.round((clock() - begun.at) / 100) * 100 })
    begun = { ...begun, isOver: true }
  }
}

function isToTell(trouble: Trouble): trouble is Exclude<Trouble, (typeof untold)[number]> {
  return !untold.some((code) => code === trouble)
}

/** The request outlives the page. An agent never hears of it, whatever comes of it; what administrators try is not told. */
export function toServer({ agentUrl, mode }: Pick<DesktopSettings, 'agentUrl' | 'mode'>): (report: Report) => void {
  if (mode === 'test') return () => {}
  return (report) => {
    const headers = { 'content-type': 'application/json' }
    const sent = { method: 'POST', keepalive: true, headers, body: JSON.stringify(report) }
    fetch(`${agentUrl}/desktop-reports`, sent).catch(() => {})
  }
}
