import assert from 'node:assert/strict'
import { verify, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { decodePost, decodeRedirect } from '@sallyport/saml'
import { readAuthnRequest } from '@sallyport/saml/identity-provider'
import { endpointsOf } from '#connections/endpoints.ts'
import { LOGIN_LIFETIME_MS } from '#login/login.ts'
import { findPendingLogin } from '#login/pending-logins.ts'
import { referenceOn, signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { after, contextOf, makePlace, makePlaces, now, publicUrl, testWorld, the } from '#login/test-place.ts'
import { findRecord, findRecordById } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'

onEveryDatabase((kind, openFresh) => {
  test(`a sign-in waits for its answer for ten minutes, for this browser, with its page and its record (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const { requestId, relayState } = await browser.begin(place, 'page#here')
    const cookie = the(browser.cookies.get('__Host-sallyport_login'))
    const pending = the(await findPendingLogin(db.read, place.environment.id, tokenHash(relayState)))
    const { recordId, ...rest } = pending
    assert.deepEqual(rest, {
      ...{ requestId, connectionId: place.connection.id, browserHash: tokenHash(cookie), done: 'page#here' },
      ...{ createdAt: now, expiresAt: after(LOGIN_LIFETIME_MS), takenAt: undefined },
    })
    assert.match(requestId, /^_[0-9a-f]{64}$/)
    assert.match(relayState, /^[\w-]{43}$/, 'a token that says nothing, never an address')
    const record = the(await findRecordById(db.read, place.environment.id, recordId))
    assert.deepEqual([record.outcome, record.details.startedAt, record.details.done], ['started', 'here', 'page#here'])
  })

  test(`several sign-ins may be under way in the tabs of a browser, each with its own page (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const tabs = [await browser.begin(place, 'first'), await browser.begin(place, 'second')]
    for (const [nth, { requestId, relayState }] of tabs.entries()) {
      const form = { SAMLResponse: signedAnswer(place, world, { inResponseTo: requestId }), RelayState: relayState }
      const taken = await browser.post(endpointsOf(publicUrl, place.connection.ticket).acs, form)
      const landed = await browser.get(taken.headers.location ?? '')
      assert.equal(landed.headers.location, `https://apps.example/networking/${['first', 'second'][nth]}`)
    }
  })

  test(`an identity provider may have an address in any letters, with a query of its own (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const settings = { thirdPartyAuthenticationUrl: 'https://idp.example/日本?a=%2f', signRequests: true }
    const place = await makePlace(db, world, { connections: [{ settings }] })
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const { headers } = await browser.get(endpointsOf(publicUrl, place.connection.ticket).ssoRequest)
    assert.match(
      headers.location ?? '',
      /^https:\/\/idp\.example\/%E6%97%A5%E6%9C%AC\?a=%2f&SAMLRequest=[^&]+&RelayState=/,
    )
  })

  test(`done is refused before anything is kept or anybody is asked (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const place = await makePlace(db, world)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const url = `${endpointsOf(publicUrl, place.connection.ticket).ssoRequest}&done=${encodeURIComponent('//evil.example')}`
    const response = await browser.get(url)
    assert.deepEqual([response.statusCode, response.headers.location, browser.cookies.size], [400, undefined, 0])
    assert.deepEqual(await db.read.selectFrom('pending_logins').selectAll().execute(), [])
    const record = the(await findRecord(db.read, place.environment.id, referenceOn(response)))
    assert.deepEqual([record.reason, record.details.checks[0]?.received], ['done', '"//evil.example"'])
  })

  test(`the request is what the connection says (Core 3.4.1, Bindings 3.4, 3.5) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const world = testWorld()
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    const asked = { forceAuthn: true, nameIdFormat, requestIssuer: 'urn:us' }
    const connections = [
      { name: 'plain' },
      { name: 'signed', settings: { ...asked, signRequests: true } },
      { name: 'posted', settings: { ...asked, signRequests: true, requestBinding: 'post' } },
    ]
    const [plain, signed, posted] = (await makePlaces(db, world, { connections })).map(({ connection }) => connection)
    const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
    const urls = (ticket: string) => endpointsOf(publicUrl, ticket)
    const redirected = async (ticket: string) => {
      const { headers } = await browser.get(urls(ticket).ssoRequest)
      const url = new URL(the(headers.location))
      assert.equal(url.origin + url.pathname, 'https://idp.example/sso')
      return decodeRedirect(url.search.slice(1))
    }

    const first = await redirected(the(plain).ticket)
    const { id, root, ...request } = readAuthnRequest(first.xml)
    const { acs, metadata } = urls(the(plain).ticket)
    const common = { issueInstant: now, destination: 'https://idp.example/sso', isPassive: false }
    assert.deepEqual(request, { ...common, issuer: metadata, acsUrl: acs, forceAuthn: false })
    assert.equal(first.signature, undefined)

    const published = await browser.get(urls(the(signed).ticket).metadata)
    const [, certificate = ''] = /X509Certificate>([^<]*)</.exec(published.body) ?? []
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'))
    const second = await redirected(the(signed).ticket)
    const { signedText, value } = the(second.signature)
    assert.ok(verify('sha256', Buffer.from(signedText), publicKey, value), 'by the key of the metadata')
    const { issuer, forceAuthn, nameIdFormat: format } = readAuthnRequest(second.xml)
    assert.deepEqual([issuer, forceAuthn, format], ['urn:us', true, nameIdFormat])

    const page = await browser.get(urls(the(posted).ticket).ssoRequest)
    assert.equal(page.statusCode, 200)
    const [, SAMLRequest = ''] = /name="SAMLRequest" value="([^"]*)"/.exec(page.body) ?? []
    const xml = Buffer.from(decodePost(SAMLRequest)).toString()
    assert.match(xml, /<ds:Signature /)
    assert.equal(readAuthnRequest(xml).acsUrl, urls(the(posted).ticket).acs)
    assert.match(page.body, /<form method="post" action="https:\/\/idp\.example\/sso">/)
    assert.match(page.body, /name="RelayState" value="[\w-]{43}"/)
  })
})
