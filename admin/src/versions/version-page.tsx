import { Alert, Anchor, Checkbox, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Found, useHere } from '#api/here.ts'
import { ApiProblem } from '#api/problem.ts'
import { Actor } from '#audit/audit.tsx'
import { baseOf, useMay, usePlace } from '#frame/places.tsx'
import { Loaded } from '#parts/answers.tsx'
import { ConfirmButton } from '#parts/confirm.tsx'
import { Facts } from '#parts/facts.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { Time } from '#parts/time.tsx'
import { DifferenceTable } from '#versions/difference-table.tsx'
import { differencesBetween } from '#versions/differences.ts'
import { Done, nameOf } from '#versions/versions.tsx'
import { version as text, versions as words } from '#words/versions.ts'

type Whole = Found<'versions/{id}'>

export function VersionPage() {
  const { id = '' } = useParams({ strict: false })
  const here = useHere()
  const base = baseOf(usePlace())
  const query = useQuery({
    queryKey: here.key('versions', id),
    queryFn: () => here.get('versions/{id}', { path: { id } }),
  })
  const version = query.data
  const { field, before, after } = text.columns
  return (
    <Page
      title={version ? text.title(nameOf(version), version.number) : words.title}
      back={{ to: `${base}/versions`, label: text.back }}
      actions={version && <Ways version={version} />}
    >
      <Loaded query={query} rows={6}>
        {(version) => (
          <>
            <Section title={text.facts}>
              <About version={version} />
            </Section>
            <Section title={text.difference}>
              <DifferenceTable
                label={text.difference}
                differences={version.difference as readonly Required<(typeof version.difference)[number]>[]}
                names={{ field, from: before, to: after }}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function About({ version }: { readonly version: Whole }) {
  const base = baseOf(usePlace())
  const { kind, subjectId, at, actor, done } = version
  return (
    <Facts
      items={[
        [text.kind, words.kinds[kind]],
        [
          text.subject,
          <span key="subject" title={subjectId}>
            {nameOf(version)}{' '}
            <Anchor component={Link} to={`${base}/versions`} search={{ kind, subjectId } as never} size="sm">
              {text.others}
            </Anchor>
          </span>,
        ],
        [text.done, <Done key="done" of={done} />],
        [text.at, <Time key="at" at={at} />],
        [text.actor, <Actor key="actor" actor={actor} />],
      ]}
    />
  )
}

/** The ways back: to before this change, or to what it led to. */
function Ways({ version }: { readonly version: Whole }) {
  const here = useHere()
  const may = useMay()
  const { kind, subjectId } = version
  const latest = useQuery({
    queryKey: here.key('versions', 'latest', kind, subjectId),
    queryFn: async () => {
      const { items } = await here.get('versions', { query: { kind, subjectId, limit: 1 } })
      return here.get('versions/{id}', { path: { id: items[0]?.id ?? version.id } })
    },
  })
  if (latest.data === undefined) return undefined
  const mayBring = may('connections:write') && may(scopes[kind])
  const isNewest = latest.data.id === version.id
  return (
    <>
      {isNewest && (
        <Text size="sm" c="dimmed">
          {text.newest}
        </Text>
      )}
      {mayBring && version.before !== null && <Bring version={version} to="before" now={latest.data.after} />}
      {mayBring && !isNewest && version.after !== null && (
        <Bring version={version} to="after" now={latest.data.after} />
      )}
    </>
  )
}

/** Beside what every way back needs: bringing a state back changes the thing itself. */
const scopes: Readonly<Record<Whole['kind'], string>> = {
  connection: 'connections:write',
  client: 'clients:write',
  addresses: 'access:write',
  policy: 'access:write',
  'session-settings': 'session-settings:write',
  targets: 'company:write',
  'amazon-connect': 'amazon-connect:write',
}

function Bring(props: { readonly version: Whole; readonly to: 'before' | 'after'; readonly now: Whole['after'] }) {
  const { version, to, now } = props
  const here = useHere()
  const base = baseOf(usePlace())
  const navigate = useNavigate()
  const queries = useQueryClient()
  const notice = useNotice()
  const [shutsOut, setShutsOut] = useState(false)
  const [confirmed, setConfirmed] = useState(false)
  const name = nameOf(version)
  const differences = differencesBetween(now, version[to])
  const words = to === 'before' ? backWords : againWords
  const act = async () => {
    const query = { to, ...(confirmed ? { confirmed: 'true' } : {}) }
    try {
      const { data } = await here.post('versions/{id}/revert', { path: { id: version.id }, query })
      await navigate({ to: `${base}/versions/${data.id}` })
      notice(text.reverted(name))
      // The name of the Environment may be what came back, and the frame shows it.
      await queries.invalidateQueries()
    } catch (error) {
      setShutsOut(error instanceof ApiProblem && error.code === 'own-address-missing')
      throw error
    }
  }
  return (
    <ConfirmButton
      label={words.label}
      consequence={words.what(name, differences.length)}
      confirm={words.confirm}
      act={act}
      size="xl"
      button={{ variant: 'default' }}
    >
      {now === null && (
        <Alert color="warning" variant="outline">
          {text.comesBack(name)}
        </Alert>
      )}
      {differences.length === 0 ? (
        <Text size="sm">{text.same}</Text>
      ) : (
        <DifferenceTable
          label={words.label}
          differences={differences}
          names={{ field: text.fieldColumns.field, from: text.fieldColumns.now, to: text.fieldColumns.later }}
        />
      )}
      {shutsOut && (
        <Checkbox
          label={text.lockOut}
          checked={confirmed}
          onChange={(event) => setConfirmed(event.currentTarget.checked)}
        />
      )}
    </ConfirmButton>
  )
}

const backWords = { label: text.revert, what: text.revertWhat, confirm: text.revertConfirm }
const againWords = { label: text.bringBack, what: text.bringBackWhat, confirm: text.bringBackConfirm }
