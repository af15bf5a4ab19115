import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { oneConnection, startSallyport, startSandbox } from './sallyport.ts'

after(closeBrowser)

const createsUsers = `createUsers: { enabled: true, attributes: { firstName: firstName, lastName: lastName, email: email }, defaults: { team: Agents, application: Desk, roles: [Agent, Lead] } }`
const directory = ['teams: [Agents]', 'applications:', '  - { name: Desk, roles: [Agent, Lead] }']

onEveryDatabase((kind, openFresh) => {
  test(`asked for, the account page comes after the sign-in; a role is chosen there without script (${kind})`, async (t) => {
    const sallyport = await startSallyport(t, await openFresh(t))
    const sandbox = await startSandbox(t, sallyport)
    await sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers], directory), {
      'metadata.xml': sandbox.metadataXml,
    })
    const { page, signInAs, read, complaints } = await visitor(t, { javaScriptEnabled: false })
    const account = `${sallyport.url}/acme/production/account`

    await page.goto(account)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signInAs('Ada')
    // Without script, a button carries the answer on.
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL(account)
    assert.match(await read(), /ada@acme\.example\s*from your company’s sign-in page/)
    assert.match(await read(), /They change there, and follow when you sign in again/)

    const role = page.getByLabel('Active Role in Desk')
    assert.deepEqual(await role.locator('option').allTextContents(), ['Not chosen yet', 'Agent', 'Lead'])
    await role.selectOption('Lead')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.equal(await page.getByRole('status').textContent(), 'Your settings are saved.')
    assert.deepEqual(await role.locator('option').allTextContents(), ['Agent', 'Lead'])
    const session = await page.request.get(`${sallyport.url}/acme/production/session`)
    assert.equal((await session.json()).user.applications[0].activeRole.name, 'Lead')

    await page.getByRole('link', { name: 'Back' }).click()
    await page.getByRole('link', { name: 'My account' }).click()
    await page.waitForURL(account)
    assert.equal(await role.locator('option:checked').textContent(), 'Lead')
    assert.deepEqual(complaints, [])
  })
})
