import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKeyFileApart } from '#keys/read-key-file-apart.ts'
import { KeyRefused } from '#keys/refusal.ts'
import { keytoolFile, legacyFile } from '#keys/test-key-files.ts'
import { mac, PASSWORD, pkcs12 } from '#keys/test-pkcs12.ts'

const now = new Date('2026-03-01T12:00:00Z')

test('a file is read, or refused, in another thread, and the service goes on meanwhile', async () => {
  const rightly = readKeyFileApart({ bytes: keytoolFile, password: PASSWORD }, now)
  const wrongly = readKeyFileApart({ bytes: legacyFile, password: 'wrong' }, now)
  await assert.rejects(wrongly, (error) => error instanceof KeyRefused && error.fault === 'key-password-wrong')
  const { privateKey, certificatePem } = await rightly
  assert.equal(privateKey.asymmetricKeyType, 'rsa')
  assert.match(certificatePem, /BEGIN CERTIFICATE/)

  const { privateKey: key } = await rightly
  let turns = 0
  let working = true
  const slow = readKeyFileApart({ bytes: pkcs12({ key, mac: mac(300_000) }), password: PASSWORD }, now)
  slow.catch(() => {}).finally(() => (working = false))
  while (working) {
    turns++
    await new Promise(setImmediate)
  }
  await assert.rejects(slow, KeyRefused)
  assert.ok(turns > 100, `only ${turns} turns`)
})
