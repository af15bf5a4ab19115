// The report in Markdown, which reads well enough in a terminal too, and its place in RESULTS.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bar } from './bars.ts'
import type { Corpus, Kind } from './corpus.ts'
import type { Memory } from './memory.ts'
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

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)]
}

/** Puts `text` between the markers of `part` in RESULTS.md, and leaves the rest of the file as it is. */
export function putIntoResults(part: string, text: string): void {
  const file = join(import.meta.dirname, 'RESULTS.md')
  const [begin, end] = [`<!-- ${part}: begin -->`, `<!-- ${part}: end -->`]
  const before = readFileSync(file, 'utf8')
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`RESULTS.md has no markers for ${part}`)
  writeFileSync(file, `${before.slice(0, from)}${begin}\n\n${text}\n\n${before.slice(to)}`)
}
