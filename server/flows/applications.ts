// A story with the sandbox's applications: the demo Company, somebody who signs in to Media Helper and Tempo without a
// screen, and what was given to whom.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { identityProviderMetadata, type MisbehaviourName } from '@sallyport/sandbox'
import type { FormBrowser, Page } from '@sallyport/sandbox/peers/form-browser.ts'
import { findEnvironment } from '#companies/environments.ts'
import { removeAmazonConnect } from '#connect/settings.ts'
import type { SigninRecord } from '#signin-records/signin-records.ts'
import { type Sallyport, type Sandbox, startSallyport, startSandbox } from './sallyport.ts'

type World = { readonly sallyport: Sallyport; readonly sandbox: Sandbox }

/** The demo Company, with its clients as `npm start` brings them. `certificatePem`: in place of the sandbox's own. */
export async function world(
  t: TestContext,
  db: Parameters<typeof startSallyport>[1],
  certificatePem?: string,
): Promise<World> {
  const sallyport = await startSallyport(t, db)
  const sandbox = await startSandbox(t, sallyport)
  const yaml = template
    .replaceAll(placeholder('SALLYPORT_PUBLIC_URL'), sallyport.url)
    .replaceAll(placeholder('SANDBOX_PUBLIC_URL'), sandbox.url)
  const metadataXml =
    certificatePem === undefined
      ? sandbox.metadataXml
      : identityProviderMetadata({ publicUrl: sandbox.url, certificatePem })
  await sallyport.apply(yaml, { 'metadata.xml': metadataXml })
  // The desktop has stories of its own: here the User/Agent URL is the way in.
  const place = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug: 'production' })
  if (place !== undefined) await removeAmazonConnect(db.write, place.environment.id)
  return { sallyport, sandbox }
}

const template = readFileSync(new URL('../../sandbox/demo/sallyport.yaml', import.meta.url), 'utf8')

function placeholder(name: string): string {
  return `\${${name}}`
}

export type Choice = { readonly person: string; readonly answer?: MisbehaviourName } & Readonly<Record<string, string>>
type Visit = { readonly browser: FormBrowser; readonly choices: readonly Choice[] }

/**
 * Presses “Sign in” in an application, and goes on as far as it goes. `choices`: what is chosen at the identity provider,
 * each time that it asks. `rounds`: how often it answered.
 */
export async function signInTo(
  { sandbox }: World,
  path: '/media-helper' | '/tempo',
  { browser, choices }: Visit,
  rewrite: (field: string) => string = (field) => field,
): Promise<{ readonly page: Page; readonly rounds: number }> {
  const opened = await browser.open(sandbox.url + path)
  const button = opened.forms.find(({ action }) => action.endsWith('/sign-in'))
  assert.ok(button, opened.body)
  let page = await browser.submit(opened, button)
  let rounds = 0
  const left = [...choices]
  for (let pages = 0; pages < 20; pages++) {
    const answer = page.forms.find(({ fields }) => 'SAMLResponse' in fields)
    const question = page.forms.find(({ action }) => action.endsWith('/idp/sign-in'))
    if (answer !== undefined) {
      rounds++
      page = await browser.submit(page, answer, { SAMLResponse: rewrite(answer.fields.SAMLResponse ?? '') })
    } else if (question !== undefined) {
      const choice = left.shift()
      assert.ok(choice, `asked more often than ${choices.length} times`)
      page = await browser.submit(page, question, choice)
    } else return { page, rounds }
  }
  throw new Error(`goes round and round at ${page.url}`)
}

export async function recordOf({ sallyport }: World, page: Page): Promise<SigninRecord> {
  const [, reference = ''] = /Reference<\/span> <code>([^<]+)</.exec(page.body) ?? []
  return sallyport.record(reference)
}

export function checkOf({ details }: SigninRecord, code: string) {
  return details.checks.find((check) => check.code === code)
}

/** Follows the page's link back, to what the application then says. */
export async function backToApplication(browser: FormBrowser, page: Page): Promise<Page> {
  const [, link] = /href="([^"]+)"[^>]*>Back to the application</.exec(page.body) ?? []
  assert.ok(link, page.body)
  return browser.open(new URL(link.replaceAll('&amp;', '&'), page.url).href)
}

export function assertDeniedAt({ sandbox }: World, page: Page, path: string): void {
  assert.equal(page.url, sandbox.url + path)
  assert.match(page.body, /<code>access_denied<\/code>/)
  assert.match(page.body, /Nobody, in this browser/)
}

/** Codes and tokens that a client has been given, of whatever kind. */
export async function givenTo({ sallyport }: World, clientId: string): Promise<readonly string[]> {
  const rows = await sallyport.db.read
    .selectFrom('oauth_artifacts')
    .select('model')
    .where('environment_id', '=', await sallyport.environmentId())
    .where('client_id', '=', clientId)
    .where('model', 'in', ['AuthorizationCode', 'AccessToken', 'RefreshToken'])
    .execute()
  return rows.map(({ model }) => model)
}

export async function allowedIn({ sallyport }: World): Promise<unknown> {
  const rows = await sallyport.db.read
    .selectFrom('sessions')
    .select('authorized_client_ids')
    .where('environment_id', '=', await sallyport.environmentId())
    .where('ended_at', 'is', null)
    .execute()
  assert.equal(rows.length, 1)
  return JSON.parse(rows[0]?.authorized_client_ids ?? 'null')
}
