// The keys that sign tokens are changed while applications go on: two processes, one database.

import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import * as client from 'openid-client'
import { commandLine } from '#admin/in-environment.ts'
import { activateToSign, addNextToSign, retireFromSigning } from '#admin/token-keys/token-key-changes.ts'
import { Secret } from '#config/secret.ts'
import { addSecret, clientSettings, insertClient } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { mediaHelper, startApplication } from './oauth-stage.ts'
import { createsUsers, freePort, oneConnection, startSallyport, startSandbox } from './sallyport.ts'

const secret = new Secret('a secret for stories, long enough for all')

onEveryDatabase((database, _openFresh, makeFresh) => {
  test(`keys are changed in one process, and the other signs with the new one (${database})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const sallyport = await startSallyport(t, db)
    const port = await freePort()
    await startSallyport(t, await openAgain(), { publicUrl: sallyport.url, port })
    const sandbox = await startSandbox(t, sallyport)
    const files = { 'metadata.xml': sandbox.metadataXml }
    const declared = oneConnection(`${sandbox.url}/app/`, [createsUsers])
    await sallyport.apply(declared, files)
    const environmentId = await sallyport.environmentId()
    const redirectUri = await startApplication(t)
    const made = { chance: sallyport.world.chance, now: new Date() }
    const reports = { id: 'reports', name: 'Reports', kind: 'machine', settings: clientSettings.parse({}) } as const
    const settings = clientSettings.parse({ redirectUris: [redirectUri] })
    await insertClient(db.write, environmentId, reports, made.now)
    await insertClient(
      db.write,
      environmentId,
      { id: mediaHelper, name: 'Media Helper', kind: 'native', settings },
      made.now,
    )
    const { text } = await addSecret(db.write, { environmentId, id: 'reports' }, made)

    const issuer = `${sallyport.url}/acme/production`
    const options = { execute: [client.allowInsecureRequests] }
    const discover = () => client.discovery(new URL(issuer), mediaHelper, undefined, client.None(), options)
    // As a careful application does: it verifies signatures with the keys that it has read, and remembers these.
    const careful = await discover()
    client.enableNonRepudiationChecks(careful)
    const browser = createFormBrowser()
    const signIn = async (config: client.Configuration) => {
      const pkceCodeVerifier = client.randomPKCECodeVerifier()
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      })
      let page = await browser.open(url.href)
      for (let pages = 0; pages < 5 && page.forms[0] !== undefined; pages++)
        page = await browser.submit(
          page,
          page.forms[0],
          page.forms[0].action.endsWith('/idp/sign-in') ? { person: 'ada' } : {},
        )
      assert.equal(page.body, 'back in the application', page.body)
      return client.authorizationCodeGrant(config, new URL(page.url), { pkceCodeVerifier })
    }
    const machine = await client.discovery(
      new URL(issuer),
      'reports',
      undefined,
      client.ClientSecretBasic(text),
      options,
    )
    const published = async (base = issuer) =>
      ((await (await fetch(`${base}/oauth/jwks`)).json()) as { keys: { kid: string }[] }).keys
    const kids = async (base?: string) => (await published(base)).map(({ kid }) => kid)
    const signedBy = (token = '') => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
    const isGood = async (token = '') => {
      const [header, payload, signature = ''] = token.split('.')
      const jwk = (await published()).find(({ kid }) => kid === signedBy(token))
      if (jwk === undefined) return false
      const key = createPublicKey({ key: jwk as never, format: 'jwk' })
      return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
    }

    const opaque = await client.clientCredentialsGrant(machine)
    const old = await signIn(careful)
    const [first] = await kids()
    assert.equal(signedBy(old.id_token), first)

    const elsewhere = `http://localhost:${port}/acme/production`
    assert.deepEqual(await kids(elsewhere), [first])
    // By the command line, say: a process that serves nobody.
    const third = await openAgain()
    const change = { environmentId, source: commandLine, world: sallyport.world, now: new Date(), secret }
    const next = await addNextToSign(third, change)
    for (const base of [issuer, elsewhere]) assert.deepEqual(await kids(base), [first, next.id])
    assert.equal(signedBy((await signIn(careful)).id_token), first, 'the next key signs nothing')
    const informed = await discover()
    client.enableNonRepudiationChecks(informed)
    await signIn(informed)

    const asked = { id: next.id, confirmed: true }
    await third.transaction((tx) => activateToSign(tx, change, asked))
    const fresh = await signIn(informed)
    assert.equal(signedBy(fresh.id_token), next.id)
    for (const base of [issuer, elsewhere]) assert.deepEqual(await kids(base), [next.id, first])
    assert.deepEqual([await isGood(old.id_token), await isGood(fresh.id_token)], [true, true])
    assert.equal((await client.tokenIntrospection(machine, opaque.access_token)).active, true)
    const renewed = await client.refreshTokenGrant(informed, old.refresh_token ?? '')
    assert.equal(signedBy(renewed.id_token), next.id)

    const gone = { id: first ?? '', confirmed: true }
    await third.transaction((tx) => retireFromSigning(tx, change, gone))
    for (const base of [issuer, elsewhere]) assert.deepEqual(await kids(base), [next.id])
    assert.deepEqual([await isGood(old.id_token), await isGood(fresh.id_token)], [false, true])
    assert.equal((await client.tokenIntrospection(machine, opaque.access_token)).active, true, 'it has no signature')

    // The Company’s name stands on pages, and changes as the keys do.
    const title = async () =>
      (await (await fetch(`${elsewhere}/oauth/authorize`)).text()).match(/<title>.*<\/title>/)?.[0]
    assert.match((await title()) ?? '', /Acme/)
    await sallyport.apply(declared.replace('name: Acme\n', 'name: Acme Holding\n'), files)
    assert.match((await title()) ?? '', /Acme Holding/)
  })
})
