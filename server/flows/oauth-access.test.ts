// What decides whether a token is given, beside who asks: the address, the connection that is asked, and asking again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { createFormBrowser, type FormBrowser, type Page } from '@sallyport/sandbox/peers/form-browser.ts'
import * as client from 'openid-client'
import { restrict } from '#access/test-access.ts'
import { addSecret } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { authorize, isRefused, mediaHelper, type Stage, setStage, tempo, tokensOf } from './oauth-stage.ts'

const elsewhere = '192.0.2.0/24'
const here = '127.0.0.1'

/** From where people and applications may come; all of this test comes from 127.0.0.1. */
async function allowFrom({ sallyport }: Stage, range: string): Promise<void> {
  await restrict(sallyport.db, sallyport.world, await sallyport.environmentId(), { addresses: { ranges: [range] } })
}

const failedChecks = async ({ sallyport }: Stage, page: Page) => {
  const reference = /Reference<\/span> <code>([^<]+)</.exec(page.body)?.[1] ?? ''
  const { details } = await sallyport.record(reference)
  return details.checks.filter(({ outcome }) => outcome === 'failed')
}

const backTo = (page: Page): string => /href="([^"]+)">Back to the application/.exec(page.body)?.[1] ?? ''

/** The AuthnRequest that a browser was sent to the identity provider with, where it shows a page. */
function asked({ url }: Page): string {
  const message = new URL(url).searchParams.get('SAMLRequest') ?? ''
  return inflateRawSync(Buffer.from(message, 'base64')).toString()
}

/** All sessions were opened ten seconds ago; oidc-provider’s clock is the world’s. */
async function ageSessions({ sallyport }: Stage): Promise<void> {
  const opened_at = Date.now() - 10_000
  await sallyport.db.write.updateTable('sessions').set({ opened_at }).where('ended_at', 'is', null).execute()
}

const everyClient = { kind: 'web', settings: { grants: ['client-credentials'] } } as const

