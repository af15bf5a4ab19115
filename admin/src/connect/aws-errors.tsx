import type { AwsReport } from '#connect/aws-said.ts'
import { State } from '#parts/badge.tsx'
import { Facts } from '#parts/facts.tsx'
import { report as text } from '#words/aws-check.ts'

const colours = { 'would-cause': 'broken', 'would-not': 'good', 'cannot-tell': 'warning' } as const

/** AWS's own words, and for each whether this response would bring them up. */
export function AwsErrors({ errors }: { readonly errors: AwsReport['errors'] }) {
  return (
    <ul className="entries" aria-label={text.errorsList}>
      {errors.map(({ error, text: said, judgement, certain, why, cure }) => (
        <li key={error} className="failed-check">
          <div>
            <State of={colours[judgement]}>{text.judgements[judgement]}</State> <q>{said}</q>
          </div>
          <div>
            {why}
            {judgement === 'would-cause' && !certain && <span className="origin">{text.uncertain}</span>}
          </div>
          {judgement !== 'would-not' && <Facts items={[[text.cure, cure]]} />}
        </li>
      ))}
    </ul>
  )
}
