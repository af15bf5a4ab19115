import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kysely } from 'kysely'
import { migrate, migrateWith, migrations } from '#storage/migrate.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`0009-logout-of-clients: the ledger, its attempts and the pauses stay, and clients have a place in them (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    await migrateWith(db, Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0009')))
    const write = db.write as unknown as Kysely<Record<string, Record<string, unknown>>>
    const insert = (table: string, row: Record<string, unknown>) => write.insertInto(table).values(row).execute()
    const rows = (table: string) => write.selectFrom(table).selectAll().orderBy('environment_id').execute()
    const [env, times] = [{ environment_id: 'env_a' }, { created_at: 1, updated_at: 1 }]
    await insert('companies', { id: 'comp_a', slug: 'a', name: 'A', ...times })
    await insert('environments', { id: 'env_a', company_id: 'comp_a', slug: 'a', name: 'A', targets: '[]', ...times })
    const connection = { ...env, name: 'A', position: 0, settings: '{}', ...times }
    await insert('connections', { ...connection, id: 'conn_a', ticket: 'a' })
    await insert('oauth_clients', { ...env, id: 'app', name: 'App', kind: 'web', settings: '{}', version: 1, ...times })
    const entry = { ...env, direction: 'to-provider', binding: 'soap', why: 'limit', subject: 'null', created_at: 1 }
    const waiting = { state: 'waiting', ended_sessions: 1, attempts: 1, next_attempt_at: 9, message_id: '_a' }
    await insert('logouts', { ...entry, ...waiting, id: 'logout_a', connection_id: 'conn_a', name_id_key: 'k' })
    await insert('logout_attempts', {
      ...env,
      logout_id: 'logout_a',
      number: 1,
      at: 1,
      outcome: 'failed',
      details: '{}',
    })
    await insert('logout_pauses', { ...env, connection_id: 'conn_a', failures: 2, paused_until: 9 })
    const [attempts, [before]] = [await rows('logout_attempts'), await rows('logouts')]

    await migrate(db)
    assert.deepEqual(await rows('logout_attempts'), attempts)
    const added = { partner: 'conn_a', client_id: null, chain_id: null, done: null }
    assert.deepEqual({ ...(await rows('logouts'))[0] }, { ...before, ...added })
    const [pause] = await rows('logout_pauses')
    assert.deepEqual(
      { ...pause },
      { ...env, partner: 'conn_a', connection_id: 'conn_a', client_id: null, failures: 2, paused_until: 9 },
    )

    const told = { ...entry, ...waiting, direction: 'to-client', message_id: null, partner: 'env_a/app' }
    await insert('logouts', { ...told, id: 'logout_b', client_id: 'app' })
    await insert('logout_attempts', { ...env, logout_id: 'logout_b', number: 1, at: 1, outcome: 'done', details: '{}' })
    await assert.rejects(insert('logouts', { ...told, id: 'logout_c', client_id: 'nobody' }))
    await assert.rejects(
      insert('logouts', { ...entry, ...waiting, id: 'logout_c', partner: 'x', connection_id: 'conn_x' }),
    )
    await write.deleteFrom('connections').where('id', '=', 'conn_a').execute()
    assert.deepEqual(
      (await rows('logout_attempts')).map(({ logout_id }) => logout_id),
      ['logout_b'],
    )
    assert.deepEqual(await rows('logout_pauses'), [])
    await write.deleteFrom('oauth_clients').where('id', '=', 'app').execute()
    assert.deepEqual([await rows('logouts'), await rows('logout_attempts')], [[], []])
  })
})
