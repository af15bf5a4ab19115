import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { decodePost, judgeResponse, parseCertificates, SamlReadError } from '@sallyport/saml'
import { createSandboxKey, type SandboxKey } from '../key.ts'
import { newMessageId } from '../world.ts'
import { type AnswerFacts, answerAlgorithm, answerNoPassive, answerWithPerson, signaturePlacements } from './answer.ts'
import { correct, deniedMessage, type Misbehaviour, misbehaviourNamed, misbehaviours } from './misbehaviours.ts'
import { attributesOf, people } from './people.ts'

const now = new Date('2026-03-01T12:00:00Z')
const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
const issuer = 'http://localhost:3001/idp/metadata'
const asked = {
  requestId: '_request',
  acsUrl: 'http://localhost:3000/saml/abcdefghijklmn/acs',
  audience: 'http://localhost:3000/saml/abcdefghijklmn/metadata',
  relayState: 'state',
} as const
const [person] = people
assert.ok(person)

let own: SandboxKey
let stranger: SandboxKey
before(async () => {
  const clock = () => now
  own = await createSandboxKey({ clock, chance })
  stranger = await createSandboxKey({ clock, chance })
})

function facts(previousField?: string): AnswerFacts {
  return {
    now,
    newId: () => newMessageId(chance),
    publicUrl: 'http://localhost:3001',
    issuer,
    signer: { key: own.key, algorithm: answerAlgorithm, certificatePem: own.certificatePem },
    stranger: () => ({ key: stranger.key, algorithm: answerAlgorithm, certificatePem: own.certificatePem }),
    previousField,
  }
}

function answer(
  misbehaviour: Misbehaviour,
  placement: (typeof signaturePlacements)[number]['name'],
  previous?: string,
) {
  assert.ok(person)
  return answerWithPerson(
    { asked, person, authnInstant: now, sessionIndex: '_session', misbehaviour, placement },
    facts(previous),
  )
}

/** What Sallyport's own judge says of a form field that arrives a second later. */
function failedChecks(field: string): readonly string[] {
  let message: Uint8Array
  try {
    message = decodePost(field)
  } catch (error) {
    assert.ok(error instanceof SamlReadError)
    return [error.code]
  }
  const verdict = judgeResponse({
    message,
    now: new Date(now.getTime() + 1000),
    certificates: parseCertificates(own.certificatePem),
    expectedIssuer: issuer,
    expectedAudience: asked.audience,
    expectedRecipient: asked.acsUrl,
    expectedInResponseTo: asked.requestId,
  })
  return [...new Set(verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code))]
}

for (const { name: placement } of signaturePlacements) {
  describe(`signature on: ${placement}`, () => {
    for (const misbehaviour of misbehaviours) {
      test(`“${misbehaviour.label}” fails exactly the checks that its row names`, () => {
        const { SAMLResponse, action, RelayState } = answer(misbehaviour, placement)
        assert.deepEqual(failedChecks(SAMLResponse).toSorted(), misbehaviour.failedChecks.toSorted())
        assert.equal(action, asked.acsUrl)
        assert.equal(RelayState, 'state')
      })
    }

    test('the signatures stand where they were asked for, and nowhere else', () => {
      const xml = Buffer.from(decodePost(answer(correct, placement).SAMLResponse)).toString()
      const assertionAt = xml.indexOf('<saml:Assertion')
      const onResponse = xml.slice(0, assertionAt).includes('<ds:Signature ')
      const onAssertion = xml.slice(assertionAt).includes('<ds:Signature ')
      assert.deepEqual({ onResponse, onAssertion }, expectedPlaces[placement])
    })
  })
}

const expectedPlaces = {
  assertion: { onResponse: false, onAssertion: true },
  response: { onResponse: true, onAssertion: false },
  both: { onResponse: true, onAssertion: true },
} as const

function xmlOf(name: string): string {
  const misbehaviour = misbehaviourNamed(name)
  assert.ok(misbehaviour, name)
  return Buffer.from(decodePost(answer(misbehaviour, 'assertion').SAMLResponse)).toString()
}

