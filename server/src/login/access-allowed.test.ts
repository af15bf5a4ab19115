import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listDecisions } from '#access/recorded.ts'
import { findSessionAttributes } from '#access/session-attributes.ts'
import { forbid, restrict } from '#access/test-access.ts'
import { type Answered, referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findRecord } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { findUser } from '#users/users.ts'

const ranges = ['203.0.113.0/24']

onEveryDatabase((kind, openFresh) => {
  /** A browser whose last step comes with these headers, by way of 127.0.0.1. */
  const stage = async (t: Parameters<typeof openFresh>[0], trustedProxies: readonly string[] = []) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const ctx = contextOf(db, world)
    const app = await startApp(t, { ...ctx, config: { publicUrl, trustedProxies } })
    const signIn = async (forwardedFor?: string, place = mine, department?: string): Promise<Answered> => {
      const browser = testBrowser(app, world)
      const { requestId, relayState } = await browser.begin(place)
      const attributes = department === undefined ? {} : { attributes: [{ name: 'department', values: [department] }] }
      const SAMLResponse = signedAnswer(place, world, { inResponseTo: requestId, assertion: attributes })
      const url = `/saml/${place.connection.ticket}/acs`
      const { headers } = await browser.post(url, { SAMLResponse, RelayState: relayState })
      return browser.get(headers.location ?? '', forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor })
    }
    const id = mine.environment.id
    const record = async (page: Answered) => the(await findRecord(db.read, id, referenceOn(page)))
    return { db, world, mine, other, id, signIn, record }
  }

  test(`from elsewhere nobody signs in: a sentence, a record, no account, no session (${kind})`, async (t) => {
    const { db, world, id, signIn, record, other } = await stage(t)
    await restrict(db, world, id, { addresses: { ranges } })
    const refused = await signIn()
    assert.equal(refused.statusCode, 403)
    assert.match(refused.body, /Your company does not allow this sign-in from where you are, or at this time\./)
    assert.equal(
      refused.cookies.some(({ name }) => name.includes('session')),
      false,
    )
    const { outcome, reason, details } = await record(refused)
    assert.deepEqual([outcome, reason], ['refused', 'access-allowed'])
    const check = the(details.checks.find(({ code }) => code === 'access-allowed'))
    assert.equal(check.expected, 'a sign-in that no policy of the Environment forbids')
    assert.equal(
      check.received,
      '“Allowed IP Addresses”: context.address = 127.0.0.1, context.inAllowedAddresses = false, resource.exempt = false',
    )
    assert.equal(await findUser(db.read, id, { kind: 'username', value: 'ada' }), undefined, 'nobody was made')
    assert.deepEqual(await db.read.selectFrom('sessions').select('id').execute(), [])
    const [noted, ...more] = await listDecisions(db.read, id, { limit: 10 })
    assert.deepEqual([noted?.action, noted?.effect, noted?.userId, more.length], ['sign-in', 'deny', '', 0])
    assert.deepEqual(noted?.request.user?.teams, ['Agents'])
    assert.equal((await signIn(undefined, other)).statusCode, 303, 'the neighbour has no ranges')
    await restrict(db, world, id, { addresses: { ranges: ['127.0.0.1'] } })
    assert.equal((await signIn()).statusCode, 303)
    await restrict(db, world, id, { addresses: { ranges } })
    world.passTime(1000)
    assert.equal((await signIn()).statusCode, 403)
    const [again] = await listDecisions(db.read, id, { limit: 1 })
    assert.deepEqual([again?.effect, again?.username], ['deny', 'ada'], 'who is known is named')
  })

  test(`X-Forwarded-For counts only from a trusted proxy, and only what that proxy wrote (${kind})`, async (t) => {
    const open = await stage(t)
    await restrict(open.db, open.world, open.id, { addresses: { ranges } })
    for (const spoofed of ['203.0.113.7', '203.0.113.7, 203.0.113.8', '::ffff:203.0.113.7', ''])
      assert.equal((await open.signIn(spoofed)).statusCode, 403, spoofed)
    const behind = await stage(t, ['127.0.0.1'])
    await restrict(behind.db, behind.world, behind.id, { addresses: { ranges } })
    for (const [header, status] of [
      ['203.0.113.7', 303],
      ['::ffff:203.0.113.7', 303],
      ['198.51.100.7, 203.0.113.7', 303],
      ['198.51.100.7', 403],
      ['203.0.113.7, 198.51.100.7', 403],
      ['203.0.113.7, nonsense', 403],
    ] as const)
      assert.equal((await behind.signIn(header)).statusCode, status, header)
  })

  test(`what the assertion says is judged, and kept with the session (${kind})`, async (t) => {
    const { db, world, id, signIn, mine } = await stage(t)
    const text = forbid('!(principal.hasTag("department") && principal.getTag("department").contains("Sales"))')
    await restrict(db, world, id, { policies: { 'Sales only': text } })
    assert.equal((await signIn()).statusCode, 403)
    assert.equal((await signIn(undefined, mine, 'Billing')).statusCode, 403)
    world.passTime(1000)
    assert.equal((await signIn(undefined, mine, 'Sales')).statusCode, 303)
    const session = the((await db.read.selectFrom('sessions').select('id').execute())[0])
    assert.deepEqual(await findSessionAttributes(db.read, id, session.id), { department: ['Sales'] })
    const [noted] = await listDecisions(db.read, id, { limit: 1 })
    assert.deepEqual([noted?.effect, noted?.request.user?.attributes], ['allow', { department: ['Sales'] }])
  })
})
