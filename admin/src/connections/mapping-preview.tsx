import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Found, useHere } from '#api/here.ts'
import { changeOf, type Values } from '#connections/settings-values.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Fault } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { preview as text } from '#words/preview.ts'

type Preview = Found<'connections/{id}/mapping-preview', 'post'>
type Changed = Preview['changed'][number]

/** What the settings in the form, saved or not, would make of people who have signed in lately. */
export function MappingPreview({ id, form }: { readonly id: string; readonly form: UseFormReturnType<Values> }) {
  const here = useHere()
  const may = useMay()
  const looking = useMutation({
    mutationFn: async (values: Values) => {
      const { userIdType, userIdLocation, userIdAttribute, usernameDomains, createUsers } = changeOf(values)
      const body = { last: LAST, userIdType, userIdLocation, userIdAttribute, usernameDomains, createUsers }
      return (await here.post('connections/{id}/mapping-preview', { path: { id }, body: body as never })).data
    },
  })
  if (!may('records:read')) return undefined
  // What was seen is no longer true of what is in the form now.
  const stale = looking.variables !== undefined && !sameMapping(looking.variables, form.values)
  return (
    <fieldset>
      <legend>{text.title}</legend>
      <Text size="sm" c="dimmed">
        {text.intro}
      </Text>
      <Group>
        <Button variant="default" loading={looking.isPending} onClick={() => looking.mutate(form.getValues())}>
          {looking.data === undefined ? text.button : text.again}
        </Button>
      </Group>
      {looking.error && <Fault error={looking.error} />}
      <div role="status">
        {looking.data && stale && (
          <Text size="sm" c="warning">
            {text.stale}
          </Text>
        )}
        {looking.data && !stale && <WhatWouldChange found={looking.data} />}
      </div>
    </fieldset>
  )
}

/** As many of the newest sign-ins as the API looks at. */
const LAST = 200

function sameMapping(one: Values, other: Values): boolean {
  const mapped = ({ userIdType, userIdLocation, userIdAttribute, usernameDomains, createUsers }: Values) =>
    JSON.stringify({ userIdType, userIdLocation, userIdAttribute, usernameDomains, createUsers })
  return mapped(one) === mapped(other)
}

function WhatWouldChange({ found }: { readonly found: Preview }) {
  const base = baseOf(usePlace())
  const { signIns, people, summary, changed, redacted } = found
  if (signIns === 0) return <Text>{text.noSignIns}</Text>
  if (changed.length === 0) return <Text>{text.nothing(people)}</Text>
  return (
    <Stack gap="sm">
      <Alert color="warning" variant="outline" icon={<WarningIcon />} title={text.summary(changed.length, people)}>
        <List size="sm">
          {summary.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      </Alert>
      <Table
        label={text.title}
        columns={columnsOf(base)}
        rows={changed.map((one) => ({ ...one, id: one.reference }))}
      />
      {redacted && (
        <Text size="sm" c="dimmed">
          {text.redacted}
        </Text>
      )}
    </Stack>
  )
}

function columnsOf(base: string): readonly Column<Changed & { readonly id: string }>[] {
  return [
    {
      name: text.columns.who,
      cell: ({ username, reference }) => (
        <Anchor component={Link} to={`${base}/records/${reference}`}>
          {username ?? reference}
        </Anchor>
      ),
    },
    { name: text.columns.change, cell: (one) => <ChangesOf one={one} /> },
  ]
}

function ChangesOf({ one: { access, account, changes, problems } }: { readonly one: Changed }) {
  return (
    <>
      {access !== 'same' && <State of={access === 'lost' ? 'broken' : 'good'}>{text.access[access]}</State>}{' '}
      {account !== 'same' && <State of="warning">{text.account[account]}</State>}
      <ul className="changes">
        {changes.map(({ field, from, to }) => (
          <li key={`${field}${from}${to}`}>
            <b>{field}</b>: <del>{from ?? text.none}</del> → <ins>{to ?? text.none}</ins>
          </li>
        ))}
        {problems.map(({ code, sentence, cure, received }) => (
          <li key={code + received}>
            {sentence} {received !== null && <code>{received}</code>} {cure}
          </li>
        ))}
      </ul>
    </>
  )
}