test('the table has no name and no label twice', () => {
  assert.equal(new Set(misbehaviours.map(({ name }) => name)).size, misbehaviours.length)
  assert.equal(new Set(misbehaviours.map(({ label }) => label)).size, misbehaviours.length)
})

test('a correct answer says who it is about and all that the directory knows', () => {
  assert.ok(person)
  const xml = xmlOf('correct')
  assert.match(xml, /<saml:NameID Format="[^"]*unspecified">ada<\/saml:NameID>/)
  for (const { name, values } of attributesOf(person)) {
    assert.ok(xml.includes(`Name="${name}"`), name)
    for (const value of values) assert.ok(xml.includes(`>${value}</saml:AttributeValue>`), value)
  }
})

test('teams and roles are joined with _::_ or are values of their own, as client ids always are', () => {
  const valuesOf = (username: string) => {
    const person = people.find((one) => one.username === username)
    assert.ok(person)
    return Object.fromEntries(attributesOf(person).map((attribute) => [attribute.name, attribute.values]))
  }
  const ada = valuesOf('ada')
  assert.deepEqual([ada.teams, ada.roles], [['Agents_::_Supervisors'], ['Agent_::_Manager']])
  assert.equal(ada.AuthorizedClientIDs?.length, 3)
  const grace = valuesOf('grace')
  assert.deepEqual(
    [grace.teams, grace.roles],
    [
      ['Supervisors', 'Agents'],
      ['Manager', 'Agent'],
    ],
  )
})

test('a Site User has neither application nor roles, and somebody is in a team that the demo does not have', () => {
  const demo = readFileSync(new URL('../../demo/sallyport.yaml', import.meta.url), 'utf8')
  const named = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(demo)
  const site = people.filter(({ userType }) => userType === 'SITE')
  assert.equal(site.length, 1)
  for (const person of site) {
    const names = attributesOf(person).map(({ name }) => name)
    assert.ok(!names.includes('application') && !names.includes('roles'))
  }
  assert.deepEqual(
    people.filter(({ teams }) => !teams.every(named)).map(({ username }) => username),
    ['katherine'],
  )
  for (const { roles, application } of people) assert.ok([...roles, ...(application ? [application] : [])].every(named))
})

test('a replay sends the previous answer, byte for byte', () => {
  const replay = misbehaviourNamed('replay')
  assert.ok(replay)
  const before = answer(correct, 'assertion').SAMLResponse
  assert.equal(answer(replay, 'assertion', before).SAMLResponse, before)
})

test('a denial carries its message and no assertion (Core 3.2.2.3)', () => {
  const xml = xmlOf('denied')
  assert.ok(xml.includes(`<samlp:StatusMessage>${deniedMessage}</samlp:StatusMessage>`))
  assert.doesNotMatch(xml, /Assertion/)
})

test('without the user id attributes neither uid nor email is there, and the names still are', () => {
  const xml = xmlOf('no-user-id-attribute')
  assert.doesNotMatch(xml, /Name="(uid|email)"/)
  assert.match(xml, /Name="firstName"/)
})

test('a changed answer names somebody else than the one who signed in', () => {
  assert.match(xmlOf('bad-signature'), />mallory<\/saml:NameID>/)
})

test('an answer that is too large is larger than 1 MiB', () => {
  assert.ok(xmlOf('too-large').length > 1024 * 1024)
})

test('an answer that nobody asked for names no request (Profiles 4.1.5)', () => {
  assert.ok(person)
  const order = { asked: { ...asked, requestId: undefined }, person, authnInstant: now, sessionIndex: '_session' }
  const { SAMLResponse } = answerWithPerson({ ...order, misbehaviour: correct, placement: 'both' }, facts())
  assert.doesNotMatch(Buffer.from(decodePost(SAMLResponse)).toString(), /InResponseTo/)
})

test('NoPassive says so in the second status code, signed (Core 3.2.2.2)', () => {
  const { SAMLResponse } = answerNoPassive(asked, facts())
  assert.match(Buffer.from(decodePost(SAMLResponse)).toString(), /status:NoPassive/)
  assert.deepEqual(failedChecks(SAMLResponse), ['status'])
})
