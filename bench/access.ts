// `node bench/access.ts`: what one decision costs where an Environment has five policies of its own, and where it has a
// hundred: the query that tells whether they still count, and the decision. Without a note of it, which is a write.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where a bar is missed

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from '../server/src/access/access.ts'
import { allowedAddresses, saveAddressSettings } from '../server/src/access/addresses.ts'
import { insertPolicy } from '../server/src/access/policies.ts'
import type { AccessRequest } from '../server/src/access/request.ts'
import { type Database, openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile, table } from './results.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const rounds = 30
const warmUp = 5
const BATCH = 200
const now = new Date()

const works = [
  { policies: 0, barMs: undefined },
  { policies: 5, barMs: 0.15 },
  { policies: 100, barMs: 0.3 },
] as const

/** Of the kinds that people write, in turn. */
function textOf(nth: number): string {
  const conditions = [
    `principal.teams.contains("Team ${nth}") && !context.address.isInRange(ip("10.${nth}.0.0/16"))`,
    `principal.roles.contains("Desk:Role ${nth}") && context.at.toTime() < duration("6h")`,
    `resource.clientId == "client ${nth}" && principal.type == "site"`,
    `context has sessionAgeSeconds && context.sessionAgeSeconds > ${86_400 + nth}`,
    `principal.hasTag("department") && principal.getTag("department").contains("Department ${nth}")`,
  ]
  return `forbid (principal, action, resource) when { ${conditions[nth % conditions.length]} };`
}

async function makeEnvironment(db: Database, policies: number): Promise<`env_${string}`> {
  const id = `env_${policies}` as const
  const times = { created_at: 1, updated_at: 1 }
  const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
  await db.transaction(async (tx) => {
    const company = `comp_${policies}` as const
    await tx
      .insertInto('companies')
      .values({ id: company, slug: `a${policies}`, name: 'A', ...times })
      .execute()
    await tx
      .insertInto('environments')
      .values({ id, company_id: company, slug: 'a', name: 'A', targets: '[]', ...times })
      .execute()
    if (policies === 0) return
    for (let nth = 0; nth < policies; nth++) {
      const policy = { name: `Policy ${nth}`, text: textOf(nth), mode: 'enforced' as const }
      await insertPolicy(tx, id, policy, { chance, now })
    }
    const ranges = Array.from({ length: 50 }, (_, nth) => `203.0.${nth}.0/24`)
    await saveAddressSettings(tx, id, allowedAddresses.parse({ ranges }), { version: 'one', now })
  })
  return id
}

const request: AccessRequest = {
  action: 'authorize',
  user: {
    id: 'user_ada',
    type: 'platform',
    teams: ['Agents', 'Night shift'],
    roles: ['Desk:Agent', 'Desk:Lead', 'Billing:Clerk'],
    accessProfile: 'Regular User',
    attributes: { department: ['Sales'], email: ['ada@acme.example'] },
  },
  client: { id: 'desk', kind: 'web' },
  context: { address: '203.0.49.7', at: now, authnContext: 'urn:a', sessionAgeSeconds: 60 },
}

async function time(db: Database, id: `env_${string}`): Promise<number> {
  const samples: number[] = []
  for (let nth = 0; nth < BATCH; nth++) {
    const start = performance.now()
    const { effect } = await judge(db.read, id, request)
    samples.push(performance.now() - start)
    if (effect !== 'allow') throw new Error(`decided ${effect}`)
  }
  return quantile(samples, 0.5)
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const db = await openDatabase(`sqlite:${join(folder, 'access.db')}`, { log: { warn: () => {} } })
  await migrate(db)
  const measured = []
  for (const { policies, barMs } of works) {
    measured.push({ policies, barMs, id: await makeEnvironment(db, policies), medians: [] as number[] })
  }
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const { id, medians } of measured) {
      const median = await time(db, id)
      if (round >= warmUp) medians.push(median)
    }
  }
  const results = measured.map(({ policies, barMs, medians }) => {
    const ms = quantile(medians, 0.5)
    return { policies, barMs, ms, ratio: barMs === undefined ? undefined : ms / barMs }
  })
  const report = [
    `- ${now.toISOString().slice(0, 10)}: ${describeMachine()}; SQLite`,
    '',
    ...table(
      ['policies of its own', 'one decision, ms', 'bar, ms', 'decision ÷ bar'],
      results.map(({ policies, barMs, ms, ratio }) => [
        String(policies),
        ms.toFixed(3),
        barMs?.toString() ?? '–',
        ratio === undefined ? '–' : `${ratio.toFixed(2)}, at most 1: ${ratio <= 1 ? 'ok' : 'MISSED'}`,
      ]),
    ),
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('access', report)
  if (options.check && results.some(({ ratio = 0 }) => ratio > 1)) process.exitCode = 1
  await db.close()
} finally {
  rmSync(folder, { recursive: true })
}
