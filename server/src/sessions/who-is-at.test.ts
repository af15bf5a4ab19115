import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CompiledQuery, sql } from 'kysely'
import { grant, makePerson } from '#account/test-account.ts'
import { findEnvironment } from '#companies/environments.ts'
import { after, makeNeighbours, now, testWorld, the } from '#login/test-place.ts'
import { endSessions } from '#sessions/ends.ts'
import { findSession, openSession } from '#sessions/sessions.ts'
import { saveSessionSettings } from '#sessions/settings.ts'
import { countQueries } from '#sessions/test-sessions.ts'
import { COOKIES_AT_ONCE, findAt } from '#sessions/who-is-at.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { findAccount } from '#users/accounts.ts'
import { insertApplication, insertRole, insertTeam } from '#users/directory.ts'
import { listApplicationsOf, listTeamsOf, replaceTeams, setActiveRole } from '#users/memberships.ts'

const slugs = { companySlug: 'acme', environmentSlug: 'production' }
const neighbour = { companySlug: 'neighbour', environmentSlug: 'production' }
const world = testWorld()
const made = { chance: world.chance, now }

/** Ada is signed in to both of two neighbours. */
async function setStage(db: Database) {
  const { mine, other } = await makeNeighbours(db, world)
  const signIn = async (place: typeof mine) => {
    const ada = await makePerson(db, place, { firstName: 'Ada', email: 'ada@acme.example' })
    const client = { address: '192.0.2.1', userAgent: 'curl/8' }
    const [nothing, authorizedClientIds] = [undefined, ['one', 'two']]
    const named = { nameId: nothing, sessionIndex: '_1', authnContext: 'urn:a', notOnOrAfter: nothing }
    const toOpen = { userId: ada.id, connectionId: place.connection.id, ...named, authorizedClientIds, client }
    const { token, session } = await db.transaction((tx) => openSession(tx, place.environment.id, toOpen, made))
    return { ada, session, cookie: { environmentId: place.environment.id, token } }
  }
  return { mine, other, here: await signIn(mine), there: await signIn(other) }
}

