import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useApi } from '#api/api.tsx'
import { ApiProblem } from '#api/problem.ts'
import { Fault, Waiting } from '#parts/answers.tsx'
import { RecordReport } from '#records/record-report.tsx'
import { Alone } from '#sign-in/alone.tsx'
import { record, shared as text } from '#words/records.ts'

/** Where a shared link leads: one record, for somebody without an account. */
export function SharedPage() {
  const { token = '' } = useParams({ strict: false })
  const api = useApi()
  const query = useQuery({
    queryKey: ['shared', token],
    queryFn: () => api.get('/api/v1/shared/{token}', { path: { token } }),
  })
  if (query.data === undefined) {
    if (!query.isError) {
      return (
        <Alone title={text.waiting}>
          <Waiting />
        </Alone>
      )
    }
    const gone = query.error instanceof ApiProblem && query.error.status === 404
    return (
      <Alone title={gone ? text.goneTitle : text.waiting}>
        {gone ? <Text>{text.goneCure}</Text> : <Fault error={query.error} onRetry={() => void query.refetch()} />}
      </Alone>
    )
  }
  return (
    <Alone wide title={text.title(query.data.reference)} intro={text.intro}>
      <Stack gap="lg">
        <RecordReport record={query.data} redacted={record.redactedShared} />
      </Stack>
    </Alone>
  )
}
