// What an attacker can try with codes, tokens and secrets: each attempt is refused, and leaves what was given out before as
// it was, or takes it back where the standard wants that.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import {
  appUri,
  ask,
  assertRefused,
  authorizeUrl,
  basic,
  codeFor,
  discover,
  exchange,
  type Fields,
  paramsOf,
  portalUri,
  post,
  refreshing,
  setStage,
  tokensOf,
  userInfo,
  verifier,
} from './attack-stage.ts'

onEveryDatabase((database, openFresh) => {
  test(`a code is for one client, one address, one Environment, one minute and one use (RFC 6749 4.1.2) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production, neighbour } = stage
    const native = { client_id: 'helper', redirect_uri: stage.loopback }
    const fresh = async () => exchange(stage, await codeFor(production, native))
    await assertRefused(post(production, 'token', { ...(await fresh()), client_id: 'pages' }), 'invalid_grant')
    const stolen = { ...(await fresh()), client_id: undefined }
    await assertRefused(post(production, 'token', stolen, basic(production.secret)), 'invalid_grant')
    await assertRefused(post(neighbour, 'token', await fresh()), 'invalid_grant')
    for (const uri of ['http://127.0.0.1:1/callback', portalUri]) {
      await assertRefused(post(production, 'token', { ...(await fresh()), redirect_uri: uri }), 'invalid_grant', uri)
    }
    const unnamed = await post(production, 'token', { ...(await fresh()), redirect_uri: undefined })
    assert.equal(unnamed.status, 400)
    // Of two at the same moment, one at most has tokens, and they are taken back.
    const code = await fresh()
    const both = await Promise.all([post(production, 'token', code), post(production, 'token', code)])
    assert.ok(both.filter(({ status }) => status === 200).length <= 1)
    const used = await fresh()
    const { body } = await post(production, 'token', used)
    assert.equal(await userInfo(production, String(body.access_token)), 200)
    await assertRefused(post(production, 'token', used), 'invalid_grant')
    assert.equal(await userInfo(production, String(body.access_token)), 401)
    await assertRefused(post(production, 'token', refreshing(String(body.refresh_token))), 'invalid_grant')
    const late = await fresh()
    stage.sallyport.passTime(61_000)
    await assertRefused(post(production, 'token', late), 'invalid_grant')
  })

  test(`what a neighbouring Environment gives out is worth nothing here (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production, neighbour } = stage
    const own = await tokensOf(stage)
    const foreign = await tokensOf(stage, neighbour)
    assert.deepEqual(
      [await userInfo(production, foreign.access), await userInfo(neighbour, foreign.access)],
      [401, 200],
    )
    await assertRefused(post(production, 'token', refreshing(foreign.refresh)), 'invalid_grant')
    const about = { token: foreign.access }
    const { body } = await post(production, 'introspect', about, basic(production.secret))
    assert.deepEqual(body, { active: false })
    await post(production, 'revoke', { ...about, client_id: 'helper' })
    assert.equal(await userInfo(neighbour, foreign.access), 200, 'nor can it be revoked from here')
    for (const path of ['introspect', 'token']) {
      const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri: portalUri, token: own.access }
      await assertRefused(post(production, path, fields, basic(neighbour.secret)), 'invalid_client')
    }
    // Its keys are others, and its ID tokens say so.
    const native = { client_id: 'helper', redirect_uri: stage.loopback }
    const hint = await ask(production, { ...native, prompt: 'none', id_token_hint: foreign.id })
    assert.equal(hint.location?.searchParams.get('error'), 'invalid_request')
    const swapped = await discover(production)
    swapped[client.customFetch] = async (url, options) => {
      const answer = await fetch(url, options as RequestInit)
      if (!url.endsWith('/token')) return answer
      return Response.json({ ...((await answer.json()) as object), id_token: foreign.id })
    }
    const { location } = await ask(production, native)
    const checks = { expectedState: 'its state', pkceCodeVerifier: verifier }
    await assert.rejects(client.authorizationCodeGrant(swapped, location as URL, checks), {
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    })
    // The metadata of another, offered as this one's.
    const toNeighbour = async (url: string) => fetch(url.replace('/production/', '/test/'))
    await assert.rejects(discover(production, toNeighbour), { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' })
  })

  test(`a refresh token is for its client, its scopes and one use (RFC 6749 6, RFC 9700 4.14) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const tokens = await tokensOf(stage)
    await assertRefused(post(production, 'token', refreshing(tokens.refresh, 'pages')), 'invalid_grant')
    const stolen = { ...refreshing(tokens.refresh), client_id: undefined }
    await assertRefused(post(production, 'token', stolen, basic(production.secret)), 'invalid_grant')
    const more = { ...refreshing(tokens.refresh), scope: 'openid profile email' }
    await assertRefused(post(production, 'token', more), 'invalid_scope')
    // RFC 7009 section 2.1: nobody revokes what is another's.
    await post(production, 'revoke', { token: tokens.refresh, client_id: 'pages' })
    await post(production, 'revoke', { token: tokens.refresh }, basic(production.secret))
    await post(production, 'revoke', { token: tokens.access, client_id: 'pages' })
    assert.equal(await userInfo(production, tokens.access), 200)
    // None of that has used it up.
    const second = await post(production, 'token', refreshing(tokens.refresh))
    assert.equal(second.status, 200, JSON.stringify(second.body))
    await assertRefused(post(production, 'token', refreshing(tokens.refresh)), 'invalid_grant')
    assert.equal(await userInfo(production, String(second.body.access_token)), 401, 'the whole family is gone')
    assert.equal(await userInfo(production, tokens.access), 401)
    await assertRefused(post(production, 'token', refreshing(String(second.body.refresh_token))), 'invalid_grant')
    // Of two at the same moment one at most has new ones.
    const { refresh } = await tokensOf(stage)
    const both = await Promise.all([1, 2].map(() => post(production, 'token', refreshing(refresh))))
    assert.ok(both.filter(({ status }) => status === 200).length <= 1)
  })

  test(`a client with a secret proves that it has it, in one way at a time (RFC 6749 2.3) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const { secret } = production
    const code = await codeFor(production, { client_id: 'portal', redirect_uri: portalUri })
    const fields = { grant_type: 'authorization_code', code, redirect_uri: portalUri, code_verifier: verifier }
    const tell = (more: Fields, headers?: Record<string, string>) =>
      post(production, 'token', { ...fields, ...more }, headers)
    await assertRefused(tell({ client_id: 'portal' }), 'invalid_client')
    await assertRefused(tell({ client_id: 'portal', client_secret: 'x' }), 'invalid_client')
    await assertRefused(tell({ client_id: 'portal', client_secret: '' }), 'invalid_client')
    await assertRefused(tell({}, basic('')), 'invalid_request')
    await assertRefused(tell({}, basic(secret.slice(0, -1))), 'invalid_client')
    await assertRefused(tell({}, basic('kept as a hash')), 'invalid_client')
    await assertRefused(tell({}, basic(secret, 'helper')), 'invalid_client')
    await assertRefused(tell({ client_secret: secret }, basic(secret)), 'invalid_request', 'two ways at once')
    const { status } = await tell({ client_id: 'helper' }, basic(secret))
    assert.equal(status, 400, 'two names at once')
    assert.equal((await tell({}, basic(secret))).status, 200, 'and none of that has used up the code')
  })

  test(`a scope that nobody has defined is left out, and not given (OpenID Connect Core 3.1.2.1) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const { secret } = production
    const about = async (token: unknown) => post(production, 'introspect', { token: String(token) }, basic(secret))
    for (const id of ['helper', 'signed']) {
      const asked = { client_id: id, redirect_uri: stage.loopback, scope: 'openid profile admin' }
      const code = await codeFor(production, asked)
      const { body } = await post(production, 'token', { ...exchange(stage, code), client_id: id })
      assert.equal(body.scope, 'openid profile', id)
      const [, claims = ''] = String(body.access_token).split('.')
      const kept =
        id === 'signed'
          ? JSON.parse(Buffer.from(claims, 'base64url').toString())
          : (await about(body.access_token)).body
      assert.equal(kept.scope, 'openid profile', id)
      const more = { ...refreshing(String(body.refresh_token), id), scope: 'openid admin' }
      await assertRefused(post(production, 'token', more), 'invalid_scope', id)
    }
    const itself = { grant_type: 'client_credentials', scope: 'admin' }
    const { status, body } = await post(production, 'token', itself, basic(secret))
    assert.deepEqual([status, body.scope], [200, undefined])
    assert.equal((await about(body.access_token)).body.scope, undefined)
  })

  test(`an access token in an address is refused (RFC 9700 4.3.2), and so are two (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { issuer } = stage.production
    const { access } = await tokensOf(stage)
    const url = `${issuer}/oauth/userinfo?access_token=${access}`
    for (const headers of [{}, { authorization: `Bearer ${access}` }]) {
      const answer = await fetch(url, { headers })
      assert.ok([400, 401].includes(answer.status), String(answer.status))
      assert.ok(!('sub' in ((await answer.json()) as object)))
    }
    for (const scheme of ['Basic', 'bearer token', '']) {
      const answer = await fetch(`${issuer}/oauth/userinfo`, { headers: { authorization: `${scheme} ${access}` } })
      assert.ok([400, 401].includes(answer.status), scheme)
      await answer.body?.cancel()
    }
    const twice = await fetch(`${issuer}/oauth/userinfo`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}` },
      body: paramsOf({ access_token: access }),
    })
    assert.equal(twice.status, 400)
    await twice.body?.cancel()
  })

  test(`pages of other sites read nothing: CORS for the client’s own origins only (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const { production } = stage
    const { issuer } = production
    const pages = { client_id: 'pages', redirect_uri: 'https://pages.example/back' }
    const redeem = async (origin: string) => {
      const code = await codeFor(production, pages)
      const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, ...pages }
      return fetch(`${issuer}/oauth/token`, { method: 'POST', headers: { origin }, body: paramsOf(fields) })
    }
    const own = await redeem('https://pages.example')
    assert.deepEqual([own.status, own.headers.get('access-control-allow-origin')], [200, 'https://pages.example'])
    const { access_token: token } = (await own.json()) as { access_token: string }
    for (const origin of [
      'https://evil.example',
      'https://pages.example.evil.example',
      'http://pages.example',
      'https://pages.example:444',
      'https://portal.example',
      'null',
    ]) {
      const asked = [
        await redeem(origin),
        await fetch(`${issuer}/oauth/userinfo`, { headers: { origin, authorization: `Bearer ${token}` } }),
      ]
      for (const answer of asked) {
        assert.ok(answer.status >= 400 && answer.status < 500, `${origin} ${answer.status}`)
        assert.doesNotMatch(await answer.text(), /"(access_token|sub)"/)
        assert.notEqual(answer.headers.get('access-control-allow-credentials'), 'true')
      }
    }
    // A scheme of one's own has no origin, and "null" is anybody's who wants it (HTML, sandboxed browsing contexts).
    const native = { client_id: 'mobile', redirect_uri: appUri }
    const code = await codeFor(production, native)
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, ...native }
    await assertRefused(post(production, 'token', fields, { origin: 'null' }), 'invalid_request')
    // Fetch standard 4.8: a request with a bearer token is announced before, without one.
    for (const path of ['userinfo', 'token', 'revoke']) {
      const announced = {
        origin: 'https://pages.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      const answer = await fetch(`${issuer}/oauth/${path}`, { method: 'OPTIONS', headers: announced })
      assert.ok(answer.ok, `${path} ${answer.status}`)
      const { headers } = answer
      assert.equal(headers.get('access-control-allow-origin'), 'https://pages.example', path)
      assert.match(headers.get('access-control-allow-headers') ?? '', /authorization/i, path)
      assert.notEqual(headers.get('access-control-allow-credentials'), 'true', path)
      await answer.body?.cancel()
    }
    // The pages of the authorization endpoint are for people, not for scripts of others.
    const headers = { origin: 'https://pages.example' }
    const page = await fetch(authorizeUrl(issuer, pages), { headers, redirect: 'manual' })
    assert.equal(page.headers.get('access-control-allow-origin'), null)
    await page.body?.cancel()
  })
})
