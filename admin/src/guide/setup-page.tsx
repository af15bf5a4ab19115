import '#look/guide.css'
import { Stack, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo } from 'react'
import { type Answered, type AnswerOf, useApi } from '#api/api.tsx'
import { ApiProblem } from '#api/problem.ts'
import { ProductGuide } from '#guide/product-guide.tsx'
import { type SettingUp, SettingUpProvider } from '#guide/setting-up.ts'
import { Fault, Waiting } from '#parts/answers.tsx'
import { Facts } from '#parts/facts.tsx'
import { MarkIcon } from '#parts/icons.tsx'
import { NoticeProvider } from '#parts/notice.tsx'
import { exactWords, Time } from '#parts/time.tsx'
import { Alone } from '#sign-in/alone.tsx'
import { frame } from '#words/frame.ts'
import { setup as text } from '#words/set-up.ts'

type Setup = AnswerOf<'/api/v1/setup/{token}', 'get'>

/** Where a set-up link leads: one connection, and nothing else of the portal. */
export function SetupPage() {
  const { token = '' } = useParams({ strict: false })
  const api = useApi()
  const query = useQuery({
    queryKey: ['setup', token],
    queryFn: () => api.ask('get', '/api/v1/setup/{token}', { path: { token } }),
  })
  // A link that ended while the page was open is told at once; an answer that did not come takes nothing away.
  const over = query.error instanceof ApiProblem && (query.error.status === 404 || query.error.status === 410)
  if (over || (query.isError && query.data === undefined)) {
    return (
      <Alone title={text.gone}>
        <Fault error={query.error} onRetry={over ? undefined : () => void query.refetch()} />
      </Alone>
    )
  }
  if (query.data === undefined) return <Waiting rows={8} />
  const setup = query.data
  return (
    <Handed setup={setup.data}>
      <ByLink token={token} kept={setup}>
        <ProductGuide products={setup.data.products} />
        <Text>{setup.data.connection.state === 'live' ? text.live : text.last}</Text>
      </ByLink>
    </Handed>
  )
}

function Handed({ setup, children }: { readonly setup: Setup; readonly children: ReactNode }) {
  const { company, environment, connection, expiresAt } = setup
  const title = text.title(company)
  useEffect(() => {
    document.title = `${title} – Sallyport`
  }, [title])
  const ends = (
    <>
      <Time at={expiresAt} /> ({exactWords(new Date(expiresAt))})
    </>
  )
  return (
    <NoticeProvider>
      <div className="handed">
        <header>
          <MarkIcon /> {frame.product}
        </header>
        <main>
          <Stack gap="lg">
            <div>
              <Title order={1}>{title}</Title>
              <Text c="dimmed" mt={4}>
                {text.intro}
              </Text>
            </div>
            <Facts
              items={[
                [text.whose, company],
                [text.environment, environment],
                [text.connection, connection.name],
                [text.ends, ends],
              ]}
            />
            {children}
          </Stack>
        </main>
      </div>
    </NoticeProvider>
  )
}

/** The deeds of a guide, done with what the link allows. */
function ByLink(props: { readonly token: string; readonly kept: Answered<Setup>; readonly children: ReactNode }) {
  const { token, kept, children } = props
  const api = useApi()
  const queries = useQueryClient()
  const { data: setup, etag } = kept
  const settingUp = useMemo((): SettingUp => {
    const path = { token }
    const key = (...parts: readonly unknown[]) => ['setup', token, ...parts]
    return {
      connection: setup.connection,
      mayChange: true,
      key,
      readGuide: (product) => api.get('/api/v1/setup/{token}/guide/{product}', { path: { token, product } }),
      check: async () => (await api.ask('post', '/api/v1/setup/{token}/checks', { path })).data.items,
      readMetadata: async (body) => (await api.ask('post', '/api/v1/setup/{token}/read-metadata', { path, body })).data,
      readCertificate: async (certificate) =>
        (await api.ask('post', '/api/v1/setup/{token}/read-certificate', { path, body: { certificate } })).data.items,
      change: async (body) => {
        const changed = await api.ask('patch', '/api/v1/setup/{token}', { path, body, ifMatch: etag })
        queries.setQueryData(key(), changed)
        void queries.invalidateQueries({ queryKey: key() })
      },
    }
  }, [api, queries, token, setup, etag])
  return <SettingUpProvider value={settingUp}>{children}</SettingUpProvider>
}
