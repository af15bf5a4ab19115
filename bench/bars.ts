// What the library promises, as bounds on ratios of figures of one run. The times themselves are a machine's and prove nothing.

import type { Corpus, Kind } from './corpus.ts'
import type { Memory } from './memory.ts'
import { jdk, libxmlsec1 } from './native.ts'
import { type Ratio, ratio, type Timings } from './rounds.ts'

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
  const bytes = (kind: Kind): number => corpus.messages.find((message) => message.kind === kind)?.bytes ?? Number.NaN
  const nodeSaml = '@node-saml/node-saml'
  return [
    ...limits.map(([kind, most]) =>
      atMost(`${kind}: full check ÷ limit`, ratio(timings, [ours, kind], ['limit', kind]), most),
    ),
    ...[libxmlsec1, jdk].flatMap((peer) =>
      compared.map((kind) => atLeast(`${kind}: ${peer} ÷ full check`, ratio(timings, [peer, kind], [ours, kind]), 1)),
    ),
    atLeast(`a: ${nodeSaml} ÷ full check`, ratio(timings, [nodeSaml, 'a'], [ours, 'a']), 50),
    atMost('cost per byte: e ÷ a', times(ratio(timings, [ours, 'e'], [ours, 'a']), bytes('a') / bytes('e')), 1.2),
    heap(memory),
  ]
}

function atMost(what: string, found: Ratio | undefined, bound: number): Bar {
  return bar(what, found, `at most ${bound}`, (value) => value <= bound)
}

function atLeast(what: string, found: Ratio | undefined, bound: number): Bar {
  return bar(what, found, `at least ${bound}`, (value) => value >= bound)
}

function bar(what: string, found: Ratio | undefined, bound: string, holds: (value: number) => boolean): Bar {
  if (found === undefined) return { what, measured: 'not measured', bound, ok: undefined }
  const [low, high] = found.quarters
  const measured = `${found.p50.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
  return { what, measured, bound, ok: holds(found.p50) }
}

function times(found: Ratio | undefined, factor: number): Ratio | undefined {
  if (found === undefined) return undefined
  const [low, high] = found.quarters
  return { p50: found.p50 * factor, quarters: [low * factor, high * factor] }
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
