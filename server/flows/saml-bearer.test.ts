// RFC 7522: an application brings an assertion of the identity provider and gets a token, asked for by a client that others
// wrote (openid-client).

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { signXml } from '@sallyport/saml'
import { type AssertionToWrite, writeAssertion, writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { createSandboxKey } from '@sallyport/sandbox'
import * as client from 'openid-client'
import { restrict } from '#access/test-access.ts'
import { addSecret, clientSettings, insertClient } from '#oauth/clients.ts'
import { deviceInWords } from '#sessions/device-words.ts'
import { endSessions } from '#sessions/ends.ts'
import { saveSessionSettings, sessionSettings } from '#sessions/settings.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { createsUsers, oneConnection, startSallyport } from './sallyport.ts'

const samlBearer = 'urn:ietf:params:oauth:grant-type:saml2-bearer'
const idp = 'https://idp.example/metadata'

type Refused = { readonly error?: string; readonly error_description?: string }

const refused =
  (code: string, description: RegExp = /./) =>
  (thrown: unknown): boolean => {
    const { error, error_description } = thrown as Refused
    assert.equal(error, code, String(thrown))
    assert.match(error_description ?? '', description)
    return true
  }

async function setStage(t: TestContext, db: Parameters<typeof startSallyport>[1]) {
  const sallyport = await startSallyport(t, db)
  const { world } = sallyport
  const { key, certificatePem } = await createSandboxKey(world)
  const signer = { key, certificatePem, algorithm: 'rsa-sha256' } as const
  const metadata = writeIdentityProviderMetadata({
    entityId: idp,
    singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
    signingCertificates: [certificatePem],
    wantAuthnRequestsSigned: false,
  })
  const yaml = oneConnection('https://apps.example/', [createsUsers, 'assertionGrant: true'])
  await sallyport.apply(yaml, { 'metadata.xml': metadata })
  const environmentId = await sallyport.environmentId()
  const issuer = `${sallyport.url}/acme/production`
  const tokenEndpoint = `${issuer}/oauth/token`

  /** As openid-client has it, with its secret. */
  async function application(id: string, kind: ClientKind = 'machine', given: object = {}) {
    const settings = clientSettings.parse({ grants: ['saml-bearer'], ...given })
    const made = { chance: world.chance, now: world.clock() }
    await insertClient(db.write, environmentId, { id, name: id, kind, settings }, made.now)
    const { text } = await addSecret(db.write, { environmentId, id }, made)
    const isPublic = kind === 'native' || kind === 'single-page'
    const auth = isPublic ? client.None() : client.ClientSecretBasic(text)
    return client.discovery(new URL(issuer), id, undefined, auth, { execute: [client.allowInsecureRequests] })
  }

  function assertion(change: Partial<AssertionToWrite> = {}): string {
    const now = world.clock().getTime()
    const id = `_${randomUUID()}`
    const facts = {
      id,
      issueInstant: new Date(now),
      issuer: idp,
      nameId: { value: 'ada' },
      recipient: tokenEndpoint,
      audience: issuer,
      notBefore: new Date(now - 30_000),
      notOnOrAfter: new Date(now + 300_000),
      authnInstant: new Date(now - 5000),
      attributes: [
        { name: 'firstName', values: ['Ada'] },
        { name: 'lastName', values: ['Lindqvist'] },
        { name: 'email', values: ['ada@acme.example'] },
      ],
      ...change,
    }
    return signXml(writeAssertion(facts), { id, signer })
  }

  const ask = (config: client.Configuration, xml: string, more: Readonly<Record<string, string>> = {}) =>
    client.genericGrantRequest(config, samlBearer, { assertion: Buffer.from(xml).toString('base64url'), ...more })

  return { sallyport, db, environmentId, issuer, application, assertion, ask }
}

onEveryDatabase((database, openFresh) => {
  test(`an assertion for a token, which is good as any other, without a refresh token (${database})`, async (t) => {
    const { db, environmentId, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('Wallboard', 'web')
    assert.ok(config.serverMetadata().grant_types_supported?.includes(samlBearer))
    const tokens = await ask(config, assertion(), { scope: 'openid profile email offline_access unknown' })
    assert.deepEqual(
      [tokens.token_type, tokens.expires_in, tokens.scope, tokens.refresh_token, tokens.id_token],
      ['bearer', 3600, 'openid profile email', undefined, undefined],
    )
    const about = await client.tokenIntrospection(config, tokens.access_token)
    assert.deepEqual([about.active, about.client_id, about.scope], [true, 'Wallboard', 'openid profile email'])
    const info = await client.fetchUserInfo(config, tokens.access_token, String(about.sub))
    assert.deepEqual([info.preferred_username, info.name], ['ada', 'Ada Lindqvist'])
    const rows = await db.read.selectFrom('sessions').selectAll().where('environment_id', '=', environmentId).execute()
    assert.deepEqual(
      rows.map(({ user_id, user_agent }) => [user_id, deviceInWords(user_agent ?? undefined)]),
      [[about.sub, 'a program (Wallboard)']],
      'as it is called in “My sessions”',
    )
    const plain = await ask(config, assertion())
    assert.equal(plain.scope, undefined)
    assert.ok((await client.tokenIntrospection(config, plain.access_token)).active)
  })

  test(`the second time it is refused, with the reference of the record and nothing else (${database})`, async (t) => {
    const { sallyport, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports')
    const xml = assertion()
    const [first, second] = await Promise.allSettled([ask(config, xml), ask(config, xml)])
    assert.deepEqual([first.status, second.status].toSorted(), ['fulfilled', 'rejected'])
    const thrown = await ask(config, xml).then(
      () => assert.fail('taken twice'),
      (error: unknown) => error as Refused & { readonly status: number },
    )
    assert.deepEqual([thrown.error, thrown.status], ['invalid_grant', 400])
    const [, reference = ''] =
      /^It was finished already, or it took too long\. Reference: ([0-9A-Z]{5}-[0-9A-Z]{5})$/.exec(
        thrown.error_description ?? '',
      ) ?? []
    const { reason, details } = await sallyport.record(reference)
    assert.deepEqual([reason, details.startedAt], ['assertion-unused', 'client'])
  })

  test(`what does not hold is invalid_grant, in characters that RFC 6749 section 5.2 allows (${database})`, async (t) => {
    const { sallyport, issuer, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports')
    const late = { notBefore: new Date(0), notOnOrAfter: new Date(1000) }
    const browsers = {
      recipient: `${sallyport.url}/saml/storyticketabc/acs`,
      audience: `${sallyport.url}/saml/storyticketabc/metadata`,
    }
    const given: readonly (readonly [string, RegExp])[] = [
      [assertion().replace('>ada<', '>root<'), /^The answer from your company's sign-in page did not pass our checks/],
      [assertion(late), /too old, or from a clock that is wrong\. Reference: \S+$/],
      [assertion({ audience: `${issuer}x` }), /not set up for each other\. Reference/],
      [assertion({ issuer: 'https://evil.example' }), /not set up for each other\. Reference/],
      [assertion(browsers), /not set up for each other\. Reference/],
      ['<x/>', /cannot be read\. Reference/],
      [
        assertion({ attributes: [{ name: 'AuthorizedClientIDs', values: ['another'] }] }),
        /does not allow this application for you\. Reference/,
      ],
    ]
    for (const [xml, description] of given) {
      await assert.rejects(ask(config, xml), (thrown) => {
        assert.match((thrown as Refused).error_description ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
        return refused('invalid_grant', description)(thrown)
      })
    }
    for (const xml of ['', '%', 'a b', 'abcde', '='])
      await assert.rejects(
        ask(config, '', { assertion: xml }),
        refused(xml === '' ? 'invalid_request' : 'invalid_grant'),
      )
    const twice = new URLSearchParams([
      ['assertion', 'YQ'],
      ['assertion', 'Yg'],
    ])
    await assert.rejects(client.genericGrantRequest(config, samlBearer, twice), refused('invalid_request'))
    assert.deepEqual(await sallyport.db.read.selectFrom('sessions').select('id').execute(), [])
  })

  test(`plain base64 is taken, too, and Genesys Cloud’s orgName where it is the Company (${database})`, async (t) => {
    const { application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports')
    const plain = (): string => Buffer.from(assertion()).toString('base64')
    await ask(config, '', { assertion: plain() })
    await ask(config, '', { assertion: plain().replaceAll(/.{64}/g, '$&\r\n') })
    for (const orgName of ['acme', 'Acme', ' ACME ']) await ask(config, assertion(), { orgName })
    // RFC 6749 section 3.2: a parameter without a value is none.
    await ask(config, assertion(), { orgName: '' })
    for (const orgName of ['acme2', 'production', ' '])
      await assert.rejects(ask(config, assertion(), { orgName }), refused('invalid_request', /orgName/), orgName)
  })

  test(`only clients with a secret that are given the grant (RFC 7522 section 3.1) (${database})`, async (t) => {
    const { application, assertion, ask, issuer, sallyport } = await setStage(t, await openFresh(t))
    const callback = { redirectUris: ['https://app.example/callback'] }
    for (const [id, kind, given] of [
      ['web', 'web', { ...callback, grants: [] }],
      ['machine', 'machine', { grants: [] }],
      ['native', 'native', { redirectUris: ['http://127.0.0.1/callback'], grants: [] }],
      ['page', 'single-page', { ...callback, grants: [] }],
    ] as const) {
      const config = await application(id, kind, given)
      await assert.rejects(ask(config, assertion()), refused('invalid_request', /not allowed for this client/), id)
    }
    // As no administrator can set it.
    const wrong = await application('wrong', 'native', { redirectUris: ['http://127.0.0.1/callback'] })
    await assert.rejects(ask(wrong, assertion()), refused('unauthorized_client'))
    await application('right')
    const impostor = await client.discovery(new URL(issuer), 'right', undefined, client.ClientSecretBasic('x'), {
      execute: [client.allowInsecureRequests],
    })
    await assert.rejects(
      ask(impostor, assertion()),
      ({ status }: client.WWWAuthenticateChallengeError) => status === 401,
    )
    assert.deepEqual(await sallyport.db.read.selectFrom('used_assertions').select('assertion_id').execute(), [])
  })

  test(`the end of the session is the end of the token, whoever ends it, and the limit counts it (${database})`, async (t) => {
    const { db, environmentId, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports')
    const isActive = async (token: string) => (await client.tokenIntrospection(config, token)).active
    const limit = { limit: { enabled: true, maximum: 1 } }
    const { access_token: first } = await ask(config, assertion())
    await saveSessionSettings(db.write, environmentId, sessionSettings.parse(limit), new Date())
    const { access_token: second } = await ask(config, assertion(), { scope: 'openid' })
    assert.deepEqual([await isActive(first), await isActive(second)], [false, true])
    const { sub } = await client.tokenIntrospection(config, second)
    await client.fetchUserInfo(config, second, String(sub))
    const ended = { why: 'ended-by-person', now: new Date() } as const
    await db.transaction((tx) => endSessions(tx, environmentId, { userId: sub as `user_${string}` }, ended))
    assert.equal(await isActive(second), false)
    await assert.rejects(client.fetchUserInfo(config, second, String(sub)))
  })

  test(`no token outlives its session, in JWT form neither (RFC 7521 section 4.1) (${database})`, async (t) => {
    const { sallyport, issuer, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports', 'machine', { accessTokenFormat: 'jwt', accessTokenSeconds: 7200 })
    const ends = new Date(sallyport.world.clock().getTime() + 600_000)
    const tokens = await ask(config, assertion({ sessionNotOnOrAfter: ends }), { scope: 'profile' })
    assert.ok(tokens.expires_in !== undefined && tokens.expires_in > 500 && tokens.expires_in <= 600)
    const [, payload = ''] = tokens.access_token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    assert.deepEqual([claims.iss, claims.aud, claims.client_id, claims.scope], [issuer, issuer, 'reports', 'profile'])
    assert.ok(claims.exp * 1000 <= ends.getTime() + 1000 && String(claims.sub).startsWith('user_'))
  })

  test(`nobody comes in whom the Environment keeps out: a deactivated user, another address (${database})`, async (t) => {
    const { db, sallyport, environmentId, application, assertion, ask } = await setStage(t, await openFresh(t))
    const config = await application('reports')
    const { access_token: token } = await ask(config, assertion())
    await restrict(db, sallyport.world, environmentId, { addresses: { ranges: ['203.0.113.0/24'] } })
    await assert.rejects(ask(config, assertion()), refused('invalid_grant', /from where you are, or at this time/))
    await restrict(db, sallyport.world, environmentId, { addresses: { ranges: ['127.0.0.0/8', '::1'] } })
    await ask(config, assertion())
    await db.write.updateTable('users').set({ deactivated_at: Date.now() }).execute()
    await assert.rejects(ask(config, assertion()), refused('invalid_grant', /deactivated your account/))
    await assert.rejects(client.fetchUserInfo(config, token, client.skipSubjectCheck))
  })
})
