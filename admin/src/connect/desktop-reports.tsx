import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type Found, useHere } from '#api/here.ts'
import { Empty, Loaded } from '#parts/answers.tsx'
import { Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { desktopReports as text } from '#words/amazon-connect.ts'

type Reports = Found<'amazon-connect/desktop-reports'>
type Trouble = Reports['troubles'][number] & { readonly id: string }

/** What agents met at the desktop: as they do not write to administrators, it shows here. */
export function DesktopReports() {
  const here = useHere()
  const query = useQuery({
    queryKey: here.key('desktop-reports'),
    queryFn: () => here.get('amazon-connect/desktop-reports'),
  })
  return (
    <Section title={text.title} intro={text.intro}>
      <Loaded query={query}>{(reports) => <Met reports={reports} />}</Loaded>
    </Section>
  )
}

function Met({ reports: { signIns, averageMilliseconds, troubles } }: { readonly reports: Reports }) {
  if (signIns === 0 && troubles.length === 0) return <Empty title={text.nothing} sentence={text.nothingWhat} />
  const seconds = ((averageMilliseconds ?? 0) / 1000).toFixed(1)
  return (
    <Stack gap="md">
      <Text size="sm">
        {signIns === 0 ? text.noSignIns : text.signIns(signIns, seconds)} {troubles.length === 0 && text.none}
      </Text>
      {troubles.length > 0 && (
        <Table label={text.title} columns={columns} rows={troubles.map((one) => ({ id: one.code, ...one }))} />
      )}
    </Stack>
  )
}

const columns: readonly Column<Trouble>[] = [
  { name: text.columns.trouble, cell: ({ title }) => title },
  { name: text.columns.code, cell: ({ code }) => <code>{code}</code> },
  { name: text.columns.count, tight: true, cell: ({ count }) => count },
  { name: text.columns.cure, cell: ({ cure }) => cure },
]
