import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentNamed, withLines, workshop } from '#declaration/test-workshop.ts'
import { defaultSessionSettings, findSessionSettings } from '#sessions/settings.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`session settings are planned as a diff, applied and exported (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    const found = async () => findSessionSettings(db.read, await environmentNamed(db))
    const first = withLines('sessions: { idleMinutes: 60, limit: { enabled: true } }')
    assert.deepEqual((await apply(first)).lines.slice(2, 7), [
      '+ environment acme/production',
      '    name: Production',
      '    targets: []',
      '    sessions.idleMinutes: 60',
      '    sessions.limit.enabled: true',
    ])
    assert.deepEqual(await found(), { idleMinutes: 60, lifetimeMinutes: 720, limit: { enabled: true, maximum: 3 } })
    assert.match(await exported(), /sessions:\n +idleMinutes: 60\n +limit:\n +enabled: true\n*$/)
    assert.deepEqual((await apply(await exported(), { prune: true })).lines, ['Nothing to change: 2 as declared.'])

    // What is left out of `sessions` is as by default.
    const second = withLines('sessions: { lifetimeMinutes: 30, limit: { maximum: 1 } }')
    const shown = [
      '~ environment acme/production',
      '    sessions.idleMinutes: 60 → 240',
      '    sessions.lifetimeMinutes: 720 → 30',
      '    sessions.limit.enabled: true → false',
      '    sessions.limit.maximum: 3 → 1',
      '0 to add, 1 to change, 0 to remove, 1 as declared.',
    ]
    assert.deepEqual((await apply(second, { dryRun: true })).lines.slice(0, -1), shown)
    assert.equal((await found()).idleMinutes, 60)
    assert.deepEqual((await apply(second)).lines.slice(0, -1), shown)
    assert.deepEqual(await found(), { idleMinutes: 240, lifetimeMinutes: 30, limit: { enabled: false, maximum: 1 } })
    assert.deepEqual((await apply(second)).lines, ['Nothing to change: 2 as declared.'])
  })

  test(`without sessions the settings stay and are named, and --prune sets them back (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply, exported } = workshop(t, db)
    const found = async (slug?: string) => findSessionSettings(db.read, await environmentNamed(db, slug))
    const neighbour = '      - { slug: test, name: Test, sessions: { idleMinutes: 5 } }\n'
    await apply(withLines('sessions: { idleMinutes: 0 }') + neighbour)
    assert.deepEqual((await apply(withLines('') + neighbour)).lines, [
      'Nothing to change: 3 as declared.',
      'Left alone, because the file does not name them (--prune removes them):',
      '  session settings of environment acme/production',
    ])
    assert.equal((await found()).idleMinutes, 0)
    await apply(withLines('targets: ["https://apps.example"]') + neighbour)
    assert.equal((await found()).idleMinutes, 0)
    assert.deepEqual((await apply(withLines('') + neighbour, { prune: true })).lines.slice(0, 3), [
      '~ environment acme/production',
      '    targets: ["https://apps.example"] → []',
      '    sessions.idleMinutes: 0 → 240',
    ])
    assert.deepEqual(await found(), defaultSessionSettings)
    assert.deepEqual(await found('test'), { ...defaultSessionSettings, idleMinutes: 5 })
    assert.doesNotMatch(await exported(), /production\n +sessions/)
  })

  test(`what is wrong with session settings is told, each at its place (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { apply } = workshop(t, db)
    const problemsWith = async (sessions: string) => {
      const { code, problems } = await apply(withLines(`sessions: ${sessions}`))
      assert.equal(code, 2, sessions)
      return problems.slice(0, -1).map((line) => line.replace(/^.*environments\[0\]\./, ''))
    }
    assert.deepEqual(await problemsWith('{ idleMinutes: 4, lifetimeMinutes: 43201, limit: { maximum: 0 } }'), [
      'sessions.idleMinutes: must be 0, for never, or from 5 minutes to 30 days (43200)',
      'sessions.lifetimeMinutes: must be at most 30 days (43200)',
      'sessions.limit.maximum: must be at least 1',
    ])
    assert.deepEqual(await problemsWith('{ idleMinuts: 5, limit: { maximun: 5 } }'), [
      'sessions.limit.maximun: there is no “maximun” here; did you mean “maximum”?',
      'sessions.idleMinuts: there is no “idleMinuts” here; did you mean “idleMinutes”?',
    ])
    for (const nonsense of ['60', '[]', '{ limit: true }', '{ idleMinutes: "60" }', '{ lifetimeMinutes: 7.5 }']) {
      assert.equal((await problemsWith(nonsense)).length, 1, nonsense)
    }
    const { problems } = await apply(withLines('session: { idleMinutes: 5 }'))
    assert.match(problems[0] ?? '', /there is no “session” here; did you mean “sessions”\?/)
  })
})