onEveryDatabase((kind, openFresh) => {
  test(`one statement brings what several would, whatever the names are (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, here } = await setStage(db)
    const { ada, cookie } = here
    const { id } = mine.environment
    const names = ['Zoë', 'b', 'a', '"},{"', '\\', 'null', '[1]', '{"a":1}', 'a\r\n\t\u2028', '😀', '%', '', '1e3']
    const teams = []
    for (const name of names) teams.push(await insertTeam(db.write, id, name, made))
    const source = { by: 'declaration' } as const
    const wanted = teams.map((team, nth) => ({ teamId: team.id, primary: nth === 1, source }))
    await replaceTeams(db.write, ada, wanted, after(1))
    for (const name of names) {
      const application = await insertApplication(db.write, id, name, made)
      const roles = []
      for (const role of names.slice(0, 5)) {
        roles.push(await insertRole(db.write, id, { applicationId: application.id, name: role }, made))
      }
      await grant(db, ada, { application, roles })
      await setActiveRole(db.write, ada, { applicationId: application.id, roleId: the(roles[2]).id })
    }
    const queries = countQueries(db)
    const at = the(await findAt(db.read, slugs, [cookie], now))
    assert.equal(queries(), 1)
    const { account, ...found } = the(at.found)
    assert.deepEqual(at.place, await findEnvironment(db.read, slugs))
    assert.deepEqual(found, await findSession(db.read, id, cookie.token, now))
    assert.deepEqual(found.session.authorizedClientIds, ['one', 'two'])
    assert.deepEqual(account, await findAccount(db.read, id, ada.id))
    assert.deepEqual(account.teams, await listTeamsOf(db.read, ada))
    assert.deepEqual(account.applications, await listApplicationsOf(db.read, ada))
    assert.deepEqual([account.teams.length, account.teams[0]?.name], [names.length, 'b'])
    assert.equal(account.applications.flatMap(({ roles }) => roles).length, names.length * 5)
    assert.equal(account.accessProfileName, 'Regular User')
    assert.equal(account.user.lastSignInAt?.getTime(), now.getTime())
  })

  test(`a person who belongs to nothing is found, too (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { here } = await setStage(db)
    await db.write.deleteFrom('user_teams').where('user_id', '=', here.ada.id).execute()
    await db.write.updateTable('users').set({ access_profile_id: null }).where('id', '=', here.ada.id).execute()
    const { account } = the(the(await findAt(db.read, slugs, [here.cookie], now)).found)
    assert.deepEqual([account.teams, account.applications, account.accessProfileName], [[], [], undefined])
  })

  test(`a cookie counts in the place that its name says, and nowhere else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { here, there } = await setStage(db)
    const both = [here.cookie, there.cookie]
    const swapped = [
      { ...here.cookie, token: there.cookie.token },
      { ...there.cookie, token: here.cookie.token },
    ]
    const strangers = Array.from({ length: COOKIES_AT_ONCE }, (_, nth) => ({
      environmentId: `env_${nth}` as const,
      token: here.cookie.token,
    }))
    const who = async (place: typeof slugs, cookies: Parameters<typeof findAt>[2]) =>
      the(await findAt(db.read, place, cookies, now)).found?.session.id
    for (const cookies of [both, both.toReversed(), [...strangers, ...both]]) {
      assert.equal(await who(slugs, cookies), here.session.id)
      assert.equal(await who(neighbour, cookies), there.session.id)
    }
    for (const cookies of [[], swapped, strangers, [...strangers, ...swapped]]) {
      assert.deepEqual([await who(slugs, cookies), await who(neighbour, cookies)], [undefined, undefined])
    }
    assert.equal(await who(neighbour, [here.cookie]), undefined)
    for (const cookies of [[], both, [...strangers, ...both]]) {
      assert.equal(await findAt(db.read, { ...slugs, environmentSlug: 'test' }, cookies, now), undefined)
      assert.equal(await findAt(db.read, { ...slugs, companySlug: '' }, cookies, now), undefined)
    }
  })

  test(`what is over is found with why, by the settings of its own Environment (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other, here, there } = await setStage(db)
    const limit = { enabled: false, maximum: 3 }
    const idle = { idleMinutes: 10, lifetimeMinutes: 720, limit }
    await saveSessionSettings(db.write, mine.environment.id, idle, now)
    const later = after(10 * 60_000)
    const found = async (at: Date) => {
      const both = [here.cookie, there.cookie]
      const places = await Promise.all([slugs, neighbour].map((place) => findAt(db.read, place, both, at)))
      return places.map((at) => [at?.found?.ended?.why, at?.found?.seenNoted])
    }
    assert.deepEqual(await found(now), [
      [undefined, true],
      [undefined, true],
    ])
    assert.deepEqual(await found(later), [
      ['idle', false],
      [undefined, false],
    ])
    const ids = [there.session.id]
    await db.transaction((tx) => endSessions(tx, other.environment.id, { ids }, { why: 'limit', now: later }))
    assert.equal((await found(later))[1]?.[0], 'limit')
  })

  test(`among 100,000 sessions it is found by indexes alone (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { here } = await setStage(db)
    await multiplySessions(db, here.cookie.token)
    for (const count of [1, COOKIES_AT_ONCE]) {
      const strangers = Array.from({ length: count - 1 }, (_, nth) => ({
        ...here.cookie,
        environmentId: `env_${nth}` as const,
      }))
      const plan = await planOf(db, (read) => findAt(read, slugs, [...strangers, here.cookie], now))
      const steps = plan.filter((step) => /(SEARCH|SCAN|\bon) sessions\b/.test(step))
      const byToken = {
        sqlite: /USING INDEX \S+ \(token_hash=\?\)/,
        postgres: /Index Scan using sessions_token_hash_key/,
      }
      assert.equal(steps.length, 1)
      assert.match(the(steps[0]), byToken[kind])
      // The only scans of SQLite are of the few rows that were found in an index before.
      if (kind === 'sqlite')
        assert.deepEqual([...new Set(plan.filter((step) => step.startsWith('SCAN')))], ['SCAN agg'])
    }
  })
})

/** Copies of the session with this token, each under a token of its own. */
async function multiplySessions(db: Database, token: string): Promise<void> {
  const rest = sql.raw('environment_id, user_id, connection_id, opened_at, last_seen_at, expires_at, expires_why')
  await sql`insert into sessions (id, token_hash, ${rest})
    with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < 100000)
    select 'sess_' || number, 'hash ' || number, ${rest} from sessions cross join numbers
    where token_hash = ${tokenHash(token)}`.execute(db.write)
  if (db.kind === 'postgres') await sql`analyze sessions`.execute(db.write)
}

/** How the database answers the one statement of this work. */
async function planOf(db: Database, work: (read: Database['read']) => Promise<unknown>): Promise<readonly string[]> {
  const sent: CompiledQuery[] = []
  const read = db.read.withoutPlugins()
  const send = read.executeQuery.bind(read)
  Object.assign(read, {
    executeQuery: (query: CompiledQuery) => {
      sent.push(query)
      return send(query)
    },
  })
  await work(read)
  assert.equal(sent.length, 1)
  const query = the(sent[0])
  const explain = db.kind === 'sqlite' ? 'explain query plan' : 'explain'
  const { rows } = await db.read.executeQuery<Record<string, string>>({ ...query, sql: `${explain} ${query.sql}` })
  return rows.map((row) => the(row.detail ?? row['QUERY PLAN']))
}
