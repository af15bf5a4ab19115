// What a LogoutRequest of the identity provider ends, and how it is answered. What ends nothing is in
// receive-request-refused.test.ts.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { newRow } from '#keys/keys.ts'
import { contextOf, publicUrl, the } from '#login/test-place.ts'
import {
  ada,
  ask,
  bindings,
  idpSlo,
  inSession,
  ledger,
  logoutRequest,
  openSessions,
  said,
  signIn,
  startSite,
  withLogout,
} from '#logout/test-logout.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { readKey } from '../../../saml/cases/case.ts'
import { encrypted } from '../../../saml/cases/encrypt.ts'

const sharedIssuer = { requestIssuer: 'https://sp.example' }
/** A connection whose users have another id than their NameID, so that two may have the same. */
const byAttribute = { userIdLocation: 'attribute', userIdAttribute: 'uid' }
const withUid = (uid: string, email = `${uid}@acme.example`) => ({
  assertion: {
    attributes: [
      { name: 'uid', values: [uid] },
      { name: 'email', values: [email] },
    ],
  },
})

onEveryDatabase((kind, openFresh) => {
  for (const binding of bindings) {
    test(`Core 3.7.3.1: a request by ${binding} ends the session that it names, without any cookie, and is answered (${kind})`, async (t) => {
      const site = await startSite(t, await openFresh(t))
      const browser = await signIn(site)
      await signIn(site, inSession('_other'))
      await signIn(site, inSession('_session', 'eve'))
      const answer = await ask(site, { binding, relayState: 'their state <">&' })
      assert.deepEqual([answer.status, answer.inResponseTo], ['Success', answer.id])
      assert.equal(answer.answered.cookies.length, 0)
      if (binding !== 'soap') {
        // Bindings 3.4.3, 3.5.3: RelayState comes back as it was; the answer goes by the binding of the settings.
        assert.deepEqual([answer.by, answer.relayState, answer.destination], ['post', 'their state <">&', idpSlo])
      } else assert.equal(answer.by, 'soap')
      assert.deepEqual(await openSessions(site), ['ada _other', 'eve _session'])
      assert.equal((await browser.get('/acme/production/session')).statusCode, 401)

      const [entry, ...more] = await ledger(site)
      assert.deepEqual(more, [])
      const { id, subject, ...facts } = the(entry)
      const { direction, state, why, endedSessions, finishedAt, messageId, userId } = facts
      assert.deepEqual([direction, facts.binding, state, why], ['from-provider', binding, 'done', 'identity-provider'])
      assert.deepEqual([endedSessions, finishedAt, messageId], [1, site.world.clock(), answer.id])
      assert.deepEqual([subject?.nameId, subject?.sessionIndexes, typeof userId], [ada, ['_session'], 'string'])
      const ended = site.db.read.selectFrom('sessions').select('ended_why').where('ended_at', 'is not', null)
      assert.equal((await ended.executeTakeFirstOrThrow()).ended_why, 'identity-provider')
    })
  }

  test(`Bindings 3.4, 3.5: the answer goes by the binding and to the address of the settings, whatever the request came by (${kind})`, async (t) => {
    const responseUrl = 'https://idp.example/slo/answers'
    const site = await startSite(
      t,
      await openFresh(t),
      withLogout({ binding: 'redirect' }),
      withLogout({ binding: 'redirect', responseUrl }),
      withLogout({ binding: 'post', responseUrl }),
      withLogout({ method: 'back-channel' }),
      withLogout({ method: 'back-channel', responseUrl }),
    )
    const expected = [
      ['Success', 'redirect', idpSlo, 'state'],
      ['Success', 'redirect', responseUrl, 'state'],
      ['Success', 'post', responseUrl, 'state'],
      // Its single logout address is for SOAP: there is nowhere to send the browser.
      ['page 303', 'page', undefined, undefined],
      ['Success', 'post', responseUrl, 'state'],
    ]
    for (const [nth, at] of site.places.entries()) {
      for (const binding of ['post', 'redirect'] as const) {
        const { status, by, destination, relayState } = await ask(site, { binding, at, relayState: 'state' })
        assert.deepEqual([status, by, destination, relayState], expected[nth], `${nth} ${binding}`)
        assert.equal((await ask(site, { binding, at })).relayState, undefined, 'none came, so none goes back')
      }
      assert.equal((await ask(site, { binding: 'soap', at })).status, 'Success')
    }
    const nowhere = await ask(site, { at: the(site.places[3]) })
    assert.equal(nowhere.answered.headers.location, `${publicUrl}/acme/production/logged-out`)
    assert.ok((await ledger(site)).every(({ state }) => state === 'done'))
  })

  const sets: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['_1'], ['ada _2', 'ada _3', 'ada undefined']],
    [
      ['_3', '_1', '_none', '_1'],
      ['ada _2', 'ada undefined'],
    ],
    [[], []],
  ]
  for (const [sessionIndexes, left] of sets) {
    test(`Core 3.7.1: SessionIndexes ${sessionIndexes.join() || 'none, which means all'}: these end and no other (${kind})`, async (t) => {
      const site = await startSite(t, await openFresh(t))
      for (const index of ['_1', '_2', '_3', undefined]) await signIn(site, inSession(index))
      await signIn(site, inSession('_1', 'eve'))
      assert.equal((await ask(site, { request: { sessionIndexes } })).status, 'Success')
      const open = (await openSessions(site)).map((one) => one.replace('null', 'undefined'))
      assert.deepEqual(open, [...left, 'eve _1'])
      assert.equal(the((await ledger(site))[0]).endedSessions, 4 - left.length)
    })
  }

  test(`Core 3.7.1: white space around a SessionIndex says nothing (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    for (const index of ['_1', ' _1', '_1 ']) await signIn(site, inSession(index))
    assert.equal((await ask(site, { request: { sessionIndexes: ['\n_1 '] } })).status, 'Success')
    assert.deepEqual(await openSessions(site), [])
  })

  test(`Core 3.7.3.1: connections that are one partner by issuer and request issuer end each other’s sessions, others do not (${kind})`, async (t) => {
    const site = await startSite(
      t,
      await openFresh(t),
      withLogout({}, sharedIssuer),
      withLogout({}, { ...sharedIssuer, ...byAttribute }),
      withLogout({}, { requestIssuer: 'https://other-sp.example', ...byAttribute }),
      withLogout({}, { ...sharedIssuer, ...byAttribute, issuer: 'https://other-idp.example' }),
    )
    await signIn(site)
    for (const [nth, place] of site.places.slice(1).entries()) {
      const answer = withUid(`ada.${nth}`)
      const issuer = place.connection.settings.issuer
      await signIn(site, { assertion: { ...answer.assertion, issuer }, response: { issuer } }, place)
    }
    assert.equal((await openSessions(site)).length, 4)
    assert.equal((await ask(site, { binding: 'soap', at: the(site.places[1]) })).status, 'Success')
    const open = await site.db.read.selectFrom('sessions').selectAll().where('ended_at', 'is', null).execute()
    assert.deepEqual(
      new Set(open.map(({ connection_id }) => connection_id)),
      new Set(site.places.slice(2).map(({ connection }) => connection.id)),
    )
  })

  const us = 'https://sp.example'
  const idp = 'https://idp.example/metadata'
  type Name = { readonly value: string; readonly format?: string; nameQualifier?: string; spNameQualifier?: string }
  const names: readonly (readonly [what: string, there: Name, asked: Name, same: boolean])[] = [
    ['Core 2.2.2: no format is the unspecified one', { value: 'ada' }, ada, true],
    ['Core 2.2.2: the unspecified format is none', ada, { value: 'ada' }, true],
    [
      'Core 3.3.4: another format',
      ada,
      { ...ada, format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      false,
    ],
    ['Core 3.3.4: in capitals', ada, { ...ada, value: 'ADA' }, false],
    [
      'Core 8.3.7: qualifiers left out are the two sides',
      ada,
      { ...ada, nameQualifier: idp, spNameQualifier: us },
      true,
    ],
    ['Core 8.3.7: qualifiers spelled out at sign-in', { ...ada, nameQualifier: idp, spNameQualifier: us }, ada, true],
    ['Core 8.3.7: empty qualifiers are none', { ...ada, nameQualifier: '', spNameQualifier: '' }, ada, true],
    ['Core 8.3.7: another NameQualifier', ada, { ...ada, nameQualifier: `${idp}/` }, false],
    ['Core 8.3.7: another SPNameQualifier', { ...ada, spNameQualifier: 'https://else.example' }, ada, false],
  ]
  for (const [what, there, asked, same] of names) {
    test(`${what}: ${same ? 'the same person' : 'another person'} (${kind})`, async (t) => {
      const site = await startSite(t, await openFresh(t), withLogout({}, sharedIssuer))
      await signIn(site, { assertion: { nameId: there } })
      await ask(site, { request: { nameId: asked } })
      assert.equal((await openSessions(site)).length, same ? 0 : 1)
    })
  }

  test(`Core 3.7.1: an EncryptedID, encrypted to our key, is opened (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    const pair = { privateKey: createPrivateKey(readKey('sp.key')), certificatePem: readKey('sp.crt') }
    const made = { ...site.world, secret: contextOf(site.db, site.world).secret }
    const key = newRow(site.place.environment.id, { pair, state: 'active', origin: 'imported' }, made)
    await site.db.write.insertInto('signing_keys').values(key).execute()
    await signIn(site)
    const before = (xml: string): string =>
      xml.replace(/<saml:NameID.*<\/saml:NameID>/, (name) => {
        const alone = name.replace('<saml:NameID', '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"')
        return `<saml:EncryptedID>${encrypted(alone)}</saml:EncryptedID>`
      })
    assert.equal((await ask(site, { before })).status, 'Success')
    assert.deepEqual(await openSessions(site), [])
  })

  test(`Core 3.7.3.1: nothing of that name is open: said to be a success, and the ledger says what to look at (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    await signIn(site)
    for (const request of [{ sessionIndexes: ['_another'] }, { nameId: { ...ada, value: 'eve' } }]) {
      assert.equal((await ask(site, { request })).status, 'Success')
    }
    assert.deepEqual(await openSessions(site), ['ada _session'])
    for (const { endedSessions, state, tries } of await ledger(site)) {
      assert.deepEqual([endedSessions, state], [0, 'done'])
      const { details, outcome } = the(tries[0])
      assert.deepEqual([outcome, details.code], ['done', 'nothing-open'])
      assert.match(details.sentence, /no session/)
      assert.match(the(details.cure), /NameID/)
    }
  })

  test(`the page that carries an answer may lie in a frame of the identity provider, no other page in any (${kind})`, async (t) => {
    const responseUrl = 'https://logout.idp.example:8443/answers'
    const site = await startSite(t, await openFresh(t), withLogout(), withLogout({ responseUrl }))
    const framed = async (at = site.place): Promise<string> => {
      const { headers } = (await ask(site, { at })).answered
      return the(/frame-ancestors ([^;]*)/.exec(String(headers['content-security-policy']))?.[1])
    }
    assert.equal(await framed(), 'https://idp.example')
    assert.equal(await framed(site.places[1]), 'https://logout.idp.example:8443 https://idp.example')
    const nobody = ['/acme/production', '/acme/production/logged-out', '/saml/x/slo', '/saml/slo']
    for (const url of nobody) {
      const { headers } = await site.app.inject({ url })
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/, url)
    }
  })

  test(`the same request twice at once is taken once (${kind})`, async (t) => {
    const site = await startSite(t, await openFresh(t))
    await signIn(site)
    const { http, id } = logoutRequest(site)
    const answers = await Promise.all(Array.from({ length: 8 }, () => site.app.inject(http)))
    const all = await Promise.all(answers.map((one) => said(site, one)))
    assert.deepEqual(all.map(({ status }) => status).sort(), [...Array(7).fill('Requester / RequestDenied'), 'Success'])
    assert.ok(all.every(({ inResponseTo }) => inResponseTo === id))
  })
})
