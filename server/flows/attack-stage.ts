// A stage for attacks on the authorization server: two Environments with the same clients, somebody signed in at each, and
// one request at a time, so that a test sees every answer.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createFormBrowser, type FormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import * as client from 'openid-client'
import { addSecret, clientSettings, insertClient } from '#oauth/clients.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'
import { startApplication } from './oauth-stage.ts'
import { createsUsers, type Sallyport, startSallyport, startSandbox } from './sallyport.ts'

export type Place = {
  readonly issuer: string
  /** Of its own `portal`. */
  readonly secret: string
  /** Somebody is signed in there, to all clients. */
  readonly browser: FormBrowser
}

type Stage = {
  readonly sallyport: Sallyport
  /** A listener on 127.0.0.1, registered for `helper` without its port. */
  readonly loopback: string
  readonly production: Place
  readonly neighbour: Place
}

export const verifier = 'a-verifier-that-is-long-enough-to-be-one-0123456789'
export const challenge = await client.calculatePKCECodeChallenge(verifier)
export const portalUri = 'https://portal.example/back'
export const appUri = 'com.example.app:/callback'

/** Two Environments with the same clients: a native one, one with its own scheme, one in a browser, one with a secret. */
const clients: readonly (readonly [id: string, kind: ClientKind, redirectUris: readonly string[], more?: object])[] = [
  ['helper', 'native', ['http://127.0.0.1/callback']],
  ['mobile', 'native', [appUri]],
  ['pages', 'single-page', ['https://pages.example/back']],
  ['portal', 'web', [portalUri, 'https://portal.example/other'], { grants: ['client-credentials'] }],
  ['signed', 'native', ['http://127.0.0.1/callback'], { accessTokenFormat: 'jwt' }],
]

export async function setStage(t: TestContext, db: Parameters<typeof startSallyport>[1]): Promise<Stage> {
  const sallyport = await startSallyport(t, db)
  const sandbox = await startSandbox(t, sallyport)
  const environments = ['production', 'test'].map(
    (slug, i) => `
      - slug: ${slug}
        name: ${slug}
        targets: ["${sandbox.url}/app/"]
        teams: [Agents]
        connections:
          - ticket: attackedtick${'ab'[i]}x
            name: Directory
            metadataFile: metadata.xml
            ${createsUsers}`,
  )
  const yaml = `companies:\n  - slug: acme\n    name: Acme\n    environments:${environments.join('')}\n`
  await sallyport.apply(yaml, { 'metadata.xml': sandbox.metadataXml })
  const loopback = await startApplication(t)
  const [production, neighbour] = [await makePlace('production'), await makePlace('test')]
  return { sallyport, loopback, production, neighbour }

  async function makePlace(slug: string): Promise<Place> {
    const environmentId = await sallyport.environmentId(slug)
    const now = new Date()
    for (const [id, kind, redirectUris, more = {}] of clients) {
      const settings = clientSettings.parse({ redirectUris, ...more })
      await insertClient(db.write, environmentId, { id, name: id, kind, settings }, now)
    }
    const { text } = await addSecret(db.write, { environmentId, id: 'portal' }, { chance: sallyport.world.chance, now })
    const issuer = `${sallyport.url}/acme/${slug}`
    const browser = createFormBrowser()
    let page = await browser.open(authorizeUrl(issuer, { client_id: 'helper', redirect_uri: loopback }))
    for (const _ of ['choose', 'answer']) {
      const [form] = page.forms
      assert.ok(form, page.body)
      // Nothing is said of her clients, so all are allowed.
      page = await browser.submit(page, form, form.action.endsWith('/idp/sign-in') ? { person: 'katherine' } : {})
    }
    assert.equal(page.body, 'back in the application')
    return { issuer, secret: text, browser }
  }
}

export type Fields = Readonly<Record<string, string | undefined>>

/** A sound request but for `change`, where undefined leaves a parameter out. */
export function authorizeUrl(issuer: string, change: Fields): string {
  const sound = {
    response_type: 'code',
    scope: 'openid profile',
    state: 'its state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  return `${issuer}/oauth/authorize?${paramsOf({ ...sound, ...change })}`
}

export function paramsOf(fields: Fields): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

type Answer = {
  readonly status: number
  readonly location: URL | undefined
  readonly body: string
  readonly headers: Headers
}

/** One step of the signed-in browser: no redirect is followed. */
export async function step({ browser }: Place, url: string): Promise<Answer> {
  const cookie = Object.entries(browser.cookiesFor(url)).map(([name, value]) => `${name}=${value}`)
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie: cookie.join('; ') } })
  const { status, headers } = answer
  const location = headers.get('location')
  return { status, headers, location: location ? new URL(location, url) : undefined, body: await answer.text() }
}

export const ask = (place: Place, change: Fields): Promise<Answer> => step(place, authorizeUrl(place.issuer, change))

export async function codeFor(place: Place, change: Fields): Promise<string> {
  const { location, body } = await ask(place, change)
  const code = location?.searchParams.get('code')
  assert.ok(code, location?.href ?? body)
  return code
}

type Told = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export async function post(
  place: Place,
  path: string,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<Told> {
  const answer = await fetch(`${place.issuer}/oauth/${path}`, { method: 'POST', body: paramsOf(fields), headers })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
}

export function basic(secret: string, id = 'portal'): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

export async function assertRefused(told: Promise<Told>, error: string, what = ''): Promise<void> {
  const { status, body } = await told
  assert.deepEqual([status >= 400 && status < 500, body.error], [true, error], `${what} ${JSON.stringify(body)}`)
  assert.equal(body.access_token, undefined)
}

/** What the native client sends for its code. */
export const exchange = (stage: Stage, code: string): Fields => ({
  grant_type: 'authorization_code',
  client_id: 'helper',
  code,
  redirect_uri: stage.loopback,
  code_verifier: verifier,
})

type Tokens = { readonly access: string; readonly refresh: string; readonly id: string }

export async function tokensOf(stage: Stage, place = stage.production): Promise<Tokens> {
  const code = await codeFor(place, { client_id: 'helper', redirect_uri: stage.loopback })
  const { body } = await post(place, 'token', exchange(stage, code))
  assert.ok(body.access_token && body.refresh_token && body.id_token, JSON.stringify(body))
  return { access: String(body.access_token), refresh: String(body.refresh_token), id: String(body.id_token) }
}

export const refreshing = (token: string, id = 'helper'): Fields => ({
  grant_type: 'refresh_token',
  client_id: id,
  refresh_token: token,
})

export async function userInfo(place: Place, token: string): Promise<number> {
  const answer = await fetch(`${place.issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  await answer.body?.cancel()
  return answer.status
}

export async function discover({ issuer }: Place, fetching?: client.CustomFetch): Promise<client.Configuration> {
  return client.discovery(new URL(issuer), 'helper', undefined, client.None(), {
    ...(fetching && { [client.customFetch]: fetching }),
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  })
}
