// A story about tokens: Sallyport, the sandbox's identity provider, and an application that others wrote (openid-client).

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { FormBrowser, Page } from '@sallyport/sandbox/peers/form-browser.ts'
import * as client from 'openid-client'
import { clientSettings, insertClient, type NewClient } from '#oauth/clients.ts'
import { createsUsers, oneConnection, type Sallyport, startSallyport, startSandbox } from './sallyport.ts'

export const mediaHelper = '64cd7f8c-207b-4caf-b888-56b8e17384a6'
export const tempo = 'a726a4a8-9915-4966-9ac2-b8c9064fe30d'

/** The application's own page, where browsers come back to. */
export async function startApplication(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => void response.end('back in the application'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
}

export type Stage = {
  readonly sallyport: Sallyport
  readonly issuer: string
  readonly redirectUri: string
  readonly add: (change: Partial<Omit<NewClient, 'settings'>> & { readonly settings?: object }) => Promise<void>
  /** As the application would: with its id, and its secret where it has one. */
  readonly asClient: (id: string, secret?: string) => Promise<client.Configuration>
}

export async function setStage(
  t: TestContext,
  db: Parameters<typeof startSallyport>[1],
  ...more: readonly string[]
): Promise<Stage> {
  const sallyport = await startSallyport(t, db)
  const sandbox = await startSandbox(t, sallyport)
  await sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers, ...more]), {
    'metadata.xml': sandbox.metadataXml,
  })
  const issuer = `${sallyport.url}/acme/production`
  const redirectUri = await startApplication(t)
  return {
    sallyport,
    issuer,
    redirectUri,
    add: async ({ id = mediaHelper, name = id, kind = 'native', settings = {} }) => {
      const whole = clientSettings.parse({ redirectUris: [redirectUri], ...settings })
      await insertClient(db.write, await sallyport.environmentId(), { id, name, kind, settings: whole }, new Date())
    },
    asClient: (id, secret) => {
      const auth = secret === undefined ? client.None() : client.ClientSecretBasic(secret)
      return client.discovery(new URL(issuer), id, undefined, auth, { execute: [client.allowInsecureRequests] })
    },
  }
}

export type Asked = {
  readonly page: Page
  readonly verifier: string
  readonly state: string
  /** How often the identity provider answered. */
  readonly rounds: number
  /** How often it showed its sign-in page. */
  readonly choices: number
}

/** Opens the authorization request in a browser, and goes on as far as it goes by itself, choosing `person` where asked. */
export async function authorize(
  { redirectUri }: Stage,
  config: client.Configuration,
  browser: FormBrowser,
  person: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...more,
  })
  let page = await browser.open(url.href)
  let rounds = 0
  let choices = 0
  for (let pages = 0; pages < 10; pages++) {
    const choice = page.forms.find(({ action }) => action.endsWith('/idp/sign-in'))
    const answer = page.forms.find(({ fields }) => 'SAMLResponse' in fields)
    if (answer !== undefined) rounds++
    else if (choice !== undefined) choices++
    if (answer !== undefined) page = await browser.submit(page, answer)
    else if (choice !== undefined) page = await browser.submit(page, choice, { person })
    else break
  }
  return { page, verifier, state, rounds, choices }
}

export async function tokensOf(config: client.Configuration, { page, verifier, state }: Asked) {
  assert.equal(page.body, 'back in the application', page.body)
  return client.authorizationCodeGrant(config, new URL(page.url), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
}

export const isRefused = (code: string) => (error: unknown) => (error as { readonly error?: string }).error === code
