import '#look/records.css'
import { Alert, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Found } from '#api/here.ts'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { Section } from '#parts/page.tsx'
import { Table } from '#parts/table.tsx'
import { Time } from '#parts/time.tsx'
import { Checks } from '#records/checks.tsx'
import { nameOf, Outcome } from '#records/records.tsx'
import { Sequence } from '#records/sequence.tsx'
import { Xml } from '#records/xml.tsx'
import { record as text } from '#words/records.ts'

type SigninRecord = Found<'records/{reference}'>

type ReportProps = {
  readonly record: SigninRecord
  /** Why values are hidden, where they are. */
  readonly redacted: string
  readonly actions?: ReactNode
}

/** One sign-in: how it ended and how to mend it, then what happened, then everything that was looked at. */
export function RecordReport({ record, redacted, actions }: ReportProps) {
  return (
    <>
      <section className="section verdict-section" aria-label={text.verdicts[record.outcome]}>
        <Verdict record={record} />
        {actions}
        <RecordFacts record={record} />
      </section>
      <Section title={text.what} intro={text.whatIntro}>
        <Sequence {...record} />
      </Section>
      <Section title={text.checks} intro={text.checksIntro}>
        <Checks checks={record.checks} told={record.cure?.code} harmless={record.outcome !== 'refused'} />
      </Section>
      {record.redacted && (
        <Alert color="quiet" variant="outline">
          {redacted}
        </Alert>
      )}
      {record.attributes !== null && (
        <Section title={text.attributes} intro={text.attributesIntro}>
          <Attributes nameId={record.nameId} attributes={record.attributes} />
        </Section>
      )}
      <Section title={text.messages} intro={text.messagesIntro}>
        <Messages record={record} />
      </Section>
    </>
  )
}

export function Verdict({ record }: { readonly record: SigninRecord }) {
  const { outcome, sentence, cure } = record
  return (
    <Stack gap="xs">
      <p className="verdict-line">
        <Outcome {...record} /> <b>{outcome === 'refused' && sentence !== null ? sentence : text.verdicts[outcome]}</b>
      </p>
      {cure && (
        <div>
          <h2 className="small-heading">{text.cure}</h2>
          {cure.cureAtProduct && (
            <Text className="at-product" component="div">
              {cure.cureAtProduct.sentence}
            </Text>
          )}
          <Text>{cure.cure}</Text>
        </div>
      )}
    </Stack>
  )
}

function RecordFacts({ record }: { readonly record: SigninRecord }) {
  const { facts } = text
  const { reference, connection, startedAt, startedBy, done, address, device, userAgent, user, subject } = record
  const maybe = (name: string, value: ReactNode) =>
    value === null || value === undefined ? [] : [[name, value] as const]
  return (
    <Facts
      items={[
        [text.reference, <Copyable key="reference" value={reference} what={text.reference} />],
        [facts.at, <Time key="at" at={startedAt} />],
        ...maybe(facts.who, nameOf(record)),
        ...maybe(facts.subject, user !== null && subject !== user.username ? subject : null),
        [facts.connection, connection?.name ?? text.noConnection],
        [facts.startedBy, text.startedBy[startedBy]],
        ...maybe(facts.done, done),
        ...maybe(facts.address, address),
        ...maybe(facts.device, device === null ? null : <span title={userAgent ?? ''}>{device}</span>),
      ]}
    />
  )
}

type AttributesProps = {
  readonly nameId: string | null
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] | null }[]
}

export function Attributes({ nameId, attributes }: AttributesProps) {
  const subject = nameId === null ? [] : [{ id: '\0', name: text.nameId, values: [nameId] }]
  const rows = [...subject, ...attributes.map((one, index) => ({ ...one, id: `${index}` }))]
  return (
    <Table
      label={text.attributes}
      rows={rows}
      columns={[
        { name: text.attribute, cell: ({ name }) => <code>{name}</code> },
        {
          name: text.values,
          cell: ({ values }) =>
            values === null ? (
              <span className="quiet">{text.hidden}</span>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a value may come twice
              values.map((value, index) => <div key={index}>{value}</div>)
            ),
        },
      ]}
    />
  )
}

function Messages({ record: { request, response, answer, messagesUntil } }: { readonly record: SigninRecord }) {
  if (request === null && response === null) {
    return (
      <Stack gap="md">
        <Text c="dimmed">{text.notKept}</Text>
        {answer && <Answer answer={answer} />}
      </Stack>
    )
  }
  return (
    <Stack gap="md">
      {request && <Message label={text.request} xml={request.xml} />}
      {response && <Message label={text.response} xml={response.xml} />}
      {answer && <Answer answer={answer} />}
      {messagesUntil !== null && (
        <Text size="sm" c="dimmed">
          {text.until} <Time at={messagesUntil} />
        </Text>
      )}
    </Stack>
  )
}

function Message({ label, xml }: { readonly label: string; readonly xml: string | null }) {
  return (
    <Fold summary={label}>
      {xml === null ? <Text c="dimmed">{text.unreadable}</Text> : <Xml xml={xml} label={label} />}
    </Fold>
  )
}

function Answer({ answer }: { readonly answer: NonNullable<SigninRecord['answer']> }) {
  const { issuer, inResponseTo, statusMessage, attributeNames } = answer
  const code = (name: string, value: string | null) =>
    value === null ? [] : [[name, <code key={name}>{value}</code>] as const]
  return (
    <Fold summary={text.answer}>
      <Facts
        items={[
          ...code(text.issuer, issuer),
          ...code(text.inResponseTo, inResponseTo),
          ...(statusMessage === null ? [] : [[text.statusMessage, statusMessage] as const]),
          ...(attributeNames.length === 0 ? [] : [[text.attributeNames, attributeNames.join(', ')] as const]),
        ]}
      />
    </Fold>
  )
}
