import type { ReactNode } from 'react'
import { type Column, Table } from '#parts/table.tsx'
import type { Difference } from '#versions/differences.ts'
import { version as words } from '#words/versions.ts'

/** Field by field; `names` says what the two states are. */
export function DifferenceTable(props: {
  readonly label: string
  readonly differences: readonly Difference[]
  readonly names: { readonly field: string; readonly from: string; readonly to: string }
}) {
  const { label, differences, names } = props
  const columns: readonly Column<Difference & { readonly id: string }>[] = [
    { name: names.field, cell: ({ field }) => <code>{field}</code> },
    { name: names.from, cell: ({ before }) => <Value as="del">{before}</Value> },
    { name: names.to, cell: ({ after }) => <Value as="ins">{after}</Value> },
  ]
  return (
    <div className="differences">
      <Table label={label} columns={columns} rows={differences.map((one) => ({ ...one, id: one.field }))} />
    </div>
  )
}

function Value({ as: Marked, children: value }: { readonly as: 'del' | 'ins'; readonly children: unknown }): ReactNode {
  const lines = linesOf(value)
  if (lines.length === 0) return <span className="quiet">{words.nothing}</span>
  const text = lines.join('\n')
  if (lines.length <= SHOWN_LINES) return <Marked>{text}</Marked>
  return (
    <details>
      <summary>{words.lines(lines.length)}</summary>
      <Marked>{text}</Marked>
    </details>
  )
}

/** A certificate is longer, and says little to most people. */
const SHOWN_LINES = 12

/** At least one for each of a list. */
function linesOf(value: unknown): readonly string[] {
  if (value === null || value === undefined || value === '') return []
  const list = Array.isArray(value) ? value : [value]
  return list
    .map((one) => (typeof one === 'object' && one !== null ? JSON.stringify(one, null, 2) : String(one)))
    .flatMap((one) => one.trimEnd().split('\n'))
}
