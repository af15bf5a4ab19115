import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkResponseCommand } from '#connect/aws-check/check-response-command.ts'
import { type Change, metadataOf, now, relayState, responseField } from '#connect/aws-check/test-response.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import { makeNeighbours, testWorld } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

async function run(
  t: TestContext,
  {
    text,
    values = {},
    db,
  }: { readonly text: string; readonly values?: Record<string, string | boolean>; readonly db?: Database },
) {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-aws-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'response.txt')
  await writeFile(file, text)
  await writeFile(join(folder, 'metadata.xml'), metadataOf())
  const given = values.metadata === undefined ? values : { ...values, metadata: join(folder, 'metadata.xml') }
  const lines: string[] = []
  const cli = {
    world: testWorld(),
    env: {},
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(line),
    withDatabase: async (work: (db: Database) => Promise<number>) => work(db as Database),
  }
  const code = await checkResponseCommand({ positionals: [file], values: given }, cli as never)
  return { code, said: lines.join('\n') }
}

const form = (change?: Change) =>
  new URLSearchParams({ SAMLResponse: responseField(change), RelayState: relayState }).toString()

test('without an Environment a response is judged by AWS’s rules, and by metadata that is given', async (t) => {
  const good = await run(t, { text: form(), values: { metadata: '' } })
  assert.deepEqual([good.code, /AWS would take it/.test(good.said)], [0, true], good.said)
  assert.match(good.said, /✓ The signature is by a key of the uploaded metadata/)
  const unverified = await run(t, { text: form() })
  assert.deepEqual([unverified.code, /AWS would take it/.test(unverified.said)], [0, false], unverified.said)
  const bad = await run(t, { text: form({ values: { Role: [] } }), values: { product: 'entra-id' } })
  assert.equal(bad.code, 1)
  assert.match(bad.said, /it says +Your request included an invalid SAML response\. To logout, click here\./)
  assert.match(bad.said, /cure +In the enterprise application/)
  const json = await run(t, { text: form(), values: { json: true } })
  assert.equal(JSON.parse(json.said)[0].firstError, null)
})

test('what cannot be checked, or is called wrongly, is told in a sentence', async (t) => {
  const calls = [
    [{ text: '' }, /There is nothing to check\./],
    [{ text: '{"log":{"entries":[]}}' }, /no SAML response/],
    [{ text: 'x'.repeat(8 * 1024 * 1024 + 1) }, /larger than 8 MiB/],
    [{ text: form(), values: { product: 'x' } }, /--product is one of/],
  ] as const
  for (const [given, sentence] of calls) {
    const { code, said } = await run(t, given)
    assert.equal(code, 2, said)
    assert.match(said, sentence)
  }
})

onEveryDatabase((kind, openFresh) => {
  test(`with an Environment a response is held against its settings (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine } = await makeNeighbours(db, testWorld())
    const settings = testSettings({ federation: { metadata: metadataOf(), roleName: 'Agents' } })
    await saveAmazonConnect(db.write, mine.environment.id, settings, now)
    const { code, said } = await run(t, { text: form(), values: { environment: 'acme/production' }, db })
    assert.equal(code, 1)
    assert.match(said, /✗ The role is the one of these settings \[role-name\]\n +expected +Agents\n/)
    const nowhere = await run(t, { text: form(), values: { environment: 'acme/x/y' }, db })
    assert.deepEqual([nowhere.code, /There is no Environment acme\/x\/y/.test(nowhere.said)], [1, true])
  })
})
