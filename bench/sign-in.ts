// `node bench/sign-in.ts`: what a sign-in costs where many users are. The second half of a sign-in (the person is found, the
// account brought up to date, the session opened) in an Environment of a thousand users and in one of a million, in turn,
// in one SQLite database each. The cost must not grow with the number of users.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where the bar is missed
//   --users=1000000

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Connection } from '../server/src/connections/connections.ts'
import { connectionSettings } from '../server/src/connections/settings.ts'
import { admit } from '../server/src/login/admit.ts'
import { openSession } from '../server/src/sessions/sessions.ts'
import { type Database, openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import { insertStandardDirectory, insertTeam } from '../server/src/users/directory.ts'
import { storedSource } from '../server/src/users/source.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile } from './results.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    users: { type: 'string', default: '1000000' },
    rounds: { type: 'string' },
  },
})
const many = Number.parseInt(options.users, 10)
const BAR = 1.5
const rounds = 30
const batch = 40

const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
const now = world.clock()
const times = { created_at: now.getTime(), updated_at: now.getTime() }

type Place = { readonly db: Database; readonly connection: Connection; readonly users: number }

async function makePlace(folder: string, users: number): Promise<Place> {
  const db = await openDatabase(`sqlite:${join(folder, `${users}.db`)}`, { log: { warn: () => {} } })
  await migrate(db)
  const environment_id = 'env_bench'
  const settings = connectionSettings.parse({
    issuer: 'https://idp.example',
    thirdPartyAuthenticationUrl: 'https://idp.example/sso',
    issuerCertificates: ['none'],
    createUsers: {
      enabled: true,
      attributes: { firstName: 'first', email: 'mail', team: 'team' },
      defaults: { team: 'Agents' },
    },
  })
  const connection = {
    id: 'conn_bench',
    environmentId: environment_id,
    ticket: 'a',
    name: 'A',
    position: 0,
    state: 'live',
  } as const
  const made = { chance: world.chance, now }
  await db.transaction(async (tx) => {
    await tx
      .insertInto('companies')
      .values({ id: 'comp_bench', slug: 'a', name: 'A', ...times })
      .execute()
    await tx
      .insertInto('environments')
      .values({ id: environment_id, company_id: 'comp_bench', slug: 'a', name: 'A', targets: '[]', ...times })
      .execute()
    const { environmentId, ...row } = connection
    await tx
      .insertInto('connections')
      .values({ ...row, environment_id: environmentId, settings: JSON.stringify(settings), ...times })
      .execute()
    await insertStandardDirectory(tx, environment_id, made)
    const teams = [
      await insertTeam(tx, environment_id, 'Agents', made),
      await insertTeam(tx, environment_id, 'Sales', made),
    ]
    const source = storedSource({ by: 'rule' })
    for (let from = 0; from < users; from += 500) {
      const numbers = Array.from({ length: Math.min(500, users - from) }, (_, i) => from + i)
      await tx
        .insertInto('users')
        .values(
          numbers.map((nth) => ({
            id: `user_${nth}` as const,
            environment_id: environment_id as 'env_bench',
            connection_id: connection.id,
            username: `user${nth}@a.example`,
            federated_id: null,
            name_id_key: null,
            user_type: 'platform' as const,
            first_name: 'Ada',
            last_name: null,
            email: `user${nth}@a.example`,
            email_key: `user${nth}@a.example`,
            access_profile_id: null,
            default_application_id: null,
            created_through: 'sso' as const,
            last_sign_in_at: null,
            deactivated_at: null,
            version: 1,
            ...times,
          })),
        )
        .execute()
      await tx
        .insertInto('user_teams')
        .values(
          numbers.map((nth) => ({
            environment_id: environment_id as 'env_bench',
            user_id: `user_${nth}` as const,
            team_id: teams[nth % 2]!.id,
            is_primary: 1 as const,
            source,
            since: now.getTime(),
          })),
        )
        .execute()
    }
  })
  return { db, connection: { ...connection, settings }, users }
}

/** One sign-in of somebody, whose team changes as often as not. */
async function signIn({ db, connection, users }: Place, nth: number): Promise<void> {
  const username = `user${(nth * 7919) % users}@a.example`
  const attributes = [
    { name: 'first', values: ['Ada'] },
    { name: 'mail', values: [username] },
    { name: 'team', values: [nth % 2 === 0 ? 'Sales' : 'Agents'] },
  ]
  const person = { nameId: { value: username }, attributes }
  await db.transaction(async (tx) => {
    const key = { kind: 'username', value: username } as const
    const { user } = await admit(tx, world, connection, { person, key, identity: { username, attribute: 'NameID' } })
    if (user === undefined) throw new Error(`${username} did not get in`)
    const nothing = { sessionIndex: undefined, authnContext: undefined, notOnOrAfter: undefined }
    const session = { userId: user.id, connectionId: connection.id, nameId: person.nameId, ...nothing }
    await openSession(tx, connection.environmentId, session, { chance: world.chance, now: world.clock() })
  })
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const places = [await makePlace(folder, 1000), await makePlace(folder, many)]
  const medians = places.map(() => [] as number[])
  for (let round = -5; round < rounds; round++) {
    for (const [which, place] of places.entries()) {
      const samples: number[] = []
      for (let i = 0; i < batch; i++) {
        const start = performance.now()
        await signIn(place, (round + 5) * batch + i)
        samples.push(performance.now() - start)
      }
      if (round >= 0) medians[which]!.push(quantile(samples, 0.5))
    }
  }
  const ratios = medians[1]!.map((value, nth) => value / medians[0]![nth]!)
  const ratio = quantile(ratios, 0.5)
  const [few, lots] = medians.map((values) => quantile(values, 0.5)) as [number, number]
  const quarters = [quantile(ratios, 0.25), quantile(ratios, 0.75)].map((value) => value.toFixed(2)).join('–')
  const ok = ratio <= BAR
  const report = [
    `- ${now.toISOString().slice(0, 10)}: ${describeMachine()}; SQLite, every sign-in on the disk before it counts`,
    '',
    '| users     | one sign-in, ms |',
    '| --------- | --------------- |',
    `| 1000      | ${few.toFixed(2).padEnd(15)} |`,
    `| ${String(many).padEnd(9)} | ${lots.toFixed(2).padEnd(15)} |`,
    '',
    `Many ÷ few, as the median of the ratios within each round: ${ratio.toFixed(2)} (${quarters}), at most ${BAR}: ${ok ? 'ok' : 'MISSED'}`,
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('sign-in', report)
  if (options.check && !ok) process.exitCode = 1
  for (const { db } of places) await db.close()
} finally {
  rmSync(folder, { recursive: true })
}
