// Tokens, asked for by a client that others wrote (openid-client), for the clients that the identity provider allows.

import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import * as client from 'openid-client'
import { addSecret } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { authorize, isRefused, mediaHelper, setStage, tempo, tokensOf } from './oauth-stage.ts'

onEveryDatabase((database, openFresh) => {
  test(`Initial SSO login, authorized client access: a token that says who this is (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'WebRTC Media Helper' })
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    const asked = await authorize(stage, config, browser, 'ada')
    assert.equal(asked.rounds, 1)
    const tokens = await tokensOf(config, asked)
    assert.deepEqual([tokens.token_type, tokens.expires_in], ['bearer', 3600])
    const claims = tokens.claims()
    assert.match(claims?.sub ?? '', /^user_/)
    assert.deepEqual([claims?.iss, claims?.name, claims?.email], [stage.issuer, 'Ada Lindqvist', 'ada@acme.example'])
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
    assert.equal(info.preferred_username, 'ada')
    // Signed in already: straight through.
    const again = await authorize(stage, config, browser, 'ada')
    assert.equal(again.rounds, 0)
    await tokensOf(config, again)
  })

  test(`Unauthorized client access attempt: sent to the identity provider once more, and no token (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'WebRTC Media Helper' })
    await stage.add({ id: tempo, name: 'Tempo', kind: 'native' })
    const browser = createFormBrowser()
    const allowed = await authorize(stage, await stage.asClient(tempo), browser, 'grace')
    await tokensOf(await stage.asClient(tempo), allowed)
    const config = await stage.asClient(mediaHelper)
    const asked = await authorize(stage, config, browser, 'grace')
    assert.equal(asked.rounds, 1, 'exactly one round more')
    assert.equal(asked.page.status, 403)
    assert.match(asked.page.body, /does not allow WebRTC Media Helper for you, also when it was asked again/)
    const [, back = ''] = /href="([^"]*\?deny=1)"/.exec(asked.page.body) ?? []
    const page = await browser.open(back)
    const answer = new URL(page.url)
    assert.deepEqual(
      [answer.origin + answer.pathname, answer.searchParams.get('error'), answer.searchParams.get('state')],
      [stage.redirectUri, 'access_denied', asked.state],
    )
    // Also when the session is younger than what the library remembers of it.
    const later = { opened_at: Date.now() + 5000 }
    await stage.sallyport.db.write.updateTable('sessions').set(later).where('ended_at', 'is', null).execute()
    const silent = await authorize(stage, config, browser, 'grace', { prompt: 'none' })
    assert.equal(new URL(silent.page.url).searchParams.get('error'), 'access_denied')
  })

  for (const [person, first, second] of [
    ['ada', true, true],
    ['alan', true, false],
    ['zoe', false, false],
  ] as const) {
    test(`${person}: Media Helper ${first ? 'yes' : 'no'}, Tempo ${second ? 'yes' : 'no'} (${database})`, async (t) => {
      const stage = await setStage(t, await openFresh(t))
      for (const id of [mediaHelper, tempo]) await stage.add({ id })
      for (const [id, isAllowed] of [
        [mediaHelper, first],
        [tempo, second],
      ] as const) {
        const { page } = await authorize(stage, await stage.asClient(id), createFormBrowser(), person)
        assert.equal(page.status, isAllowed ? 200 : 403)
      }
    })
  }

  test(`the end of the session is the end of its tokens, at once (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    const tokens = await tokensOf(config, await authorize(stage, config, browser, 'ada'))
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const sub = tokens.claims()?.sub ?? ''
    await client.fetchUserInfo(config, refreshed.access_token, sub)
    const landing = await browser.open(stage.issuer)
    const form = landing.forms.find(({ action }) => action.endsWith('/logout'))
    assert.ok(form)
    await browser.submit(landing, form)
    await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token ?? ''), isRefused('invalid_grant'))
    await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, sub))
  })

  test(`several people at one browser, one after the other: each has tokens of their own (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t), 'forceAuthn: true')
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    const names: unknown[] = []
    for (const person of ['ada', 'alan', 'ada']) {
      const tokens = await tokensOf(config, await authorize(stage, config, browser, person))
      const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
      names.push(info.preferred_username)
      const landing = await browser.open(stage.issuer)
      const form = landing.forms.find(({ action }) => action.endsWith('/logout'))
      assert.ok(form)
      await browser.submit(landing, form)
    }
    assert.deepEqual(names, ['ada', 'alan', 'ada'])
  })

  test(`signing in again in the same browser keeps what was given, a set without the client does not (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    const tokens = await tokensOf(config, await authorize(stage, config, browser, 'ada'))
    await authorize(stage, config, browser, 'ada', { prompt: 'login' })
    const kept = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const { db } = stage.sallyport
    await db.write
      .updateTable('sessions')
      .set({ authorized_client_ids: JSON.stringify([tempo]) })
      .execute()
    await assert.rejects(client.refreshTokenGrant(config, kept.refresh_token ?? ''), isRefused('invalid_grant'))
  })

  test(`a refresh token is good once: the second use ends the grant (RFC 9700 4.14.2) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const tokens = await tokensOf(config, await authorize(stage, config, createFormBrowser(), 'ada'))
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), isRefused('invalid_grant'))
    await assert.rejects(client.refreshTokenGrant(config, second.refresh_token ?? ''), isRefused('invalid_grant'))
  })

  test(`a code is good once, for its verifier and its redirect_uri (RFC 6749 4.1.2, RFC 7636) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    const asked = await authorize(stage, config, browser, 'ada')
    const wrong = { ...asked, verifier: client.randomPKCECodeVerifier() }
    await assert.rejects(tokensOf(config, wrong), isRefused('invalid_grant'))
    const next = await authorize(stage, config, browser, 'ada')
    const tokens = await tokensOf(config, next)
    await assert.rejects(tokensOf(config, next), isRefused('invalid_grant'))
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? ''))
    for (const more of [
      { redirect_uri: `${stage.redirectUri}/else` },
      { redirect_uri: 'https://evil.example/callback' },
    ]) {
      const { page } = await authorize(stage, config, browser, 'ada', more)
      assert.deepEqual([page.status, page.url.startsWith(stage.issuer)], [400, true])
    }
  })

  test(`no PKCE, plain PKCE: refused for public clients (RFC 9700 2.1.1) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({})
    const base = `${stage.issuer}/oauth/authorize?client_id=${mediaHelper}&response_type=code&scope=openid&state=x&redirect_uri=${encodeURIComponent(stage.redirectUri)}`
    for (const more of ['', `&code_challenge=${'a'.repeat(43)}&code_challenge_method=plain`]) {
      const page = await createFormBrowser().open(base + more)
      assert.equal(new URL(page.url).searchParams.get('error'), 'invalid_request', page.url)
    }
  })

  test(`a machine has a token of its own with any of its secrets, and no other (${database})`, async (t) => {
    const db = await openFresh(t)
    const stage = await setStage(t, db)
    const settings = { redirectUris: [], accessTokenSeconds: 300 }
    await stage.add({ id: 'nightly', kind: 'machine', settings })
    const whose = { environmentId: await stage.sallyport.environmentId(), id: 'nightly' }
    const made = { chance: stage.sallyport.world.chance, now: new Date() }
    const secrets = [await addSecret(db.write, whose, made), await addSecret(db.write, whose, made)]
    const old = await addSecret(db.write, whose, { ...made, expiresAt: new Date(Date.now() - 1) })
    for (const { text } of secrets) {
      const config = await stage.asClient('nightly', text)
      const tokens = await client.clientCredentialsGrant(config)
      assert.deepEqual([tokens.expires_in, tokens.refresh_token], [300, undefined])
      const about = await client.tokenIntrospection(config, tokens.access_token)
      assert.deepEqual([about.active, about.client_id, about.sub], [true, 'nightly', undefined])
      await client.tokenRevocation(config, tokens.access_token)
      assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false)
    }
    const whyNot = async (secret: string): Promise<unknown> => {
      const authorization = `Basic ${Buffer.from(`nightly:${secret}`).toString('base64')}`
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      const answer = await fetch(`${stage.issuer}/oauth/token`, { method: 'POST', headers: { authorization }, body })
      return [answer.status, ((await answer.json()) as { error: string }).error]
    }
    for (const secret of [old.text, 'kept as a hash']) {
      assert.deepEqual(await whyNot(secret), [401, 'invalid_client'], secret)
    }
  })

  test(`a token in JWT form is signed by a published key and names whom it is for (RFC 9068) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ settings: { accessTokenFormat: 'jwt', accessTokenSeconds: 600 } })
    const config = await stage.asClient(mediaHelper)
    const tokens = await tokensOf(config, await authorize(stage, config, createFormBrowser(), 'ada'))
    const [header, payload, signature] = tokens.access_token.split('.')
    const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())
    const { keys } = (await (await fetch(`${stage.issuer}/oauth/jwks`)).json()) as { keys: Record<string, unknown>[] }
    const { typ, alg, kid } = read(header)
    assert.deepEqual([typ, alg], ['at+jwt', 'RS256'])
    const jwk = keys.find((key) => (key as { kid?: string }).kid === kid)
    assert.ok(jwk && !('d' in jwk), 'and its private part is not published')
    const key = createPublicKey({ key: jwk as never, format: 'jwk' })
    assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature ?? '', 'base64url')))
    const { iss, aud, sub, client_id, exp, iat } = read(payload)
    assert.deepEqual([iss, aud, client_id, exp - iat], [stage.issuer, stage.issuer, mediaHelper, 600])
    assert.match(sub, /^user_/)
  })

  test(`a device shows a code, and a person with a browser lets it in (RFC 8628) (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ settings: { grants: ['device-code'] } })
    const config = await stage.asClient(mediaHelper)
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' })
    const browser = createFormBrowser()
    const asked = await browser.open(device.verification_uri)
    const [form] = asked.forms
    assert.ok(form, asked.body)
    const wrong = await browser.submit(asked, form, { user_code: 'WRON-GONE' })
    assert.match(wrong.body, /No device waits with this code/)
    const confirm = await browser.submit(wrong, wrong.forms[0] ?? form, { user_code: device.user_code })
    assert.match(confirm.body, /wants to sign in as you/)
    const [{ fields: { abort: _, ...fields } = {}, ...rest } = form] = confirm.forms
    let page = await browser.submit(confirm, { ...rest, fields })
    for (let pages = 0; pages < 5 && !/The device is connected/.test(page.body); pages++) {
      const [next] = page.forms
      assert.ok(next, page.body)
      page = await browser.submit(page, next, next.action.endsWith('/idp/sign-in') ? { person: 'ada' } : {})
    }
    assert.match(page.body, /The device is connected/)
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 })
    assert.match(tokens.claims()?.sub ?? '', /^user_/)
    await stage.sallyport.db.write.updateTable('sessions').set({ ended_at: 1, ended_why: 'limit' }).execute()
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), isRefused('invalid_grant'))
  })

  test(`implicit only where a client is marked as legacy (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ kind: 'web' })
    await stage.add({
      id: 'legacy',
      kind: 'web',
      settings: { redirectUris: ['https://app.example/back'], dangerouslyAllowImplicit: true },
    })
    const ask = async (id: string, redirectUri: string): Promise<string> => {
      const query = {
        client_id: id,
        response_type: 'id_token token',
        scope: 'openid',
        nonce: 'n',
        redirect_uri: redirectUri,
        prompt: 'none',
      }
      const answer = await fetch(`${stage.issuer}/oauth/authorize?${new URLSearchParams(query)}`, {
        redirect: 'manual',
      })
      return answer.headers.get('location') ?? (await answer.text())
    }
    assert.match(
      await ask(mediaHelper, stage.redirectUri),
      /error=invalid_request&error_description=requested\+response_type\+is\+not\+allowed/,
    )
    assert.match(await ask('legacy', 'https://app.example/back'), /error=login_required/)
  })

  test(`what is kept opens nothing: no token stands in the database (${database})`, async (t) => {
    const db = await openFresh(t)
    const stage = await setStage(t, db)
    await stage.add({})
    const config = await stage.asClient(mediaHelper)
    const tokens = await tokensOf(config, await authorize(stage, config, createFormBrowser(), 'ada'))
    const rows = JSON.stringify(await db.read.selectFrom('oauth_artifacts').selectAll().execute())
    for (const text of [tokens.access_token, tokens.refresh_token ?? '']) assert.ok(text && !rows.includes(text))
  })

  test(`a neighbour’s client, and an unknown place, are nobody (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    const page = await createFormBrowser().open(
      `${stage.issuer}/oauth/authorize?client_id=${mediaHelper}&response_type=code&redirect_uri=https://app.example/`,
    )
    assert.deepEqual([page.status, /invalid_client/.test(page.body)], [400, true])
    const missing = await fetch(`${stage.sallyport.url}/acme/nowhere/.well-known/openid-configuration`)
    assert.equal(missing.status, 404)
    const known = await (await fetch(`${stage.issuer}/.well-known/openid-configuration`)).json()
    assert.equal((known as { issuer: string }).issuer, stage.issuer)
    const strange = { 'x-forwarded-host': 'evil.example', host: 'evil.example' }
    const other = await (await fetch(`${stage.issuer}/.well-known/openid-configuration`, { headers: strange })).json()
    assert.deepEqual(other, known, 'whatever host a request names')
  })
})
