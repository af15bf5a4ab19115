// A whole story: a new company from nothing to its first sign-in through LemonLDAP::NG, in the portal alone.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Peer, peerInstalled, startPeer } from '@sallyport/sandbox/peers/peer.ts'
import type { Page } from 'playwright-core'
import { firstRunUrl } from '#administrators/first-run.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { buildPages } from '../../scripts/build-pages.ts'
import { closeBrowser, visitor } from './browser.ts'
import { step } from './guide-stage.ts'
import { email, password, violations } from './portal-stage.ts'
import { type Sallyport, startSallyport } from './sallyport.ts'

after(closeBrowser)

const kind = 'lemonldap-ng'

if (!peerInstalled(kind) && process.env.SALLYPORT_REQUIRE_PEERS !== '1') {
  test('a new company in the portal', { skip: `${kind} is not installed: bash sandbox/peers/install.sh` }, () => {})
} else {
  onOneDatabase((database, openFresh) => {
    test(`a new company from nothing to its first sign-in through LemonLDAP::NG, in the portal alone (${database})`, async (t) => {
      await buildPages()
      const sallyport = await startSallyport(t, await openFresh(t))
      const { page, complaints } = await visitor(t)
      await beginAsOperator(page, sallyport)
      await makeCompany(page)

      await page.getByRole('link', { name: 'Single Sign-On Settings' }).click()
      await page.getByRole('link', { name: 'Set up with a guide' }).click()
      await page.getByRole('radio', { name: 'LemonLDAP::NG' }).check()
      await page.getByRole('button', { name: 'Make the connection' }).click()
      await page.getByRole('heading', { name: 'Set up LemonLDAP::NG' }).waitFor()

      // What the guide says to do there: its administrator loads our metadata from the address that is shown.
      const ours = step(page, 'Let it know us').locator('code', { hasText: '/metadata' })
      const metadata = await (await fetch((await ours.textContent()) ?? '')).text()
      const peer = await startPeer(kind, { serviceProviderMetadata: [metadata] })
      t.after(() => peer.stop())

      const bring = step(page, 'Bring its metadata here')
      await bring.getByRole('textbox', { name: '/saml/metadata' }).fill(peer.metadataUrl)
      await bring.getByRole('button', { name: 'Read and save' }).click()
      await bring.getByText('The signing certificate is valid.').waitFor()
      await bring.getByText('The issuer is the one of the metadata.').waitFor()

      const people = step(page, 'Decide who gets an account here')
      await people.getByRole('switch', { name: 'Create Users' }).check({ force: true })
      await people.getByRole('combobox', { name: 'Default Team' }).fill('Agents')
      await people.getByRole('button', { name: 'Save this' }).click()
      await testSignIn(page, peer)
      await page.getByText('8 of 9 steps are done').waitFor()
      const use = step(page, 'Test it, and put it to use')
      await use.getByRole('button', { name: 'Activate' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
      await use.getByText('The connection is live.').waitFor()
      const agentUrl = (await use.locator('code').textContent()) ?? ''
      assert.equal(agentUrl, `${sallyport.url}/acme/production`)

      const person = await visitor(t)
      await person.page.goto(agentUrl)
      await person.page.getByRole('link', { name: 'Sign in' }).click()
      await signIn(person.page, peer)
      await person.page.waitForURL(agentUrl)
      assert.match(await person.read(), /Hello, Alice Adams/)

      await page.getByText('9 of 9 steps are done').waitFor()
      assert.deepEqual(await violations(page), [])
      await page.getByRole('link', { name: 'Users' }).click()
      await page.getByRole('link', { name: 'alice' }).click()
      await page.getByText('Agents').first().waitFor()
      assert.deepEqual(complaints, [])
    })
  })
}

async function beginAsOperator(page: Page, sallyport: Sallyport): Promise<void> {
  const firstRun = await firstRunUrl(sallyport.db, sallyport.world, sallyport.url)
  assert.ok(firstRun, 'there are administrators already')
  await page.goto(firstRun)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Your name').fill('Grace Okafor')
  await page.getByLabel('Password').first().fill(password)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'You have no Environment yet' }).waitFor()
}

async function makeCompany(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Companies' }).click()
  await page.getByRole('link', { name: 'New Company' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Acme')
  await page.getByRole('button', { name: 'Make the Company' }).click()
  await page.waitForURL('**/admin/acme/production')
}

/** At LemonLDAP::NG's own page. */
async function signIn(page: Page, { login }: Peer): Promise<void> {
  await page.locator(`input[name=${login.userField}]`).fill('alice')
  await page.locator(`input[name=${login.passwordField}]`).fill('alice-pw')
  await page.keyboard.press('Enter')
}

/** In a window of its own, while the connection is a draft. */
async function testSignIn(page: Page, peer: Peer): Promise<void> {
  const guide = page.url()
  await page.getByRole('link', { name: 'Test sign-in' }).click()
  const opening = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Begin the test' }).click()
  await signIn(await opening, peer)
  await page.getByRole('heading', { name: 'The test passed' }).waitFor()
  await page.goto(guide)
}
