/** Allowed IP Addresses, policies, the simulator. Owns no rule: what a text means, the API says. */

import { Anchor, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AllowedAddresses } from '#access/allowed-addresses.tsx'
import { Decisions } from '#access/decisions.tsx'
import { Simulator } from '#access/simulator.tsx'
import { type Listed, useHere } from '#api/here.ts'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Empty, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { access as text } from '#words/access.ts'

export function AccessPage() {
  return (
    <Page title={text.title} intro={text.intro}>
      <Section title={text.addresses} intro={text.addressesIntro}>
        <AllowedAddresses />
      </Section>
      <Section title={text.policies} intro={text.policiesIntro}>
        <Policies />
      </Section>
      <Section title={text.simulator} intro={text.simulatorIntro}>
        <Simulator />
      </Section>
      <Section title={text.decisions}>
        <Decisions />
      </Section>
    </Page>
  )
}

type Policy = Listed<'access/policies'>

function Policies() {
  const here = useHere()
  const base = baseOf(usePlace())
  const may = useMay()
  const query = useQuery({ queryKey: here.key('policies'), queryFn: () => here.get('access/policies') })
  const add = may('access:write') && (
    <Button component={Link} to={`${base}/access/policies/new`} variant="default">
      {text.addPolicy}
    </Button>
  )
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={text.emptyPoliciesTitle} sentence={text.emptyPolicies} action={add} />
        ) : (
          <>
            <Table label={text.policies} columns={columnsOf(base)} rows={items} />
            <div className="after-table">{add}</div>
          </>
        )
      }
    </Loaded>
  )
}

function columnsOf(base: string): readonly Column<Policy>[] {
  return [
    {
      name: text.columns.name,
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`${base}/access/policies/${id}`}>
          {name}
        </Anchor>
      ),
    },
    {
      name: text.columns.mode,
      tight: true,
      cell: ({ mode }) => <State {...(mode === 'enforced' ? { of: 'good' as const } : {})}>{text.modes[mode]}</State>,
    },
    { name: text.columns.changed, tight: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ]
}
