import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useApi } from '#api/api.tsx'
import { GuideView } from '#connections/guide-view.tsx'
import type { SetupSource } from '#connections/setup-source.ts'
import { Fault, Waiting } from '#parts/answers.tsx'
import { Time } from '#parts/time.tsx'
import { Alone } from '#sign-in/alone.tsx'
import { setup as text } from '#words/guide.ts'

/** Where a set-up link leads: somebody without an account sets up one connection. */
export function SetupPage() {
  const { token = '' } = useParams({ strict: false })
  const api = useApi()
  const path = { token }
  const key = ['setup', token]
  const query = useQuery({ queryKey: key, queryFn: () => api.get('/api/v1/setup/{token}', { path }) })
  if (query.data === undefined) {
    return <Alone title={text.goneTitle}>{query.isError ? <Fault error={query.error} /> : <Waiting />}</Alone>
  }
  const { company, environment, connection, products, expiresAt } = query.data
  const source: SetupSource = {
    key,
    products,
    readOnly: false,
    guide: (product) => api.get('/api/v1/setup/{token}/guide/{product}', { path: { token, product } }),
    checks: async () => (await api.ask('post', '/api/v1/setup/{token}/checks', { path })).data.items,
    readMetadata: async (body) => (await api.ask('post', '/api/v1/setup/{token}/read-metadata', { path, body })).data,
    save: (body) => api.ask('patch', '/api/v1/setup/{token}', { path, body }),
  }
  return (
    <Alone wide title={text.title(company)} intro={text.intro(connection.name, environment)}>
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          {text.until} <Time at={expiresAt} />
        </Text>
        <GuideView source={source} />
      </Stack>
    </Alone>
  )
}
