// `node bench/sessions.ts`: what it costs to know a browser by its cookie, to answer an application that asks whose it is
// (/session, with nothing kept from before), and to show a page of the list of sessions, in an Environment of a thousand
// sessions and in one of a million, in turn, in one SQLite database each. None may grow with the number of sessions.
// Queries are counted, and SQLite is asked how it answers them.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where a bar is missed
//   --sessions=1000000

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { KyselyPlugin, QueryId, RootOperationNode } from 'kysely'
import { listSessions } from '../server/src/sessions/list.ts'
import { describeSession } from '../server/src/sessions/session-answer.ts'
import { findSession } from '../server/src/sessions/sessions.ts'
import { findAt } from '../server/src/sessions/who-is-at.ts'
import type { Handle } from '../server/src/storage/database.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile, table } from './results.ts'
import { environmentId, idOf, makePlace, now, openedAtOf, type Place, tokenOf } from './session-place.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    sessions: { type: 'string', default: '1000000' },
    rounds: { type: 'string' },
  },
})
const many = Number.parseInt(options.sessions, 10)
const rounds = 30
const warmUp = 5
const PAGE = 50

/** Somewhere else each time, and all over the table. */
const somewhere = (step: number, sessions: number): number => (step * 7919) % sessions

async function lookUp(db: Handle, { sessions }: Place, step: number): Promise<void> {
  const nth = somewhere(step, sessions)
  const found = await findSession(db, environmentId, tokenOf(nth), now)
  if (found?.session.id !== idOf(nth)) throw new Error(`session ${nth} was not found`)
}

/** All that GET /session does between the cookie and the JSON of its answer. */
async function answer(db: Handle, { sessions }: Place, step: number): Promise<void> {
  const nth = 10 * Math.floor(somewhere(step, sessions) / 10)
  const cookies = [{ environmentId, token: tokenOf(nth) }] as const
  const at = await findAt(db, { companySlug: 'a', environmentSlug: 'a' }, cookies, now)
  if (at?.found === undefined || at.found.ended !== undefined) throw new Error(`session ${nth} was not found`)
  const { session, account } = at.found
  if (JSON.stringify(describeSession(session, account)).length < 500) throw new Error('the answer is too short')
}

async function showPage(db: Handle, { sessions }: Place, step: number): Promise<void> {
  const nth = 2 * PAGE + somewhere(step, sessions - 2 * PAGE)
  const after = { openedAt: new Date(openedAtOf(nth, sessions)), id: idOf(nth) }
  const found = await listSessions(db, environmentId, { state: 'open', after, limit: PAGE }, now)
  if (found.length !== PAGE) throw new Error(`the page after session ${nth} has ${found.length} entries`)
}

type Work = typeof lookUp

// What a bar allows is the depth of the indexes, and that of a thousand sessions all of them lie in SQLite's memory. The
// answer is put together from ten indexes and tables, the others from two or from neighbouring entries.
const works = [
  { what: 'session by cookie', work: lookUp, batch: 400, bar: 1.5 },
  { what: 'answer of /session', work: answer, batch: 100, bar: 2 },
  { what: `page of ${PAGE} sessions`, work: showPage, batch: 20, bar: 1.5 },
] as const

/** The queries of one piece of work, and the steps in which SQLite answers them. */
async function queriesOf(
  work: Work,
  place: Place,
): Promise<{ readonly count: number; readonly steps: readonly string[] }> {
  const nodes: RootOperationNode[] = []
  const begun = new WeakMap<QueryId, RootOperationNode>()
  // A query within a query is transformed, too, but only a statement has a result.
  const noting: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      begun.set(queryId, node)
      return node
    },
    transformResult: async ({ result, queryId }) => {
      nodes.push(begun.get(queryId)!)
      return result
    },
  }
  await work(place.db.read.withPlugin(noting), place, 1)
  const steps: string[] = []
  for (const node of nodes) {
    const compiled = place.db.read.getExecutor().compileQuery(node, { queryId: 'bench' })
    const { rows } = await place.db.read.executeQuery<{ detail: string }>({
      ...compiled,
      sql: `explain query plan ${compiled.sql}`,
    })
    steps.push(...rows.map(({ detail }) => detail))
  }
  return { count: nodes.length, steps }
}

async function time(work: Work, place: Place, { round, batch }: { readonly round: number; readonly batch: number }) {
  const samples: number[] = []
  for (let i = 0; i < batch; i++) {
    const start = performance.now()
    await work(place.db.read, place, round * batch + i)
    samples.push((performance.now() - start) * 1000)
  }
  return quantile(samples, 0.5)
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const places = [await makePlace(folder, 1000), await makePlace(folder, many)] as const
  const results: {
    readonly row: readonly string[]
    readonly bar: string
    readonly plan: string
    readonly ok: boolean
  }[] = []
  for (const { what, work, batch, bar } of works) {
    const { count, steps } = await queriesOf(work, places[1])
    const medians: readonly number[][] = [[], []]
    for (let round = 0; round < warmUp + rounds; round++) {
      for (const [which, place] of places.entries()) {
        const median = await time(work, place, { round, batch })
        if (round >= warmUp) medians[which]!.push(median)
      }
    }
    const ratios = medians[1]!.map((value, nth) => value / medians[0]![nth]!)
    const ratio = quantile(ratios, 0.5)
    const [few, lots] = medians.map((values) => quantile(values, 0.5).toFixed(1)) as [string, string]
    const quarters = [quantile(ratios, 0.25), quantile(ratios, 0.75)].map((value) => value.toFixed(2)).join('–')
    const isIndexed = steps.every((step) => !step.startsWith('SCAN sessions'))
    const ok = ratio <= bar && isIndexed && (work === showPage || count === 1)
    const measured = `${ratio.toFixed(2)} (${quarters})`
    results.push({
      row: [what, String(count), few, lots],
      bar: `- ${what}: many ÷ few, as the median of the ratios within each round, ${measured}, at most ${bar}: ${ok ? 'ok' : 'MISSED'}`,
      plan: `- ${what}: ${steps.map((step) => `\`${step}\``).join(', ')}`,
      ok,
    })
  }
  const report = [
    `- ${now.toISOString().slice(0, 10)}: ${describeMachine()}; SQLite`,
    '',
    ...table(
      ['', 'queries', 'of 1000, µs', `of ${many}, µs`],
      results.map(({ row }) => row),
    ),
    '',
    ...results.map(({ bar }) => bar),
    '',
    'How SQLite answers:',
    '',
    ...results.map(({ plan }) => plan),
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('sessions', report)
  if (options.check && results.some(({ ok }) => !ok)) process.exitCode = 1
  for (const { db } of places) await db.close()
} finally {
  rmSync(folder, { recursive: true })
}
