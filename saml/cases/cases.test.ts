// Every case folder is judged as its case.json says.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { judgeResponse, parseCertificates, type ResponseVerdict } from '../src/index.ts'
import { explanations } from '../src/report/explanations.ts'
import { badCases } from './bad-cases.ts'
import { type CaseFolder, readCases } from './case.ts'

function judge({ case: it, message }: CaseFolder): ResponseVerdict {
  return judgeResponse({
    message,
    now: new Date(it.now),
    certificates: it.certificates.flatMap((pem) => parseCertificates(pem)),
    expectedIssuer: it.issuer,
    expectedAudience: it.audience,
    expectedRecipient: it.acsUrl,
    expectedInResponseTo: it.inResponseTo,
    decryptionKeys: (it.decryptionKeys ?? []).map((pem) => createPrivateKey(pem)),
  })
}

function failures(verdict: ResponseVerdict): readonly string[] {
  return verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
}

for (const folder of readCases('good')) {
  test(`${folder.name}: ${folder.case.title}`, () => {
    const verdict = judge(folder)
    assert.deepEqual(failures(verdict), [])
    assert.ok(verdict.ok && verdict.claims)
    const { subject, attributes, sessionIndex } = folder.case.expect
    assert.equal(verdict.claims.nameId?.value, subject?.value)
    if (subject?.format !== undefined) assert.equal(verdict.claims.nameId?.format, subject.format)
    const got = Object.fromEntries(verdict.claims.attributes.map(({ name, values }) => [name, values]))
    assert.deepEqual(got, attributes)
    if (sessionIndex !== undefined) assert.equal(verdict.claims.sessionIndex, sessionIndex)
  })
}

for (const folder of readCases('bad')) {
  test(`${folder.name}: ${folder.case.title}`, () => {
    const verdict = judge(folder)
    assert.equal(verdict.ok, false)
    assert.equal(verdict.claims, undefined, 'no identity comes out of a refused response')
    assert.deepEqual(failures(verdict), folder.case.expect.failures)
    for (const check of verdict.checks) {
      assert.ok(explanations[check.code].sentence && explanations[check.code].cure)
      if (check.outcome === 'failed') assert.ok(check.expected && check.received, `${check.code} shows its evidence`)
    }
  })
}

test('the folders of bad cases are those of the table', () => {
  const folders = readCases('bad').map(({ name }) => name.replace(/^bad\//, ''))
  assert.deepEqual(folders, Object.keys(badCases).sort())
})
