// Setting up a connection by its guide, in the portal.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { guides } from '#connections/guides/guides.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { begin, made, step, useSandbox } from './guide-stage.ts'
import { administrator, startPortal, violations } from './portal-stage.ts'
import { startSandbox } from './sallyport.ts'

after(closeBrowser)

const certificate = readFileSync(new URL('../../saml/cases/keys/other-idp.crt', import.meta.url), 'utf8')

onOneDatabase((kind, openFresh) => {
  test(`a product is searched for and chosen; the connection begins as a draft with its guide (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Single Sign-On Settings' }).click()
    await page.getByRole('link', { name: 'Set up with a guide' }).click()
    await page.getByRole('radio').first().waitFor()
    const shown = await page.getByRole('radio').evaluateAll((all) => all.map((one) => one.parentElement?.textContent))
    assert.deepEqual(
      shown,
      guides.map(({ name }) => name),
    )
    await page.getByRole('button', { name: 'Make the connection' }).click()
    await page.getByText('Choose a product').waitFor()
    await page.getByRole('searchbox', { name: 'Search the products' }).fill('nothing like it')
    await page.getByText(/None of them is called that/).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('searchbox', { name: 'Search the products' }).fill('entra')
    await page.getByRole('radio', { name: 'Microsoft Entra ID' }).check()
    assert.equal(await page.getByRole('radio').count(), 1)
    assert.equal(await page.getByLabel('Name of the connection').inputValue(), 'Microsoft Entra ID')
    await page.getByLabel('Name of the connection').fill('Directory')
    await page.getByRole('button', { name: 'Make the connection' }).click()
    await page
      .getByText(/Directory/)
      .and(page.getByRole('alert'))
      .or(page.locator('[aria-invalid=true]'))
      .first()
      .waitFor()
    await page.getByLabel('Name of the connection').fill('Partners')
    await page.getByRole('button', { name: 'Make the connection' }).click()
    await page.getByRole('heading', { name: 'Set up Partners' }).waitFor()
    await page.getByText('Guide for Microsoft Entra ID').waitFor()
    const { state, product, ticket, assertionConsumerServiceEndPoint } = await made(stage, 'Partners')
    assert.deepEqual([state, product], ['draft', 'entra-id'])
    assert.equal(page.url(), `${stage.sallyport.url}/admin/acme/production/connections/${ticket}/guide`)
    const where = step(page, 'Tell it where we are')
    await where.getByText('Reply URL (Assertion Consumer Service URL)').waitFor()
    await where.getByText(String(assertionConsumerServiceEndPoint)).waitFor()
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`our values are copied and heard, our metadata is a file (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await begin(page, stage, 'Okta', 'Partners')
    const { metadataUrl, assertionConsumerServiceEndPoint } = await made(stage, 'Partners')
    await page.getByRole('button', { name: 'Copy Single sign-on URL' }).click()
    await page.getByRole('status').filter({ hasText: 'Single sign-on URL is copied' }).waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), assertionConsumerServiceEndPoint)
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download our metadata' }).click()
    const file = await (await downloading).path()
    assert.ok(readFileSync(file, 'utf8').includes(`entityID="${metadataUrl}"`))
    assert.deepEqual(complaints, [])
  })

  test(`metadata by its address, Create Users with a new Team, activation, and the checks turn green (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const sandbox = await startSandbox(t, stage.sallyport)
    const { page, complaints } = await administrator(t, stage)
    await begin(page, stage, 'Another identity provider', 'Sandbox')
    await page.getByText('0 of 7 steps are done').waitFor()
    const bring = step(page, 'Bring its metadata here')
    await bring.getByText('There is no signing certificate yet').waitFor()
    await bring.getByLabel('Address of the metadata').fill(`${sandbox.url}/nothing-here`)
    await bring.getByRole('button', { name: 'Read and save' }).click()
    await bring.locator('[aria-invalid=true]').waitFor()
    assert.equal(await bring.getByLabel('Address of the metadata').inputValue(), `${sandbox.url}/nothing-here`)
    assert.deepEqual(await violations(page), [])
    await useSandbox(page, sandbox.url)
    await bring.getByText('The sign-in address answers.').waitFor()
    assert.deepEqual(await violations(page), [])

    const person = await visitor(t)
    const { platformAuthenticationServiceUrl } = await made(stage, 'Sandbox')
    await person.page.goto(String(platformAuthenticationServiceUrl))
    await person.signInAs('Ada')
    await person.page.waitForURL(`${stage.sallyport.url}/acme/production`)
    // It looks again by itself while somebody is awaited.
    await page.getByText('8 of 8 steps are done').waitFor()
    await step(page, 'Sign in once').getByText('All attributes came.').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.reload()
    await page.getByText('8 of 8 steps are done').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`what is wrong with the last answer is told, leads to its record, and goes away once it is mended (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const sandbox = await startSandbox(t, stage.sallyport)
    const { page, complaints } = await administrator(t, stage)
    await begin(page, stage, 'Another identity provider', 'Sandbox')
    await useSandbox(page, sandbox.url)
    const names = step(page, 'Say what it sends of people')
    await names.getByText('Change which attributes are asked for').click()
    await names.getByLabel('Attribute for Email').fill('mail')
    await names.getByRole('button', { name: 'Save' }).click()
    await names.getByText('mail', { exact: true }).waitFor()

    const person = await visitor(t)
    const { platformAuthenticationServiceUrl } = await made(stage, 'Sandbox')
    await person.page.goto(String(platformAuthenticationServiceUrl))
    await person.signInAs('Ada')
    await person.page.waitForURL(`${stage.sallyport.url}/acme/production`)
    const last = step(page, 'Sign in once')
    await last.getByText(/The last answer lacked mail\. .*What came: .*email/).waitFor()
    await last.getByText('Needs a look').waitFor()
    assert.deepEqual(await violations(page), [])
    await names.getByLabel('Attribute for Email').fill('email')
    await names.getByRole('button', { name: 'Save' }).click()
    await last.getByText('All attributes came.').waitFor()

    const stranger = await visitor(t)
    await stranger.page.goto(String(platformAuthenticationServiceUrl))
    await stranger.page.getByLabel('Answer').selectOption('expired')
    await stranger.signInAs('Ada')
    await stranger.page.getByText(/[0-9A-Z]{5}-[0-9A-Z]{5}/).waitFor()
    const reference = (await stranger.page.locator('code').first().textContent()) ?? ''
    await page.getByRole('button', { name: 'Check again' }).click()
    await last.getByText(/The last answer, of .* UTC, was refused/).waitFor()
    await last.getByRole('link', { name: reference }).click()
    await page.waitForURL(`**/admin/acme/production/records/${reference}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`the values one by one, the metadata as a file or pasted, other names of attributes (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const sandbox = await startSandbox(t, stage.sallyport)
    const { page, complaints } = await administrator(t, stage)
    await begin(page, stage, 'Okta', 'Partners')
    const bring = step(page, 'Bring its metadata here')
    await bring.getByText('Or type the values in one by one').click()
    await bring.getByLabel('Identity Provider Issuer').fill('https://partners.example/metadata')
    await bring.getByLabel('Identity Provider Single Sign-On URL').fill('not an address')
    await bring.getByLabel('X.509 Certificate').fill(certificate)
    await bring.getByRole('button', { name: 'Save these values' }).click()
    await bring.getByLabel('Identity Provider Single Sign-On URL').and(page.locator('[aria-invalid=true]')).waitFor()
    assert.equal(await bring.getByLabel('Identity Provider Issuer').inputValue(), 'https://partners.example/metadata')
    await bring.getByLabel('Identity Provider Single Sign-On URL').fill('https://partners.example/sso')
    await bring.getByRole('button', { name: 'Save these values' }).click()
    await bring.getByText('What is here now').waitFor()
    await bring.getByText('https://partners.example/sso', { exact: true }).waitFor()
    assert.deepEqual((await made(stage, 'Partners')).missing, [])

    await bring.getByText('Or hand the document itself in').click()
    const file = { name: 'metadata.xml', mimeType: 'text/xml', buffer: Buffer.from(sandbox.metadataXml) }
    await bring.locator('input[type=file][accept*=xml]').setInputFiles(file)
    await bring.getByText(`${sandbox.url}/idp/sso`, { exact: false }).first().waitFor()

    const names = step(page, 'Say what it sends of people')
    await names.getByText('Change which attributes are asked for').click()
    await names.getByLabel('Attribute for Email').fill('mail')
    await names.getByLabel('Attribute for Team').fill('department')
    await names.getByRole('button', { name: 'Save' }).click()
    await names.getByText('department', { exact: true }).waitFor()
    const { createUsers } = await made(stage, 'Partners')
    const { attributes } = createUsers as { readonly attributes: Readonly<Record<string, unknown>> }
    assert.deepEqual([attributes.email, attributes.team, attributes.role], ['mail', 'department', null])
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })
})
