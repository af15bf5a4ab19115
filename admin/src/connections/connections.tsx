/**
 * Single Sign-On Settings: the connections of an Environment, and everything that one of them is set to.
 *
 * Owns how the settings are laid out. Must not judge them: what fits together, and what is still missing, the API says.
 */

import { Anchor, Button, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useHere } from '#api/here.ts'
import type { Connection } from '#connections/settings-values.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { ApiForm } from '#parts/form.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { connections as text } from '#words/connections.ts'

export function useConnections() {
  const here = useHere()
  return useQuery({ queryKey: here.key('connections'), queryFn: () => here.get('connections') })
}

export function ConnectionsPage() {
  const base = baseOf(usePlace())
  const may = useMay()
  const query = useConnections()
  const [adding, setAdding] = useState(false)
  const add = may('connections:write') && (
    <>
      <Button variant="default" onClick={() => setAdding(true)}>
        {text.add}
      </Button>
      <Button component={Link} to={`${base}/connections/new`}>
        {text.withGuide}
      </Button>
    </>
  )
  return (
    <Page title={text.title} intro={text.intro} actions={(query.data?.items.length ?? 0) > 0 && add}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={text.emptyTitle} sentence={text.empty} action={add} />
          ) : (
            <Table label={text.title} columns={columnsOf(base)} rows={items} />
          )
        }
      </Loaded>
      <Modal opened={adding} onClose={() => setAdding(false)} title={text.add} centered>
        <AddConnection close={() => setAdding(false)} />
      </Modal>
    </Page>
  )
}

export function ConnectionState({ state }: Pick<Connection, 'state'>) {
  return <State {...(state === 'live' ? { of: 'good' as const } : {})}>{text.states[state]}</State>
}

function columnsOf(base: string): readonly Column<Connection>[] {
  const { columns } = text
  return [
    {
      name: columns.name,
      cell: ({ ticket, name }) => (
        <Anchor component={Link} to={`${base}/connections/${ticket}`}>
          {name}
        </Anchor>
      ),
    },
    { name: columns.state, tight: true, cell: ({ state }) => <ConnectionState state={state} /> },
    { name: columns.issuer, cell: ({ issuer }) => issuer ?? text.nothing },
    {
      name: columns.certificate,
      tight: true,
      cell: ({ certificates }) => {
        const last = certificates
          .map(({ notAfter }) => notAfter)
          .sort()
          .at(-1)
        return last === undefined ? text.nothing : <Time at={last} />
      },
    },
    {
      name: columns.attention,
      cell: ({ warnings }) => warnings.map(({ code, sentence }) => <div key={code}>{sentence}</div>),
    },
  ]
}

function AddConnection({ close }: { readonly close: () => void }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const form = useForm({ initialValues: { name: '' } })
  const send = async ({ name }: { readonly name: string }) => {
    const { data } = await here.post('connections', { body: { name, state: 'draft' } })
    await queries.invalidateQueries({ queryKey: here.key('connections') })
    notice(text.added(data.name))
    await navigate({ to: `${base}/connections/${data.ticket}` })
  }
  return (
    <ApiForm form={form} send={send} submit={text.addSubmit} cancel={close}>
      <p className="quiet">{text.addIntro}</p>
      <TextInput label={text.name} description={text.nameHelp} data-autofocus {...form.getInputProps('name')} />
    </ApiForm>
  )
}
