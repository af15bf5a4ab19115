import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Found, type Listed, useHere } from '#api/here.ts'
import { AwsReportView } from '#connect/aws-report.tsx'
import { Fault, Loaded } from '#parts/answers.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time, useClock } from '#parts/time.tsx'
import { inspections as text } from '#words/aws-check.ts'

type Inspection = Listed<'amazon-connect/inspections'>
type Made = Found<'amazon-connect/inspections', 'post'>

const ASK_AGAIN_MS = 3000

/** Addresses that an identity provider's test posts to in place of AWS, and what came there. */
export function Inspections() {
  const here = useHere()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<string>()
  const list = useQuery({
    queryKey: here.key('inspections'),
    queryFn: () => here.get('amazon-connect/inspections'),
  })
  const making = useMutation({
    mutationFn: async () => (await here.post('amazon-connect/inspections')).data,
    onSuccess: ({ id }) => {
      setChosen(id)
      void queries.invalidateQueries({ queryKey: here.key('inspections'), exact: true })
    },
  })
  const others = list.data?.items.filter(({ id }) => id !== making.data?.id) ?? []
  return (
    <>
      <Section title={text.title} intro={text.intro}>
        <Stack gap="md" align="flex-start">
          {making.data && <JustMade made={making.data} />}
          <Button
            variant={making.data ? 'default' : 'filled'}
            loading={making.isPending}
            onClick={() => making.mutate()}
          >
            {making.data ? text.another : text.make}
          </Button>
          {making.error && <Fault error={making.error} />}
          {list.error && <Fault error={list.error} onRetry={() => void list.refetch()} />}
          {others.length > 0 && <Earlier items={others} chosen={chosen} choose={setChosen} />}
        </Stack>
      </Section>
      {chosen && <Came key={chosen} id={chosen} />}
    </>
  )
}

function JustMade({ made: { url, expiresAt } }: { readonly made: Made }) {
  return (
    <div className="made" role="status">
      <b>{text.made}</b>
      <Copyable value={url} what={text.made} />
      <Text size="sm">
        {text.madeHelp} {text.ends} <Time at={expiresAt} />.
      </Text>
    </div>
  )
}

type EarlierProps = {
  readonly items: readonly Inspection[]
  readonly chosen: string | undefined
  readonly choose: (id: string) => void
}

function Earlier({ items, chosen, choose }: EarlierProps) {
  const clock = useClock()
  const { columns } = text
  const shown: readonly Column<Inspection>[] = [
    { name: columns.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      name: columns.until,
      cell: ({ expiresAt }) =>
        new Date(expiresAt) <= clock() ? (
          text.ended
        ) : (
          <>
            {text.until} <Time at={expiresAt} />
          </>
        ),
    },
    { name: columns.came, cell: ({ reports }) => reports },
    {
      name: columns.act,
      tight: true,
      cell: ({ id }) =>
        id === chosen ? (
          text.shown
        ) : (
          <Button size="xs" variant="default" onClick={() => choose(id)}>
            {text.show}
          </Button>
        ),
    },
  ]
  return (
    <div className="whole-width">
      <h3 className="small-heading">{text.earlier}</h3>
      <Table label={text.earlier} columns={shown} rows={items} />
    </div>
  )
}

/** What has come, the newest first; while the address takes responses, they show by themselves. */
function Came({ id }: { readonly id: string }) {
  const here = useHere()
  const clock = useClock()
  const query = useQuery({
    queryKey: here.key('inspections', id),
    queryFn: () => here.get('amazon-connect/inspections/{id}', { path: { id } }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || new Date(data.expiresAt) > clock() ? ASK_AGAIN_MS : false,
    staleTime: 0,
  })
  return (
    <Loaded query={query}>
      {({ reports, expiresAt }) => {
        const over = new Date(expiresAt) <= clock()
        const none = reports.length === 0
        const waiting = over ? `${text.over} ${none ? text.none : ''}` : none ? text.waiting : text.waitingForMore
        return (
          <Stack gap="lg">
            <Text role="status" c="dimmed">
              {reports.length > 0 && text.came(reports.length)} {waiting}
            </Text>
            {reports.map(({ id, at, report }) => (
              <AwsReportView key={id} report={report} from={<Time at={at} />} />
            ))}
          </Stack>
        )
      }}
    </Loaded>
  )
}
