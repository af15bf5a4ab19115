// The report of the benchmark of SAML in Markdown, which reads well enough in a terminal too.

import type { Bar } from './bars.ts'
import type { Corpus, Kind } from './corpus.ts'
import type { Memory } from './memory.ts'
import { table } from './results.ts'
import { ratio, type Timing, type Timings } from './rounds.ts'

export type Report = {
  readonly corpus: Corpus
  readonly timings: Timings
  readonly memory: Memory
  readonly bars: readonly Bar[]
  /** Machine, versions, number of rounds, what is missing: a line each. */
  readonly facts: readonly string[]
}

export function writeReport({ corpus, timings, memory, bars, facts }: Report): string {
  const kinds = corpus.messages.map(({ kind }) => kind)
  const cells = (cell: (name: string, kind: Kind, timing: Timing) => string): string[][] =>
    [...timings].map(([name, ofKinds]) => [
      name,
      ...kinds.map((kind) => {
        const timing = ofKinds.get(kind)
        return timing === undefined ? '–' : cell(name, kind, timing)
      }),
    ])
  const header = ['', ...kinds]
  return [
    ...facts.map((fact) => `- ${fact}`),
    '',
    ...table(
      ['kind', 'message', 'bytes', 'values'],
      corpus.messages.map(({ kind, title, bytes, valueCount }) => [kind, title, String(bytes), String(valueCount)]),
    ),
    '',
    'Microseconds for one message: the median, and in brackets the quarters of the medians of all rounds.',
    '',
    ...table(
      header,
      cells((_, __, { p50, quarters: [low, high] }) => `${micro(p50)} (${micro(low)}–${micro(high)})`),
    ),
    '',
    'The 95th percentile, microseconds:',
    '',
    ...table(
      header,
      cells((_, __, { p95 }) => micro(p95)),
    ),
    '',
    'Times the limit, as the median of the ratios within each round:',
    '',
    ...table(
      header,
      cells((name, kind) => ratio(timings, [name, kind], ['limit', kind])?.p50.toFixed(2) ?? '–'),
    ),
    '',
    'Bars:',
    '',
    ...table(
      ['', 'measured', 'bound', ''],
      bars.map(({ what, measured, bound, ok }) => [
        what,
        measured,
        bound,
        ok === undefined ? '–' : ok ? 'ok' : 'MISSED',
      ]),
    ),
    '',
    allocation(memory),
  ].join('\n')
}

function allocation({ allocated }: Memory): string {
  const kinds = Object.entries(allocated).map(([kind, bytes]) => `${kind} ${(bytes / 1024).toFixed(1)} KiB`)
  return kinds.length === 0
    ? 'What a check allocates is not counted by this Node.'
    : `One check allocates on the heap: ${kinds.join(', ')}.`
}

function micro(value: number): string {
  return value < 1000 ? value.toFixed(1) : value.toFixed(0)
}
