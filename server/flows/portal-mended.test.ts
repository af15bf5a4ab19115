// A whole story: an identity provider signs with another certificate than before, nobody can come in any more, and the
// administrator finds out why from the reference that one of them was shown, and mends it, in the portal alone.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { startSignIns } from './portal-sign-ins.ts'
import { administrator, violations } from './portal-stage.ts'
import { startSandbox } from './sallyport.ts'

after(closeBrowser)

onOneDatabase((kind, openFresh) => {
  test(`a certificate that was changed is found and mended from the reference that the person was shown (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { sallyport, sandbox } = stage
    await stage.signIn('ada')
    await sandbox.stop()
    const rolled = await startSandbox(t, sallyport, { onPort: Number(new URL(sandbox.url).port) })

    const ada = await visitor(t)
    await ada.page.goto(`${sallyport.url}/acme/production`)
    await ada.page.getByRole('link', { name: 'Sign in' }).click()
    await ada.signInAs('Ada')
    await ada.page.waitForURL('**/saml/*/acs')
    assert.match(await ada.read(), /could not trust the answer/)
    const reference = (await ada.page.locator('code').first().textContent()) ?? ''

    const { page, complaints } = await administrator(t, stage)
    await page.getByText('Failing', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Sign-in records' }).click()
    await page.getByLabel('Reference', { exact: true }).fill(reference.toLowerCase())
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('heading', { name: `Sign-in ${reference}` }).waitFor()
    const main = page.getByRole('main')
    await main.getByText(/not made with the key of any certificate that this connection knows/).waitFor()
    await main.getByText('How to mend it').waitFor()
    await main.getByText('signature-key', { exact: true }).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByRole('link', { name: 'Open the settings of Directory' }).click()
    await page.getByLabel('Metadata URL').fill(`${rolled.url}/idp/metadata`)
    await page.getByRole('button', { name: 'Read', exact: true }).click()
    await page.getByText(/fields were filled in/).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()

    await page.getByRole('link', { name: 'Test sign-in' }).click()
    const popup = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Begin the test' }).click()
    await (await popup).getByRole('button', { name: /Ada/ }).click()
    await page.getByRole('heading', { name: 'The test passed' }).waitFor()

    await ada.page.goto(`${sallyport.url}/acme/production`)
    await ada.page.getByRole('link', { name: 'Sign in' }).click()
    await ada.page.getByText('Hello, Ada').waitFor()
    await page.getByRole('link', { name: 'Home' }).click()
    await page.getByText('Works', { exact: true }).waitFor()
    assert.deepEqual(complaints, [])
  })
})
