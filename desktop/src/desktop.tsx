/**
 * The agent desktop: the panel of Amazon Connect, signing in to it, and what an agent works with afterwards.
 *
 * Owns how these are put together. Must not decide how a sign-in goes on: sign-in/decide.ts does.
 */

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { AgentView } from '#agent/agent-view.tsx'
import { type Ccp, openCcp } from '#ccp/ccp.ts'
import { Header } from '#frame/header.tsx'
import { watchSession } from '#frame/watch-session.ts'
import type { DesktopSettings } from '#settings.ts'
import { createSignIn } from '#sign-in/sign-in.ts'
import { SignInView } from '#sign-in/sign-in-view.tsx'
import { createTeller, toServer } from '#sign-in/tell.ts'
import { createStages, StagesView } from '#test-page/stages.tsx'
import { words } from '#words/words.ts'

export type Clocks = { readonly clock: () => number; readonly now: () => Date }

export function startDesktop(place: HTMLElement, settings: DesktopSettings, clocks: Clocks): void {
  document.title = `${words.title} – ${settings.company}`
  createRoot(place).render(<Desktop settings={settings} clocks={clocks} />)
}

/** The panel's frame is made once and never taken away: the library knows one. */
function Desktop({ settings, clocks }: { readonly settings: DesktopSettings; readonly clocks: Clocks }) {
  const [agent, setAgent] = useState<{ readonly agent: connect.Agent }>()
  const [softphone, setSoftphone] = useState<string>()
  const [aliveAt, setAliveAt] = useState(0)
  const [panelShown, showPanel] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const ccp = useRef<Ccp>(undefined)
  const stages = useMemo(() => createStages(clocks.clock), [clocks])
  const signIn = useMemo(
    () =>
      createSignIn(settings, {
        clock: clocks.clock,
        ccp: () => {
          if (ccp.current === undefined) throw new Error('the panel is not there yet')
          return ccp.current
        },
        noteStage: stages.note,
      }),
    [settings, clocks, stages],
  )
  const state = useSyncExternalStore(signIn.subscribe, signIn.state)

  useEffect(() => {
    const tell = createTeller(toServer(settings), clocks.clock)
    const note = () => tell(signIn.state())
    // Something may have happened before this effect.
    note()
    return signIn.subscribe(note)
  }, [settings, clocks, signIn])
  useEffect(() => {
    if (place.current === null || ccp.current !== undefined) return
    ccp.current = openCcp(place.current, settings, {
      acknowledged: () => signIn.tell({ was: 'acknowledged' }),
      agent: (known) => {
        // The same object each time; what it says is new.
        setAgent({ agent: known })
        signIn.tell({ was: 'agent', name: known.getConfiguration().username })
      },
      sessionFailed: () => signIn.tell({ was: 'session-failed' }),
      accessDenied: () => signIn.tell({ was: 'access-denied' }),
      terminated: () => signIn.tell({ was: 'session-failed' }),
      loaded: () => {
        stages.frameLoaded(signIn.state())
        signIn.frameLoaded()
      },
      alive: () => setAliveAt(clocks.clock()),
      softphoneFailed: setSoftphone,
    })
  }, [settings, clocks, signIn, stages])

  const leaveConnect = useCallback(async () => {
    signIn.tell({ was: 'logged-out' })
    await ccp.current?.logOut()
  }, [signIn])
  const busy = state.is === 'ready' && agent?.agent.getContacts().some((contact) => contact.isConnected()) === true
  const nowBusy = useRef(busy)
  nowBusy.current = busy
  useEffect(
    () =>
      watchSession(settings, {
        isBusy: () => nowBusy.current,
        over: async () => {
          signIn.tell({ was: 'sallyport-session-over' })
          await ccp.current?.logOut()
        },
      }),
    [settings, signIn],
  )

  const isReady = state.is === 'ready' && state.trouble === undefined && state.agentName !== undefined
  const isPanelVisible = isReady && panelShown
  return (
    <>
      <Header settings={settings} isSignedIn={state.is === 'ready'} isBusy={busy} leaveConnect={leaveConnect} />
      <main>
        {isReady && agent !== undefined ? (
          <AgentView
            agent={agent.agent}
            windowMayStay={state.windowMayStay}
            softphone={softphone}
            aliveAt={aliveAt}
            clocks={clocks}
            panel={{ shown: panelShown, show: showPanel }}
          />
        ) : (
          <SignInView settings={settings} state={state} signIn={signIn} leaveConnect={leaveConnect} />
        )}
        <div ref={place} className={isPanelVisible ? 'panel' : 'panel away'} aria-hidden={!isPanelVisible} />
        {settings.mode === 'test' && <StagesView stages={stages} />}
      </main>
    </>
  )
}
