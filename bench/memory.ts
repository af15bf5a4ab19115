// What 20,000 checks leave behind and what one allocates. `node --expose-gc bench/memory.ts` prints it as JSON: a process of
// its own, because another's garbage would be counted here.

import { spawnSync } from 'node:child_process'
import { getHeapStatistics } from 'node:v8'
import { sallyport } from './contenders.ts'
import { type Corpus, type Kind, makeCorpus } from './corpus.ts'

export type Memory = {
  readonly checks: number
  readonly heapBefore: number
  readonly heapAfter: number
  /** Bytes for one check on V8's heap; undefined where this Node does not count them. */
  readonly allocated: Readonly<Partial<Record<Kind, number>>>
}

const checks = 20_000

export function measureMemory(): Memory {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', import.meta.filename], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`measuring the memory failed: ${stderr}`)
  return JSON.parse(stdout) as Memory
}

function run(corpus: Corpus, collect: () => void): Memory {
  const contender = sallyport(corpus)
  const entries = corpus.messages.flatMap((message) => {
    const check = contender.prepare(message)
    return check === undefined ? [] : [{ kind: message.kind, checkOnce: () => check(message.field) }]
  })
  const checkAll = (count: number): void => {
    for (let i = 0; i < count; i++) entries[i % entries.length]?.checkOnce()
  }
  const heap = (): number => {
    collect()
    collect()
    return process.memoryUsage().heapUsed
  }
  checkAll(checks) // what is compiled and remembered once is there before the first look
  const heapBefore = heap()
  checkAll(checks)
  const heapAfter = heap()
  const allocated = entries.flatMap(({ kind, checkOnce }) => {
    const before = allocatedBytes()
    for (let i = 0; i < 500; i++) checkOnce()
    const after = allocatedBytes()
    return before === undefined || after === undefined ? [] : [[kind, Math.round((after - before) / 500)] as const]
  })
  return { checks, heapBefore, heapAfter, allocated: Object.fromEntries(allocated) }
}

function allocatedBytes(): number | undefined {
  return (getHeapStatistics() as { total_allocated_bytes?: number }).total_allocated_bytes
}

if (import.meta.main) {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc')
  const collect = globalThis.gc
  process.stdout.write(JSON.stringify(run(makeCorpus(new Date()), () => void collect())))
}
