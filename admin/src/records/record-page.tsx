import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type Found, useHere } from '#api/here.ts'
import { useConnections } from '#connections/connections.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { Page } from '#parts/page.tsx'
import { RecordReport } from '#records/record-report.tsx'
import { ShareRecord } from '#records/share-record.tsx'
import { record as text } from '#words/records.ts'

export type SigninRecord = Found<'records/{reference}'>

const UNDER_WAY_MS = 3000

export function RecordPage() {
  const { reference = '' } = useParams({ strict: false })
  const here = useHere()
  const may = useMay()
  const base = baseOf(usePlace())
  const query = useQuery({
    queryKey: here.key('records', 'one', reference),
    queryFn: () => here.get('records/{reference}', { path: { reference } }),
    refetchInterval: ({ state }) => (state.data?.outcome === 'started' ? UNDER_WAY_MS : false),
  })
  return (
    <Page
      title={text.title(query.data?.reference ?? reference)}
      back={{ to: `${base}/records`, label: text.back }}
      actions={query.data && may('records:write') && <ShareRecord reference={query.data.reference} />}
    >
      <Loaded query={query} rows={10}>
        {(record) => (
          <RecordReport record={record} redacted={text.redacted} actions={<Mend base={base} record={record} />} />
        )}
      </Loaded>
    </Page>
  )
}

/** To where it is mended, where that is here. */
function Mend({ base, record: { connection, outcome } }: { readonly base: string; readonly record: SigninRecord }) {
  const may = useMay()
  const { data } = useConnections()
  const found = data?.items.find(({ id }) => id === connection?.id)
  if (outcome !== 'refused' || found === undefined || !may('connections:read')) return undefined
  return (
    <Group>
      <Button component={Link} to={`${base}/connections/${found.ticket}`} variant="default">
        {text.openSettings(found.name)}
      </Button>
    </Group>
  )
}
