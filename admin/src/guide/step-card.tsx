import { Title, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import type { StepState } from '#guide/step-state.ts'
import { State } from '#parts/badge.tsx'
import { CheckIcon } from '#parts/icons.tsx'
import { guide as text } from '#words/set-up.ts'

const colours = { done: 'good', wrong: 'broken', open: 'quiet', later: 'quiet', free: 'quiet' } as const

export function StepCard(props: {
  readonly number: number
  readonly title: string
  readonly state: StepState
  readonly children: ReactNode
}) {
  const { number, title, state, children } = props
  return (
    <li className="guide-step section" data-state={state}>
      <div className="guide-step-head">
        <span className="guide-number" aria-hidden="true">
          {state === 'done' ? <CheckIcon /> : number}
        </span>
        <Title order={2}>
          <VisuallyHidden>{text.step(number)} </VisuallyHidden>
          {title}
        </Title>
        <State of={colours[state]}>{text.states[state]}</State>
      </div>
      <div className="guide-step-body">{children}</div>
    </li>
  )
}
