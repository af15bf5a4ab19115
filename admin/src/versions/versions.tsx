/**
 * Versions of the configuration: what was changed, with the states before and after, and the way back.
 *
 * Owns no state: it shows what the API keeps, and asks it to bring one back.
 */

import { Anchor, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type Listed, useHere } from '#api/here.ts'
import { Actor } from '#audit/audit.tsx'
import { baseOf, usePlace } from '#frame/places.tsx'
import { Empty } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { versions as text } from '#words/versions.ts'

export type Version = Listed<'versions'>
type Kind = Version['kind']
/** What stands in the address, so that it can be sent to somebody. */
type Asked = { readonly kind?: Kind; readonly subjectId?: string }

export function VersionsPage() {
  const here = useHere()
  const base = baseOf(usePlace())
  const { kind, subjectId } = useSearch({ strict: false }) as Asked
  const pages = usePages(here.key('versions', kind, subjectId), (cursor) =>
    here.get('versions', { query: { cursor, kind, subjectId } }),
  )
  const [first] = pages.data?.pages[0]?.items ?? []
  const ofOne = subjectId !== undefined
  return (
    <Page
      title={ofOne && first ? text.of(nameOf(first)) : text.title}
      intro={text.intro}
      {...(ofOne ? { back: { to: `${base}/versions`, label: text.all } } : {})}
    >
      {!ofOne && <KindFilter kind={kind} />}
      <PagedTable
        label={text.title}
        columns={columnsOf(base)}
        pages={pages}
        empty={<Empty title={text.emptyTitle} sentence={text.empty} />}
      />
    </Page>
  )
}

/** Some have no name: there is one of them in each Environment. */
export function nameOf({ kind, subjectName }: Pick<Version, 'kind' | 'subjectName'>): string {
  return subjectName || text.kinds[kind]
}

function KindFilter({ kind }: { readonly kind: Kind | undefined }) {
  const navigate = useNavigate()
  return (
    <Select
      className="narrow"
      label={text.kind}
      data={[
        { value: 'all', label: text.allKinds },
        ...Object.entries(text.kinds).map(([value, label]) => ({ value, label })),
      ]}
      value={kind ?? 'all'}
      allowDeselect={false}
      onChange={(value) =>
        void navigate({ to: '.', search: (value === 'all' ? {} : { kind: value }) as never, replace: true })
      }
    />
  )
}

const SHOWN_FIELDS = 3

function columnsOf(base: string): readonly Column<Version>[] {
  const { columns } = text
  return [
    { name: columns.at, tight: true, cell: ({ at }) => <Time at={at} /> },
    {
      name: columns.what,
      cell: (version) => (
        <>
          {nameOf(version)}{' '}
          {nameOf(version) !== text.kinds[version.kind] && <span className="origin">{text.kinds[version.kind]}</span>}
        </>
      ),
    },
    {
      name: columns.number,
      tight: true,
      cell: ({ id, number }) => (
        <Anchor component={Link} to={`${base}/versions/${id}`}>
          {text.open(number)}
        </Anchor>
      ),
    },
    { name: columns.done, tight: true, cell: ({ done }) => <Done of={done} /> },
    { name: columns.fields, cell: ({ fields }) => fieldsInWords(fields) },
    { name: columns.actor, cell: ({ actor }) => <Actor actor={actor} /> },
  ]
}

export function Done({ of: done }: { readonly of: Version['done'] }) {
  return <State of={tones[done]}>{text.done[done]}</State>
}

const tones = { created: 'good', changed: 'quiet', removed: 'warning' } as const

function fieldsInWords(fields: readonly string[]): string {
  const hidden = fields.length - SHOWN_FIELDS
  return [...fields.slice(0, SHOWN_FIELDS), ...(hidden > 0 ? [text.more(hidden)] : [])].join(', ')
}
