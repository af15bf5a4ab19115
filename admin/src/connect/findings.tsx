import type { Found } from '#api/here.ts'
import { State } from '#parts/badge.tsx'
import { findings as text } from '#words/amazon-connect.ts'

export type Finding = Found<'amazon-connect/relay-state', 'post'>['findings'][number]

const colours = { broken: 'broken', doubtful: 'warning', note: 'quiet' } as const

/** What the API has noticed in something that was typed or pasted: a sentence and what to do, each. */
export function Findings({ items }: { readonly items: readonly Finding[] }) {
  if (items.length === 0) return undefined
  return (
    <ul className="entries findings" aria-label={text.list}>
      {items.map(({ code, severity, sentence, cure }) => (
        <li key={code + sentence}>
          <State of={colours[severity]}>{text.severities[severity]}</State>{' '}
          <span>
            {sentence} {cure}
          </span>
        </li>
      ))}
    </ul>
  )
}
