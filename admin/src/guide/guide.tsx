/**
 * The set-up guide: what to do at the identity provider, in its own words, with our values filled in, and a place for
 * what it gives back. Administrators see it, and so does whoever holds a set-up link.
 *
 * Owns how the steps are laid out. Must not know the steps of a product, nor judge whether one is done: both come from
 * the API.
 */

import '#look/guide.css'
import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AttributeNames } from '#guide/attribute-names.tsx'
import { Brought } from '#guide/brought.tsx'
import { type Check, type Step, useChecks, useSettingUp } from '#guide/setting-up.ts'
import { StepCard } from '#guide/step-card.tsx'
import { checksOf, type StepState, stateOf } from '#guide/step-state.ts'
import { Fault, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { guide as text } from '#words/set-up.ts'

/** A step of ours, which stands before the last one of the identity provider's: there, somebody signs in. */
export type OwnStep = { readonly title: string; readonly state: StepState; readonly children: ReactNode }

export function Guide(props: { readonly product: string; readonly ownSteps?: readonly OwnStep[] }) {
  const { product, ownSteps = [] } = props
  const { key, readGuide } = useSettingUp()
  const query = useQuery({ queryKey: key('guide', product), queryFn: () => readGuide(product) })
  return <Loaded query={query}>{({ steps }) => <Steps steps={steps} ownSteps={ownSteps} />}</Loaded>
}

type Shown = { readonly title: string; readonly state: StepState; readonly children: ReactNode }

function Steps({ steps, ownSteps }: { readonly steps: readonly Step[]; readonly ownSteps: readonly OwnStep[] }) {
  const { connection } = useSettingUp()
  const query = useChecks()
  const checks = query.data ?? []
  // Our values are copied once; the file that has them all is offered where the first of them is.
  const first = steps.findIndex(({ fields }) => fields.some(({ key }) => key === 'entityId' || key === 'metadataUrl'))
  const theirs = steps.map((step, index): Shown => {
    const body = { step, checks: checksOf(step, checks, connection), offersMetadata: index === first }
    const state = stateOf(step, checks, connection)
    return { title: step.title, state, children: <StepBody key={step.number} {...body} /> }
  })
  const all = [...theirs.slice(0, -1), ...ownSteps, ...theirs.slice(-1)]
  const counted = all.filter(({ state }) => state !== 'free')
  const done = counted.filter(({ state }) => state === 'done').length
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Text role="status" fw={600}>
          {text.progress(done, counted.length)}
        </Text>
        <Button variant="default" size="xs" loading={query.isFetching} onClick={() => void query.refetch()}>
          {text.checkAgain}
        </Button>
      </Group>
      {query.isError && <Fault error={query.error} onRetry={() => void query.refetch()} />}
      <ol className="guide-steps" aria-label={text.steps}>
        {all.map(({ title, state, children }, index) => (
          <StepCard key={title} number={index + 1} title={title} state={state}>
            {children}
          </StepCard>
        ))}
      </ol>
    </Stack>
  )
}

function StepBody(props: { readonly step: Step; readonly checks: readonly Check[]; readonly offersMetadata: boolean }) {
  const { step, checks, offersMetadata } = props
  const { connection, mayChange } = useSettingUp()
  const names = step.fields.some(({ key }) => key === 'firstNameAttribute')
  return (
    <>
      <p>{step.text}</p>
      {step.fields.length > 0 && <Values fields={step.fields} />}
      {offersMetadata && (
        <Anchor href={connection.metadataUrl} download="metadata.xml" size="sm">
          {text.download}
        </Anchor>
      )}
      {names && mayChange && <AttributeNames />}
      {step.brings.length > 0 && <Brought brings={step.brings} />}
      {step.check !== null && (
        <Checks checks={checks} begun={step.brings.length === 0 || connection.missing.length < 3} />
      )}
    </>
  )
}

function Values({ fields }: { readonly fields: Step['fields'] }) {
  return (
    <div className="guide-values">
      <Facts
        items={fields.map(({ theirLabel, key, value, note }) => [
          theirLabel,
          <div key={theirLabel}>
            {value === null ? (
              <span className="quiet">{key === 'nameIdFormat' ? text.noFormat : text.noValue}</span>
            ) : (
              <Copyable value={value} what={theirLabel} />
            )}
            {note && <span className="origin">{note}</span>}
          </div>,
        ])}
      />
    </div>
  )
}

/** Always in the page, so that a screen reader hears what is new in it. */
function Checks({ checks, begun }: { readonly checks: readonly Check[]; readonly begun: boolean }) {
  return (
    <div className="guide-checks" role="status">
      {checks.length > 0 && (
        <ul>
          {checks.map((check) => (
            <OneCheck key={check.code} check={check} begun={begun} />
          ))}
        </ul>
      )}
    </div>
  )
}

function OneCheck({ check: { ok, sentence, cure }, begun }: { readonly check: Check; readonly begun: boolean }) {
  const of = ok === true ? 'good' : ok === false && begun ? 'broken' : 'quiet'
  return (
    <li>
      <State of={of}>{text.checkStates[of]}</State>
      <span>
        {sentence} {cure && <WithRecord sentence={cure} />}
      </span>
    </li>
  )
}

const REFERENCE = /\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/

/** A reference in it leads to its sign-in record. */
function WithRecord({ sentence }: { readonly sentence: string }) {
  const { recordAt } = useSettingUp()
  const [reference] = REFERENCE.exec(sentence) ?? []
  if (reference === undefined || recordAt === undefined) return sentence
  const [before, after] = sentence.split(reference)
  return (
    <>
      {before}
      <Anchor component={Link} to={recordAt(reference)} underline="always" inherit>
        {reference}
      </Anchor>
      {after}
    </>
  )
}
