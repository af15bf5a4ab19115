import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { FAILURES_ALLOWED } from '#admin/failures.ts'
import { metricsOf, writeMetrics } from '#admin/metrics.ts'
import { assertProblem, makeSecret, testApi } from '#admin/test-api.ts'
import { type Scope, scopes } from '#admin/tokens/tokens.ts'
import { countDesktopReports } from '#connect/desktop-counts.ts'
import { desktopTroubleCodes } from '#connect/desktop-troubles.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { startApp } from '#login/test-browser.ts'
import { after, contextOf, makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { countAttempts } from '#logout/attempt-counts.ts'
import { beginEnding } from '#logout/endings.ts'
import { insertLogouts, newLogout } from '#logout/logouts.ts'
import { pause } from '#logout/pauses.ts'
import { logoutAnswer, pressLogOut, sentAway, signIn, startSite } from '#logout/test-logout.ts'
import type { Database } from '#storage/database.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000
const measuring: readonly Scope[] = ['metrics:read']

async function start(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const places = await makeNeighbours(db, world)
  const ctx = contextOf(db, world)
  const app = await startApp(t, ctx)
  const { secret } = await makeSecret(db, world, {}, measuring)
  const read = async (authorization = `Bearer ${secret}`) => {
    const response = await app.inject({ url: '/metrics', headers: { authorization } })
    assert.equal(response.statusCode, 200, response.body)
    return response
  }
  const tell = (place: string, payload: object) =>
    app.inject({ method: 'POST', url: `${place}/desktop-reports`, payload })
  return { db, world, app, secret, read, tell, attempts: ctx.attempts, ...places }
}

/** The samples by their names, with their labels. */
function samplesOf(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value] = /^(\S+) (\S+)$/.exec(line) ?? []
      return [name, Number(value)] as const
    }),
  )
}

async function insertWaiting(db: Database, { environment, connection }: ConnectionInPlace, ...times: readonly Date[]) {
  const about = { connectionId: connection.id, binding: 'soap', why: 'limit', subject: undefined } as const
  const { chance } = testWorld()
  await insertLogouts(
    db.write,
    times.map((at) => newLogout(environment.id, about, { chance, now: at })),
  )
}

onEveryDatabase((kind, openFresh) => {
  test(`what waits, for how long, for whom, and how the attempts went, of all Environments together (${kind})`, async (t) => {
    const { db, world, read, tell, attempts, mine, other } = await start(t, openFresh)
    const nothing = samplesOf((await read()).body)
    for (const [name, value] of Object.entries(nothing)) {
      assert.equal(value, name.startsWith('sallyport_build_info') ? 1 : 0, name)
    }
    await insertWaiting(db, mine, after(-HOUR), after(-2 * HOUR))
    await insertWaiting(db, other, after(-5 * HOUR))
    const about = { connectionId: other.connection.id, binding: 'soap', why: 'limit', subject: undefined } as const
    const old = { chance: world.chance, now: after(-99 * HOUR) }
    await insertLogouts(db.write, [newLogout(other.environment.id, { ...about, state: 'done' }, old)])
    await pause(db.write, { environmentId: mine.environment.id, partner: { connectionId: mine.connection.id } }, now)
    const actor = JSON.stringify({ by: 'rule' })
    await db.transaction((tx) => beginEnding(tx, mine.environment.id, { actor }, { chance: world.chance, now }))
    for (const outcome of ['done', 'done', 'failed'] as const) attempts.note(outcome)
    for (const { environment } of [mine, other]) await saveAmazonConnect(db.write, environment.id, testSettings(), now)
    await tell('/acme/production', { code: 'stuck' })
    await tell('/neighbour/production', { code: 'stuck' })
    await tell('/acme/production', { code: 'signed-in', milliseconds: 2000 })
    await tell('/acme/production', { code: 'nobody' })
    const { body, headers } = await read()
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    assert.equal(headers['cache-control'], 'no-store')
    const samples = samplesOf(body)
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const told = desktopTroubleCodes.map((code) => [
      `sallyport_desktop_troubles_total{code="${code}"}`,
      code === 'stuck' ? 2 : 0,
    ])
    assert.deepEqual(samples, {
      sallyport_logouts_waiting: 3,
      sallyport_logouts_oldest_waiting_seconds: (5 * HOUR) / 1000,
      sallyport_logout_providers_paused: 1,
      sallyport_logout_clients_paused: 0,
      sallyport_session_endings_unfinished: 1,
      'sallyport_logout_attempts_total{outcome="done"}': 2,
      'sallyport_logout_attempts_total{outcome="partial"}': 0,
      'sallyport_logout_attempts_total{outcome="refused"}': 0,
      'sallyport_logout_attempts_total{outcome="failed"}': 1,
      ...Object.fromEntries(told),
      sallyport_desktop_sign_ins_total: 1,
      [`sallyport_build_info{version="${version}",node="${process.version}",database="${kind}"}`]: 1,
    })
  })

  test(`only a token with its scope and for all Environments reads them (${kind})`, async (t) => {
    const { db, world, app, secret, read, mine } = await start(t, openFresh)
    const ask = async (token: string) => testApi(app, mine.environment.id, token).get('/metrics')
    const bare = await app.inject('/metrics')
    assertProblem(Object.assign(bare, { data: bare.json() }) as never, 401, 'token-missing')
    assert.equal(bare.headers['www-authenticate'], 'Bearer realm="Sallyport"')
    assertProblem(await ask('x'), 401, 'token-unknown')
    const others = scopes.filter((scope) => scope !== 'metrics:read')
    const without = await ask((await makeSecret(db, world, {}, others)).secret)
    assertProblem(without, 403, 'scope-missing')
    assert.match(String(without.headers['www-authenticate']), /scope="metrics:read"/)
    const [companyId, environmentId] = [mine.company.id, mine.environment.id]
    for (const reach of [{ companyId }, { companyId, environmentId }]) {
      assertProblem(await ask((await makeSecret(db, world, reach, measuring)).secret), 403, 'reach-missing')
    }
    for (let count = 0; count < FAILURES_ALLOWED; count++) await ask('x')
    assertProblem(await ask(secret), 429, 'too-many-failures')
    world.passTime(HOUR)
    await read()
    const url = `/api/v1/environments/${environmentId}/users`
    assertProblem(await testApi(app, environmentId, secret).get(url), 403, 'scope-missing')
  })
})

