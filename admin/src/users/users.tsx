/** The people of an Environment: the list, and one person. Owns nothing; the API judges every change. */

import { Anchor, Button, Group, Select, TextInput } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Listed, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, type Paged, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { users as text } from '#words/users.ts'

type User = Listed<'users'>
type Here = ReturnType<typeof useHere>
type Asked = { readonly q: string; readonly active: 'true' | 'false' | undefined }
type Search = { readonly q?: string; readonly active?: 'true' | 'false' }

export function UsersPage() {
  const here = useHere()
  const place = usePlace()
  const { q = '', active } = useSearch({ strict: false }) as Search
  const pages = usePages(here.key('users', q, active), (cursor) => readUsers(here, { q, active }, cursor))
  return (
    <Page title={text.title} intro={text.intro} actions={<AddUser />}>
      <UserSearch q={q} active={active} />
      <PagedTable
        label={text.title}
        columns={columnsOf(baseOf(place))}
        pages={pages}
        empty={q === '' ? <NoUsers /> : <Empty title={text.notFoundTitle} sentence={text.notFound} />}
      />
    </Page>
  )
}

/** Whoever is called something that begins so; nobody: whoever has that Federated Id. */
async function readUsers(here: Here, { q, active }: Asked, cursor: string | undefined): Promise<Paged<User>> {
  const read = (filter: Readonly<Record<string, string>>) =>
    here.get('users', { query: { cursor, 'filter[active]': active, ...filter } })
  if (q === '') return read({})
  const found = await read({ search: q })
  return found.items.length > 0 || cursor !== undefined ? found : read({ 'filter[federatedId]': q })
}

function columnsOf(base: string): readonly Column<User>[] {
  const { columns } = text
  return [
    {
      name: columns.username,
      cell: ({ id, username }) => (
        <Anchor component={Link} to={`${base}/users/${id}`}>
          {username}
        </Anchor>
      ),
    },
    { name: columns.name, cell: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(' ') },
    { name: columns.type, tight: true, cell: ({ userType }) => text.types[userType] },
    {
      name: columns.state,
      tight: true,
      cell: ({ active }) =>
        active ? <State of="good">{text.state.active}</State> : <State>{text.state.deactivated}</State>,
    },
    {
      name: columns.lastSignIn,
      tight: true,
      cell: ({ lastSignInAt }) => (lastSignInAt === null ? text.never : <Time at={lastSignInAt} />),
    },
    { name: columns.made, tight: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
}

/** What is searched for stands in the address, so that it can be sent to somebody. */
function UserSearch({ q, active }: { readonly q: string; readonly active: Search['active'] }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState(q)
  const go = (search: Search) => void navigate({ to: '.', search: search as never, replace: true })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    go({ ...(typed.trim() === '' ? {} : { q: typed.trim() }), ...(active === undefined ? {} : { active }) })
  }
  return (
    <search>
      <form onSubmit={submit}>
        <Group align="flex-start" gap="sm">
          <TextInput
            className="grow"
            label={text.search}
            description={text.searchHelp}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Select
            label={text.active}
            data={Object.entries(text.activeChoices).map(([value, label]) => ({ value, label }))}
            value={active ?? 'all'}
            allowDeselect={false}
            onChange={(value) =>
              go({
                ...(q === '' ? {} : { q }),
                ...(value === 'all' || value === null ? {} : { active: value as 'true' }),
              })
            }
          />
          <Group gap="xs" className="beside-fields">
            <Button type="submit" variant="default">
              {text.searchSubmit}
            </Button>
            {(q !== '' || active !== undefined) && (
              <Button
                variant="subtle"
                onClick={() => {
                  setTyped('')
                  go({})
                }}
              >
                {text.clear}
              </Button>
            )}
          </Group>
        </Group>
      </form>
    </search>
  )
}

function AddUser() {
  const base = baseOf(usePlace())
  if (!useMay()('users:write')) return undefined
  return (
    <Button component={Link} to={`${base}/users/new`}>
      {text.add}
    </Button>
  )
}

function NoUsers() {
  const place = usePlace()
  return (
    <Empty
      title={text.emptyTitle}
      sentence={text.empty}
      action={
        <Button component={Link} to={`${baseOf(place)}/connections`} variant="default">
          {text.emptyAction}
        </Button>
      }
    />
  )
}
