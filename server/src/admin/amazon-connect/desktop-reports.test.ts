import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { runCli } from '#cli.ts'
import { noteDesktopReport } from '#connect/desktop-reports.ts'
import { desktopTroubles } from '#connect/desktop-troubles.ts'
import { makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const path = 'amazon-connect/desktop-reports'
const DAY = 24 * 60 * 60 * 1000
const nothing = { signIns: 0, averageMilliseconds: null, troubles: [] }

onEveryDatabase((kind, openFresh, makeFresh) => {
  test(`the API says what agents met, with the cure, and nothing of a neighbour's (${kind})`, async (t) => {
    const { api, neighbour, db, place, other } = await startApi(t, openFresh)
    assert.deepEqual((await api.get(path)).data, nothing)
    const note = (report: Parameters<typeof noteDesktopReport>[2], day = 0, of = place) =>
      noteDesktopReport(db.write, of.environment.id, report, new Date(now.getTime() - day * DAY))
    await note({ code: 'stuck' })
    await note({ code: 'window-blocked' })
    await note({ code: 'window-blocked' }, 6)
    await note({ code: 'stuck' }, 7)
    await note({ code: 'stuck' }, 7)
    await note({ code: 'signed-in', milliseconds: 2000 })
    await note({ code: 'signed-in', milliseconds: 2500 }, 3)
    await note({ code: 'wrong-page' }, 0, other)
    const trouble = (code: 'stuck' | 'window-blocked', count: number) => ({ code, count, ...desktopTroubles[code] })
    assert.deepEqual((await api.get(path)).data, {
      signIns: 2,
      averageMilliseconds: 2250,
      troubles: [trouble('window-blocked', 2), trouble('stuck', 1)],
    })
    const all = (await api.get(`${path}?days=90`)).data.troubles
    assert.deepEqual(all, [trouble('stuck', 3), trouble('window-blocked', 2)])
    assert.equal((await api.get(`${path}?days=1`)).data.signIns, 1)
    const theirs = (await neighbour.get(path)).data
    assert.deepEqual([theirs.signIns, theirs.troubles.length, theirs.troubles[0].code], [0, 1, 'wrong-page'])
    for (const days of ['0', '91', '-1', '1.5', 'x', ''])
      assertProblem(await api.get(`${path}?days=${days}`), 400, 'invalid-input')
  })

  test(`a token without the scope does not read it, and one of another Environment neither (${kind})`, async (t) => {
    const { app, db, world, place, other } = await startApi(t, openFresh)
    const as = async (...made: unknown[]) =>
      testApi(app, place.environment.id, (await makeSecret(db, world, ...(made as []))).secret)
    assertProblem(await (await as({}, ['users:read'])).get(path), 403, 'scope-missing')
    assert.equal((await (await as({}, ['amazon-connect:read'])).get(path)).statusCode, 200)
    assertProblem(await (await as({ environmentId: other.environment.id })).get(path), 404, 'not-found')
  })

  test(`the command line says the same (${kind})`, async (t) => {
    const { db, url } = await makeFresh(t)
    const world = testWorld()
    const { mine } = await makeNeighbours(db, world)
    const run = async (...words: string[]) => {
      const [out, err]: [string[], string[]] = [[], []]
      const env = { SALLYPORT_DATABASE_URL: url, SALLYPORT_SECRET: 's'.repeat(32) }
      const cli = { world, env, out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
      const code = await runCli(['amazon-connect', 'reports', ...words], cli as never)
      return { code, out, err: err.join('\n') }
    }
    const here = 'acme/production'
    const none = await run(here)
    assert.deepEqual([none.code, none.out], [0, ['No sign-ins in the last 7 days.', 'Nothing stood in anybody’s way.']])
    for (const milliseconds of [2000, 2500])
      await noteDesktopReport(db.write, mine.environment.id, { code: 'signed-in', milliseconds }, now)
    await noteDesktopReport(db.write, mine.environment.id, { code: 'window-blocked' }, now)
    const { title, cure } = desktopTroubles['window-blocked']
    const { code, out } = await run(here, '--days', '30')
    assert.deepEqual(
      [code, out],
      [0, ['2 sign-ins in the last 30 days, 2.3 s on average.', `1  window-blocked  ${title}. ${cure}`]],
    )
    assert.match((await run(here, '--days', '1')).out[0] ?? '', / today, /)
    assert.match((await run('neighbour/production')).out.join(), /^No sign-ins/)
    for (const days of ['0', '91', 'x', '1.5', '']) {
      const wrong = await run(here, '--days', days)
      assert.deepEqual([wrong.code, wrong.err], [2, '--days is a whole number from 1 to 90.'])
    }
    assert.equal((await run('acme/nothing')).code, 1)
    assert.equal((await run()).code, 2)
  })
})
