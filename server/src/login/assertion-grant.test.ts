import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Signer, signXml } from '@sallyport/saml'
import { type AssertionToWrite, writeAssertion } from '@sallyport/saml/identity-provider'
import { listDecisions } from '#access/recorded.ts'
import { findSessionAttributes } from '#access/session-attributes.ts'
import { forbid, restrict } from '#access/test-access.ts'
import { newId, type World } from '#config/world.ts'
import { type ConnectionInPlace, updateConnection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { type AssertionAttempt, signInByAssertion } from '#login/assertion-grant.ts'
import type { LoginContext } from '#login/login.ts'
import {
  after,
  contextOf,
  makeNeighbours,
  makePlace,
  makePlaces,
  now,
  publicUrl,
  testWorld,
  the,
} from '#login/test-place.ts'
import { saveSessionSettings, sessionSettings } from '#sessions/settings.ts'
import { findRecord, listRecords } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { findUser, updateUser } from '#users/users.ts'
import { signerOf } from '../../../saml/cases/one-change.ts'

const grant = { assertionGrant: true }
const wallboard = { id: 'wallboard', kind: 'web' } as const
const userAgent = 'Wallboard node'

const issuerOf = ({ company, environment }: Pick<ConnectionInPlace, 'company' | 'environment'>): string =>
  `${publicUrl}/${company.slug}/${environment.slug}`

type Change = Partial<AssertionToWrite> & {
  readonly signer?: Signer | undefined
  readonly edit?: (xml: string) => string
}

/** As an identity provider makes one for an application that is to bring it; with something changed. */
function assertionFor(place: ConnectionInPlace, { chance, clock }: World, change: Change = {}): Uint8Array {
  const { edit = (xml) => xml, ...facts } = change
  const signer = 'signer' in facts ? facts.signer : signerOf('idp')
  const id = newId(chance, 'rec').replace('rec', '_a')
  const at = (seconds: number): Date => new Date(clock().getTime() + seconds * 1000)
  const token = `${issuerOf(place)}/oauth/token`
  const xml = edit(
    writeAssertion({
      id,
      issueInstant: clock(),
      issuer: place.connection.settings.issuer,
      nameId: { value: 'ada' },
      recipient: token,
      audience: token,
      notBefore: at(-30),
      notOnOrAfter: at(300),
      authnInstant: at(-5),
      attributes: [],
      ...facts,
    }),
  )
  return Buffer.from(signer === undefined ? xml : signXml(xml, { id: facts.id ?? id, signer }))
}

function bring(
  ctx: LoginContext,
  place: ConnectionInPlace,
  assertion: Uint8Array,
  change: Partial<AssertionAttempt> = {},
) {
  const issuer = issuerOf(place)
  const by = {
    accessClient: wallboard,
    address: '192.0.2.1',
    userAgent,
    issuer,
    tokenEndpoint: `${issuer}/oauth/token`,
  }
  return signInByAssertion(ctx, place, { assertion, ...by, ...change })
}

async function session(attempt: ReturnType<typeof bring>) {
  const answer = await attempt
  assert.ok('session' in answer, JSON.stringify(answer))
  return answer.session
}

async function refusal(attempt: ReturnType<typeof bring>) {
  const answer = await attempt
  assert.ok('refused' in answer, 'not refused')
  return answer.refused
}

async function count(db: Database, table: 'users' | 'sessions' | 'used_assertions'): Promise<number> {
  return (await db.read.selectFrom(table).select('environment_id').execute()).length
}

const clientIds = (...values: readonly string[]): Pick<AssertionToWrite, 'attributes'> => ({
  attributes: [{ name: 'AuthorizedClientIDs', values }],
})

onEveryDatabase((kind, openFresh) => {
  const stage = async (t: Parameters<typeof openFresh>[0], settings: Readonly<Record<string, unknown>> = {}) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const place = await makePlace(db, world, { connections: [{ settings: { ...grant, ...settings } }] })
    const env = place.environment.id
    const record = async (reference: string) => the(await findRecord(db.read, env, reference))
    return { db, world, ctx, place, env, record }
  }

  test(`the person is made, a session opened that says whose program it is, and all of it recorded (${kind})`, async (t) => {
    const { db, world, ctx, place, env } = await stage(t)
    const facts = {
      attributes: [
        { name: 'email', values: ['ada@acme.example'] },
        { name: 'AuthorizedClientIDs', values: [' wallboard '] },
      ],
      sessionIndex: '_s',
      sessionNotOnOrAfter: after(20 * 60 * 1000),
    }
    const opened = await session(bring(ctx, place, assertionFor(place, world, facts)))
    const user = the(await findUser(db.read, env, { kind: 'username', value: 'ada' }))
    assert.deepEqual([opened.userId, user.email, user.connectionId], [user.id, 'ada@acme.example', place.connection.id])
    assert.deepEqual(
      [opened.address, opened.userAgent, opened.authorizedClientIds],
      ['192.0.2.1', userAgent, ['wallboard']],
    )
    assert.deepEqual(opened.expiresAt, after(20 * 60 * 1000), 'Core 2.7.2')
    assert.deepEqual((await findSessionAttributes(db.read, env, opened.id)).email, ['ada@acme.example'])
    const [record, ...others] = await listRecords(db.read, env, { limit: 9 })
    assert.deepEqual(
      [others.length, record?.id, record?.outcome, record?.subject],
      [0, opened.recordId, 'signed-in', 'ada'],
    )
    assert.deepEqual([record?.userId, record?.details.startedAt], [user.id, 'client'])
    const codes = the(record).details.checks.map(({ code }) => code)
    for (const code of ['signature-key', 'confirmation-recipient', 'assertion-unused', 'user-known', 'session-lives'])
      assert.ok(codes.includes(code), code)
    assert.deepEqual(codes.slice(-1), ['client-allowed'])
    const decided = (await listDecisions(db.read, env, { limit: 9 })).map(({ action, request }) => [
      action,
      request.client?.id,
    ])
    assert.deepEqual(decided.toSorted(), [
      ['authorize', 'wallboard'],
      ['sign-in', 'wallboard'],
    ])
  })

  test(`each assertion is taken once, of ten at the same moment too (RFC 7522 section 3 item 6) (${kind})`, async (t) => {
    const { db, world, ctx, place, record } = await stage(t)
    const assertion = assertionFor(place, world)
    const answers = await Promise.all(Array.from({ length: 10 }, () => bring(ctx, place, assertion)))
    assert.equal(answers.filter((answer) => 'session' in answer).length, 1)
    const { reason, reference, sentence } = await refusal(bring(ctx, place, assertion))
    assert.deepEqual([reason, sentence], ['assertion-unused', 'It was finished already, or it took too long.'])
    assert.deepEqual([(await record(reference)).outcome, await count(db, 'sessions')], ['refused', 1])
  })

  test(`what does not hold is refused: no session, no user, and a record that says why (${kind})`, async (t) => {
    const { db, world, ctx, place, record } = await stage(t)
    const { acs, metadata } = endpointsOf(publicUrl, place.connection.ticket)
    const rows: readonly (readonly [string, Uint8Array, string])[] = [
      ['nothing signed', assertionFor(place, world, { signer: undefined }), 'signature-present'],
      ['another key', assertionFor(place, world, { signer: signerOf('other-idp') }), 'signature-key'],
      ['another issuer', assertionFor(place, world, { issuer: 'https://evil.example' }), 'assertion-issuer'],
      ['another audience', assertionFor(place, world, { audience: 'https://other.example/token' }), 'audience'],
      [
        'another token endpoint',
        assertionFor(place, world, { recipient: `${publicUrl}/x/y/oauth/token` }),
        'confirmation-recipient',
      ],
      [
        'that of a browser',
        assertionFor(place, world, { recipient: acs, audience: metadata }),
        'confirmation-recipient',
      ],
      ['an answer to a request', assertionFor(place, world, { inResponseTo: '_request' }), 'in-response-to'],
      [
        'over',
        assertionFor(place, world, { notBefore: after(-600_000), notOnOrAfter: after(-300_000) }),
        'confirmation-expiry',
      ],
      ['no XML', Buffer.from('nonsense'), 'xml-well-formed'],
      ['nothing', new Uint8Array(), 'xml-well-formed'],
      [
        'nobody',
        assertionFor(place, world, { edit: (xml) => xml.replace(/<saml:NameID.*<\/saml:NameID>/, '') }),
        'user-id',
      ],
    ]
    for (const [what, assertion, expected] of rows) {
      const { reason, reference } = await refusal(bring(ctx, place, assertion))
      const { outcome, reason: written, connectionId, details } = await record(reference)
      assert.deepEqual([reason, written, outcome, details.startedAt], [expected, expected, 'refused', 'client'], what)
      assert.equal(connectionId, place.connection.id)
    }
    assert.deepEqual([await count(db, 'users'), await count(db, 'sessions')], [0, 0])
    assert.equal(await count(db, 'used_assertions'), 1, 'only what was sound is remembered')
  })

  test(`any of three names of ours is an audience (RFC 7522 section 3 item 2) (${kind})`, async (t) => {
    const { world, ctx, place } = await stage(t, { requestIssuer: 'urn:acme:sso' })
    for (const audience of [issuerOf(place), `${issuerOf(place)}/oauth/token`, 'urn:acme:sso'])
      await session(bring(ctx, place, assertionFor(place, world, { audience })))
  })

  test(`no connection takes assertions unless it says so, and no draft does (${kind})`, async (t) => {
    const { db, world, ctx, place, env, record } = await stage(t, { assertionGrant: false })
    const refused = await refusal(bring(ctx, place, assertionFor(place, world)))
    assert.equal(refused.reason, 'assertion-connection')
    const written = await record(refused.reference)
    assert.deepEqual([written.connectionId, written.details.startedAt], [undefined, 'client'])
    const settings = { ...place.connection.settings, ...grant }
    await updateConnection(db.write, env, { ...place.connection, state: 'draft', settings }, now)
    assert.equal((await refusal(bring(ctx, place, assertionFor(place, world)))).reason, 'assertion-connection')
    await updateConnection(db.write, env, { ...place.connection, settings }, now)
    await session(bring(ctx, place, assertionFor(place, world)))
  })

  test(`of several connections the one whose issuer it names, with its own certificates (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const other = { issuer: 'https://partners.example', issuerCertificates: [signerOf('other-idp').certificatePem] }
    const places = await makePlaces(db, world, {
      connections: [
        { name: 'Directory', settings: grant },
        { name: 'Partners', settings: { ...grant, ...other } },
        {
          name: 'Partners, known otherwise',
          settings: { ...grant, issuer: other.issuer, requestIssuer: 'urn:second' },
        },
        { name: 'Closed', settings: { issuer: 'https://closed.example' } },
      ],
    })
    const [directory, partners, again, closed] = places.map((place) => the(place))
    const signer = signerOf('other-idp')
    const opened = await session(bring(ctx, the(directory), assertionFor(the(partners), world, { signer })))
    assert.equal(opened.connectionId, the(partners).connection.id)
    const second = await session(
      bring(ctx, the(directory), assertionFor(the(again), world, { nameId: { value: 'bob' } })),
    )
    assert.equal(second.connectionId, the(again).connection.id)
    for (const [assertion, reason] of [
      [assertionFor(the(directory), world, { signer }), 'signature-key'],
      [assertionFor(the(closed), world), 'assertion-connection'],
      [Buffer.from('<x/>'), 'message-type'],
      // One identity provider does not speak for another's people.
      [assertionFor(the(directory), world), 'user-connection'],
    ] as const)
      assert.equal((await refusal(bring(ctx, the(directory), assertion))).reason, reason)
  })

  test(`an assertion for one Environment is none for its neighbour, although both trust the provider (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const ctx = contextOf(db, world)
    const { mine, other } = await makeNeighbours(db, world)
    for (const { environment, connection } of [mine, other]) {
      const settings = { ...connection.settings, ...grant }
      await updateConnection(db.write, environment.id, { ...connection, settings }, now)
    }
    const assertion = assertionFor(other, world)
    const { reason, reference } = await refusal(bring(ctx, mine, assertion))
    assert.equal(reason, 'confirmation-recipient')
    assert.equal(await findRecord(db.read, other.environment.id, reference), undefined)
    await session(bring(ctx, other, assertion))
    assert.equal(await findUser(db.read, mine.environment.id, { kind: 'username', value: 'ada' }), undefined)
  })

  test(`AuthorizedClientIDs: absent, every client; present, those it lists (${kind})`, async (t) => {
    const { db, world, ctx, place, record } = await stage(t)
    for (const [ids, title] of [
      [clientIds(), 'none'],
      [clientIds('another'), 'another one'],
      [clientIds('Wallboard'), 'in other letters'],
      [clientIds('“wallboard”'), 'in quotation marks'],
    ] as const) {
      const { reason, reference, sentence } = await refusal(bring(ctx, place, assertionFor(place, world, ids)))
      assert.equal(reason, 'client-allowed', title)
      assert.equal(sentence, 'Your company’s sign-in page does not allow this application for you.')
      const check = the((await record(reference)).details.checks.find(({ code }) => code === 'client-allowed'))
      assert.match(check.expected ?? '', /<saml:AttributeValue>wallboard<\/saml:AttributeValue>/)
    }
    assert.deepEqual([await count(db, 'users'), await count(db, 'sessions')], [0, 0])
    await session(bring(ctx, place, assertionFor(place, world, clientIds('another', 'wallboard'))))
    await session(bring(ctx, place, assertionFor(place, world)))
  })

  test(`where the rules forbid the sign-in or the token, there is no session and no account (${kind})`, async (t) => {
    const { db, world, ctx, place, env, record } = await stage(t)
    const forbidden = async () => {
      const { reason, reference } = await refusal(bring(ctx, place, assertionFor(place, world)))
      assert.equal(reason, 'access-allowed')
      return the((await record(reference)).details.checks.find(({ code }) => code === 'access-allowed')).received
    }
    await restrict(db, world, env, { addresses: { ranges: ['203.0.113.0/24'] } })
    assert.match((await forbidden()) ?? '', /“Allowed IP Addresses”: context.address = 192\.0\.2\.1/)
    await restrict(db, world, env, { addresses: { ranges: ['192.0.2.0/24'] } })
    await session(bring(ctx, place, assertionFor(place, world)))
    await restrict(db, world, env, {
      policies: { 'No wallboards': forbid('action == Action::"authorize" && resource.clientId == "wallboard"') },
    })
    const nobody = assertionFor(place, world, { nameId: { value: 'bob' } })
    assert.equal((await refusal(bring(ctx, place, nobody))).reason, 'access-allowed')
    assert.equal(await findUser(db.read, env, { kind: 'username', value: 'bob' }), undefined)
    assert.equal(await count(db, 'sessions'), 1)
  })

  test(`a deactivated user does not come in (${kind})`, async (t) => {
    const { db, world, ctx, place, env } = await stage(t)
    const opened = await session(bring(ctx, place, assertionFor(place, world)))
    const user = the(await findUser(db.read, env, { kind: 'username', value: 'ada' }))
    assert.equal(user.id, opened.userId)
    const why = { source: () => ({ by: 'rule' }) as const, now }
    await updateUser(db.write, user, { deactivatedAt: now }, why)
    assert.equal((await refusal(bring(ctx, place, assertionFor(place, world)))).reason, 'user-active')
  })

  test(`the limit counts it: the oldest session ends (${kind})`, async (t) => {
    const { db, world, ctx, place, env } = await stage(t)
    await saveSessionSettings(db.write, env, sessionSettings.parse({ limit: { enabled: true, maximum: 1 } }), now)
    const first = await session(bring(ctx, place, assertionFor(place, world)))
    world.passTime(1000)
    await session(bring(ctx, place, assertionFor(place, world)))
    const row = await db.read.selectFrom('sessions').select('ended_why').where('id', '=', first.id).executeTakeFirst()
    assert.equal(row?.ended_why, 'limit')
  })
})
