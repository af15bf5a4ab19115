/** The audit of an Environment. Owns nothing: an entry is read, and never changed. */

import { useSearch } from '@tanstack/react-router'
import { type Listed, useHere } from '#api/here.ts'
import { Empty } from '#parts/answers.tsx'
import { Page } from '#parts/page.tsx'
import { type Column, PagedTable, usePages } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { audit as text } from '#words/audit.ts'

type Entry = Listed<'audit'>

export function AuditPage() {
  const here = useHere()
  const { subject } = useSearch({ strict: false }) as { readonly subject?: string }
  const pages = usePages(here.key('audit', subject), (cursor) =>
    here.get('audit', { query: { cursor, 'filter[subjectId]': subject } }),
  )
  return (
    <Page title={text.title} intro={text.intro}>
      <PagedTable
        label={text.title}
        columns={auditColumns}
        pages={pages}
        empty={<Empty title={text.emptyTitle} sentence={text.empty} />}
      />
    </Page>
  )
}

export const auditColumns: readonly Column<Entry>[] = [
  { name: text.columns.at, tight: true, cell: ({ at }) => <Time at={at} /> },
  { name: text.columns.actor, cell: ({ actor }) => <Actor actor={actor} /> },
  { name: text.columns.action, cell: ({ action }) => <code>{action}</code> },
  { name: text.columns.subject, cell: ({ subject }) => <span title={subject.id}>{subject.name}</span> },
  { name: text.columns.changes, cell: ({ changes }) => <Changes changes={changes} /> },
]

/** Who did it, as the API names them. */
export function Actor({ actor }: { readonly actor: Entry['actor'] }) {
  const id = 'administratorId' in actor ? actor.administratorId : 'tokenId' in actor ? actor.tokenId : undefined
  const name = 'name' in actor && typeof actor.name === 'string' ? actor.name : undefined
  return <span title={id}>{name ?? text.by[actor.by] ?? actor.by}</span>
}

function Changes({ changes }: { readonly changes: Entry['changes'] }) {
  const fields = Object.entries(changes)
  if (fields.length === 0) return undefined
  return (
    <details>
      <summary>{text.changes(fields.length)}</summary>
      <ul className="changes">
        {fields.map(([field, { from, to }]) => (
          <li key={field}>
            <b>{field}</b>: <del>{inWords(from)}</del> → <ins>{inWords(to)}</ins>
          </li>
        ))}
      </ul>
    </details>
  )
}

function inWords(value: unknown): string {
  if (value === null || value === '') return text.nothing
  if (Array.isArray(value)) return value.map(inWords).join(', ') || text.nothing
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
