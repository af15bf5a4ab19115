import { Button, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import type { Answered } from '#api/api.tsx'
import { useHere } from '#api/here.ts'
import { ConnectionState, useConnections } from '#connections/connections.tsx'
import type { Connection, ConnectionChange } from '#connections/settings-values.ts'
import { NotFoundHere } from '#frame/not-found-here.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { HandOver } from '#guide/hand-over.tsx'
import { useOwnSteps } from '#guide/own-steps.tsx'
import { ProductGuide } from '#guide/product-guide.tsx'
import { type Product, type SettingUp, SettingUpProvider } from '#guide/setting-up.ts'
import { SetupLinks } from '#guide/setup-links.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Page } from '#parts/page.tsx'
import { connections } from '#words/connections.ts'
import { guide as text } from '#words/set-up.ts'

/** The address names the connection by its ticket. */
export function GuidePage() {
  const { ticket } = useParams({ strict: false })
  const list = useConnections()
  return (
    <Loaded query={list}>
      {({ items }) => {
        const found = items.find((one) => one.ticket === ticket)
        return found === undefined ? <NotFoundHere /> : <GuideOf listed={found} />
      }}
    </Loaded>
  )
}

function GuideOf({ listed }: { readonly listed: Connection }) {
  const here = useHere()
  const base = baseOf(usePlace())
  const may = useMay()
  const path = { id: listed.id }
  const kept = useQuery({
    queryKey: here.key('connections', listed.id),
    queryFn: () => here.getTagged('connections/{id}', { path }),
  })
  const products = useQuery({ queryKey: here.key('guides'), queryFn: () => here.get('guides') })
  const { name, state, ticket } = kept.data?.data ?? listed
  return (
    <Page
      title={text.title(name)}
      intro={
        <>
          <ConnectionState state={state} /> {text.intro}
        </>
      }
      back={{ to: `${base}/connections`, label: connections.title }}
      actions={
        <>
          <Button variant="default" component={Link} to={`${base}/connections/${ticket}`}>
            {text.settings}
          </Button>
          {may('connections:write') && <HandOver connectionId={listed.id} />}
        </>
      }
    >
      <Loaded query={kept} rows={8}>
        {(kept) => (
          <Administered kept={kept}>
            <Loaded query={products} rows={8}>
              {({ items }) => <Steps products={items} kept={kept} />}
            </Loaded>
            <SetupLinks connectionId={listed.id} />
          </Administered>
        )}
      </Loaded>
    </Page>
  )
}

function Steps({ products, kept }: { readonly products: readonly Product[]; readonly kept: Answered<Connection> }) {
  const ownSteps = useOwnSteps(kept)
  return <ProductGuide products={products} ownSteps={ownSteps} />
}

/** The deeds of a guide, done through the administration API. */
function Administered({ kept, children }: { readonly kept: Answered<Connection>; readonly children: ReactNode }) {
  const here = useHere()
  const queries = useQueryClient()
  const base = baseOf(usePlace())
  const may = useMay()
  const mayChange = may('connections:write')
  const seesRecords = may('records:read')
  const { data: connection, etag } = kept
  const settingUp = useMemo((): SettingUp => {
    const path = { id: connection.id }
    const key = (...parts: readonly unknown[]) => here.key('connections', connection.id, ...parts)
    return {
      connection,
      mayChange,
      ...(seesRecords ? { recordAt: (reference: string) => `${base}/records/${reference}` } : {}),
      key,
      readGuide: (product) => here.get('connections/{id}/guide/{product}', { path: { ...path, product } }),
      check: async () => (await here.post('connections/{id}/checks', { path })).data.items,
      readMetadata: async (body) => (await here.post('connections/read-metadata', { body })).data,
      readCertificate: async (certificate) =>
        (await here.post('connections/read-certificate', { body: { certificate } })).data.items,
      change: async (change) => {
        const body = change as ConnectionChange
        const changed = await here.patch('connections/{id}', { path, body, ifMatch: etag })
        queries.setQueryData(key(), changed)
        // Checks may take their time; what was saved shows at once.
        void queries.invalidateQueries({ queryKey: here.key('connections') })
      },
    }
  }, [connection, etag, mayChange, seesRecords, base, here, queries])
  return (
    <SettingUpProvider value={settingUp}>
      <Stack gap="lg">{children}</Stack>
    </SettingUpProvider>
  )
}
