import { Button, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { BringForm } from '#connections/bring-form.tsx'
import type { Check, Guide, SetupSource } from '#connections/setup-source.ts'
import { Fault, Loaded } from '#parts/answers.tsx'
import { State } from '#parts/badge.tsx'
import { Copyable } from '#parts/copyable.tsx'
import { Facts } from '#parts/facts.tsx'
import { Section } from '#parts/page.tsx'
import { guide as text } from '#words/guide.ts'

/** The product stands in the address, so that the page is the same when somebody comes back to it. */
export function GuideView({ source }: { readonly source: SetupSource }) {
  const navigate = useNavigate()
  const { product } = useSearch({ strict: false }) as { readonly product?: string }
  const known = source.products.some((one) => one.product === product) ? product : undefined
  return (
    <Stack gap="lg">
      <Select
        className="narrow"
        label={text.product}
        placeholder={text.choose}
        data={source.products.map(({ product, name }) => ({ value: product, label: name }))}
        value={known ?? null}
        allowDeselect={false}
        searchable
        onChange={(value) => void navigate({ to: '.', search: { product: value } as never, replace: true })}
      />
      {known !== undefined && <Steps key={known} source={source} product={known} />}
    </Stack>
  )
}

function Steps({ source, product }: { readonly source: SetupSource; readonly product: string }) {
  const query = useQuery({ queryKey: [...source.key, 'guide', product], queryFn: () => source.guide(product) })
  const checking = useMutation({ mutationFn: source.checks })
  const props = { source, checks: checking.data, check: () => checking.mutate(), busy: checking.isPending }
  return (
    <Loaded query={query} rows={8}>
      {({ steps }) => (
        <ol className="steps">
          {steps.map((step) => (
            <li key={step.number}>
              <Step step={step} {...props} />
            </li>
          ))}
          {checking.error && <Fault error={checking.error} />}
        </ol>
      )}
    </Loaded>
  )
}

type StepProps = {
  readonly step: Guide['steps'][number]
  readonly source: SetupSource
  readonly checks: readonly Check[] | undefined
  readonly check: () => void
  readonly busy: boolean
}

function Step({ step, source, checks, check, busy }: StepProps) {
  const { number, title, text: words, fields, brings } = step
  const verdict = checks?.find(({ code }) => code === step.check)
  return (
    <Section title={`${number}. ${title}`}>
      <Stack gap="md">
        <Text>{words}</Text>
        {fields.length > 0 && (
          <Facts
            items={fields.map(({ theirLabel, value, note }) => [
              theirLabel,
              <div key={theirLabel}>
                {value === null ? (
                  <span className="quiet">{text.empty}</span>
                ) : (
                  <Copyable value={value} what={theirLabel} />
                )}
                {note !== null && <span className="origin">{note}</span>}
              </div>,
            ])}
          />
        )}
        {brings.length > 0 && <BringForm source={source} brings={brings} done={check} />}
        {step.check !== null && (
          <div role="status">
            <Button size="xs" variant="default" onClick={check} loading={busy}>
              {text.check}
            </Button>
            {verdict && <Verdict check={verdict} />}
          </div>
        )}
      </Stack>
    </Section>
  )
}

export function Verdict({ check: { ok, sentence, cure } }: { readonly check: Check }) {
  const of = ok === true ? 'good' : ok === false ? 'broken' : 'quiet'
  return (
    <p className="verdict">
      <State of={of}>{text.checkStates[`${ok}`]}</State> {sentence} {cure}
    </p>
  )
}
