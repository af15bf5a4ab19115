// Judges mutants of sound messages. Whatever comes out is the identity that was signed, or a refusal; never another
// identity, never an exception, never slow.

import { isDeepStrictEqual } from 'node:util'
import { judgeResponse, type ResponseVerdict } from '../src/messages/judge-response.ts'
import { type Base, bases, material } from './bases.ts'
import { chanceOf } from './chance.ts'
import { families, type Mutant, mutate } from './mutate.ts'

export type FuzzReport = {
  readonly mutants: number
  /** `accepted, identical`, or the code of the first check that failed: how many mutants. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Family of changes to how many were accepted all the same. */
  readonly accepted: Readonly<Record<string, number>>
  readonly slowest: number
  /** What must not be, with the number of the mutant, from which it can be made again. */
  readonly problems: readonly string[]
}

export type FuzzRange = { readonly seed: number; readonly from: number; readonly count: number }

const mostMilliseconds = 250
const identical = 'accepted, identical'
const kinds = [...Object.keys(families), 'encodings']

/** The mutant of that number: the same for the same seed, whatever was made before. */
export function mutantOf(seed: number, number: number, from: readonly Base[], extra = material()) {
  const chance = chanceOf(seed, number)
  const base = chance.pick(from)
  return { base, ...mutate(base.xml, chance, extra, kinds) }
}

export function fuzz({ seed, from, count }: FuzzRange): FuzzReport {
  const all = bases()
  const extra = material()
  const sound = new Map(all.map((base) => [base, judgeResponse({ ...base.input, message: base.xml }).claims]))
  const outcomes: Record<string, number> = {}
  const accepted: Record<string, number> = {}
  const problems: string[] = []
  let slowest = 0
  for (let number = from; number < from + count; number++) {
    const mutant = mutantOf(seed, number, all, extra)
    const { base, changes } = mutant
    const { outcome, milliseconds } = judge(mutant, base, sound.get(base))
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (outcome === identical) for (const change of changes) accepted[change] = (accepted[change] ?? 0) + 1
    slowest = Math.max(slowest, milliseconds)
    if (milliseconds > mostMilliseconds) problems.push(`${number}: ${Math.round(milliseconds)} ms`)
    if (outcome.startsWith('!')) problems.push(`${number}: ${outcome} (${base.name}: ${changes.join(', ')})`)
  }
  return { mutants: count, outcomes, accepted, slowest, problems }
}

function judge(mutant: Mutant, base: Base, expected: ResponseVerdict['claims']) {
  const input = { ...base.input, message: mutant.message }
  let milliseconds = Number.POSITIVE_INFINITY
  // On a busy machine anything can be slow once; what is slow three times is slow.
  for (let i = 0; i < 3 && milliseconds > mostMilliseconds; i++) {
    const start = performance.now()
    try {
      const verdict = judgeResponse(input)
      milliseconds = Math.min(milliseconds, performance.now() - start)
      if (milliseconds <= mostMilliseconds || i === 2) return { outcome: outcomeOf(verdict, expected), milliseconds }
    } catch (error) {
      return { outcome: `!threw ${error instanceof Error ? error.stack : error}`, milliseconds: 0 }
    }
  }
  return { outcome: '!never', milliseconds }
}

function outcomeOf(verdict: ResponseVerdict, expected: ResponseVerdict['claims']): string {
  if (verdict.ok !== (verdict.claims !== undefined)) return '!ok and claims differ'
  if (verdict.claims !== undefined) {
    return isDeepStrictEqual(verdict.claims, expected) ? identical : `!identity ${JSON.stringify(verdict.claims)}`
  }
  const first = verdict.checks.find(({ outcome }) => outcome !== 'passed')
  return first === undefined ? '!refused for nothing' : first.code
}

export function addUp(reports: readonly FuzzReport[]): FuzzReport {
  const sum = (pick: (report: FuzzReport) => Readonly<Record<string, number>>): Record<string, number> => {
    const total: Record<string, number> = {}
    for (const report of reports) {
      for (const [key, count] of Object.entries(pick(report))) total[key] = (total[key] ?? 0) + count
    }
    return Object.fromEntries(Object.entries(total).sort(([, a], [, b]) => b - a))
  }
  return {
    mutants: reports.reduce((count, report) => count + report.mutants, 0),
    outcomes: sum(({ outcomes }) => outcomes),
    accepted: sum(({ accepted }) => accepted),
    slowest: Math.max(...reports.map(({ slowest }) => slowest)),
    problems: reports.flatMap(({ problems }) => problems),
  }
}
