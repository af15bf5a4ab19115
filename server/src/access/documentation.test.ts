import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { allowedAddresses, storedAddresses } from '#access/addresses.ts'
import { loadCedar } from '#access/cedar.ts'
import { decisionErrors, evaluate } from '#access/evaluate.ts'
import type { AccessRequest } from '#access/request.ts'
import { makeRules } from '#access/rules.ts'
import { schemaText } from '#access/shipped.ts'
import { ada, requestOf } from '#access/test-access.ts'
import { faultsOfPolicy, policyFaultCodes } from '#access/validate.ts'

const page = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```cedar\n(.*?)^```$/gms)].map(([, text = '']) => text)

const monday = { at: new Date('2026-03-02T12:00:00Z') }
const forecast = { id: 'forecast', kind: 'web' } as const
const inOffice = { ...monday, address: '203.0.113.7' }
const lead = { ...ada, roles: ['Service Desk:Lead'] }

/** For each example, requests with what becomes of them. */
const outcomes: readonly (readonly (readonly [AccessRequest, string])[])[] = [
  [
    [requestOf({}, monday), 'deny'],
    [requestOf({}, inOffice), 'allow'],
    [requestOf({ user: lead }, monday), 'allow'],
    [requestOf({ user: { ...ada, teams: [] } }, monday), 'allow'],
  ],
  [
    [requestOf({ action: 'sign-in' }), 'deny'],
    [requestOf({ action: 'sign-in' }, { at: new Date('2026-03-02T05:59:59Z') }), 'deny'],
    [requestOf({ action: 'sign-in' }, monday), 'allow'],
    [requestOf({ action: 'call' }), 'allow'],
  ],
  [
    [requestOf({ action: 'authorize', client: forecast }), 'deny'],
    [
      requestOf({ action: 'authorize', client: forecast, user: { ...ada, attributes: { department: ['Sales'] } } }),
      'allow',
    ],
    [requestOf({ action: 'authorize', client: { ...forecast, id: 'wallboard' } }), 'allow'],
  ],
  [
    [requestOf({ action: 'call' }, { sessionAgeSeconds: 28_801 }), 'reauthenticate'],
    [requestOf({ action: 'authorize' }, { sessionAgeSeconds: 28_800 }), 'allow'],
    [requestOf({ action: 'sign-in' }), 'allow'],
  ],
]

test('every example in docs/access.md can be saved, and decides as its sentence says', async () => {
  assert.equal(examples.length, outcomes.length)
  for (const [nth, text] of examples.entries()) {
    assert.deepEqual(await faultsOfPolicy(text), [], text)
    const rules = makeRules(await loadCedar(), {
      setId: 'documentation',
      version: '',
      addresses: storedAddresses.parse({}),
      policies: [{ id: 'policy_example', name: 'Example', text, mode: 'enforced' }],
    })
    for (const [request, expected] of outcomes[nth] ?? [])
      assert.equal(evaluate(rules, request).effect, expected, `${text}\n${JSON.stringify(request)}`)
  }
})

test('docs/access.md has every code, every setting, and every name that the schema knows', () => {
  const rows = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name))
  for (const code of [...policyFaultCodes, ...decisionErrors]) assert.ok(rows.has(code), code)
  for (const setting of Object.keys(allowedAddresses.shape)) assert.ok(rows.has(setting), setting)
  const parts = { User: 'principal', Client: 'resource', Circumstances: 'context' } as const
  for (const [, entity = '', fields = ''] of schemaText.matchAll(/^(?:entity|type) (\w+) = \{(.*?)^\}/gms)) {
    for (const [, field] of fields.matchAll(/^ {2}(\w+)\??:/gm)) {
      const name = `${parts[entity as keyof typeof parts]}.${field}`
      assert.ok(rows.has(name), name)
    }
  }
})
