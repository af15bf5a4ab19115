// Amazon Connect in the portal: the settings of the instance, the guide to its federation with AWS, checks of responses.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { firstRunUrl } from '#administrators/first-run.ts'
import {
  metadataOf,
  namespace,
  relayState as relayStateOfAcme,
  responseField,
  rolePair,
} from '#connect/aws-check/test-response.ts'
import { noteDesktopReport } from '#connect/desktop-reports.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import { deepLink, instanceArn, instanceId, leastTyped } from '#connect/test-settings.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { startDesktopStage } from './desktop-stage.ts'
import { administrator, invited, type PortalStage, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

type Kept = { readonly settings: AmazonConnectSettings | null }

const narrow = { width: 360, height: 740 }

/** Nothing runs out of the page. */
async function assertFits(page: Page): Promise<void> {
  const before = page.viewportSize()
  await page.setViewportSize(narrow)
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), narrow.width)
  assert.deepEqual(await violations(page), [])
  if (before !== null) await page.setViewportSize(before)
}

async function open(page: Page, { sallyport }: Pick<PortalStage, 'sallyport'>, path = ''): Promise<void> {
  await page.goto(`${sallyport.url}/admin/acme/production/amazon-connect${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

onOneDatabase((kind, openFresh) => {
  test(`the instance is set up with the labels of the guide, changed and removed (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Amazon Connect Integration' }).click()
    await page.getByText('No Amazon Connect yet').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByText(`${stage.sallyport.url}/acme/production`, { exact: true }).waitFor()

    await page.getByLabel('Instance URL or alias').fill('acme.example')
    await page.getByLabel('Instance id or ARN').fill('acme')
    await page.getByLabel('Amazon Connect Single Sign-On Behavior enabled').check()
    await page.getByRole('button', { name: 'Save' }).click()
    for (const label of ['Instance URL or alias', 'Instance id or ARN', 'Amazon Connect Single Sign-On URL'])
      await page.getByRole('textbox', { name: label }).and(page.locator('[aria-invalid=true]')).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('Instance URL or alias').fill('acme')
    await page.getByLabel('Instance id or ARN').fill(instanceArn)
    await page.getByLabel('Amazon Connect Single Sign-On URL').fill(deepLink)
    await page.getByLabel('Auto-Close Amazon Connect Window during Sign-On').uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()
    // As it was understood.
    assert.equal(await page.getByLabel('Instance URL or alias').inputValue(), 'https://acme.my.connect.aws')
    assert.equal(await page.getByRole('textbox', { name: 'AWS region' }).inputValue(), 'eu-west-2')
    await page.getByText('https://acme.my.connect.aws/ccp-v2/', { exact: true }).waitFor()
    await page.getByText('Amazon Connect takes approved origins by https only').waitFor()
    await assertFits(page)
    const { settings } = await stage.api<Kept>('GET', 'amazon-connect')
    assert.deepEqual(
      [settings?.instance.id, settings?.singleSignOn],
      [instanceId, { enabled: true, url: deepLink, autoCloseWindow: false }],
    )

    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    const desktop = await opened
    assert.equal(new URL(desktop.url()).pathname, '/acme/production/desktop-test')
    await desktop.close()

    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No Amazon Connect yet').waitFor()
    assert.equal((await stage.api<Kept>('GET', 'amazon-connect')).settings, null)
    assert.deepEqual(complaints, [])
  })

  test(`Test signs the administrator in as an agent, and reports each stage (${kind})`, async (t) => {
    const db = await openFresh(t)
    const stage = await startDesktopStage(t, db)
    const { sallyport } = stage
    const firstRun = async () => (await firstRunUrl(db, sallyport.world, sallyport.url)) ?? ''
    const { page } = await administrator(t, { firstRun })
    await open(page, stage)
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    const desktop = await opened
    const asked: string[] = []
    desktop.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const signingIn = desktop.waitForEvent('popup')
    await desktop.getByRole('button', { name: 'Sign in', exact: true }).click()
    const window = await signingIn
    await window.getByRole('button', { name: /Ada/ }).click()
    await desktop.getByRole('heading', { name: 'Ada Lindqvist' }).waitFor()
    const stages = desktop.getByRole('region', { name: 'What happened' })
    for (const stage of ['The sign-in window opened.', 'Amazon Connect says who it is: ada.'])
      await stages.getByText(stage).first().waitFor()
    // What administrators try is nothing that agents met.
    assert.ok(!asked.some((path) => path.endsWith('/desktop-reports')))
  })

  test(`what agents met at the desktop shows with what to do, the most frequent first (${kind})`, async (t) => {
    const db = await openFresh(t)
    const stage = await startPortal(t, db)
    await stage.api('PUT', 'amazon-connect', leastTyped)
    const { page, complaints } = await administrator(t, stage)
    await open(page, stage)
    await page.getByRole('heading', { name: 'What agents met in the last 7 days' }).waitFor()
    await page.getByText('Nothing yet', { exact: true }).waitFor()
    await assertFits(page)

    const environmentId = await stage.sallyport.environmentId()
    for (const code of ['stuck', 'window-blocked', 'window-blocked'] as const)
      await noteDesktopReport(db.write, environmentId, { code }, stage.sallyport.world.clock())
    for (const milliseconds of [2000, 2500])
      await noteDesktopReport(
        db.write,
        environmentId,
        { code: 'signed-in', milliseconds },
        stage.sallyport.world.clock(),
      )
    await page.reload()
    await page.getByText('2 sign-ins, on average 2.3 seconds from the click to the desktop.').waitFor()
    const rows = page.getByRole('table', { name: 'What agents met in the last 7 days' }).locator('tbody tr')
    assert.equal(await rows.count(), 2)
    for (const text of ['The browser blocked the sign-in window', 'window-blocked', '2', /allow pop-up windows/])
      await rows.first().getByText(text, { exact: true }).waitFor()
    await assertFits(page)
    assert.deepEqual(complaints, [])
  })

  test(`links are looked at as they are typed; a RelayState is built and read (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await stage.api('PUT', 'amazon-connect', { ...leastTyped, federation: { product: 'okta' } })
    const { page, complaints } = await administrator(t, stage)
    await open(page, stage)
    const link = page.getByLabel('Amazon Connect Single Sign-On URL')
    const noticed = page.getByRole('list', { name: 'What was noticed' }).first()
    await link.fill('https://acme.my.connect.aws/ccp-v2/')
    await noticed.getByText('Broken').first().waitFor()
    await link.fill(deepLink)
    await page.getByText('It has the form of a deep link of Okta.').waitFor()

    await page.getByText(relayStateOfAcme, { exact: true }).waitFor()
    await page.getByText('Build another one').click()
    await page.getByLabel('Region', { exact: true }).fill('nowhere')
    await page.getByRole('button', { name: 'Build' }).click()
    await page.getByLabel('Region', { exact: true }).and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByLabel('Region', { exact: true }).fill('us-east-1')
    await page.getByRole('textbox', { name: 'Deep link' }).fill(deepLink)
    await page.getByRole('button', { name: 'Build' }).click()
    const built = relayStateOfAcme.replace('eu-west-2', 'us-east-1')
    await page.getByText(built, { exact: true }).waitFor()
    await page.getByText(`${deepLink}?RelayState=${encodeURIComponent(built)}`, { exact: true }).waitFor()

    await page.getByText('Read one').click()
    await page.getByLabel('RelayState to read').fill(encodeURIComponent(built))
    await page.getByRole('button', { name: 'Read', exact: true }).click()
    const read = page.getByRole('list', { name: 'What was noticed' }).last()
    await read.getByText('It leads to the region us-east-1, but the instance is in eu-west-2.').waitFor()
    await assertFits(page)
    assert.deepEqual(complaints, [])
  })

  test(`the guide has the values of the Environment, the notes of the product, and files to download (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await open(page, stage, '/federation')
    await page.getByText('This Environment has no instance yet').waitFor()
    await page.getByRole('link', { name: 'Enter the instance' }).waitFor()

    await stage.api('PUT', 'amazon-connect', leastTyped)
    await page.reload()
    const steps = page.getByRole('list', { name: 'Steps', exact: true }).getByRole('heading', { level: 2 })
    await steps.first().waitFor()
    assert.equal(await steps.count(), 5)
    await page.getByText('Not whole').first().waitFor()
    await page.getByRole('combobox', { name: 'Identity provider' }).click()
    await page.getByRole('option', { name: 'Microsoft Entra ID' }).click()
    await page.getByRole('cell', { name: 'user.assignedroles' }).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('Role in IAM').fill('not a role')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByLabel('Role in IAM').and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByLabel('Role in IAM').fill('Agents')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Load a file' }).click()
    const buffer = Buffer.from(metadataOf())
    await (await chooser).setFiles({ name: 'metadata.xml', mimeType: 'text/xml', buffer })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()
    const { settings } = await stage.api<Kept>('GET', 'amazon-connect')
    assert.deepEqual(
      [settings?.instance.id, settings?.federation.product, settings?.federation.roleName],
      [instanceId, 'entra-id', 'Agents'],
    )
    await page.getByText(rolePair.replace('AmazonConnectAgent', 'Agents'), { exact: true }).first().waitFor()
    await page.getByText('Not whole').first().waitFor({ state: 'detached' })

    const downloading = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download permission-policy.json' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'permission-policy.json')
    const policy = readFileSync(await download.path(), 'utf8')
    assert.match(policy, /instance\/6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b\/user\/\$\{aws:userid\}/)
    await page.getByText('Show it').first().click()
    await page.getByRole('region', { name: 'Text of trust-policy.json' }).getByText('sts:AssumeRoleWithSAML').waitFor()
    await assertFits(page)
    assert.deepEqual(complaints, [])
  })

  test(`a pasted response is judged as AWS would, in its own words and with the cure (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const federation = { metadata: metadataOf(), product: 'okta' }
    await stage.api('PUT', 'amazon-connect', { ...leastTyped, federation })
    const { page, complaints } = await administrator(t, stage)
    await open(page, stage, '/check')
    await page.getByLabel('SAMLResponse, XML, page or HAR').fill('{"log":{"entries":[]}}')
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByRole('alert').getByText('message-missing').waitFor()

    await page.getByLabel('SAMLResponse, XML, page or HAR').fill(responseField({ values: { Role: ['Agents'] } }))
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    const report = page.getByRole('article')
    await report.getByText('AWS would refuse it').waitFor()
    const says = await report.locator('blockquote').textContent()
    assert.equal(says, 'Your request included an invalid SAML response. To logout, click here.')
    await report.getByText('Each value of Role is a pair of ARNs').waitFor()
    await report.getByText('Every error of AWS and Amazon Connect').click()
    await report.getByRole('list', { name: 'Errors of AWS' }).getByText('Would cause it', { exact: true }).waitFor()
    await report.getByText('What it says, believed or not').click()
    await report.getByText(`${namespace}RoleSessionName`).waitFor()
    assert.deepEqual(await violations(page), [])
    await assertFits(page)

    await page.getByLabel('SAMLResponse, XML, page or HAR').fill(responseField())
    await page.getByLabel('RelayState', { exact: true }).fill(relayStateOfAcme)
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByText('AWS would sign this person in').waitFor()
    // Without the metadata nobody knows who signed it.
    await stage.api('PUT', 'amazon-connect', leastTyped)
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByText('Whether AWS would sign this person in cannot be told').waitFor()
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`what an identity provider’s test posts to an address shows by itself (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await stage.api('PUT', 'amazon-connect', { ...leastTyped, federation: { metadata: metadataOf() } })
    const { page, complaints } = await administrator(t, stage)
    await open(page, stage, '/check')
    await page.getByRole('button', { name: 'Make an address' }).click()
    const url = await page.getByText('/connect/inspect/').textContent()
    assert.ok(url)
    await page.getByText('Waiting for a response. It shows here by itself.').waitFor()
    const body = new URLSearchParams({
      SAMLResponse: responseField({ values: { RoleSessionName: ['Ada Lindqvist'] } }),
      RelayState: relayStateOfAcme,
    })
    assert.equal((await fetch(url, { method: 'POST', body })).status, 200)
    await page.getByText('1 response has come.').waitFor()
    await page.getByRole('article').getByText('Ada Lindqvist').first().waitFor()
    await assertFits(page)

    // The address is never shown again; what came there is.
    await page.reload()
    await page.getByRole('table', { name: 'Addresses of the last day' }).getByRole('button', { name: 'Show' }).click()
    await page.getByRole('article').waitFor()
    assert.equal(await page.getByText('/connect/inspect/').count(), 0)
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`an auditor sees the settings and the guide, checks what they paste, and is offered no change (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await stage.api('PUT', 'amazon-connect', leastTyped)
    await administrator(t, stage)
    const { page, complaints } = await invited(t, stage, 'auditor')
    await open(page, stage)
    await page.getByLabel('Instance URL or alias').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
    assert.equal(await page.getByRole('button', { name: 'Remove', exact: true }).count(), 0)
    await page.getByRole('link', { name: 'AWS federation' }).click()
    await page.getByRole('combobox', { name: 'Identity provider' }).click()
    await page.getByRole('option', { name: 'Okta' }).click()
    await page.getByText('In Okta').first().waitFor()
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
    // Nothing was entered that could be lost.
    await page.getByRole('link', { name: 'Check a response' }).click()
    await page.getByRole('button', { name: 'Check', exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Make an address' }).count(), 0)
    assert.deepEqual(complaints, [])
  })
})
