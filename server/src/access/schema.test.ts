import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { allowedAddresses, readAllowedAddresses } from '#access/addresses.ts'
import { valuesOf } from '#access/evaluate.ts'
import { readAddress } from '#access/ip.ts'
import { type AccessRequest, actions, clientKinds, purposes } from '#access/request.ts'
import { everything, schemaText } from '#access/shipped.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const texts = fc.array(text, { maxLength: 4 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const request: fc.Arbitrary<AccessRequest> = fc.record({
  action: fc.constantFrom(...actions),
  user: maybe(
    fc.record({
      id: text,
      type: fc.constantFrom('platform' as const, 'site' as const),
      teams: texts,
      roles: texts,
      accessProfile: maybe(text),
      attributes: maybe(fc.dictionary(fc.oneof(text, fc.constantFrom('__extn', '__entity', '__proto__')), texts)),
    }),
  ),
  client: maybe(
    fc.record({ id: text, kind: fc.constantFrom(...clientKinds), purpose: maybe(fc.constantFrom(...purposes)) }),
  ),
  context: fc.record({
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    at: fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
    authnContext: maybe(text),
    sessionAgeSeconds: maybe(fc.double({ min: 0, max: 1e9, noNaN: true })),
    authorizedClientIds: maybe(texts),
  }),
})

test('every request that is decided is as the schema says, so that what was validated holds for it', () => {
  const policies = { staticPolicies: { [everything.id]: everything.text } }
  fc.assert(
    fc.property(request, fc.boolean(), (asked, restricted) => {
      const allowed = readAllowedAddresses(allowedAddresses.parse({ ranges: restricted ? ['203.0.113.0/24'] : [] }))
      const address = readAddress(asked.context.address)
      fc.pre(address !== undefined)
      const values = valuesOf({ allowed, usesAttributes: true }, asked, address)
      const answer = cedar.isAuthorized({ ...values, policies, schema: schemaText, validateRequest: true })
      assert.equal(answer.type, 'success', JSON.stringify(answer))
      assert.equal(answer.type === 'success' && answer.response.decision, 'allow')
    }),
  )
})
