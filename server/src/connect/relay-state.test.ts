import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  buildRelayState,
  type RelayStateParts,
  readRelayState,
  relayStateOf,
  relayStatePartsOf,
} from '#connect/relay-state.ts'
import { relayStateFindings } from '#connect/relay-state-findings.ts'
import { destinations } from '#connect/settings.ts'

const id = '11111111-2222-3333-4444-555555555555'
const london: RelayStateParts = {
  region: 'eu-west-2',
  instanceId: id,
  destination: 'ccp-v2',
  newDomain: true,
  vdiPlatform: null,
}
const federate = `https://eu-west-2.console.aws.amazon.com/connect/federate/${id}`
const codesOf = (text: string, wanted?: RelayStateParts) =>
  readRelayState(text, wanted).findings.map(({ code }) => code)

test('a RelayState leads through the console of the instance’s region to the page for agents', () => {
  for (const [parts, text] of [
    [{}, `${federate}?destination=%2Fccp-v2&new_domain=true`],
    [{ newDomain: false }, `${federate}?destination=%2Fconnect%2Fccp-v2`],
    [{ destination: 'ccp', newDomain: false }, `${federate}?destination=%2Fconnect%2Fccp`],
    [{ destination: 'ccp' }, `${federate}?destination=%2Fconnect%2Fccp&new_domain=true`],
    [{ destination: 'agent-app-v2' }, `${federate}?destination=%2Fagent-app-v2&new_domain=true`],
    [{ destination: null, newDomain: false }, federate],
    [
      { destination: 'agent-app-v2', vdiPlatform: 'CITRIX' },
      `${federate}?destination=%2Fagent-app-v2%3FVDIPlatform%3DCITRIX&new_domain=true`,
    ],
    [
      { region: 'us-gov-west-1', destination: null, newDomain: false },
      `https://console.amazonaws-us-gov.com/connect/federate/${id}`,
    ],
  ] as const)
    assert.equal(buildRelayState({ ...london, ...parts }), text)
})

const anyParts: fc.Arbitrary<RelayStateParts> = fc
  .record({
    region: fc.constantFrom(
      'us-east-1',
      'eu-central-1',
      'ap-southeast-2',
      'us-gov-west-1',
      'us-gov-east-1',
      'cn-north-1',
    ),
    instanceId: fc.uuid(),
    destination: fc.option(fc.constantFrom(...destinations), { nil: null }),
    newDomain: fc.boolean(),
    vdiPlatform: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { nil: null }),
  })
  .map((parts) => ({ ...parts, vdiPlatform: parts.destination === 'agent-app-v2' ? parts.vdiPlatform : null }))

test('what is built is read as it was meant, also once and twice more encoded', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const built = buildRelayState(parts)
      const read = readRelayState(built, parts)
      assert.deepEqual(read.parts, parts)
      assert.equal(read.mended, built)
      assert.deepEqual(
        read.findings.map(({ code }) => code),
        parts.destination === null ? ['no-destination'] : [],
      )
      const once = readRelayState(encodeURIComponent(built))
      assert.deepEqual(once.parts, parts)
      assert.equal(once.findings[0]?.code, 'encoded-whole')
      const twice = readRelayState(encodeURIComponent(encodeURIComponent(built)))
      assert.deepEqual(twice.parts, parts)
      assert.equal(twice.findings[0]?.code, 'encoded-whole-twice')
    }),
    { seed: 8, numRuns: 300 },
  )
})

test('it may be pasted with its name', () => {
  assert.deepEqual(readRelayState(`RelayState=${encodeURIComponent(buildRelayState(london))}`).parts, london)
})

test('nothing that is pasted breaks the reader', () => {
  const near = fc.string().map((text) => `${federate}?destination=${text}`)
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), near),
      (text) => void readRelayState(text, london),
    ),
    { seed: 8, numRuns: 500 },
  )
})

