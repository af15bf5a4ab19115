import '#look/sequence.css'
import type { Found } from '#api/here.ts'
import { exactWords } from '#parts/time.tsx'
import { record as text } from '#words/records.ts'

type SigninRecord = Found<'records/{reference}'>
type Step = SigninRecord['steps'][number]
type Party = Step['from']

/** From left to right. */
const lanes: readonly Party[] = ['browser', 'sallyport', 'identity-provider']

/**
 * Who sent what to whom. It is a list of sentences; where there is room, each stands over its arrow between the lines of
 * the three, and “from … to …” is left to those who do not see the arrows.
 */
export function Sequence({ steps, checks, outcome }: Pick<SigninRecord, 'steps' | 'checks' | 'outcome'>) {
  const first = steps.find(({ at }) => at !== null)?.at
  return (
    <div className="sequence">
      <div className="sequence-parties" aria-hidden="true">
        {lanes.map((party) => (
          <span key={party}>{text.parties[party]}</span>
        ))}
      </div>
      <ol>
        {steps.map((step, index) => (
          <OneStep
            // biome-ignore lint/suspicious/noArrayIndexKey: the same may be sent twice
            key={index}
            step={step}
            first={index === 0 ? undefined : (first ?? undefined)}
            checks={checks}
            refused={outcome === 'refused'}
          />
        ))}
      </ol>
    </div>
  )
}

type StepProps = {
  readonly step: Step
  /** When the first step was; undefined for that one. */
  readonly first: string | undefined
  readonly checks: SigninRecord['checks']
  /** Otherwise what failed has kept nobody out. */
  readonly refused: boolean
}

function OneStep({ step, first, checks, refused }: StepProps) {
  const { from, to, what, at } = step
  const made = checks.filter(({ code }) => step.checks.includes(code))
  const failed = made.filter(({ outcome }) => outcome === 'failed')
  const passed = made.filter(({ outcome }) => outcome === 'passed').length
  const ends = [lanes.indexOf(from), lanes.indexOf(to)]
  const span = `lane-${Math.min(...ends)}-${Math.max(...ends)}`
  const direction = lanes.indexOf(from) < lanes.indexOf(to) ? 'right' : 'left'
  return (
    <li className={`${span} ${direction} ${failed.length === 0 ? '' : refused ? 'failed' : 'noticed'}`}>
      <div className="step">
        <span className="step-parties">
          {text.parties[from]} <span aria-hidden="true">→</span> <span className="hidden">{text.to}</span>{' '}
          {text.parties[to]}
          <span className="hidden">:</span>{' '}
        </span>
        <span>{what}</span> {at !== null && <Moment at={at} first={first} />}
        <span className="arrow" aria-hidden="true" />
        {failed.map(({ code, title }) => (
          <span key={code} className="step-failed">
            {refused ? text.failedHere(title) : text.noticedHere(title)}
          </span>
        ))}
        {passed > 0 && <span className="step-passed">{text.passedHere(passed)}</span>}
      </div>
    </li>
  )
}

/** The first with its time, the others with how much later they were. */
function Moment({ at, first }: { readonly at: string; readonly first: string | undefined }) {
  const then = new Date(at)
  return (
    <time className="quiet" dateTime={at} title={exactWords(then)}>
      {first === undefined ? clockTime.format(then) : text.after(secondsBetween(new Date(first), then))}
    </time>
  )
}

const secondsBetween = (first: Date, then: Date) => ((then.getTime() - first.getTime()) / 1000).toFixed(1)
const clockTime = new Intl.DateTimeFormat('en', { timeStyle: 'medium' })
