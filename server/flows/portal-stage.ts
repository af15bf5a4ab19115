// An administrator before the portal: a Company with people and clients in it, and a browser that has opened the portal.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { insertToken, scopes } from '#admin/tokens/tokens.ts'
import { firstRunUrl } from '#administrators/first-run.ts'
import type { Database } from '#storage/database.ts'
import { buildPages } from '../../scripts/build-pages.ts'
import { type Visitor, visitor } from './browser.ts'
import { oneConnection, type Sallyport, startSallyport } from './sallyport.ts'

export const password = 'several words together'
export const email = 'grace@acme.example'

export type PortalStage = {
  readonly sallyport: Sallyport
  /** The administration API with a token, below acme/production; or anywhere, where the path begins with a slash. */
  readonly api: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>
  readonly firstRun: () => Promise<string>
}

export const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/metadata">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>${certificateText()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`

function certificateText(): string {
  const pem = readFileSync(new URL('../../saml/cases/keys/idp.crt', import.meta.url), 'utf8')
  return pem.replace(/-----[A-Z ]+-----/g, '').trim()
}

export async function startPortal(t: TestContext, db: Database): Promise<PortalStage> {
  await buildPages()
  const sallyport = await startSallyport(t, db)
  await sallyport.apply(oneConnection('https://apps.example/networking/', [], ['teams: [Agents, Supervisors]']), {
    'metadata.xml': metadata,
  })
  const now = sallyport.world.clock()
  const token = { name: 'Stage', scopes, expiresAt: new Date(now.getTime() + 3_600_000) }
  const { secret } = await insertToken(db.write, token, { chance: sallyport.world.chance, now })
  const below = `${sallyport.url}/api/v1/environments/${await sallyport.environmentId()}`
  return {
    sallyport,
    api: async <T>(method: string, path: string, body?: unknown) => {
      const response = await fetch(path.startsWith('/') ? `${sallyport.url}${path}` : `${below}/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          'if-match': '*',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      assert.ok(response.ok, `${method} ${path}: ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    firstRun: async () => {
      const url = await firstRunUrl(db, sallyport.world, sallyport.url)
      assert.ok(url, 'there are administrators already')
      return url
    },
  }
}

/** A browser in which the first administrator has just made their account. */
export async function administrator(
  t: TestContext,
  stage: Pick<PortalStage, 'firstRun'>,
  options: Parameters<typeof visitor>[1] = {},
): Promise<Visitor> {
  const someone = await visitor(t, options)
  const { page } = someone
  await page.goto(await stage.firstRun())
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Your name').fill('Grace Okafor')
  await page.getByLabel('Password').first().fill(password)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL('**/admin/acme/production')
  return someone
}

/** Another browser, in which somebody whom Acme invited has just made their account. */
export async function invited(t: TestContext, stage: PortalStage, role: string): Promise<Visitor> {
  type Environments = { readonly items: readonly { readonly company: { readonly id: string } }[] }
  const { items } = await stage.api<Environments>('GET', '/api/v1/environments')
  const path = `/api/v1/companies/${items[0]?.company.id}/administrators`
  const { link } = await stage.api<{ readonly link: string }>('POST', path, { email: 'alan@acme.example', role })
  const someone = await visitor(t)
  const { page } = someone
  await page.goto(link)
  await page.getByLabel('Your name').fill('Alan Mercer')
  await page.getByLabel('Password').first().fill(password)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL('**/admin/acme/production')
  return someone
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with the page as it is, a line each. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe.run()
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

type AxeResult = {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}
