// What can be tried in the portal before it counts: explaining a message, testing a connection, previewing a mapping.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { decodePost } from '@sallyport/saml'
import type { Page } from 'playwright-core'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { type SignInStage, startSignIns } from './portal-sign-ins.ts'
import { administrator, violations } from './portal-stage.ts'
import { ticket } from './sallyport.ts'

after(closeBrowser)

type Counted = { readonly items: readonly { readonly username: string }[] }
const usersOf = async (stage: SignInStage) =>
  (await stage.api<Counted>('GET', 'users')).items.map(({ username }) => username)

/** Begins a test on its page and signs in, in the window that opens. */
async function tryOut(page: Page, person: RegExp, answer?: string): Promise<Page> {
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: /Begin the test|Test once more/ }).click()
  const popup = await opened
  if (answer !== undefined) await popup.getByRole('combobox', { name: /answer/i }).selectOption({ label: answer })
  await popup.getByRole('button', { name: person }).click()
  return popup
}

onOneDatabase((kind, openFresh) => {
  test(`a response is explained, pasted or from a file, and nothing of it is kept (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { samlResponse } = await stage.signIn('ada', 'wrong-audience')
    const before = await stage.api('GET', 'records')
    const nothing = JSON.stringify({ log: { entries: [] } })
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Explain a response' }).click()
    await page.getByText('Nothing of it is stored, fetched or signed in.').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByLabel('SAMLResponse, XML or HAR').fill(nothing)
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('message-missing').waitFor()
    assert.equal(await page.getByLabel('SAMLResponse, XML or HAR').inputValue(), nothing)

    await page.getByLabel('SAMLResponse, XML or HAR').fill(samlResponse)
    await page.getByRole('combobox', { name: 'Connection' }).click()
    await page.getByRole('option', { name: 'Directory' }).click()
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('1 message found').waitFor()
    await page.getByText('Would be refused').waitFor()
    await page.getByText('https://somebody-else.example/saml/metadata').waitFor()
    await page.locator('summary', { hasText: /^XML$/ }).click()
    await page.getByRole('region', { name: 'XML of message 1, Response' }).waitFor()
    assert.deepEqual(await violations(page), [])

    const xml = Buffer.from(decodePost(samlResponse))
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Load a file' }).click()
    await (await chooser).setFiles({ name: 'answer.xml', mimeType: 'text/xml', buffer: xml })
    await page.getByText(/^answer\.xml, \d+ kB$/).waitFor()
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('1 message found').waitFor()
    await page.getByRole('button', { name: 'Take the file away' }).click()
    assert.equal(await page.getByLabel('SAMLResponse, XML or HAR').inputValue(), samlResponse)
    assert.deepEqual(await stage.api('GET', 'records'), before)
    assert.deepEqual(complaints, [])
  })

  test(`a draft is tested without a lasting effect, then activated (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { items } = await stage.api<{ readonly items: readonly { readonly id: string }[] }>('GET', 'connections')
    await stage.api('PATCH', `connections/${items[0]?.id}`, { state: 'draft' })
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/${ticket}`)
    await page.getByRole('link', { name: 'Test sign-in' }).click()
    await page.getByRole('heading', { name: 'Test Directory' }).waitFor()
    assert.deepEqual(await violations(page), [])

    const failing = await tryOut(page, /Ada/, 'Wrong audience')
    await page.getByRole('heading', { name: 'The test failed' }).waitFor()
    await page.getByText('meant for another service provider').first().waitFor()
    assert.deepEqual(await violations(page), [])
    await failing.close()

    const popup = await tryOut(page, /Ada/)
    await page.getByRole('heading', { name: 'The test passed' }).waitFor()
    await page.getByText('It would make a new user.').waitFor()
    await page.getByRole('cell', { name: 'Lindqvist' }).first().waitFor()
    await page.getByRole('cell', { name: 'Agents', exact: true }).first().waitFor()
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(await usersOf(stage), [])
    assert.equal(await popup.evaluate('window.opener'), null, 'what is opened does not reach the portal')
    await page.reload()
    await page.getByRole('heading', { name: 'The test passed' }).waitFor()

    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
    await page.getByText('The connection is live.').waitFor()
    await stage.signIn('ada')
    assert.deepEqual(await usersOf(stage), ['ada'])
    assert.deepEqual(complaints, [])
  })

  test(`another mapping is seen on those who signed in lately before it is saved (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    await stage.signIn('ada')
    await stage.signIn('grace')
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/connections/${ticket}`)
    await page.getByRole('button', { name: 'Preview the changes' }).click()
    await page.getByText('Nothing would change for anybody of the 2 people').waitFor()
    await page.getByLabel('Attribute for Team', { exact: true }).fill('teams')
    await page.getByText('The settings have changed since.').waitFor()
    await page.getByRole('button', { name: 'Preview once more' }).click()
    await page.getByText('Something would change for 2 of 2').waitFor()
    await page.getByText('2 people gain the Team Supervisors.').waitFor()
    await page.getByRole('row', { name: /grace/ }).getByText('Primary Team').waitFor()
    assert.deepEqual(await violations(page), [])
    type Mapped = {
      readonly items: readonly { readonly createUsers: { readonly attributes: { readonly team: unknown } } }[]
    }
    const { items } = await stage.api<Mapped>('GET', 'connections')
    assert.equal(items[0]?.createUsers.attributes.team, null, 'looking changes nothing')
    assert.deepEqual(complaints, [])
  })

  test(`the home page shows where the Environment stands, and leads to what failed (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByText('Nobody has signed in during the last 24 hours.').waitFor()
    await page.getByText('Not used yet').waitFor()
    assert.deepEqual(await violations(page), [])
    await stage.signIn('ada')
    await stage.signIn('grace')
    const { reference } = await stage.signIn('ada', 'wrong-audience')
    await page.reload()
    await page.getByText('2 signed in, 1 refused.').first().waitFor()
    await page.getByRole('img', { name: /Sign-ins of the last 24 hours.*2 signed in, 1 refused/ }).waitFor()
    await page.getByText('As a table').click()
    assert.equal(await page.getByRole('table', { name: 'Sign-ins of the last day' }).getByRole('row').count(), 25)
    await page.getByText('Show the QR code').click()
    await page.getByRole('img', { name: 'The User/Agent URL as a QR code' }).waitFor()
    await page.getByText(`${stage.sallyport.url}/acme/production`, { exact: true }).waitFor()
    await page.getByText('Failing', { exact: true }).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('link', { name: 'The assertion is meant for another service provider.' }).click()
    await page.waitForURL(/\/records\?.*reason=audience/)
    await page.getByText('1 entry').waitFor()
    await page.getByText(reference).waitFor()
    assert.deepEqual(complaints, [])
  })
})
