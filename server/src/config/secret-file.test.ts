import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Secret } from '#config/secret.ts'
import { secretFor } from '#config/secret-file.ts'

const chance = { bytes: (size: number) => new Uint8Array(randomBytes(size)) }

test('a secret is made once, beside the database, and kept for its owner only', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const database = join(folder, 'data', 'sallyport.db')
  const made = secretFor(undefined, database, chance)
  assert.match(made.reveal(), /^[\w-]{43}$/)
  assert.equal(secretFor(undefined, database, chance).reveal(), made.reveal())
  assert.deepEqual(readdirSync(join(folder, 'data')), ['secret.key'])
  assert.equal(statSync(join(folder, 'data', 'secret.key')).mode & 0o777, 0o600)
})

test('a configured secret is used, and nothing is written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.equal(secretFor(new Secret('configured'), join(folder, 'x.db'), chance).reveal(), 'configured')
  assert.deepEqual(readdirSync(folder), [])
})

test('a damaged file is not taken for a secret, nor replaced', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'secret.key'), '')
  assert.throws(() => secretFor(undefined, join(folder, 'x.db'), chance), /secret\.key is damaged.*backup/)
})