const mistakes = [
  ['x'.repeat(5000), 'too-long'],
  [' ', 'empty'],
  [` “${federate}?destination=%2Fccp-v2&new_domain=true”\n`, 'space-or-quotes'],
  [encodeURIComponent(federate), 'encoded-whole'],
  [encodeURIComponent(encodeURIComponent(federate)), 'encoded-whole-twice'],
  ['acme', 'not-an-address'],
  [federate.replace('https', 'http'), 'not-https'],
  ['https://acme.my.connect.aws/ccp-v2/', 'address-of-instance'],
  ['https://acme.awsapps.com/connect/ccp-v2/', 'address-of-instance'],
  ['https://signin.aws.amazon.com/saml', 'address-of-sign-in'],
  ['https://eu-west-2.console.aws.example/connect/federate/x', 'other-host'],
  ['https://eu-west-2.console.aws.amazon.com/connect/home', 'other-path'],
  [`https://console.aws.amazon.com/connect/federate/${id}`, 'region-missing'],
  [`https://london.console.aws.amazon.com/connect/federate/${id}`, 'region-unknown'],
  [`https://us-gov-west-1.console.aws.amazon.com/connect/federate/${id}`, 'other-partition'],
  ['https://eu-west-2.console.aws.amazon.com/connect/federate/acme', 'instance-not-id'],
  [
    federate.replace(id, encodeURIComponent(`arn:aws:connect:eu-west-2:123456789012:instance/${id}`)),
    'instance-is-arn',
  ],
  [`${federate}?destination=%2Fagent-app-v2&VDIPlatform=CITRIX`, 'unknown-parameter'],
  [`${federate}?destination=%2Fccp-v2&destination=%2Fccp-v2`, 'destination-twice'],
  [`${federate}?destination=/connect/ccp`, 'destination-not-encoded'],
  [`${federate}?destination=%252Fconnect%252Fccp`, 'destination-encoded-twice'],
  [federate, 'no-destination'],
  [`${federate}?destination=ccp-v2`, 'landing-not-a-path'],
  [`${federate}?destination=%2Fhome`, 'other-landing'],
  [`${federate}?destination=%2Fccp-v2`, 'landing-of-new-domain'],
  [`${federate}?destination=%2Fconnect%2Fccp-v2&new_domain=true`, 'landing-of-old-domain'],
  [federate.replace('eu-west-2', 'us-east-1'), 'other-region'],
  [federate.replace(id, id.replace('1', '2')), 'other-instance'],
  [`${federate}?destination=%2Fconnect%2Fccp`, 'other-destination'],
  [`${federate}?destination=%2Fccp-v2`, 'new-domain-missing'],
] as const

for (const [text, code] of mistakes)
  test(`${code}: ${text.slice(0, 80)}`, () =>
    assert.ok(codesOf(text, london).includes(code), String(codesOf(text, london))))

test('new_domain where the settings name an address at awsapps.com would loop', () => {
  assert.deepEqual(codesOf(buildRelayState(london), { ...london, newDomain: false }), ['new-domain-unwanted'])
})

test('every finding has a case here, a sentence and a cure without gaps', () => {
  const tried = new Set<string>([...mistakes.map(([, code]) => code), 'new-domain-unwanted'])
  assert.deepEqual(Object.keys(relayStateFindings).toSorted(), [...tried].toSorted())
  for (const [text] of mistakes)
    for (const { sentence, cure } of readRelayState(text, london).findings) {
      assert.match(sentence, /[.]$/)
      assert.doesNotMatch(`${sentence} ${cure}`, /[{}]|undefined/)
    }
})

test('a mended one says where each mistake was and reads without findings', () => {
  const { mended } = readRelayState(
    ` http://eu-west-2.console.aws.amazon.com/connect/federate/${id.toUpperCase()}?destination=/ccp-v2/chat&new_domain=true`,
  )
  assert.equal(mended, `${federate}?destination=%2Fccp-v2&new_domain=true`)
  assert.deepEqual(codesOf(mended ?? '', london), [])
})

test('without a destination of its own the version of the panel and the kind of address decide', () => {
  const settings = (url: string, ccpVersion: 'v1' | 'v2') =>
    ({
      instance: { url, region: 'eu-west-2', id, accountId: null },
      ccpVersion,
      federation: { destination: null },
    }) as never
  assert.deepEqual(relayStatePartsOf(settings('https://acme.my.connect.aws', 'v2')), london)
  assert.equal(relayStateOf(settings('https://acme.awsapps.com', 'v1')), `${federate}?destination=%2Fconnect%2Fccp`)
  assert.equal(relayStatePartsOf(settings('http://localhost:3001', 'v2')).newDomain, true)
})
