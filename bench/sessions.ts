// `node bench/sessions.ts`: what it costs to know a browser by its cookie, and to show a page of the list of sessions, in an
// Environment of a thousand sessions and in one of a million, in turn, in one SQLite database each. Neither may grow with
// the number of sessions. Queries are counted, and SQLite is asked how it answers them.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where a bar is missed
//   --sessions=1000000

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { KyselyPlugin, RootOperationNode } from 'kysely'
import { tokenHash } from '../server/src/http/token-hash.ts'
import { listSessions } from '../server/src/sessions/list.ts'
import { findSession } from '../server/src/sessions/sessions.ts'
import { type Database, type Handle, openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import type { SessionRow } from '../server/src/storage/tables.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, table } from './report.ts'
import { quantile } from './rounds.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    sessions: { type: 'string', default: '1000000' },
    rounds: { type: 'string' },
  },
})
const many = Number.parseInt(options.sessions, 10)
const BAR = 1.5
const rounds = 30
const warmUp = 5
const PAGE = 50
const SESSIONS_EACH = 10

const environmentId = 'env_bench'
const now = new Date()
const HOUR_MS = 60 * 60 * 1000
const times = { created_at: now.getTime(), updated_at: now.getTime() }

type Place = { readonly db: Database; readonly sessions: number }

/** Sessions of the last hour; each tenth has ended. */
function sessionRow(nth: number, sessions: number): SessionRow {
  const openedAt = openedAtOf(nth, sessions)
  const ended = nth % 10 === 9
  return {
    id: idOf(nth),
    environment_id: environmentId,
    user_id: `user_${nth % (sessions / SESSIONS_EACH)}`,
    connection_id: 'conn_bench',
    token_hash: tokenHash(tokenOf(nth)),
    name_id: `user${nth}@a.example`,
    name_id_format: null,
    name_qualifier: null,
    sp_name_qualifier: null,
    name_id_key: tokenHash(`name${nth}`),
    session_index: `_${nth}`,
    authn_context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    opened_at: openedAt,
    last_seen_at: openedAt,
    expires_at: openedAt + 12 * HOUR_MS,
    expires_why: 'lifetime',
    ended_at: ended ? openedAt + 1000 : null,
    ended_why: ended ? 'logged-out' : null,
    authorized_client_ids: null,
    address: '192.0.2.1',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  }
}

const idOf = (nth: number): `sess_${string}` => `sess_${String(nth).padStart(7, '0')}`
const tokenOf = (nth: number): string => `token ${nth} of somebody`
const openedAtOf = (nth: number, sessions: number): number =>
  now.getTime() - HOUR_MS + Math.floor((nth * HOUR_MS) / sessions)

async function makePlace(folder: string, sessions: number): Promise<Place> {
  const db = await openDatabase(`sqlite:${join(folder, `${sessions}.db`)}`, { log: { warn: () => {} } })
  await migrate(db)
  await db.transaction(async (tx) => {
    await tx
      .insertInto('companies')
      .values({ id: 'comp_bench', slug: 'a', name: 'A', ...times })
      .execute()
    await tx
      .insertInto('environments')
      .values({ id: environmentId, company_id: 'comp_bench', slug: 'a', name: 'A', targets: '[]', ...times })
      .execute()
    const connection = { ticket: 'a', name: 'A', position: 0, settings: '{}', ...times }
    await tx
      .insertInto('connections')
      .values({ id: 'conn_bench', environment_id: environmentId, ...connection })
      .execute()
    await inBatches(sessions / SESSIONS_EACH, (nths) => tx.insertInto('users').values(nths.map(userRow)).execute())
    await inBatches(sessions, (nths) => {
      const rows = nths.map((nth) => sessionRow(nth, sessions))
      return tx.insertInto('sessions').values(rows).execute()
    })
  })
  return { db, sessions }
}

function userRow(nth: number) {
  const nothing = { federated_id: null, name_id_key: null, email: null, email_key: null, last_sign_in_at: null }
  const none = { access_profile_id: null, default_application_id: null, deactivated_at: null }
  return {
    id: `user_${nth}` as const,
    environment_id: environmentId,
    connection_id: 'conn_bench',
    username: `user${nth}@a.example`,
    user_type: 'platform',
    first_name: 'Ada',
    last_name: null,
    created_through: 'sso',
    version: 1,
    ...nothing,
    ...none,
    ...times,
  } as const
}

async function inBatches(count: number, insert: (nths: readonly number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    await insert(Array.from({ length: Math.min(500, count - from) }, (_, i) => from + i))
  }
}

/** Somewhere else each time, and all over the table. */
const somewhere = (step: number, sessions: number): number => (step * 7919) % sessions

async function lookUp(db: Handle, { sessions }: Place, step: number): Promise<void> {
  const nth = somewhere(step, sessions)
  const found = await findSession(db, environmentId, tokenOf(nth), now)
  if (found?.session.id !== idOf(nth)) throw new Error(`session ${nth} was not found`)
}

async function showPage(db: Handle, { sessions }: Place, step: number): Promise<void> {
  const nth = 2 * PAGE + somewhere(step, sessions - 2 * PAGE)
  const after = { openedAt: new Date(openedAtOf(nth, sessions)), id: idOf(nth) }
  const found = await listSessions(db, environmentId, { state: 'open', after, limit: PAGE }, now)
  if (found.length !== PAGE) throw new Error(`the page after session ${nth} has ${found.length} entries`)
}

type Work = typeof lookUp

const works = [
  { what: 'session by cookie', work: lookUp, batch: 400 },
  { what: `page of ${PAGE} sessions`, work: showPage, batch: 20 },
] as const

/** The queries of one piece of work, and the steps in which SQLite answers them. */
async function queriesOf(
  work: Work,
  place: Place,
): Promise<{ readonly count: number; readonly steps: readonly string[] }> {
  const nodes: RootOperationNode[] = []
  const noting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
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
  for (const { what, work, batch } of works) {
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
    const ok = ratio <= BAR && isIndexed && (work !== lookUp || count === 1)
    const measured = `${ratio.toFixed(2)} (${quarters})`
    results.push({
      row: [what, String(count), few, lots],
      bar: `- ${what}: many ÷ few, as the median of the ratios within each round, ${measured}, at most ${BAR}: ${ok ? 'ok' : 'MISSED'}`,
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
