// `node bench/environments.ts`: what many Environments on one node cost. Each is asked for its discovery document and for a
// client-credentials token. Its authorization server is made when it is first asked, and kept as long as it is among the
// last ones that were (MOST_PROVIDERS): so a first request is cold, a second one warm. What nothing can do without that
// uses oidc-provider is the bare one: made with everything as by default, with a key that is there, and asked for its
// discovery document. How much memory is kept for each?
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where a bar is missed
//   --environments=10000

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MOST_PROVIDERS } from '../server/src/oauth/providers.ts'
import { processorClock } from './contender.ts'
import { openSite, type Site } from './environment-place.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile, table } from './results.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    environments: { type: 'string', default: '2000' },
    rounds: { type: 'string' },
  },
})
const environments = Number.parseInt(options.environments, 10)
const BATCH = 20
const warmUp = 5
/** For the memory: so many are asked until what is compiled and remembered once is there, and then so many that count. */
const [first, counted] = [100, 300]
const afterMemory = first + counted
/** Each round takes Environments that nobody has asked yet; there are two kinds of rounds. */
const rounds = Math.min(30, Math.floor((environments - afterMemory) / BATCH / 2) - warmUp)
if (rounds < 5) throw new Error(`--environments must be ${afterMemory + BATCH * 2 * (warmUp + 5)} or more`)

const KIB = 1024
/** Without what is garbage already. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function kept(): { readonly heap: number; readonly resident: number } {
  collect()
  collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, resident: rss }
}

type Ask = (nth: number) => Promise<void>

/** Microseconds of the processor for one: other programs do not count, nor does waiting for the disk. */
async function costOf(ask: (nth: number) => unknown, nths: readonly number[]): Promise<number> {
  const start = processorClock()
  for (const nth of nths) await ask(nth)
  return (processorClock() - start) / nths.length
}

/** In each round some Environments that nobody has asked yet, the same ones again, and as many bare ones. */
async function inRounds(site: Site, from: number, ask: Ask) {
  const found: { readonly cold: number; readonly warm: number; readonly bare: number }[] = []
  for (let round = 0; round < warmUp + rounds; round++) {
    const nths = Array.from({ length: BATCH }, (_, i) => from + round * BATCH + i)
    const measured = {
      cold: await costOf(ask, nths),
      warm: await costOf(ask, nths),
      bare: await costOf(site.discoverBare, nths),
    }
    if (round >= warmUp) found.push(measured)
  }
  return found
}

type Rounds = Awaited<ReturnType<typeof inRounds>>

function rowOf(what: string, found: Rounds, bar: number) {
  const micro = (pick: (one: Rounds[number]) => number): string => quantile(found.map(pick), 0.5).toFixed(0)
  const ratios = found.map(({ cold, warm, bare }) => cold / (warm + bare))
  const [p25, p50, p75] = [0.25, 0.5, 0.75].map((part) => quantile(ratios, part)) as [number, number, number]
  const times = quantile(
    found.map(({ cold, warm }) => cold / warm),
    0.5,
  )
  const ok = p50 <= bar
  return {
    row: [what, micro(({ warm }) => warm), micro(({ cold }) => cold), micro(({ bare }) => bare), times.toFixed(2)],
    bar: `- ${what}: cold ÷ (warm + bare), as the median of the ratios within each round, ${p50.toFixed(2)} (${p25.toFixed(2)}–${p75.toFixed(2)}), at most ${bar}: ${ok ? 'ok' : 'MISSED'}`,
    ok,
  }
}

async function askAll({ discover, takeToken }: Site, from: number, to: number): Promise<void> {
  for (let nth = from; nth < to; nth++) {
    await discover(nth)
    await takeToken(nth)
  }
}

const HEAP_BAR = 96

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const site = await openSite(folder, environments)
  await askAll(site, 0, first)
  const before = kept()
  await askAll(site, first, afterMemory)
  const each = (kept().heap - before.heap) / counted / KIB
  const discovery = await inRounds(site, afterMemory, site.discover)
  const token = await inRounds(site, afterMemory + BATCH * (warmUp + rounds), site.takeToken)
  const began = processorClock()
  await askAll(site, 0, environments)
  const seconds = (processorClock() - began) / 1_000_000
  const whole = kept()
  const heapOk = each <= HEAP_BAR
  const results = [rowOf('discovery', discovery, 2), rowOf('token', token, 2.5)]
  const mebi = (bytes: number): string => `${Math.round(bytes / KIB / KIB)} MiB`
  const report = [
    `- ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}; SQLite; ${environments} Environments, ${MOST_PROVIDERS} in memory at most; ${rounds} rounds`,
    '',
    ...table(
      ['', 'warm, µs', 'cold, µs', 'bare, µs', 'cold ÷ warm'],
      results.map(({ row }) => row),
    ),
    '',
    ...results.map(({ bar }) => bar),
    `- kept for each Environment in memory, ${each.toFixed(1)} KiB, at most ${HEAP_BAR}: ${heapOk ? 'ok' : 'MISSED'}`,
    `- after all were asked, in ${seconds.toFixed(0)} s of the processor: ${mebi(whole.heap)} kept, ${mebi(whole.resident)} resident`,
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('environments', report)
  if (options.check && !(heapOk && results.every(({ ok }) => ok))) process.exitCode = 1
  await site.close()
} finally {
  rmSync(folder, { recursive: true })
}