test('the text is as Prometheus reads it: help, type, samples, each line ended, values of labels escaped', () => {
  const metric = { name: 'a_total', type: 'counter', help: 'What.', samples: [{ value: 1 }] } as const
  const labelled = { ...metric, name: 'b', samples: [{ labels: { x: 'a"b\\c\nd', y: '' }, value: 0.5 }] }
  assert.equal(
    writeMetrics([metric, labelled]),
    '# HELP a_total What.\n# TYPE a_total counter\na_total 1\n' +
      '# HELP b What.\n# TYPE b counter\nb{x="a\\"b\\\\c\\nd",y=""} 0.5\n',
  )
})

const nothing = {
  waiting: 0,
  oldestWaitingSince: after(1000),
  providersPaused: 0,
  clientsPaused: 0,
  endingsUnfinished: 0,
}
const all = metricsOf(nothing, {
  attempts: countAttempts(),
  desktopCounts: countDesktopReports(),
  now,
  kind: 'sqlite',
})

test('what waits since a moment that is still to come, by another node’s clock, waits since now', () => {
  const age = all.find(({ name }) => name === 'sallyport_logouts_oldest_waiting_seconds')
  assert.deepEqual(age?.samples, [{ value: 0 }])
})

test('docs/operations.md has every metric with its type and its labels, and no other', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(sallyport_\w+)(?:\{([\w,]+)\})?` \| (\w+) \| \S.+ \|$/gm)]
  assert.deepEqual(
    rows.map(([, name, labels, type]) => [name, type, labels?.split(',') ?? []]),
    all.map(({ name, type, samples }) => [name, type, Object.keys(samples[0]?.labels ?? {})]),
  )
  const used = [...page.matchAll(/\bsallyport_\w+/g)].map(([name]) => name)
  const known = all.map(({ name }) => name)
  assert.deepEqual(
    used.filter((name) => !known.includes(name)),
    [],
  )
})

onEveryDatabase((kind, openFresh) => {
  test(`an answer that the browser brings counts once, and only when it is believed (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const { db, world, app } = site
    const { secret } = await makeSecret(db, world, {}, measuring)
    const authorization = `Bearer ${secret}`
    const done = async (): Promise<number | undefined> => {
      const { body } = await app.inject({ url: '/metrics', headers: { authorization } })
      return samplesOf(body)['sallyport_logout_attempts_total{outcome="done"}']
    }
    const sent = await sentAway(site, await pressLogOut(await signIn(site)))
    await app.inject(logoutAnswer(site, sent, { by: 'other-idp' }))
    assert.equal(await done(), 0)
    for (let time = 0; time < 2; time++) {
      await app.inject(logoutAnswer(site, sent))
      assert.equal(await done(), 1)
    }
  })
})
