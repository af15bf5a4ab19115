// Making and changing people, what they belong to, and keys from elsewhere, in the portal.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { administrator, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

type Users = { readonly items: readonly { readonly id: string }[] }
type Named = { readonly name: string }
type Account = Readonly<Record<'username' | 'lastName' | 'email', string | null>> & {
  readonly team: Named
  readonly teams: readonly Named[]
  readonly applications: readonly (Named & { readonly roles: readonly Named[] })[]
}

const key = (name: string): string => readFileSync(new URL(`../../saml/cases/keys/${name}`, import.meta.url), 'utf8')
const section = (page: Page, name: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })

onOneDatabase((kind, openFresh) => {
  test(`Applications and Roles are made, a person gets them, and is found by a beginning (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Teams and Applications' }).click()
    const applications = section(page, 'Applications')
    await applications.getByRole('button', { name: 'Add an Application' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Service Desk')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await applications.getByText('No Roles yet.').click()
    await applications.getByRole('button', { name: 'Add a Role' }).click()
    await dialog.getByLabel('Name').fill('Manager')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await applications.getByRole('cell', { name: 'Manager', exact: true }).waitFor()
    const teams = section(page, 'Teams')
    await teams
      .getByRole('row', { name: /^Supervisors/ })
      .getByRole('button', { name: 'Rename' })
      .click()
    await dialog.getByLabel('Name').fill('Leads')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await teams.getByRole('cell', { name: 'Leads' }).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('link', { name: 'Add a user' }).click()
    await page.getByRole('button', { name: 'Add the user' }).click()
    await page.getByText('must not be empty').waitFor()
    await page.getByLabel('Username (Platform User Id)').fill('ada')
    await page.getByLabel('Last name').fill('Lindqvist')
    await page.getByRole('combobox', { name: 'Primary Team' }).fill('Leads')
    await page.getByRole('checkbox', { name: 'Service Desk' }).check()
    await page.getByRole('combobox', { name: 'Roles in Service Desk' }).click({ force: true })
    await page.getByRole('option', { name: 'Manager' }).click()
    await page.keyboard.press('Escape')
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Add the user' }).click()
    await page.getByRole('heading', { name: 'ada', exact: true }).waitFor()

    await page.getByRole('link', { name: 'Edit' }).click()
    await page.getByLabel('E-mail address').fill('ada@acme.example')
    await page.getByText(/Username “ada”:/).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('ada is saved.').waitFor()
    const { items } = await stage.api<Users>('GET', 'users?filter[username]=ada')
    const ada = await stage.api<Account>('GET', `users/${items[0]?.id}`)
    assert.deepEqual([ada.email, ada.lastName, ada.team.name], ['ada@acme.example', 'Lindqvist', 'Leads'])
    assert.deepEqual(
      ada.applications.map(({ name, roles }) => [name, roles.map((role) => role.name)]),
      [['Service Desk', ['Manager']]],
    )

    await page.getByRole('link', { name: 'Users' }).first().click()
    await page.getByRole('searchbox', { name: 'Search' }).fill('LIND')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'ada', exact: true }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`whoever leaves a form is warned of what is not saved (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/users/new`)
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    await page.goBack()
    await page.getByLabel('Username (Platform User Id)').fill('ada')
    await page.getByRole('link', { name: 'Keys' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.waitFor()
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: 'Stay here' }).click()
    assert.equal(await page.getByLabel('Username (Platform User Id)').inputValue(), 'ada')
    const asked = new Promise<string>((found) => {
      page.once('dialog', (browsers) => {
        found(browsers.type())
        void browsers.dismiss()
      })
    })
    await page.evaluate('location.reload()').catch(() => undefined)
    assert.equal(await asked, 'beforeunload')
    await page.getByRole('link', { name: 'Keys' }).click()
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`a key from elsewhere is imported; what is wrong with one is said, and nothing lost (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('button', { name: 'Import a key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Import a key' })
    await dialog.getByLabel('PEM text').fill(key('sp.crt'))
    await dialog.getByRole('button', { name: 'Import it' }).click()
    await dialog.getByRole('alert').waitFor()
    assert.equal(await dialog.getByLabel('PEM text').inputValue(), key('sp.crt'))
    assert.deepEqual(await violations(page), [])
    const chooser = page.waitForEvent('filechooser')
    await dialog.getByRole('button', { name: 'Choose a file' }).click()
    const buffer = Buffer.from(`${key('sp.key')}${key('sp.crt')}`)
    await (await chooser).setFiles({ name: 'sp.pem', mimeType: 'application/x-pem-file', buffer })
    await dialog.getByRole('button', { name: 'Import it' }).click()
    await page.getByText('The key is imported.').waitFor()
    await page.getByText('imported)').waitFor()
    assert.deepEqual(complaints, [])
  })
})
