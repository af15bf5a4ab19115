import '#look/records.css'
import { Alert, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import type { SigninTest } from '#connections/test-page.tsx'
import { WarningIcon } from '#parts/icons.tsx'
import { Section } from '#parts/page.tsx'
import { Table } from '#parts/table.tsx'
import { RecordReport } from '#records/record-report.tsx'
import { record } from '#words/records.ts'
import { testSignin as text } from '#words/test-signin.ts'

/** What came of it: in a line, what a sign-in would do, and then everything, as of any sign-in. */
export function TestResult({ test, next }: { readonly test: SigninTest; readonly next: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <Stack gap="lg">
      <h2 className="result" ref={heading} tabIndex={-1}>
        {test.outcome === 'passed' ? text.passed : text.failed}
      </h2>
      {next}
      {test.account !== null && <Account test={test} account={test.account} />}
      {test.record !== null && <RecordReport record={test.record} redacted={record.redacted} />}
    </Stack>
  )
}

type AccountProps = { readonly test: SigninTest; readonly account: NonNullable<SigninTest['account']> }

function Account({ test: { syncFault }, account: { does, username, changes } }: AccountProps) {
  return (
    <Section title={text.wouldTitle} intro={text.does[does]}>
      <Stack gap="md">
        {username !== null && (
          <Text>
            {text.username}: <b>{username}</b>
          </Text>
        )}
        {syncFault !== null && (
          <Alert color="warning" variant="outline" icon={<WarningIcon />} title={text.syncFault}>
            {syncFault}
          </Alert>
        )}
        {changes.length > 0 && (
          <Table
            label={text.wouldTitle}
            rows={changes.map((change, index) => ({ ...change, id: `${index}` }))}
            columns={[
              { name: text.field, cell: ({ field }) => field },
              { name: text.from, cell: ({ from }) => from ?? <span className="quiet">{text.nothing}</span> },
              { name: text.to, cell: ({ to }) => to ?? <span className="quiet">{text.nothing}</span> },
            ]}
          />
        )}
      </Stack>
    </Section>
  )
}
