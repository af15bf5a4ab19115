import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { verifyBatch } from '#explain/verify-batch.ts'
import type { CaseResult } from '#explain/verify-case.ts'
import { type CaseFolder, readCases } from '../../../saml/cases/case.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-batch-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function verify(t: TestContext, content: string | Uint8Array) {
  const file = join(folderOf(t), 'cases.jsonl')
  writeFileSync(file, content)
  const lines: string[] = []
  const problems: string[] = []
  const code = await verifyBatch(file, { out: (line) => lines.push(line), err: (line) => problems.push(line) })
  return { code, problems, results: lines.map((line) => JSON.parse(line) as CaseResult) }
}

/** The case as a line: everything that its case.json expects of the message, and the message. */
function lineOf({ name, case: it, message }: CaseFolder, change: Readonly<Record<string, unknown>> = {}): string {
  const { title: _title, expect: _expect, ...expected } = it
  return JSON.stringify({ id: name, ...expected, samlResponse: message.toString('base64'), ...change })
}

const [good, bad] = [readCases('good'), readCases('bad')]
const [sound] = good
assert.ok(sound)

test('every case of the library is judged as its case.json says, in order, with its id', async (t) => {
  const cases = [...good, ...bad, ...good]
  const { code, results } = await verify(t, cases.map((one) => `${lineOf(one)}\n`).join(''))
  assert.equal(code, 0)
  assert.deepEqual(
    results.map(({ id }) => id),
    cases.map(({ name }) => name),
  )
  for (const [index, result] of results.entries()) {
    const { name, case: it } = cases[index]!
    const { failures = [], subject, attributes, sessionIndex } = it.expect
    // An expectation that is left out is not checked here; in a sign-in its absence means that no request is open.
    const unasked = it.inResponseTo === undefined
    const expected = failures.filter((code) => !(unasked && code === 'in-response-to'))
    assert.deepEqual(
      result.failures.map(({ code }) => code),
      expected,
      name,
    )
    assert.equal(result.ok, expected.length === 0, name)
    assert.deepEqual(result.notChecked, unasked ? ['inResponseTo'] : [], name)
    if (!result.ok) assert.deepEqual([result.subject, result.attributes], [undefined, undefined], name)
    for (const failure of result.failures) assert.ok(failure.message.endsWith('.') && failure.received, name)
    if (!name.startsWith('good/')) continue
    assert.equal(result.subject, subject?.value)
    assert.deepEqual(result.attributes, attributes)
    if (sessionIndex !== undefined) assert.equal(result.sessionIndex, sessionIndex)
  }
})

test('what is left out is not checked, and listed', async (t) => {
  const out = { issuer: undefined, audience: undefined, acsUrl: undefined, inResponseTo: undefined }
  const { results } = await verify(t, lineOf(sound, out))
  assert.deepEqual([results[0]?.ok, results[0]?.notChecked], [true, ['issuer', 'audience', 'acsUrl', 'inResponseTo']])
})

test('a bad line has a result that says so, and the next line is judged all the same', async (t) => {
  const lines = [
    lineOf(sound),
    'not JSON',
    '{"id":"cut',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"id":7}',
    lineOf(sound, { id: 'no time', now: 'yesterday' }),
    lineOf(sound, { id: 'no text', samlResponse: 5 }),
    lineOf(sound, { id: 'no message', samlResponse: undefined }),
    lineOf(sound, { id: 'not base64', samlResponse: '%%%' }),
    lineOf(sound, { id: 'unknown kind', kind: 'assertion' }),
    lineOf(sound, { id: 'another kind', kind: 'logoutRequest' }),
    lineOf(sound, { id: 'no key', decryptionKeys: ['x'] }),
    lineOf(sound, { id: 'no certificate', certificates: ['x'] }),
    lineOf(sound, { id: 'no skew', clockSkewSeconds: -1 }),
    lineOf(sound, { id: 'endless skew', clockSkewSeconds: 1e300 }),
    lineOf(sound, { id: 'the last' }),
  ]
  const { code, results } = await verify(t, lines.join('\n'))
  assert.equal(code, 0)
  assert.equal(results.length, lines.length)
  const short = results.map(({ id, ok, failures }) => [id, ok, ...failures.map(({ code }) => code)])
  assert.deepEqual(short, [
    [sound.name, true],
    [2, false, 'case'],
    [3, false, 'case'],
    [4, false, 'case'],
    [5, false, 'case'],
    [6, false, 'case'],
    [7, false, 'case'],
    [7, false, 'case'],
    ['no time', false, 'case'],
    ['no text', false, 'case'],
    ['no message', false, 'message-base64'],
    ['not base64', false, 'message-base64'],
    ['unknown kind', false, 'case'],
    ['another kind', false, 'message-type'],
    ['no key', false, 'decryption-key'],
    ['no certificate', false, 'not-a-certificate'],
    ['no skew', false, 'case'],
    ['endless skew', false, 'case'],
    ['the last', true],
  ])
})

test('lines end as they end anywhere; what only looks like an end of line stands inside JSON; a byte order mark is nothing', async (t) => {
  const separators = lineOf(sound, { id: 'a\u2028b\u2029c\u0085d' })
  assert.match(separators, /\u2028/)
  const text = `\ufeff${lineOf(sound)}\r\n\r\n  \n${separators}\n${lineOf(sound)}`
  const { results } = await verify(t, text)
  assert.deepEqual(
    results.map(({ id, ok }) => [id, ok]),
    [
      [sound.name, true],
      ['a\u2028b\u2029c\u0085d', true],
      [sound.name, true],
    ],
  )
})

test('a line of any length, and characters cut by the reading of a file in pieces', async (t) => {
  const long = lineOf(sound, { id: '🦉'.repeat(300_000) })
  const { results } = await verify(t, `x${long}\n${long}\n`)
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [false, true],
  )
  assert.equal(results[1]?.id, '🦉'.repeat(300_000))
})

test('an empty file has no results; one that cannot be read is told, with exit code 2', async (t) => {
  assert.deepEqual(await verify(t, ''), { code: 0, problems: [], results: [] })
  const folder = folderOf(t)
  for (const file of [join(folder, 'nowhere.jsonl'), folder]) {
    const problems: string[] = []
    const code = await verifyBatch(file, { out: () => assert.fail('a result'), err: (line) => problems.push(line) })
    assert.equal(code, 2)
    assert.match(problems.join(), /cannot be read/)
  }
})

test('1,000 cases are judged in a run', async (t) => {
  const cases = Array.from({ length: 1000 }, (_, index) => lineOf(good[index % good.length]!, { id: index }))
  const start = performance.now()
  const { results } = await verify(t, cases.join('\n'))
  t.diagnostic(`1,000 cases in ${Math.round(performance.now() - start)} ms`)
  assert.deepEqual(
    results.filter(({ ok }) => !ok),
    [],
  )
  assert.equal(results.length, 1000)
})
