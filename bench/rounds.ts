// The measuring: rounds in which every contender checks a batch of every kind, in an order that changes from round to
// round. What disturbs the machine for a while disturbs all of them, and figures of one round can be compared.

import type { Entry } from './contender.ts'
import type { Kind } from './corpus.ts'
import { quantile } from './results.ts'

/** Microseconds. */
export type Timing = {
  /** The median over the rounds of each round's median. */
  readonly p50: number
  readonly p95: number
  /** The quarters of the rounds' medians: how far the machine moved them. */
  readonly quarters: readonly [number, number]
  /** The median of each round, by the number of the round: what ratios are made of. */
  readonly ofRounds: ReadonlyMap<number, number>
}
export type Timings = ReadonlyMap<string, ReadonlyMap<Kind, Timing>>

export type Plan = {
  readonly rounds: number
  readonly warmUpRounds: number
  /** Called after each round that counts. */
  readonly between: (round: number) => Promise<void> | void
}

type Round =
  | { readonly p50: number; readonly samples: readonly number[] }
  | { readonly p50: number; readonly p95: number }

export class Recorder {
  readonly #rounds = new Map<string, Map<Kind, Map<number, Round>>>()

  /** `round`: what one contender did in it, as single times or as another program has summed them up. */
  add(name: string, kind: Kind, round: number, did: Round): void {
    const kinds = getOrInsert(this.#rounds, name, () => new Map<Kind, Map<number, Round>>())
    getOrInsert(kinds, kind, () => new Map<number, Round>()).set(round, did)
  }

  /** In the order of `names`. */
  timings(names: readonly string[]): Timings {
    return new Map(names.map((name) => [name, mapValues(this.#rounds.get(name) ?? new Map(), summarise)]))
  }
}

function summarise(rounds: ReadonlyMap<number, Round>): Timing {
  const ofRounds = mapValues(rounds, ({ p50 }) => p50)
  const medians = [...ofRounds.values()]
  const all = [...rounds.values()]
  const samples = all.flatMap((round) => ('samples' in round ? round.samples : []))
  const summed = all.flatMap((round) => ('p95' in round ? [round.p95] : []))
  return {
    p50: quantile(medians, 0.5),
    p95: summed.length > 0 ? quantile(summed, 0.5) : quantile(samples, 0.95),
    quarters: [quantile(medians, 0.25), quantile(medians, 0.75)],
    ofRounds,
  }
}

export async function runRounds(entries: readonly Entry[], recorder: Recorder, plan: Plan): Promise<void> {
  const kinds = [...Map.groupBy(entries, ({ message }) => message.kind).values()]
  for (let round = -plan.warmUpRounds; round < plan.rounds; round++) {
    for (const ofKind of kinds) {
      for (const { contender, message, check } of inTurn(ofKind, round + plan.warmUpRounds)) {
        const { name, batch, clock } = contender
        const samples: number[] = []
        for (let i = 0; i < (round < 0 ? batch * warmUpFactor(batch) : batch); i++) {
          const start = clock()
          const result = check(message.field)
          if (result instanceof Promise) await result
          samples.push(clock() - start)
        }
        if (round >= 0) recorder.add(name, message.kind, round, { p50: quantile(samples, 0.5), samples })
      }
    }
    if (round >= 0) await plan.between(round)
  }
}

// The engine compiles for good what was called some ten thousand times. What takes microseconds gets there before it counts;
// what takes milliseconds was called that often inside.
function warmUpFactor(batch: number): number {
  return batch >= 100 ? 4 : 1
}

// Every contender begins once, and every second time they go the other way about, so that none has always the same before it.
function inTurn<T>(entries: readonly T[], round: number): readonly T[] {
  const at = round % entries.length
  const turned = [...entries.slice(at), ...entries.slice(0, at)]
  return Math.floor(round / entries.length) % 2 === 0 ? turned : turned.reverse()
}

/** A ratio within each round: its median over the rounds, and the quarters. */
export type Ratio = { readonly p50: number; readonly quarters: readonly [number, number] }
type Measured = readonly [name: string, kind: Kind]

/** How many times as long one takes as the other, over the rounds that both took part in; undefined where there are none. */
export function ratio(timings: Timings, of: Measured, to: Measured): Ratio | undefined {
  const [times, others] = [of, to].map(
    ([name, kind]) => timings.get(name)?.get(kind)?.ofRounds ?? new Map<number, number>(),
  )
  const ratios = [...(times ?? [])].flatMap(([round, time]) => {
    const other = others?.get(round)
    return other === undefined ? [] : [time / other]
  })
  if (ratios.length === 0) return undefined
  return { p50: quantile(ratios, 0.5), quarters: [quantile(ratios, 0.25), quantile(ratios, 0.75)] }
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, change: (value: A) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}

function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}
