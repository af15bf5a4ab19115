/** Clients: the list, one client, its secrets. Owns no rules: which settings go together, the API says. */

import { Anchor, Button, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type Listed, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { clients as text } from '#words/clients.ts'

type Client = Listed<'clients'>
type Kind = Client['kind']

export function ClientsPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const may = useMay()
  const navigate = useNavigate()
  const { kind } = useSearch({ strict: false }) as { readonly kind?: Kind }
  const pages = usePages(here.key('clients', 'list', kind), (cursor) =>
    here.get('clients', { query: { cursor, 'filter[kind]': kind } }),
  )
  const add = may('clients:write') && (
    <Button component={Link} to={`${base}/clients/new`}>
      {text.add}
    </Button>
  )
  const kinds = Object.entries(text.kinds).map(([value, label]) => ({ value, label }))
  return (
    <Page title={text.title} intro={text.intro} actions={add}>
      <Select
        className="narrow"
        label={text.kind}
        data={[{ value: '', label: text.allKinds }, ...kinds]}
        value={kind ?? ''}
        allowDeselect={false}
        onChange={(value) => void navigate({ to: '.', search: (value ? { kind: value } : {}) as never, replace: true })}
      />
      <PagedTable
        label={text.title}
        columns={columnsOf(base)}
        pages={pages}
        empty={<Empty title={text.emptyTitle} sentence={text.empty} action={add} />}
      />
    </Page>
  )
}

function columnsOf(base: string): readonly Column<Client>[] {
  const { columns } = text
  return [
    {
      name: columns.name,
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`${base}/clients/${encodeURIComponent(id)}`}>
          {name}
        </Anchor>
      ),
    },
    { name: columns.id, cell: ({ id }) => <Copyable value={id} what={columns.id} /> },
    { name: columns.kind, tight: true, cell: ({ kind }) => text.kinds[kind] },
    {
      name: columns.state,
      tight: true,
      cell: ({ active }) =>
        active === false ? <State>{text.states.inactive}</State> : <State of="good">{text.states.active}</State>,
    },
    { name: columns.changed, tight: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ]
}
