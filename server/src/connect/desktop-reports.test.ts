import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import {
  type DesktopReport,
  noteDesktopReport,
  readDesktopReports,
  sweepDesktopReports,
} from '#connect/desktop-reports.ts'
import { desktopTroubleCodes } from '#connect/desktop-troubles.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import { startApp } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, now, publicUrl, testWorld } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const DAY = 24 * 60 * 60 * 1000
const url = '/acme/production/desktop-reports'
const json = { 'content-type': 'application/json', origin: publicUrl }

async function start(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const [here, there] = [mine.environment.id, other.environment.id]
  await saveAmazonConnect(db.write, here, testSettings(), now)
  const app = await startApp(t, contextOf(db, world))
  const post = (payload: unknown, headers: Record<string, string> = {}, to = url) =>
    app.inject({
      method: 'POST',
      url: to,
      headers: { ...json, ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const read = (days = 7, environmentId = here) =>
    readDesktopReports(db.read, environmentId, { days, now: world.clock() })
  const note = (report: DesktopReport) => noteDesktopReport(db.write, here, report, world.clock())
  return { db, world, post, read, note, here, there }
}

const nothing = { signIns: 0, averageMilliseconds: undefined, troubles: [] }

onEveryDatabase((kind, openFresh) => {
  test(`what desktops tell is added up, the most frequent first, and nothing of anybody is kept (${kind})`, async (t) => {
    const { db, post, read, here } = await start(t, openFresh)
    assert.deepEqual(await read(), nothing)
    for (const milliseconds of [1000, 2500]) {
      const { statusCode, body } = await post({ code: 'signed-in', milliseconds })
      assert.deepEqual([statusCode, body], [204, ''])
    }
    for (const code of ['stuck', 'window-blocked', 'window-blocked']) await post({ code })
    assert.deepEqual(await read(), {
      signIns: 2,
      averageMilliseconds: 1750,
      troubles: [
        { code: 'window-blocked', count: 2 },
        { code: 'stuck', count: 1 },
      ],
    })
    const rows = await db.read.selectFrom('desktop_reports').selectAll().orderBy('code').execute()
    const day = { environment_id: here, day: '2026-03-01' }
    assert.deepEqual(
      rows.map((row) => ({ ...row, count: Number(row.count), total_ms: Number(row.total_ms) })),
      [
        { ...day, code: 'signed-in', count: 2, total_ms: 3500 },
        { ...day, code: 'stuck', count: 1, total_ms: 0 },
        { ...day, code: 'window-blocked', count: 2, total_ms: 0 },
      ],
    )
  })

  test(`several at once are all counted (${kind})`, async (t) => {
    const { note, read } = await start(t, openFresh)
    await Promise.all(Array.from({ length: 20 }, () => note({ code: 'signed-in', milliseconds: 100 })))
    assert.deepEqual(await read(), { signIns: 20, averageMilliseconds: 100, troubles: [] })
  })

  test(`so many days are read, today among them; after 90 days nothing is left (${kind})`, async (t) => {
    const { db, world, note, read } = await start(t, openFresh)
    await note({ code: 'stuck' })
    world.passTime(6 * DAY)
    assert.equal((await read(7)).troubles.length, 1)
    assert.deepEqual(await read(6), nothing)
    world.passTime(83 * DAY)
    await sweepDesktopReports(db.write, world.clock())
    assert.equal((await read(90)).troubles.length, 1)
    world.passTime(DAY)
    await sweepDesktopReports(db.write, world.clock())
    assert.deepEqual(await db.read.selectFrom('desktop_reports').selectAll().execute(), [])
  })

  test(`what is no report is refused, and nothing is counted (${kind})`, async (t) => {
    const { post, read } = await start(t, openFresh)
    for (const wrong of [
      ...['', 'x', '[]', 'null', '7', '{"code":"stuck"', '\0', '{"__proto__":{"code":"stuck"}}'],
      ...[{}, { code: 'logged-out' }, { code: 'nobody' }, { code: ['stuck'] }, { code: 'stuck', person: 'ada' }],
      ...[
        { code: 'signed-in' },
        ...[-100, 150, 1e300, 600_100, '100'].map((m) => ({ code: 'signed-in', milliseconds: m })),
      ],
    ]) {
      const { statusCode, body } = await post(wrong)
      assert.equal(statusCode, 400, JSON.stringify(wrong))
      assert.equal(JSON.parse(body).code, 'not-understood')
    }
    const large = await post({ code: 'stuck', padding: 'x'.repeat(1100) })
    assert.equal(large.statusCode, 413)
    assert.equal((await post('code=stuck', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415)
    assert.deepEqual(await read(), nothing)
  })

  test(`only pages from here may tell, and only where there is a desktop (${kind})`, async (t) => {
    const { post, read, there } = await start(t, openFresh)
    const report = { code: 'stuck' }
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const { statusCode, body } = await post(report, foreign)
      assert.deepEqual([statusCode, JSON.parse(body).code], [403, 'foreign-page'])
    }
    for (const elsewhere of ['/neighbour/production', '/acme/nothing', '/acme/%00', '/%ff/production'])
      assert.ok([400, 404].includes((await post(report, {}, `${elsewhere}/desktop-reports`)).statusCode), elsewhere)
    assert.deepEqual([await read(), await read(7, there)], [nothing, nothing])
    assert.equal((await post(report, { 'sec-fetch-site': 'same-origin' })).statusCode, 204)
  })

  test(`what a neighbour's desktops tell is not found (${kind})`, async (t) => {
    const { db, post, read, here, there } = await start(t, openFresh)
    await saveAmazonConnect(db.write, there, testSettings(), now)
    await post({ code: 'stuck' }, {}, '/neighbour/production/desktop-reports')
    assert.deepEqual(await read(), nothing)
    assert.equal((await read(7, there)).troubles.length, 1)
    await db.write.deleteFrom('environments').where('id', '=', there).execute()
    await post({ code: 'stuck' })
    const left = await db.read.selectFrom('desktop_reports').select('environment_id').execute()
    assert.deepEqual(
      left.map(({ environment_id }) => environment_id),
      [here],
    )
  })

  test(`whoever tells without end is asked to wait (${kind})`, async (t) => {
    const { world, post } = await start(t, openFresh)
    let answered = await post({})
    for (let nth = 0; nth < 310 && answered.statusCode !== 429; nth++) answered = await post({})
    assert.deepEqual([answered.statusCode, answered.headers['retry-after']], [429, '60'])
    assert.equal(JSON.parse(answered.body).code, 'too-many-requests')
    world.passTime(60_000)
    assert.equal((await post({ code: 'stuck' })).statusCode, 204)
  })
})

test('the server knows every trouble that the desktop tells of, and no other', () => {
  const read = (file: string) => readFileSync(new URL(`../../../desktop/src/sign-in/${file}`, import.meta.url), 'utf8')
  const codes = [...read('troubles.ts').matchAll(/^ {2}'?([a-z-]+)'?: \{$/gm)].map(([, code = '']) => code)
  const [, list = ''] = /const untold = \[(.*)\]/.exec(read('tell.ts')) ?? []
  const untold = [...list.matchAll(/'([a-z-]+)'/g)].map(([, code = '']) => code)
  assert.deepEqual(untold, ['logged-out', 'sallyport-session-over'])
  assert.deepEqual(
    codes.filter((code) => !untold.includes(code)),
    desktopTroubleCodes,
  )
})
