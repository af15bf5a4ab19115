import { useEffect, useId, useState } from 'react'
import { filled, words } from '#words/words.ts'

/** What the agent is doing, since when, and what they could do next. */
export function StatePicker({ agent, now }: { readonly agent: connect.Agent; readonly now: () => Date }) {
  const id = useId()
  const [wanted, setWanted] = useState<string>()
  const [failed, setFailed] = useState(false)
  const current = agent.getState()
  const states = agent.getAgentStates()
  const following = agent.getNextState()
  // Amazon Connect answers first and tells the new state later.
  useEffect(() => {
    if (wanted === current.name || wanted === following?.name) setWanted(undefined)
  }, [wanted, current.name, following?.name])

  const choose = (name: string): void => {
    const state = states.find((one) => one.name === name)
    if (state === undefined) return
    setWanted(name)
    setFailed(false)
    const failure = (): void => {
      setWanted(undefined)
      setFailed(true)
    }
    // During a contact the new state comes after it.
    agent.setState(state, { failure }, { enqueueNextState: true })
  }

  const chosen = wanted ?? current.name
  return (
    <div className="state">
      <label htmlFor={id}>{words.agent.state}</label>
      <select id={id} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {!states.some(({ name }) => name === chosen) && <option value={chosen}>{chosen}</option>}
        {states.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <span className="quiet" role="status">
        {wanted === undefined ? (
          <Since key={String(current.startTimestamp)} state={current} now={now} />
        ) : (
          words.agent.changing
        )}
        {following != null && `, ${filled(words.agent.next, { state: following.name })}`}
      </span>
      {failed && (
        <p className="problem" role="alert">
          {words.agent.changeFailed}
        </p>
      )}
    </div>
  )
}

function Since({ state, now }: { readonly state: connect.AgentState; readonly now: () => Date }) {
  const [, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  const began = new Date(state.startTimestamp ?? now()).getTime()
  return <span aria-live="off">{filled(words.agent.since, { time: spell(Math.max(0, now().getTime() - began)) })}</span>
}

/** 1:02:03, or 2:03. */
function spell(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown.map((part, place) => (place === 0 ? `${part}` : String(part).padStart(2, '0'))).join(':')
}
