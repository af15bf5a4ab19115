import { Button, Group, Text } from '@mantine/core'
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Fault, Waiting } from '#parts/answers.tsx'
import { words } from '#words/words.ts'

export type Column<T> = {
  readonly name: string
  readonly cell: (row: T) => ReactNode
  /** Does not break, and is no wider than it must be. */
  readonly tight?: boolean
}

export type Paged<T> = { readonly items: readonly T[]; readonly next?: string | null }

/** A dense table; where there is no room for columns, every row becomes a card with the names beside the values. */
export function Table<T extends { readonly id: string }>(props: {
  /** What the rows are, for those who do not see the page. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
}) {
  const { label, columns, rows } = props
  return (
    // The roles are written out: as cards, browsers would no longer take it for a table.
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table className="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, tight }) => (
            <th key={name} role="columnheader" scope="col" className={tight ? 'tight' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={row.id} role="row">
            {columns.map(({ name, cell, tight }) => (
              <td key={name} role="cell" data-label={name} className={tight ? 'tight' : undefined}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  )
}

export type Pages<T> = UseInfiniteQueryResult<InfiniteData<Paged<T>>>

/** A list that comes page by page: `read` gets the cursor of the page that is wanted. */
export function usePages<T>(
  queryKey: readonly unknown[],
  read: (cursor: string | undefined) => Promise<Paged<T>>,
  options: { readonly refetchInterval?: number } = {},
): Pages<T> {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
    ...options,
  })
}

/** The table of such a list: waits, tells of faults, says what to do where it is empty, loads more. */
export function PagedTable<T extends { readonly id: string }>(props: {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly pages: Pages<T>
  readonly empty: ReactNode
}) {
  const { label, columns, pages, empty } = props
  if (pages.data === undefined) {
    if (pages.isError) return <Fault error={pages.error} onRetry={() => void pages.refetch()} />
    return <Waiting rows={6} />
  }
  const rows = pages.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0) return empty
  return (
    <div aria-busy={pages.isFetching}>
      <Table label={label} columns={columns} rows={rows} />
      <Group justify="space-between" mt="sm" gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {words.shown(rows.length, pages.hasNextPage)}
        </Text>
        {pages.hasNextPage && (
          <Button variant="default" size="xs" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {words.more}
          </Button>
        )}
      </Group>
      {pages.isFetchNextPageError && <Fault error={pages.error} />}
    </div>
  )
}
