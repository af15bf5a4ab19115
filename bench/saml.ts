// `npm run bench:saml`: what checking one SAML response costs, beside what it costs elsewhere and what it must cost.
//
//   --write      puts the report into bench/RESULTS.md
//   --check      ends with 1 where a bar is missed
//   --rounds=20  instead of 40; fewer are quicker and say less

import { parseArgs } from 'node:util'
import { judgeBars } from './bars.ts'
import { type Entry, enter } from './contender.ts'
import { peers, sallyport } from './contenders.ts'
import { makeCorpus } from './corpus.ts'
import { limit } from './limit.ts'
import { describeMachine, keepToOneCore, versionOf } from './machine.ts'
import { measureMemory } from './memory.ts'
import { startNatives } from './native.ts'
import { writeReport } from './report.ts'
import { putIntoResults } from './results.ts'
import { Recorder, runRounds } from './rounds.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '40' },
  },
})
const rounds = Math.max(1, Number.parseInt(options.rounds, 10) || 40)
const nativeRuns = Math.min(5, rounds)

const began = new Date()
const cores = keepToOneCore()
const corpus = makeCorpus(began)
const ours = sallyport(corpus)
const contenders = [limit(corpus), ours, ...peers(corpus)]
const entries: Entry[] = []
for (const contender of contenders) entries.push(...(await enter(contender, corpus.messages)))
const natives = await startNatives(corpus)

const recorder = new Recorder()
try {
  await runRounds(entries, recorder, {
    rounds,
    warmUpRounds: Math.min(10, rounds),
    between: async (round) => {
      if ((round + 1) % Math.ceil(rounds / nativeRuns) !== 0) return
      for (const native of natives.found) await native.run(round, recorder)
    },
  })
} finally {
  natives.close()
}

const timings = recorder.timings([...contenders, ...natives.found].map(({ name }) => name))
const memory = measureMemory()
const bars = judgeBars(timings, corpus, memory)
const versions = ['@node-saml/node-saml', 'samlify', '@boxyhq/saml20', 'xml-crypto'].map(versionOf)
const facts = [
  `${began.toISOString().slice(0, 10)}: ${describeMachine()}; ${cores}; ${rounds} rounds`,
  `versions: ${[...versions, ...natives.found.map(({ version }) => version)].join(', ')}`,
  `messages signed with RSA-2048 and SHA-256, made by ${corpus.madeBy}`,
  ...natives.missing,
]
const report = writeReport({ corpus, timings, memory, bars, facts })
process.stdout.write(`${report}\n`)
if (options.write) putIntoResults('saml', report)
if (options.check && bars.some(({ ok }) => ok === false)) process.exitCode = 1
