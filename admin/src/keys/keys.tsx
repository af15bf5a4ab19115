/** The keys of an Environment, from next to retired. Owns nothing; which step is allowed, the API says. */

import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Listed, useHere } from '#api/here.ts'
import { useMay } from '#frame/places.tsx'
import { KeyDeed } from '#keys/key-deed.tsx'
import { ImportKey } from '#keys/key-import.tsx'
import { Fault, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Download } from '#parts/download.tsx'
import { useNotice } from '#parts/notice.tsx'
import { Page, Section } from '#parts/page.tsx'
import { type Column, Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { keys as text } from '#words/keys.ts'

export type KeyKind = 'keys' | 'token-keys'
type SigningKey = Listed<'keys'>
type TokenKey = Listed<'token-keys'>

export function KeysPage() {
  return (
    <Page title={text.title} intro={text.intro}>
      <Section title={text.saml} intro={text.samlIntro}>
        <KeyList kind="keys" label={text.saml} empty={text.samlEmpty} columns={samlColumns} />
      </Section>
      <Section title={text.token} intro={text.tokenIntro}>
        <KeyList kind="token-keys" label={text.token} empty={text.tokenEmpty} columns={tokenColumns} />
      </Section>
    </Page>
  )
}

function KeyList<T extends SigningKey | TokenKey>(props: {
  readonly kind: KeyKind
  readonly label: string
  readonly empty: string
  readonly columns: readonly Column<T>[]
}) {
  const { kind, label, empty, columns } = props
  const here = useHere()
  const may = useMay()
  const query = useQuery({ queryKey: here.key(kind), queryFn: () => here.get(kind) })
  const deed: Column<T> = {
    name: text.columns.deed,
    tight: true,
    cell: ({ id, state }) => <KeyDeed kind={kind} id={id} state={state} />,
  }
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          {items.length === 0 ? (
            <Text c="dimmed">{empty}</Text>
          ) : (
            <Table
              label={label}
              columns={may('keys:write') ? [...columns, deed] : columns}
              rows={items as unknown as readonly T[]}
            />
          )}
          {may('keys:write') && <MakeKey kind={kind} hasNext={items.some(({ state }) => state === 'next')} />}
        </>
      )}
    </Loaded>
  )
}

function MakeKey({ kind, hasNext }: { readonly kind: KeyKind; readonly hasNext: boolean }) {
  const here = useHere()
  const queries = useQueryClient()
  const notice = useNotice()
  const making = useMutation({
    mutationFn: () => here.post(kind),
    onSuccess: () => {
      notice(text.made)
      return queries.invalidateQueries({ queryKey: here.key(kind) })
    },
  })
  if (hasNext) return undefined
  return (
    <Group mt="sm">
      <Button variant="default" loading={making.isPending} onClick={() => making.mutate()}>
        {text.make}
      </Button>
      {kind === 'keys' && <ImportKey />}
      {making.error && <Fault error={making.error} />}
    </Group>
  )
}

function KeyState({ state }: { readonly state: SigningKey['state'] }) {
  return <State {...(state === 'active' ? { of: 'good' as const } : {})}>{text.states[state]}</State>
}

const samlColumns: readonly Column<SigningKey>[] = [
  { name: text.columns.state, tight: true, cell: ({ state }) => <KeyState state={state} /> },
  {
    name: text.columns.subject,
    cell: ({ id, subject, origin, fingerprint, certificatePem }) => (
      <>
        {subject} <span className="quiet">({text.origins[origin]})</span>
        <details>
          <summary>{text.fingerprint}</summary>
          <Copyable value={fingerprint} what={text.fingerprint} />
        </details>
        <Download name={`${id}.crt`} text={certificatePem}>
          {text.download}
        </Download>
      </>
    ),
  },
  { name: text.columns.valid, tight: true, cell: ({ notAfter }) => <Time at={notAfter} /> },
  { name: text.columns.changed, tight: true, cell: ({ changedAt }) => <Time at={changedAt} /> },
]

const tokenColumns: readonly Column<TokenKey>[] = [
  { name: text.columns.state, tight: true, cell: ({ state }) => <KeyState state={state} /> },
  { name: text.columns.id, cell: ({ id }) => <Copyable value={id} what={text.columns.id} /> },
  {
    name: text.columns.ready,
    tight: true,
    cell: ({ readyAt }) => (readyAt === null ? undefined : <Time at={readyAt} />),
  },
  { name: text.columns.changed, tight: true, cell: ({ changedAt }) => <Time at={changedAt} /> },
]
