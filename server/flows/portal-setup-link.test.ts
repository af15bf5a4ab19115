// The set-up guide in other hands: by a set-up link, without an account; and for somebody who may only look.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { begin, type Connections, made, step } from './guide-stage.ts'
import { administrator, password, startPortal, violations } from './portal-stage.ts'
import { startSandbox } from './sallyport.ts'

after(closeBrowser)

/** The invitation of an auditor, made by whoever is signed in on the page. */
async function inviteAuditor(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(`/api/v1/${path}`, init)
      const text = await response.text()
      if (!response.ok) throw new Error(text)
      return JSON.parse(text)
    }
    const { csrfToken } = await ask('me')
    const { items } = await ask('companies')
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken }
    const body = JSON.stringify({ email: 'edsger@acme.example', role: 'auditor', environments: null })
    const made = await ask(`companies/${items[0].id}/administrators`, { method: 'POST', headers, body })
    return JSON.stringify(made)
  })
}

onOneDatabase((kind, openFresh) => {
  test(`a set-up link shows one connection to somebody without an account, until it is revoked (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const sandbox = await startSandbox(t, stage.sallyport)
    const { page, complaints } = await administrator(t, stage)
    await begin(page, stage, 'Keycloak', 'Partners')
    await page.getByRole('button', { name: 'Hand this over' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Good for how many hours').fill('10000')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await dialog.getByText(/must be at most 720/).waitFor()
    await dialog.getByLabel('Good for how many hours').fill('24')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const url = (await dialog.locator('code').textContent()) ?? ''
    assert.ok(url.startsWith(`${stage.sallyport.url}/admin/setup/`), url)
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    assert.equal(await page.getByText(url).count(), 0)

    const outside = await visitor(t)
    await outside.page.goto(url)
    await outside.page.getByRole('heading', { name: 'Set up single sign-on for Acme' }).waitFor()
    await outside.page.getByText('Guide for Keycloak').waitFor()
    await outside.page.getByText(/in 23 hours|tomorrow|in 1 day/).waitFor()
    assert.equal(await outside.page.getByRole('navigation').count(), 0)
    assert.equal(await outside.page.getByRole('link').count(), 1, 'our metadata, and nothing else')
    assert.equal(await outside.page.getByRole('button', { name: 'Activate' }).count(), 0)
    assert.deepEqual(await violations(outside.page), [])
    await outside.page.getByLabel(/SAML 2.0 Identity Provider Metadata/).fill(`${sandbox.url}/idp/metadata`)
    await outside.page.getByRole('button', { name: 'Read and save' }).click()
    await outside.page.getByText('The signing certificate is valid.').waitFor()
    await outside.page.getByRole('button', { name: 'Another product' }).click()
    await outside.page.getByRole('radio', { name: 'Shibboleth' }).check()
    await outside.page.getByRole('button', { name: 'Show its guide' }).click()
    await outside.page.getByText('Guide for Shibboleth').waitFor()
    const changed = await made(stage, 'Partners')
    assert.deepEqual([changed.product, changed.missing, changed.state], ['shibboleth', [], 'draft'])

    // Whoever has an account here may open the link as well.
    await page.goto(url)
    await page.getByRole('button', { name: 'Read and save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/${changed.ticket}/guide`)
    await page.getByRole('table', { name: 'Set-up links' }).waitFor()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await dialog.getByRole('button', { name: 'Revoke it' }).click()
    await page.getByText('The link is revoked.').waitFor()
    assert.deepEqual(await violations(page), [])
    await outside.page.getByRole('button', { name: 'Check again' }).click()
    await outside.page.reload()
    await outside.page.getByText('This set-up link was revoked. Ask whoever sent it for a new one.').waitFor()
    assert.deepEqual(await violations(outside.page), [])
    assert.deepEqual([...complaints, ...outside.complaints], [])
  })

  test(`a set-up link that has ended says so, also one that was never made (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const [connection] = (await stage.api<Connections>('GET', 'connections')).items
    assert.ok(connection)
    const { url } = await stage.api<{ readonly url: string }>('POST', `connections/${connection.id}/setup-links`, {
      expiresInHours: 1,
    })
    stage.sallyport.passTime(3_601_000)
    const { page } = await visitor(t)
    await page.goto(url)
    await page.getByRole('heading', { name: 'This set-up link does not work' }).waitFor()
    await page.getByText(/expired on .*\. Ask whoever sent it for a new one\./).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.goto(`${stage.sallyport.url}/admin/setup/none`)
    await page.getByText(/This set-up link is not known/).waitFor()
  })

  test(`whoever may only look sees the guide and its checks, and nothing to change (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page } = await administrator(t, stage)
    await begin(page, stage, 'Okta', 'Partners')
    const guide = page.url()
    const invitation = /https?:[^"]+\/admin\/link\/[\w-]+/.exec(await inviteAuditor(page))?.[0]
    assert.ok(invitation)
    const auditor = await visitor(t)
    await auditor.page.goto(invitation)
    await auditor.page.getByLabel('Your name').fill('Edsger Blom')
    await auditor.page.getByLabel('Password').first().fill(password)
    await auditor.page.getByRole('button', { name: 'Go on' }).click()
    await auditor.page.waitForURL('**/admin/acme/production')
    await auditor.page.goto(guide)
    await auditor.page.getByText('0 of 7 steps are done').waitFor()
    await step(auditor.page, 'Bring its metadata here').getByText('There is no signing certificate yet').waitFor()
    const main = auditor.page.getByRole('main')
    for (const name of ['Hand this over', 'Another product', 'Read and save', 'Activate'])
      assert.equal(await main.getByRole('button', { name }).count(), 0, name)
    assert.equal(await main.getByRole('textbox').count(), 0)
    assert.equal(await main.getByRole('button', { name: 'Save this' }).isDisabled(), true)
    assert.deepEqual(await violations(auditor.page), [])
    assert.deepEqual(auditor.complaints, [])
  })
})
