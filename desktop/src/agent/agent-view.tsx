/**
 * The desktop of an agent who is signed in: their state, their contacts, how well Amazon Connect is reached.
 *
 * Owns how that is shown and what its buttons ask of the library. Must not know how somebody came to be signed in.
 */

import { useState } from 'react'
import { Contacts } from '#agent/contacts.tsx'
import { Quality } from '#agent/quality.tsx'
import { StatePicker } from '#agent/state-picker.tsx'
import type { Clocks } from '#desktop.tsx'
import { filled, words } from '#words/words.ts'

type Props = {
  readonly agent: connect.Agent
  readonly windowMayStay: boolean
  /** What the library says of the telephone in the browser, when it fails. */
  readonly softphone: string | undefined
  readonly aliveAt: number
  readonly clocks: Clocks
  readonly panel: { readonly shown: boolean; readonly show: (shown: boolean) => void }
}

/** The desktop of an agent who is signed in. */
export function AgentView({ agent, windowMayStay, softphone, aliveAt, clocks, panel }: Props) {
  const { name, routingProfile } = agent.getConfiguration()
  return (
    <>
      {windowMayStay && <Notice sentence={words.windowMayStay} />}
      {softphone !== undefined && <Notice sentence={softphoneSentence(softphone)} />}
      <section className="agent" aria-label={name}>
        <h1>{name}</h1>
        <p className="quiet">
          {words.agent.routingProfile}: {routingProfile.name}
        </p>
        <StatePicker agent={agent} now={clocks.now} />
        <Quality aliveAt={aliveAt} clock={clocks.clock} />
      </section>
      <Contacts agent={agent} />
      <p className="actions">
        <button type="button" className="plain" aria-expanded={panel.shown} onClick={() => panel.show(!panel.shown)}>
          {panel.shown ? words.hidePanel : words.showPanel}
        </button>
      </p>
    </>
  )
}

function Notice({ sentence }: { readonly sentence: string }) {
  const [gone, setGone] = useState(false)
  if (gone) return undefined
  return (
    <div className="notice" role="status">
      <p>{sentence}</p>
      <button type="button" className="plain" onClick={() => setGone(true)}>
        {words.dismiss}
      </button>
    </div>
  )
}

function softphoneSentence(code: string): string {
  const known: Readonly<Record<string, string>> = words.softphone
  return filled(known[code] ?? words.softphone.other, { code })
}
