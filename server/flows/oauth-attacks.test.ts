// What an attacker can try with an authorization request and its answer: every attempt is refused.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as client from 'openid-client'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import {
  appUri,
  ask,
  assertRefused,
  authorizeUrl,
  basic,
  challenge,
  codeFor,
  discover,
  exchange,
  type Fields,
  type Place,
  paramsOf,
  portalUri,
  post,
  setStage,
  step,
  verifier,
} from './attack-stage.ts'

onEveryDatabase((database, openFresh) => {
  test(`PKCE cannot be left out half-way (RFC 7636 4.6, RFC 9700 2.1.1 and 4.8.2) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const native = { client_id: 'helper', redirect_uri: stage.loopback }
    for (const change of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge_method: undefined },
      { code_challenge_method: 's256' },
      { code_challenge: 'short' },
      { code_challenge: `${challenge}=` },
      { code_challenge: '' },
    ]) {
      for (const id of [native, { client_id: 'pages', redirect_uri: 'https://pages.example/back' }]) {
        const { location } = await ask(production, { ...id, ...change })
        const said = [location?.searchParams.get('error'), location?.searchParams.has('code')]
        assert.deepEqual(said, ['invalid_request', false], JSON.stringify(change))
      }
    }
    for (const wrong of [undefined, '', 'x'.repeat(43), challenge, `${verifier} `, verifier.toUpperCase()]) {
      const code = await codeFor(production, native)
      const fields = { ...exchange(stage, code), code_verifier: wrong }
      const { status, body } = await post(production, 'token', fields)
      const error = wrong === `${verifier} ` ? 'invalid_request' : 'invalid_grant'
      assert.deepEqual([status, body.error], [400, error], String(wrong))
    }
    // A client with a secret may use it too, and is then held to it; and cannot pretend to have used it.
    const portal = { client_id: 'portal', redirect_uri: portalUri }
    const redeem = (code: string, code_verifier: string | undefined) => {
      const fields = { grant_type: 'authorization_code', code, redirect_uri: portalUri, code_verifier }
      return post(production, 'token', fields, basic(production.secret))
    }
    await assertRefused(redeem(await codeFor(production, portal), undefined), 'invalid_grant')
    const without = { ...portal, code_challenge: undefined, code_challenge_method: undefined }
    await assertRefused(redeem(await codeFor(production, without), verifier), 'invalid_grant')
    assert.equal((await redeem(await codeFor(production, portal), verifier)).status, 200)
  })

  test(`answers go to registered addresses only, character by character (RFC 9700 2.1, 4.1.3) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const port = new URL(stage.loopback).port
    const tricks: Readonly<Record<string, readonly string[]>> = {
      portal: [
        'https://portal.example:444/back',
        'https://portal.example:443/back',
        'https://portal.example/back/',
        'https://portal.example/back/else',
        'https://portal.example/back?next=https://evil.example',
        'https://portal.example/back#x',
        'https://portal.example/Back',
        'https://PORTAL.example/back',
        'https://portal.example/%62ack',
        'https://portal.example/x/../back',
        'https://portal.example//back',
        'https://somebody@portal.example/back',
        'https://portal.example@evil.example/back',
        'https://portal.example.evil.example/back',
        'https://evil.example/https://portal.example/back',
        'https://portal.example\\@evil.example/back',
        'http://portal.example/back',
        '//portal.example/back',
        '/back',
        'https://portal.example/back%00',
        'https://portal.example/back\u0000',
        ' https://portal.example/back',
        'https://portal.example/back ',
        'javascript:alert(1)//portal.example/back',
        'data:text/html,x',
        'https://pages.example/back',
        stage.loopback,
        appUri,
        '',
      ],
      helper: [
        `http://localhost:${port}/callback`,
        `http://[::1]:${port}/callback`,
        `http://127.0.0.2:${port}/callback`,
        `http://127.0.0.1.evil.example:${port}/callback`,
        `http://127.0.0.1:${port}@evil.example/callback`,
        `http://evil@127.0.0.1:${port}/callback`,
        `https://127.0.0.1:${port}/callback`,
        `http://127.0.0.1:${port}/callback/`,
        `http://127.0.0.1:${port}/callback/else`,
        `http://127.0.0.1:${port}/callback?x=1`,
        `http://127.0.0.1:${port}/callback#x`,
        `http://127.0.0.1:${port}/CALLBACK`,
        `http://127.0.0.1:${port}//callback`,
        'http://evil.example/callback',
        portalUri,
        appUri,
      ],
      mobile: [
        'com.example.app:/callback2',
        'com.example.app:/callback/',
        'com.example.app://callback',
        'com.example.app://evil.example/callback',
        'com.example.app.evil:/callback',
        'evil.example.app:/callback',
        stage.loopback,
      ],
    }
    for (const [id, uris] of Object.entries(tricks)) {
      for (const uri of uris) {
        const { status, location, body } = await ask(production, { client_id: id, redirect_uri: uri })
        assert.deepEqual([status, location?.href], [400, undefined], `${id} ${uri}`)
        assert.match(body, /asked for something that cannot be done/)
      }
    }
    // OpenID Connect Core 3.1.2.1: it has to be named, also where there is only one to choose from.
    for (const id of ['helper', 'mobile', 'pages', 'portal']) {
      const { status, location } = await ask(production, { client_id: id })
      assert.deepEqual([status, location?.href], [400, undefined], id)
    }
    // RFC 6749 section 3.1: no parameter twice, whichever comes first.
    const twice = authorizeUrl(production.issuer, { client_id: 'portal' })
    for (const [one, two] of [
      [portalUri, 'https://evil.example/'],
      ['https://evil.example/', portalUri],
      [portalUri, 'https://portal.example/other'],
    ]) {
      const { status, location } = await step(production, `${twice}&${both('redirect_uri', one, two)}`)
      assert.deepEqual([status, location?.href], [400, undefined])
    }
    // RFC 8252 section 7.3: the port of a listener is free.
    const other = 'http://127.0.0.1:1/callback'
    const { location } = await ask(production, { client_id: 'helper', redirect_uri: other })
    assert.ok(location?.href.startsWith(`${other}?code=`))
  })

  test(`answers say who answers, and an application can tell a mix-up (RFC 9207) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production, neighbour } = stage
    const native = { client_id: 'helper', redirect_uri: stage.loopback }
    const config = await discover(production)
    assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true)
    const grant = (url: URL) =>
      client.authorizationCodeGrant(config, url, { expectedState: 'its state', pkceCodeVerifier: verifier })
    const { location } = await ask(production, native)
    assert.equal(location?.searchParams.get('iss'), production.issuer)
    const refused = await ask(production, { ...native, prompt: 'none', scope: 'openid', max_age: '0' })
    assert.deepEqual(
      [refused.location?.searchParams.get('error'), refused.location?.searchParams.get('iss')],
      ['login_required', production.issuer],
    )
    for (const iss of [neighbour.issuer, 'https://evil.example', `${production.issuer}/`, undefined]) {
      const forged = new URL(location?.href ?? '')
      forged.searchParams.delete('iss')
      if (iss !== undefined) forged.searchParams.set('iss', iss)
      await assert.rejects(grant(forged), { code: 'OAUTH_INVALID_RESPONSE' }, String(iss))
    }
    assert.ok((await grant(location as URL)).access_token)
  })

  test(`state comes back as it was sent, with codes and with errors (RFC 6749 4.1.2) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const native = { client_id: 'helper', redirect_uri: stage.loopback }
    const states = [
      'a b+c%20d',
      '&iss=x&code=y#z',
      '"<script>\'',
      'ü 😀 漢',
      '%00%0d%0aset-cookie: x=1',
      'x'.repeat(2000),
      '{"a":[1]}',
    ]
    for (const state of states) {
      for (const more of [{}, { prompt: 'none', max_age: '0' }]) {
        const { location } = await ask(stage.production, { ...native, ...more, state })
        assert.equal(location?.searchParams.get('state'), state)
        assert.deepEqual(location?.searchParams.getAll('iss'), [stage.production.issuer])
      }
    }
  })

  test(`no other kind of answer, no request from elsewhere (RFC 9101, RFC 9126, OAuth Multiple Response Types) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production, neighbour } = stage
    const portal = { client_id: 'portal', redirect_uri: portalUri }
    const said = async (change: Fields): Promise<string> => {
      const { location, body, status } = await ask(production, { ...portal, nonce: 'n', ...change })
      const answer = new URLSearchParams(location?.hash.slice(1) || location?.search || '')
      assert.ok(!answer.has('code') && !answer.has('access_token') && !answer.has('id_token'), location?.href ?? '')
      if (location !== undefined) assert.equal(location.origin + location.pathname, portalUri)
      else assert.equal(status, 400)
      return answer.get('error') ?? /<code>(\w+)</.exec(body)?.[1] ?? ''
    }
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`
    for (const [change, error] of [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ response_type: 'code token' }, 'unsupported_response_type'],
      [{ response_type: 'code id_token' }, 'unsupported_response_type'],
      [{ response_type: 'none' }, 'unsupported_response_type'],
      [{ response_type: 'id_token token' }, 'invalid_request'],
      [{ response_type: 'id_token token', response_mode: 'query' }, 'invalid_request'],
      [{ response_mode: 'jwt' }, 'unsupported_response_mode'],
      [{ response_mode: 'web_message' }, 'unsupported_response_mode'],
      [{ response_mode: 'nonsense' }, 'unsupported_response_mode'],
      [{ request: unsigned }, 'request_not_supported'],
      [{ request_uri: `${stage.loopback}/request` }, 'request_uri_not_supported'],
      [{ request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
      [{ request_uri: 'urn:ietf:params:oauth:request_uri:unknown' }, 'invalid_request_uri'],
      [{ registration: '{"redirect_uris":["https://evil.example/"]}' }, 'registration_not_supported'],
    ] as const) {
      assert.equal(await said(change), error, JSON.stringify(change))
    }
    // By a form, to the registered address, with the one script that the page's own policy lets run.
    const { body: page, status, headers } = await ask(production, { ...portal, response_mode: 'form_post' })
    assert.deepEqual([status, /<form method="post" action="([^"]+)"/.exec(page)?.[1]], [200, portalUri])
    const script = createHash('sha256').update(/<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '')
    const policy = headers.get('content-security-policy') ?? ''
    assert.ok(policy.includes(`'sha256-${script.digest('base64')}'`), policy)
    assert.doesNotMatch(policy, /unsafe/)
    // A pushed request is good for the client that pushed it, once, in its Environment.
    const pushed = { ...Object.fromEntries(new URL(authorizeUrl('https://x.example', portal)).searchParams) }
    const push = async () => {
      const { body } = await post(production, 'par', pushed, basic(production.secret))
      assert.ok(body.request_uri, JSON.stringify(body))
      return String(body.request_uri)
    }
    const use = (place: Place, id: string, uri: string) =>
      step(place, `${place.issuer}/oauth/authorize?${paramsOf({ client_id: id, request_uri: uri })}`)
    for (const [place, id] of [
      [production, 'pages'],
      [neighbour, 'portal'],
    ] as const) {
      const { status, location } = await use(place, id, await push())
      assert.deepEqual([status, location?.href], [400, undefined])
    }
    const uri = await push()
    assert.ok((await use(production, 'portal', uri)).location?.searchParams.has('code'))
    assert.equal((await use(production, 'portal', uri)).location?.searchParams.has('code') ?? false, false)
    const evil = { ...pushed, redirect_uri: 'https://evil.example/' }
    assert.equal((await post(production, 'par', evil, basic(production.secret))).status, 400)
  })
})

function both(name: string, one = '', two = ''): string {
  return `${name}=${encodeURIComponent(one)}&${name}=${encodeURIComponent(two)}`
}
