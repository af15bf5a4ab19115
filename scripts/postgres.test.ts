import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { Client } from 'pg'
import { startPostgres } from './postgres.ts'

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('sallyport-postgres-'))

test('the test database answers to its password only, and leaves nothing behind', async () => {
  const before = new Set(folders())
  const postgres = await startPostgres()
  const made = folders().filter((name) => !before.has(name))
  try {
    const client = new Client(postgres.url)
    await client.connect()
    assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }])
    await client.end()
    const url = new URL(postgres.url)
    url.password = 'guess'
    await assert.rejects(new Client(url.href).connect(), { code: '28P01' }) // invalid_password
  } finally {
    await postgres.stop()
  }
  const left = new Set(folders())
  assert.notEqual(made.length, 0)
  assert.deepEqual(
    made.filter((name) => left.has(name)),
    [],
  )
  await assert.rejects(new Client(postgres.url).connect(), { code: 'ECONNREFUSED' })
})
