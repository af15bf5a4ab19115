// Log out where the browser tells the identity provider: what it is sent away with, and what the last page says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type StatusToWrite, uris } from '@sallyport/saml'
import { Secret } from '#config/secret.ts'
import { deleteConnection } from '#connections/connections.ts'
import { newRow } from '#keys/keys.ts'
import { makeKeyPair } from '#keys/make-key-pair.ts'
import { testBrowser } from '#login/test-browser.ts'
import { makePlace, publicUrl, the } from '#login/test-place.ts'
import { sweepLogouts } from '#logout/sweep.ts'
import {
  ada,
  idpSlo,
  landOn,
  ledger,
  logoutAnswer,
  openSessions,
  pressLogOut,
  type SentAway,
  type Site,
  sentAway,
  signIn,
  startSite,
  type ToAnswer,
  textOn,
  withLogout,
} from '#logout/test-logout.ts'
import { openSession } from '#sessions/sessions.ts'
import { insertPerson } from '#sessions/test-sessions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const { status } = uris
const page = '/acme/production/logged-out'
const everywhere = 'You are logged out of Acme and of your company’s sign-in page.'
const name = {
  value: 'ada',
  format: uris.nameId.persistent,
  nameQualifier: 'https://idp.example/metadata',
  spNameQualifier: 'https://sp.example',
}

/** What an answer of the identity provider does to the page and the ledger. `sent`: nothing, as if it had not come. */
type Judged = ToAnswer & {
  readonly change?: (sent: SentAway) => ToAnswer
  readonly state: 'done' | 'partial' | 'refused' | 'sent'
  readonly says: RegExp
  readonly code?: string
}

const said = (answer: StatusToWrite): ToAnswer => ({ response: { status: answer } })
const notConfirmed = /logged out of Acme\. Your company’s sign-in page has not confirmed that it logged you out, too\./
const mayStillKnow = /logged out of Acme\. Your company’s sign-in page may still know you\./

const answers: Readonly<Record<string, Judged>> = {
  'Profiles 4.4.4.2: Success': {
    state: 'done',
    says: /logged out of Acme and of your company’s sign-in page\. Sign in/,
  },
  'Core 3.7.3.2: PartialLogout below Success': {
    ...said({ code: status.success, subCode: status.partialLogout }),
    state: 'partial',
    code: 'partial-logout',
    says: /and of your company’s sign-in page\. It says that another application may still know you\./,
  },
  'Core 3.7.3.2: PartialLogout below Responder': {
    ...said({ code: status.responder, subCode: status.partialLogout }),
    state: 'partial',
    code: 'partial-logout',
    says: /and of your company’s sign-in page\. It says that another application may still know you\./,
  },
  'Core 3.2.2.2: an error': {
    ...said({ code: status.responder }),
    state: 'refused',
    code: 'status',
    says: /logged out of Acme\. Your company’s sign-in page did not log you out\./,
  },
  'Core 3.2.2.2: a refusal': {
    ...said({ code: status.requester, subCode: status.requestDenied, message: '<b>No</b>' }),
    state: 'refused',
    code: 'status',
    says: /did not log you out\. To end your session there as well, log out there, or close the browser\./,
  },
  'Profiles 4.4.4.2: unsigned': { by: 'nobody', state: 'sent', says: notConfirmed },
  'Core 5.4: signed by another key': { by: 'other-idp', state: 'sent', says: notConfirmed },
  'Core 5.4: PartialLogout signed by another key': {
    ...said({ code: status.responder, subCode: status.partialLogout }),
    by: 'other-idp',
    state: 'sent',
    says: notConfirmed,
  },
  'Core 3.2.2: to another request': { response: { inResponseTo: '_another' }, state: 'sent', says: notConfirmed },
  'Core 3.2.2: sent to another address': {
    response: { destination: `${publicUrl}/saml/abcdefghijklmn/slo` },
    state: 'sent',
    says: notConfirmed,
  },
  'Profiles 4.4.4.2: of another issuer': {
    response: { issuer: 'https://x.example' },
    state: 'sent',
    says: notConfirmed,
  },
  'Bindings 3.5.3: with another RelayState': { relayState: 'another', state: 'sent', says: mayStillKnow },
  'Bindings 3.5.3: with markup for RelayState': { relayState: '"><script>', state: 'sent', says: mayStillKnow },
}

