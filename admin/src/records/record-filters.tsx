import { Button, Group, Select, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useHere } from '#api/here.ts'
import { useConnections } from '#connections/connections.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Fold } from '#parts/fold.tsx'
import { records as text } from '#words/records.ts'

const names = ['person', 'reason', 'connectionId', 'outcome', 'from', 'to'] as const
type Name = (typeof names)[number]
/** Named as the API names them; absent where nothing is asked for. */
export type Filters = { readonly [K in Name]?: string }

/** What the address says; a number there is a text for us. */
export function filtersOf(search: object): Filters {
  const given = search as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined && given[name] !== '').map((name) => [name, String(given[name])]),
  )
}

/** They stand in the address, so that what was found can be sent to somebody. */
export function RecordFilters({ filters }: { readonly filters: Filters }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState<Filters>(filters)
  const go = (next: Filters) => void navigate({ to: '.', search: filtersOf(next) as never, replace: true })
  const field = (name: Name) => ({
    value: typed[name] ?? '',
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
  })
  const time = (name: 'from' | 'to') => ({
    value: localOf(typed[name]),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: instantOf(event.currentTarget.value) ?? '' }),
  })
  const choice = (name: Name) => ({
    value: typed[name] ?? '',
    allowDeselect: false,
    onChange: (value: string | null) => go({ ...typed, [name]: value ?? '' }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    go({ ...typed, person: typed.person?.trim() ?? '' })
  }
  const narrow = useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false })
  const form = (
    <form onSubmit={submit}>
      <div className="filter-fields">
        <TextInput
          label={text.person}
          description={text.personHelp}
          type="search"
          className="wide"
          {...field('person')}
        />
        <Select label={text.outcome} data={outcomes} {...choice('outcome')} />
        <ConnectionChoice {...choice('connectionId')} />
        <ReasonChoice {...choice('reason')} />
        <TextInput label={text.from} type="datetime-local" {...time('from')} />
        <TextInput label={text.to} type="datetime-local" {...time('to')} />
        <Group gap="xs" className="beside-fields">
          <Button type="submit" variant="default">
            {text.submit}
          </Button>
          {Object.keys(filters).length > 0 && (
            <Button variant="subtle" onClick={() => go({})}>
              {text.clear}
            </Button>
          )}
        </Group>
      </div>
    </form>
  )
  return (
    <search className="filters">
      {/* What was searched for comes before how: where there is no room for both, the fields are folded. */}
      {narrow ? (
        <Fold summary={text.submit} open={Object.keys(filters).length > 0}>
          {form}
        </Fold>
      ) : (
        form
      )}
      <ByReference />
    </search>
  )
}

const any = { value: '', label: text.any }
const outcomes = [any, ...Object.entries(text.outcomes).map(([value, label]) => ({ value, label }))]

type Choice = {
  readonly value: string
  readonly allowDeselect: boolean
  readonly onChange: (value: string | null) => void
}

function ConnectionChoice(props: Choice) {
  const may = useMay()
  const { data } = useConnections()
  if (!may('connections:read')) return undefined
  const connections = data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []
  return <Select label={text.connection} data={withCurrent(connections, props.value)} {...props} />
}

/** Those of the last day, and the one that the address names. */
function ReasonChoice(props: Choice) {
  const here = useHere()
  const { data } = useQuery({ queryKey: here.key('overview'), queryFn: () => here.get('overview') })
  const reasons = data?.failures.map(({ reason, title }) => ({ value: reason, label: title })) ?? []
  return <Select label={text.reason} data={withCurrent(reasons, props.value)} {...props} />
}

function withCurrent(choices: readonly { readonly value: string; readonly label: string }[], current: string) {
  const known = current === '' || choices.some(({ value }) => value === current)
  return [any, ...choices, ...(known ? [] : [{ value: current, label: current }])]
}

/** Whoever is helped reads a reference out: straight to its record. */
function ByReference() {
  const navigate = useNavigate()
  const base = baseOf(usePlace())
  const [reference, setReference] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reference.trim() !== '') void navigate({ to: `${base}/records/${encodeURIComponent(reference.trim())}` })
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-start">
        <TextInput
          label={text.reference}
          description={text.referenceHelp}
          value={reference}
          autoComplete="off"
          onChange={(event) => setReference(event.currentTarget.value)}
        />
        <div className="beside-fields">
          <Button type="submit" variant="default">
            {text.openReference}
          </Button>
        </div>
      </Group>
    </form>
  )
}

/** As a field for a time here has it. */
function localOf(instant: string | undefined): string {
  const at = instant === undefined || instant === '' ? undefined : new Date(instant)
  if (at === undefined || Number.isNaN(at.getTime())) return ''
  const two = (number: number) => `${number}`.padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`
}

function instantOf(local: string): string | undefined {
  const at = new Date(local)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