onEveryDatabase((database, openFresh) => {
  test(`an exempt client signs in from everywhere, and what it opened serves no other (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'Media Helper', settings: { purpose: 'media-helper' } })
    await stage.add({ id: 'desk', name: 'Service Desk' })
    await allowFrom(stage, elsewhere)
    const browser = createFormBrowser()
    const config = await stage.asClient(mediaHelper)
    const tokens = await tokensOf(config, await authorize(stage, config, browser, 'ada'))
    assert.notEqual(tokens.access_token, '')
    const desk = await authorize(stage, await stage.asClient('desk'), browser, 'ada')
    assert.equal(desk.page.status, 403)
    assert.match(desk.page.body, /access rules of Acme do not allow Service Desk/)
    const left = await browser.open(backTo(desk.page))
    assert.equal(new URL(left.url).searchParams.get('error'), 'access_denied')
    assert.equal((await browser.open(`${stage.issuer}/session`)).status, 403)
  })

  test(`signing in for a client that is not exempt: refused, and the application hears of it (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'Media Helper', settings: { purpose: 'media-helper' } })
    await stage.add({ id: 'desk', name: 'Service Desk' })
    await allowFrom(stage, elsewhere)
    const browser = createFormBrowser()
    const { page, state } = await authorize(stage, await stage.asClient('desk'), browser, 'ada')
    assert.equal(page.status, 403)
    assert.deepEqual(
      (await failedChecks(stage, page)).map(({ code }) => code),
      ['access-allowed'],
    )
    const { searchParams } = new URL((await browser.open(backTo(page))).url)
    assert.deepEqual([searchParams.get('error'), searchParams.get('state')], ['access_denied', state])
    // A link that only looks like one of an exempt client’s is of nobody.
    const made = `${stage.issuer}/oauth/interaction/madeupmadeupmadeupmad`
    const refused = await signIn(stage, createFormBrowser(), made)
    assert.equal(refused.status, 403)
  })

  test(`refresh and client credentials from an address that is not allowed (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: 'desk', name: 'Service Desk', ...everyClient })
    const environmentId = await stage.sallyport.environmentId()
    const made = { chance: stage.sallyport.world.chance, now: new Date() }
    const { text } = await addSecret(stage.sallyport.db.write, { environmentId, id: 'desk' }, made)
    const config = await stage.asClient('desk', text)
    const tokens = await tokensOf(config, await authorize(stage, config, createFormBrowser(), 'katherine'))
    const asked = await authorize(stage, config, createFormBrowser(), 'katherine')

    await allowFrom(stage, elsewhere)
    const refresh = tokens.refresh_token ?? ''
    await assert.rejects(client.refreshTokenGrant(config, refresh), isRefused('invalid_grant'))
    await assert.rejects(tokensOf(config, asked), isRefused('invalid_grant'))
    await assert.rejects(client.clientCredentialsGrant(config), isRefused('unauthorized_client'))
    const spoofed = await fetch(`${stage.issuer}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`desk:${text}`).toString('base64')}`,
        'x-forwarded-for': '192.0.2.7',
        forwarded: 'for=192.0.2.7',
        'x-real-ip': '192.0.2.7',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    assert.equal(spoofed.status, 400)
    const { error_description } = (await spoofed.json()) as { error_description: string }
    assert.match(error_description, /do not allow this client a token from this address/)

    await allowFrom(stage, here)
    // Nothing was used up by asking from the wrong place.
    assert.notEqual((await client.refreshTokenGrant(config, refresh)).access_token, '')
    assert.notEqual((await client.clientCredentialsGrant(config)).access_token, '')
  })

  test(`org and provider choose the connection: both or neither (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'Media Helper' })
    const config = await stage.asClient(mediaHelper)
    const errorOf = async (more: Readonly<Record<string, string>>) => {
      const { page } = await authorize(stage, config, createFormBrowser(), 'ada', more)
      const { searchParams } = new URL(page.url)
      return [searchParams.get('error'), searchParams.get('error_description')]
    }
    const right = await authorize(stage, config, createFormBrowser(), 'ada', { org: 'acme', provider: 'directory' })
    await tokensOf(config, right)
    assert.deepEqual(await errorOf({ org: 'acme' }), [
      'invalid_request',
      'org and provider must be given together, or neither',
    ])
    assert.equal((await errorOf({ provider: 'Directory' }))[0], 'invalid_request')
    assert.deepEqual(await errorOf({ org: 'other', provider: 'Directory' }), [
      'invalid_request',
      'org is not the Company of this address',
    ])
    assert.deepEqual(await errorOf({ org: 'acme', provider: 'okta' }), [
      'invalid_request',
      'provider is neither the name nor the ticket of a connection of this Environment',
    ])
  })

  test(`asked once more: standard leaves a session there alone, forced does not (${database})`, async (t) => {
    for (const setting of ['standard', 'forced']) {
      const stage = await setStage(t, await openFresh(t), `reauthentication: ${setting}`)
      await stage.add({ id: mediaHelper, name: 'Media Helper' })
      await stage.add({ id: tempo, name: 'Tempo' })
      const browser = createFormBrowser()
      await tokensOf(await stage.asClient(tempo), await authorize(stage, await stage.asClient(tempo), browser, 'grace'))
      const again = await authorize(stage, await stage.asClient(mediaHelper), browser, 'grace')
      assert.deepEqual([again.rounds, again.choices], [1, setting === 'forced' ? 1 : 0], setting)
      assert.equal(again.page.status, 403)
      const failed = await failedChecks(stage, again.page)
      const [check] = failed.filter(({ code }) => code === 'client-allowed')
      assert.equal(
        check?.expected,
        '<saml:Attribute Name="AuthorizedClientIDs">' +
          `<saml:AttributeValue>${tempo}</saml:AttributeValue>` +
          `<saml:AttributeValue>${mediaHelper}</saml:AttributeValue></saml:Attribute>`,
      )
    }
  })

  test(`prompt=login and max_age: the identity provider authenticates the person again (${database})`, async (t) => {
    const stage = await setStage(t, await openFresh(t))
    await stage.add({ id: mediaHelper, name: 'Media Helper' })
    const config = await stage.asClient(mediaHelper)
    const browser = createFormBrowser()
    // auth_time is when the person signed in, not when the application first asked.
    await signIn(stage, browser, stage.sallyport.url)
    await ageSessions(stage)
    const { auth_time: signedInAt } =
      (await tokensOf(config, await authorize(stage, config, browser, 'ada', { max_age: '60' }))).claims() ?? {}
    assert.ok(Number(signedInAt) <= Date.now() / 1000 - 10)
    for (const more of [{ max_age: '1' }, { prompt: 'login' }]) {
      await ageSessions(stage)
      const anew = await authorize(stage, config, browser, 'ada', more)
      assert.deepEqual([anew.rounds, anew.choices], [1, 1], JSON.stringify(more))
      await tokensOf(config, anew)
    }
  })
})

/** By the connection's own link, to lead to `done` afterwards; the page where it ends. */
async function signIn({ sallyport }: Stage, browser: FormBrowser, done: string): Promise<Page> {
  let page = await browser.open(
    `${sallyport.url}/saml/ssoRequest?ticket=storyticketabc&done=${encodeURIComponent(done)}`,
  )
  assert.match(asked(page), /AuthnRequest/)
  for (const wanted of [/\/idp\/sign-in$/, /\/acs$/]) {
    const form = page.forms.find(({ action }) => wanted.test(action))
    assert.ok(form, page.body)
    page = await browser.submit(page, form, wanted.source.includes('sign-in') ? { person: 'ada' } : {})
  }
  return page
}
