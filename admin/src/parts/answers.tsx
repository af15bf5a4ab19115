/**
 * What pages are made of, and here the states of what they ask for: waiting, refused, there, empty.
 *
 * Owns how parts look and behave. Must not know any page; admin/README.md shows how one is put together.
 */

import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiProblem } from '#api/problem.ts'
import { EmptyIcon, WarningIcon } from '#parts/icons.tsx'
import { words } from '#words/words.ts'

/** Where something will stand in a moment. */
export function Waiting({ rows = 4 }: { readonly rows?: number }) {
  return (
    <div role="status" aria-label={words.loading}>
      <Stack gap="xs">
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
          <Skeleton key={row} height={36} radius="sm" />
        ))}
      </Stack>
    </div>
  )
}

/** What went wrong, what to do, and the code for whoever is asked. */
export function Fault({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const problem = error instanceof ApiProblem ? error : undefined
  const title = problem?.title ?? 'The portal has a fault'
  return (
    <Alert color="broken" icon={<WarningIcon />} title={title} role="alert" variant="outline">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problem?.message ?? String(error)}</Text>
        {problem && (
          <Text size="xs" c="dimmed">
            {words.code}: <code>{problem.code}</code>
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {words.tryAgain}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** A question to the API: skeleton, fault, or what came back. */
export function Loaded<T>(props: {
  readonly query: UseQueryResult<T>
  readonly rows?: number
  readonly children: (data: T) => ReactNode
}) {
  const { query, rows, children } = props
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Fault error={query.error} onRetry={() => void query.refetch()} />
  return <Waiting {...(rows === undefined ? {} : { rows })} />
}

/** Nothing here yet: why, and what to do next. */
export function Empty(props: { readonly title: string; readonly sentence: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="empty">
      <EmptyIcon />
      <Text fw={600}>{props.title}</Text>
      <Text c="dimmed" size="sm" component="div">
        {props.sentence}
      </Text>
      {props.action}
    </div>
  )
}
