import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Overview } from '#home/home.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { home as text } from '#words/home.ts'

type Failure = Overview['failures'][number] & { readonly id: string }
type FailuresProps = {
  readonly failures: Overview['failures']
  /** Since when they are counted. */
  readonly from: string | undefined
  readonly base: string
}

/** Why sign-ins were refused, each reason with the way to its records. */
export function Failures({ failures, from, base }: FailuresProps) {
  const { columns } = text
  const all: readonly Column<Failure>[] = [
    {
      name: columns.reason,
      cell: ({ reason, title, sentence }) => (
        <>
          <Anchor
            component={Link}
            to={`${base}/records`}
            search={{ reason, outcome: 'refused', from } as never}
            inherit
          >
            {sentence ?? title}
          </Anchor>
          <span className="origin">
            <code>{reason}</code>
          </span>
        </>
      ),
    },
    { name: columns.count, tight: true, cell: ({ count }) => text.times(count) },
    {
      name: columns.newest,
      tight: true,
      cell: ({ newest }) => (
        <Anchor component={Link} to={`${base}/records/${newest.reference}`} inherit>
          <Time at={newest.at} />
        </Anchor>
      ),
    },
  ]
  return <Table label={text.failures} columns={all} rows={failures.map((one) => ({ ...one, id: one.reason }))} />
}
