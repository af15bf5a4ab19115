/**
 * What happened in this page, stage by stage, for administrators who test their settings.
 *
 * Owns the stages and how they are shown. Must not change what happens.
 */

import { useState, useSyncExternalStore } from 'react'
import type { SignInEvent, State } from '#sign-in/decide.ts'
import { stageWords } from '#words/stages.ts'
import { words } from '#words/words.ts'

export type Stage = { readonly at: number; readonly name: keyof typeof stageWords.names; readonly detail?: string }

export type Stages = {
  readonly note: (event: SignInEvent, state: State) => void
  readonly frameLoaded: (state: State) => void
  readonly list: () => readonly Stage[]
  readonly subscribe: (changed: () => void) => () => void
}

/** What happened in this page, in order: an administrator who tests reads it, and can hand it on. */
export function createStages(clock: () => number): Stages {
  const listeners = new Set<() => void>()
  let stages: readonly Stage[] = []
  const add = (stage: Stage): void => {
    stages = [...stages, stage]
    for (const listener of listeners) listener()
  }
  let trouble: string | undefined
  return {
    note(event, state) {
      const stage = stageOf(event, state)
      const last = stages.at(-1)
      // The library says who it is with every change.
      if (stage !== undefined && (stage.name !== last?.name || stage.detail !== last.detail))
        add({ at: event.at, ...stage })
      const now = 'trouble' in state ? state.trouble : undefined
      if (now !== undefined && now !== trouble) add({ at: event.at, name: 'trouble', detail: now })
      trouble = now
    },
    frameLoaded(state) {
      if (state.is !== 'ready') add({ at: clock(), name: 'frame-loaded' })
    },
    list: () => stages,
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}

function stageOf(event: SignInEvent, state: State): Omit<Stage, 'at'> | undefined {
  switch (event.was) {
    case 'clicked':
      return event.opened ? { name: 'window-opened' } : { name: 'window-blocked' }
    case 'window-closed':
      return { name: 'window-closed' }
    case 'acknowledged':
      return { name: 'acknowledged' }
    case 'agent':
      return { name: state.is === 'ready' && state.trouble !== undefined ? 'other-agent' : 'agent', detail: event.name }
    case 'found':
      return { name: 'found', detail: foundWords(event.evidence) }
    case 'time':
      return state.is === 'signed-out' && state.trouble === undefined ? { name: 'not-signed-in' } : undefined
    case 'saw':
      return { name: 'saw', detail: words.sights[event.sight] }
    case 'session-failed':
    case 'access-denied':
    case 'logged-out':
    case 'cancelled':
    case 'sallyport-session-over':
      return { name: event.was }
  }
}

function foundWords({
  cookiesBlocked,
  frameRefused,
}: {
  cookiesBlocked?: boolean | undefined
  frameRefused?: boolean | undefined
}): string {
  const { found } = stageWords
  const word = (value: boolean | undefined, yes: string, no: string): string =>
    value === undefined ? found.unknown : value ? yes : no
  return `${word(cookiesBlocked, found.cookiesBlocked, found.cookiesKept)}; ${word(frameRefused, found.frameRefused, found.frameShown)}`
}

export function StagesView({ stages }: { readonly stages: Stages }) {
  const list = useSyncExternalStore(stages.subscribe, stages.list)
  const [copied, setCopied] = useState(false)
  const began = list.find(({ name }) => name === 'window-opened')?.at ?? list[0]?.at ?? 0
  const lines = list.map((stage) => `${seconds(stage.at - began)} s  ${sentence(stage)}`)
  return (
    <section className="stages" aria-label={stageWords.title}>
      <h2>{stageWords.title}</h2>
      <p className="quiet">{stageWords.intro}</p>
      {lines.length === 0 && <p className="empty">{stageWords.none}</p>}
      <ol>
        {list.map((stage, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: stages are only ever added at the end
          <li key={place}>
            <span className="at">{seconds(stage.at - began)} s</span> {sentence(stage)}
          </li>
        ))}
      </ol>
      {lines.length > 0 && (
        <button
          type="button"
          className="plain"
          onClick={() => void navigator.clipboard.writeText(lines.join('\n')).then(() => setCopied(true))}
        >
          {copied ? stageWords.copied : stageWords.copy}
        </button>
      )}
    </section>
  )
}

function sentence({ name, detail }: Stage): string {
  return stageWords.names[name].replace('{detail}', () => detail ?? '')
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}
