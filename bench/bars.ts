// What the library promises, as bounds on ratios of figures of one run. The times themselves are a machine's and prove nothing.

import type { Corpus, Kind } from './corpus.ts'
import type { Memory } from './memory.ts'
import { jdk, libxmlsec1 } from './native.ts'
import { quantile, ratio, type Timings } from './rounds.ts'

export type Bar = {
  readonly what: string
  readonly measured: string
  readonly bound: string
  /** Undefined: nothing was measured that it could be held against. */
  readonly ok: boolean | undefined
}

const ours = '@sallyport/saml'
const limits: readonly (readonly [Kind, number])[] = [
  ['a', 2.3],
  ['b', 2.3],
  ['c', 2.3],
  ['aokta', 3.0],
  ['e', 4.0],
  ['d', 1.25],
]
const compared: readonly Kind[] = ['a', 'aokta', 'b', 'c', 'e']
const leftBehind = 256 * 1024

export function judgeBars(timings: Timings, corpus: Corpus, memory: Memory): Bar[] {
  return [
    ...limits.map(([kind, most]) => atMost(`${kind}: full check ÷ limit`, ratio(timings, kind, ours, 'limit'), most)),
    ...[libxmlsec1, jdk].flatMap((peer) =>
      compared.map((kind) => atLeast(`${kind}: ${peer} ÷ full check`, ratio(timings, kind, peer, ours), 1)),
    ),
    atLeast('a: @node-saml/node-saml ÷ full check', ratio(timings, 'a', '@node-saml/node-saml', ours), 50),
    atMost('cost per byte: e ÷ a', costPerByte(timings, corpus), 1.2),
    heap(memory),
  ]
}

function atMost(what: string, value: number | undefined, bound: number): Bar {
  return bar(what, value, `at most ${bound}`, (found) => found <= bound)
}

function atLeast(what: string, value: number | undefined, bound: number): Bar {
  return bar(what, value, `at least ${bound}`, (found) => found >= bound)
}

function bar(what: string, value: number | undefined, bound: string, holds: (value: number) => boolean): Bar {
  if (value === undefined) return { what, measured: 'not measured', bound, ok: undefined }
  return { what, measured: value.toFixed(2), bound, ok: holds(value) }
}

function costPerByte(timings: Timings, corpus: Corpus): number | undefined {
  const [a, e] = (['a', 'e'] as const).map((kind) => ({
    rounds: timings.get(ours)?.get(kind)?.ofRounds,
    bytes: corpus.messages.find((message) => message.kind === kind)?.bytes ?? 0,
  }))
  if (a?.rounds === undefined || e?.rounds === undefined) return undefined
  const small = a.rounds
  const ratios = [...e.rounds].map(([round, time]) => time / e.bytes / ((small.get(round) ?? Number.NaN) / a.bytes))
  return quantile(ratios, 0.5)
}

function heap({ checks, heapBefore, heapAfter }: Memory): Bar {
  const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`
  return {
    what: `heap after ${checks} checks and a collection, less the heap before`,
    measured: kib(heapAfter - heapBefore),
    bound: `at most ${kib(leftBehind)}`,
    ok: heapAfter - heapBefore <= leftBehind,
  }
}
