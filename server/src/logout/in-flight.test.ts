// A logout may be here before the session that it ends: it holds for assertions that come later (Core 3.7.3.2).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointsOf } from '#connections/endpoints.ts'
import { type AnswerToSign, referenceOn, signedAnswer, testBrowser } from '#login/test-browser.ts'
import { makePlace, now, publicUrl, the } from '#login/test-place.ts'
import { ada, ask, openSessions, type Site, signIn, startSite, type ToAsk, withLogout } from '#logout/test-logout.ts'
import { findRecord } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** The assertion was issued so long before now. */
const issued = ({ world }: Site, ago: number, change: AnswerToSign['assertion'] = {}): AnswerToSign => ({
  assertion: { issueInstant: new Date(world.clock().getTime() - ago), ...change },
})

onEveryDatabase((kind, openFresh) => {
  test(`Core 3.7.3.2: a sign-in that is under way when its logout comes is refused, and says why (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const browser = testBrowser(site.app, site.world)
    const { requestId, relayState } = await browser.begin(site.place)
    const SAMLResponse = signedAnswer(site.place, site.world, { inResponseTo: requestId })
    const { acs } = endpointsOf(publicUrl, site.place.connection.ticket)
    const taken = await browser.post(acs, { SAMLResponse, RelayState: relayState })
    assert.equal((await ask(site, { binding: 'soap' })).status, 'Success')
    const refused = await browser.get(the(taken.headers.location))
    assert.equal(refused.statusCode, 403)
    assert.match(refused.body, /logged you out while you were on the way here\.<\/p>\n<p>Sign in again if you want to/)
    const record = the(await findRecord(site.db.read, site.place.environment.id, referenceOn(refused)))
    assert.deepEqual([record.outcome, record.reason], ['refused', 'session-lives'])
    assert.deepEqual(await openSessions(site), [])
    assert.deepEqual(await site.db.read.selectFrom('users').selectAll().execute(), [], 'nobody is made for it')

    site.world.passTime(minute)
    await signIn(site)
    assert.deepEqual(await openSessions(site), ['ada _session'], 'a new session there is one here')
  })

  type Row = {
    readonly what: string
    /** How long before the sign-in the assertion was issued, and what else it says. */
    readonly ago: number
    readonly assertion?: AnswerToSign['assertion']
    readonly asked?: ToAsk
    /** How long after the request the sign-in comes. */
    readonly later?: number
    readonly opens: boolean
  }
  // Who is logged out of us alone comes back with the time at which they signed in there in the morning.
  const old = { authnInstant: new Date(now.getTime() - day) }
  const rows: readonly Row[] = [
    { what: 'issued in the same instant', ago: minute, opens: false },
    { what: 'issued just before', ago: minute + 1, opens: false },
    { what: 'issued in the same second, in which clocks may count', ago: minute - 999, opens: false },
    { what: 'issued just after, of a session there that is older', ago: minute - 1000, assertion: old, opens: true },
    { what: 'issued days before', ago: 3 * day, opens: false },
    { what: 'logged out days ago, and issued since', ago: day, later: 3 * day, opens: true },
    { what: 'all sessions were meant', ago: 2 * minute, asked: { request: { sessionIndexes: [] } }, opens: false },
    { what: 'another session was meant', ago: 2 * minute, assertion: { sessionIndex: '_other' }, opens: true },
    { what: 'the index has white space', ago: 2 * minute, assertion: { sessionIndex: ' _session' }, opens: false },
    { what: 'without Format', ago: 2 * minute, assertion: { nameId: { value: 'ada' } }, opens: false },
    {
      what: 'of another NameQualifier',
      ago: 2 * minute,
      assertion: { nameId: { ...ada, nameQualifier: 'https://else.example' } },
      opens: true,
    },
    { what: 'the request was refused', ago: 2 * minute, asked: { by: 'other-idp' }, opens: true },
  ]
  for (const { what, ago, assertion = {}, asked, later = minute, opens } of rows) {
    test(`Core 3.7.3.2: an assertion after a logout, ${what}: ${opens ? 'opens a session' : 'refused'} (${kind})`, async (t) => {
      const site = await startSite(t, await openFresh(t))
      await ask(site, { binding: 'redirect', ...asked })
      site.world.passTime(later)
      const browser = testBrowser(site.app, site.world)
      const landed = await browser.signIn(site.place, issued(site, ago, assertion))
      assert.equal(landed.statusCode, opens ? 303 : 403, landed.body)
      assert.equal((await openSessions(site)).length, opens ? 1 : 0)
    })
  }

  test(`Core 3.7.3.2: it holds for all connections of the same partner, and for no other or neighbour (${kind})`, async (t) => {
    const shared = { requestIssuer: 'https://sp.example' }
    const site = await startSite(t, await openFresh(t), withLogout({}, shared), withLogout({}, shared), withLogout())
    const neighbour = await makePlace(site.db, site.world, {
      company: 'neighbour',
      connections: [withLogout({}, shared)],
    })
    const [, sibling, other] = site.places
    assert.equal((await ask(site)).status, 'Success')
    site.world.passTime(minute)
    const late = issued(site, 2 * minute)
    for (const [at, statusCode] of [
      [site.place, 403],
      [the(sibling), 403],
      [the(other), 303],
      [neighbour, 303],
    ] as const) {
      const landed = await testBrowser(site.app, site.world).signIn(at, late)
      assert.equal(landed.statusCode, statusCode, landed.body)
    }
  })
})
