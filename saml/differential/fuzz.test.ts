// Mutants of sound responses by the thousand: nobody becomes somebody else.

import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { addUp, type FuzzRange, type FuzzReport } from './fuzz.ts'
import { long, seed, size } from './size.ts'

const mutants = size(20_000, 1_000_000)

function onThread(range: FuzzRange): Promise<FuzzReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: range })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

test(`Core 5.4: ${mutants} mutants of signed and encrypted responses yield the identity that was signed, or none`, {
  timeout: size(120_000, 3_600_000),
}, async (t) => {
  const threads = Math.min(8, availableParallelism())
  const share = Math.ceil(mutants / threads)
  const started = performance.now()
  const ranges = Array.from({ length: threads }, (_, i) => ({
    seed,
    from: i * share,
    count: Math.min(share, mutants - i * share),
  }))
  const report = addUp(await Promise.all(ranges.map(onThread)))
  const seconds = (performance.now() - started) / 1000
  t.diagnostic(
    `seed ${seed}, ${report.mutants} mutants in ${seconds.toFixed(1)} s, slowest ${report.slowest.toFixed(1)} ms`,
  )
  for (const [outcome, count] of Object.entries(report.outcomes)) t.diagnostic(`${count} ${outcome}`)
  if (long) t.diagnostic(`accepted by change: ${JSON.stringify(report.accepted)}`)
  assert.deepEqual(report.problems, [])
  assert.equal(report.mutants, mutants)
  // A fuzzer of which everything is refused at the door would find nothing behind it.
  assert.ok((report.outcomes['accepted, identical'] ?? 0) > mutants / 50)
  for (const code of [
    'structure',
    'id-unique',
    'signature-form',
    'signature-reference',
    'signature-digest',
    'signature-key',
  ]) {
    assert.ok((report.outcomes[code] ?? 0) > 0, `no mutant was refused by ${code}`)
  }
})
