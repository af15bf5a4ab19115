import '#look/guide.css'
import '#look/records.css'
import { Anchor, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { Artefacts } from '#connect/artefacts.tsx'
import type { FederationGuide, FederationStep } from '#connect/federation-guide.ts'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { Fold } from '#parts/fold.tsx'
import { Section } from '#parts/page.tsx'
import { Table } from '#parts/table.tsx'
import { federation as text } from '#words/aws-federation.ts'

/** The guide for one identity provider, as the API has filled it in. */
export function FederationSteps({ guide }: { readonly guide: FederationGuide }) {
  const { introduction, beforeYouBegin, steps, terms, troubleshooting, furtherReading } = guide
  return (
    <>
      <Section title={text.about}>
        <div className="prose">
          <Paragraphs texts={introduction} />
        </div>
        <Fold summary={text.before} open>
          <ul className="prose">
            {beforeYouBegin.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Fold>
      </Section>
      <ol className="guide-steps" aria-label={text.steps}>
        {steps.map((step) => (
          <Step key={step.number} step={step} guide={guide} />
        ))}
      </ol>
      <Section title={text.errors} intro={text.errorsIntro}>
        {troubleshooting.map((one) => (
          <Fold key={one.error} summary={<q>{one.text}</q>}>
            <Facts
              items={[
                [text.cause, one.cause],
                [text.cure, one.cureAtProduct ?? one.cure],
              ]}
            />
          </Fold>
        ))}
      </Section>
      <Section title={text.terms}>
        <Fold summary={terms.map(({ term }) => term).join(' · ')}>
          <Facts items={terms.map(({ term, meaning }) => [term, meaning])} />
        </Fold>
      </Section>
      <Section title={text.reading}>
        <ul>
          {furtherReading.map(({ title, url }) => (
            <li key={url}>
              <Anchor href={url} target="_blank" rel="noopener">
                {title}
              </Anchor>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

function Step({ step, guide }: { readonly step: FederationStep; readonly guide: FederationGuide }) {
  const { number, title, optional, fields, artefacts, notes } = step
  return (
    <li className="guide-step section">
      <div className="guide-step-head">
        <span className="guide-number" aria-hidden="true">
          {number}
        </span>
        <Title order={2}>
          <VisuallyHidden>{text.step(number)} </VisuallyHidden>
          {title}
        </Title>
        {optional && <State>{text.optional}</State>}
      </div>
      <div className="guide-step-body">
        <Paragraphs texts={step.text} />
        {fields.length > 0 && <Values fields={fields} />}
        {notes.length > 0 && <Notes notes={notes} product={guide.name} />}
        {artefacts.length > 0 && <Artefacts names={artefacts} product={guide.product} />}
      </div>
    </li>
  )
}

function Paragraphs({ texts }: { readonly texts: readonly string[] }) {
  return texts.map((line) => <p key={line}>{line}</p>)
}

function Values({ fields }: { readonly fields: FederationStep['fields'] }) {
  return (
    <div className="guide-values">
      <Facts
        items={fields.map(({ theirLabel, ourValue, note }) => [
          theirLabel,
          <div key={theirLabel}>
            <Value what={theirLabel} value={ourValue} />
            {note && <span className="origin">{note}</span>}
          </div>,
        ])}
      />
    </div>
  )
}

function Value({ what, value }: { readonly what: string; readonly value: string | null }) {
  if (value === null) return <span className="quiet">{text.unknown}</span>
  // Whatever has white space says what belongs there; nobody copies that.
  return /\s/.test(value) ? value : <Copyable value={value} what={what} />
}

type NotesProps = { readonly notes: FederationStep['notes']; readonly product: string }

function Notes({ notes, product }: NotesProps) {
  return (
    <Stack gap="sm" className="at-product">
      <h3>{text.notes(product)}</h3>
      {notes.map(({ text: lines, table }) => (
        <Stack key={lines.join()} gap="sm">
          {lines.map((line) => (
            <Text key={line} size="sm" component="p">
              {line}
            </Text>
          ))}
          {table && <NoteTable label={text.notes(product)} {...table} />}
        </Stack>
      ))}
    </Stack>
  )
}

type NoteTableProps = {
  readonly label: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

type Row = { readonly id: string; readonly cells: readonly string[] }

function NoteTable({ label, columns, rows }: NoteTableProps) {
  return (
    <Table
      label={label}
      columns={columns.map((name, place) => ({ name, cell: ({ cells }: Row) => cells[place] }))}
      rows={rows.map((cells) => ({ id: cells.join(), cells }))}
    />
  )
}