onEveryDatabase((kind, openFresh) => {
  const loggedOut = async (t: Parameters<typeof startSite>[0], ...connections: Parameters<typeof withLogout>[0][]) => {
    const site = await startSite(t, await openFresh(t), ...connections.map((one) => withLogout(one)))
    const browser = await signIn(site)
    const sent = await sentAway(site, await pressLogOut(browser))
    return { site, browser, sent }
  }
  const stateOf = async (site: Site) => the((await ledger(site, 'to-provider'))[0]).state

  for (const binding of ['post', 'redirect'] as const) {
    test(`Profiles 4.4.3.1: Log out sends a signed LogoutRequest by ${binding}, once the session here has ended (${kind})`, async (t) => {
      const settings = { requestIssuer: 'https://sp.example' }
      const site = await startSite(t, await openFresh(t), withLogout({ binding }, settings))
      const browser = await signIn(site, { assertion: { nameId: name, sessionIndex: '_s & <t>' } })
      const answered = await pressLogOut(browser)
      assert.deepEqual(await openSessions(site), [], 'in the database, before the browser goes away')
      assert.match(String(answered.headers['set-cookie']), /^__Host-sallyport_session_\w+=; Max-Age=0; Path=\//)
      const { by, request, relayState } = await sentAway(site, answered)
      assert.deepEqual([by, request.nameId, request.sessionIndexes], [binding, name, ['_s & <t>']])
      assert.equal(the(request.notOnOrAfter).getTime(), site.world.clock().getTime() + 300_000)
      // Bindings 3.4.3, 3.5.3: at most 80 bytes.
      assert.ok(relayState.length <= 80)
      if (binding === 'post') {
        assert.match(answered.body, new RegExp(`<form method="post" action="${idpSlo}">`))
        assert.match(String(answered.headers['content-security-policy']), /frame-ancestors 'none'/)
        assert.equal(answered.headers['cache-control'], 'no-store')
      } else assert.ok(answered.headers.location?.startsWith(`${idpSlo}?SAMLRequest=`))

      const [entry, ...more] = await ledger(site)
      const { state, why, direction, messageId, subject } = the(entry)
      assert.deepEqual([state, why, direction, more.length], ['sent', 'logged-out', 'to-provider', 0])
      assert.deepEqual([messageId, subject?.nameId], [request.id, name])
    })
  }

  test(`Core 3.7.1: no SessionIndex at sign-in: the request names none (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const browser = await signIn(site)
    await site.db.write.updateTable('sessions').set({ session_index: null }).execute()
    const { request } = await sentAway(site, await pressLogOut(browser))
    assert.deepEqual([request.sessionIndexes, request.nameId], [[], ada])
  })

  for (const [what, { state, says, code, ...answer }] of Object.entries(answers)) {
    test(`an answer, ${what}: the page says no more than is known, the ledger ${state} (${kind})`, async (t) => {
      const { site, browser, sent } = await loggedOut(t)
      for (const binding of ['post', 'redirect'] as const) {
        const text = await landOn(site, browser, logoutAnswer(site, sent, { binding, ...answer }))
        assert.match(text, says)
        if (state !== 'done' && state !== 'partial') assert.doesNotMatch(text, /and of your company/)
      }
      const { tries, finishedAt, ...entry } = the((await ledger(site))[0])
      assert.deepEqual([entry.state, finishedAt !== undefined], [state, state !== 'sent'])
      if (state === 'sent') {
        // What names no open request is not known to be about this one.
        assert.equal(tries.length, what.includes('RelayState') ? 0 : 2)
        for (const { outcome, details } of tries) assert.ok(outcome === 'failed' && details.code && details.cure)
        // What was forged does not stand in the way of the true one.
        const text = await landOn(site, browser, logoutAnswer(site, sent))
        assert.ok(text.includes(everywhere), text)
        return
      }
      const [attempt, ...more] = tries
      assert.deepEqual([attempt?.outcome, attempt?.details.code, more.length], [state, code, 0])
      assert.equal(attempt?.details.cure === undefined, state === 'done')
      // And what is settled stays so.
      const opposite = state === 'done' ? said({ code: status.responder }) : {}
      assert.match(await landOn(site, browser, logoutAnswer(site, sent, opposite)), says)
      assert.deepEqual((await ledger(site))[0]?.tries.length, 1)
    })
  }

  test(`an answer at the address of another connection, or in another Environment, says nothing of this logout (${kind})`, async (t) => {
    const { site, browser, sent } = await loggedOut(t, {}, {})
    const other = await makePlace(site.db, site.world, { company: 'neighbour', connections: [withLogout()] })
    assert.match(await landOn(site, browser, logoutAnswer(site, sent, { at: the(site.places[1]) })), mayStillKnow)
    const there = await landOn(site, browser, logoutAnswer(site, sent, { at: other }))
    assert.match(there, mayStillKnow)
    assert.equal(await stateOf(site), 'sent')
    const about = `/neighbour/production/logged-out?about=${sent.relayState}`
    assert.match(textOn(await browser.get(about)), mayStillKnow)
    assert.ok((await landOn(site, browser, logoutAnswer(site, sent))).includes(everywhere))
  })

  test(`no answer within ten minutes: the ledger and the page say so (${kind})`, async (t) => {
    const { site, browser, sent } = await loggedOut(t)
    const look = async () => textOn(await browser.get(`${page}?about=${sent.relayState}`))
    site.world.passTime(10 * 60_000 - 1)
    await sweepLogouts(site.db, site.world.clock())
    assert.match(await look(), notConfirmed)
    site.world.passTime(1)
    await sweepLogouts(site.db, site.world.clock())
    assert.equal(await stateOf(site), 'unanswered')
    assert.match(await look(), /Your company’s sign-in page did not answer, so it may still know you\./)
    assert.ok((await landOn(site, browser, logoutAnswer(site, sent))).includes(everywhere), 'a true answer may be late')
    assert.equal(await stateOf(site), 'done')
  })

  test(`whoever is signed in is not told otherwise by a link, an answer or a query that nobody made (${kind})`, async (t) => {
    const { site, browser, sent } = await loggedOut(t)
    for (const query of ['', '?about', '?about=', '?about=%00', '?about=a&about=b', `?about=${'a'.repeat(5000)}`]) {
      const answered = await browser.get(page + query)
      assert.equal(answered.statusCode, 200, query)
      assert.match(textOn(answered), mayStillKnow)
    }
    await testBrowser(site.app, site.world).get(page)
    await browser.signIn(site.place)
    const link = await browser.get(`${page}?about=${sent.relayState}`)
    assert.deepEqual([link.statusCode, link.headers.location], [303, `${publicUrl}/acme/production`])
    const late = await site.app.inject(logoutAnswer(site, sent))
    const last = await browser.get(late.headers.location ?? '')
    assert.deepEqual([last.statusCode, last.headers.location], [303, `${publicUrl}/acme/production`])
    assert.equal(await stateOf(site), 'done', 'the ledger knows all the same')
    for (const path of ['/acme/test/logged-out', '/nobody/production/logged-out', '/%00/production/logged-out']) {
      assert.equal((await browser.get(path)).statusCode, 404)
    }
  })

  test(`nobody is to be told, or can be: the session ends, and the page claims no more (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t), withLogout({ enabled: false }), withLogout())
    const [off, on] = site.places.map((place) => ({ ...site, place }))
    const rows: readonly (readonly [string, () => Promise<ReturnType<typeof testBrowser>>])[] = [
      ['Single Logout is off', () => signIn(the(off))],
      [
        'a session without NameID',
        async () => {
          const browser = await signIn(the(on), { person: 'eve' })
          await site.db.write.updateTable('sessions').set({ name_id: null, name_id_key: null }).execute()
          return browser
        },
      ],
      [
        'the connection is gone meanwhile',
        async () => {
          const browser = await signIn(the(on), { person: 'eve' })
          await deleteConnection(site.db.write, site.place.environment.id, the(on).place.connection.id)
          return browser
        },
      ],
    ]
    for (const [what, open] of rows) {
      const answered = await pressLogOut(await open())
      assert.deepEqual([answered.statusCode, answered.headers.location], [303, publicUrl + page], what)
      assert.deepEqual(await openSessions(site), [], what)
      assert.match(textOn(await site.app.inject({ url: page })), mayStillKnow)
    }
    assert.deepEqual(await ledger(site), [])
  })

  test(`a session that was opened with a password: it ends, and no identity provider is told (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const { environment } = site.place
    const { id } = await insertPerson(site.db, site.world, site.place)
    const nothing = { connectionId: undefined, nameId: undefined, sessionIndex: undefined }
    const session = { userId: id, ...nothing, authnContext: undefined, notOnOrAfter: undefined }
    const made = { chance: site.world.chance, now: site.world.clock() }
    const { token } = await site.db.transaction((tx) => openSession(tx, environment.id, session, made))
    const cookie = `__Host-sallyport_session_${environment.id.slice(4)}=${token}`
    const browser = testBrowser(site.app, site.world)
    const answered = await browser.submit('/acme/production/logout', {}, { cookie, origin: publicUrl })
    assert.deepEqual([answered.headers.location, await openSessions(site)], [publicUrl + page, []])
    assert.deepEqual(await ledger(site), [])
  })

  test(`the connection is removed while the browser is away: its answer finds nothing, the page still holds (${kind})`, async (t) => {
    const { site, browser, sent } = await loggedOut(t)
    await deleteConnection(site.db.write, site.place.environment.id, site.place.connection.id)
    for (const binding of ['post', 'redirect'] as const) {
      assert.equal((await site.app.inject(logoutAnswer(site, sent, { binding }))).statusCode, 404)
    }
    assert.match(textOn(await browser.get(`${page}?about=${sent.relayState}`)), mayStillKnow)
    assert.deepEqual(await openSessions(site), [])
  })

  test(`a request that cannot be signed: the session has ended all the same, and the page says so (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const browser = await signIn(site)
    const pair = await makeKeyPair({ companySlug: 'acme', environmentSlug: 'production' }, site.world)
    const secret = new Secret('another secret, which opens nothing of ours')
    const key = newRow(site.place.environment.id, { pair, state: 'active', origin: 'made' }, { ...site.world, secret })
    await site.db.write.deleteFrom('signing_keys').execute()
    await site.db.write.insertInto('signing_keys').values(key).execute()
    const answered = await pressLogOut(browser)
    assert.deepEqual(await openSessions(site), [])
    assert.match(textOn(await browser.get(the(answered.headers.location))), notConfirmed)
  })

  test(`back channel: the page says that the identity provider is being told, then that it was (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t), withLogout({ method: 'back-channel' }))
    const browser = await signIn(site)
    const { statusCode, headers } = await pressLogOut(browser)
    assert.equal(statusCode, 303)
    assert.match(headers.location ?? '', /\/acme\/production\/logged-out\?about=[\w-]{43}$/)
    assert.deepEqual(await openSessions(site), [])
    const look = async () => {
      const answered = await browser.get(headers.location ?? '')
      return [textOn(answered), answered.body.includes('http-equiv="refresh"')] as const
    }
    const [waiting, again] = await look()
    assert.match(waiting, /Your company’s sign-in page is being told\. It has not confirmed that yet\./)
    assert.equal(again, true)
    site.world.passTime(30_000)
    assert.equal((await look())[1], false, 'it does not look for ever')
    const set = (state: 'done' | 'partial' | 'refused' | 'given-up') =>
      site.db.write.updateTable('logouts').set({ state, finished_at: site.world.clock().getTime() }).execute()
    const pages = {
      done: everywhere,
      partial: everywhere,
      refused: 'did not log you out',
      'given-up': 'be reached',
    } as const
    for (const state of ['done', 'partial', 'refused', 'given-up'] as const) {
      await set(state)
      const [text, refreshes] = await look()
      assert.ok(text.includes(pages[state]), text)
      assert.equal(refreshes, false)
    }
  })
})
