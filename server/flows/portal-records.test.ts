// Sign-in records in the portal: found, told, shared, and hidden from whom they are not for.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { finishRecord, startRecord } from '#signin-records/signin-records.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { type SignInStage, startSignIns } from './portal-sign-ins.ts'
import { administrator, password, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

const newest = async (stage: SignInStage) =>
  (await stage.api<{ readonly items: readonly { readonly reference: string }[] }>('GET', 'records')).items[0]
    ?.reference ?? ''

/** Somebody of the Company with less than all rights, who has just accepted their invitation. */
async function auditor(page: Page, stage: SignInStage): Promise<void> {
  const { items } = await stage.api<{ readonly items: readonly { readonly company: { readonly id: string } }[] }>(
    'GET',
    '/api/v1/environments',
  )
  const invitation = { email: 'ines@acme.example', role: 'auditor' }
  const path = `/api/v1/companies/${items[0]?.company.id}/administrators`
  const { link } = await stage.api<{ readonly link: string }>('POST', path, invitation)
  await page.goto(link)
  await page.getByLabel('Your name').fill('Ines Duarte')
  await page.getByLabel('Password').first().fill(password)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.waitForURL('**/admin/acme/production')
}

onOneDatabase((kind, openFresh) => {
  test(`records are found by what the address says, and new ones appear on top (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Sign-in records' }).click()
    await page.getByText('Nobody has tried to sign in yet').waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByText('New sign-ins appear on top.').waitFor()
    await stage.signIn('ada')
    await page.getByText('1 new sign-in, on top.').waitFor()
    const { reference } = await stage.signIn('grace', 'wrong-audience')
    await page.getByText('2 entries').waitFor()
    assert.match((await page.getByRole('row').nth(1).textContent()) ?? '', new RegExp(`Refused.*grace.*${reference}`))
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('Person').fill('GRACE')
    await page.keyboard.press('Enter')
    await page.getByText('1 entry').waitFor()
    assert.match(page.url(), /\?person=GRACE$/)
    await page.getByRole('link', { name: 'audience' }).click()
    await page.waitForURL(/reason=audience/)
    await page.getByRole('combobox', { name: 'Outcome' }).click()
    await page.getByRole('option', { name: 'Signed in' }).click()
    await page.getByText('No sign-in is like that').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('2 entries').waitFor()

    await page.goto(
      `${stage.sallyport.url}/admin/acme/production/records?outcome=signed-in&from=2020-01-01T00:00:00.000Z`,
    )
    await page.getByText('1 entry').waitFor()
    assert.equal(await page.getByLabel('From').inputValue(), '2020-01-01T00:00')
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records?reason=Not%20a%20code`)
    await page
      .getByRole('alert')
      .getByText(/must be the code of a check/)
      .waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`while Live is off, the list stays as it is; switched on, it catches up (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    await stage.signIn('ada')
    const { page } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records`)
    await page.getByText('1 entry').waitFor()
    await page.getByRole('switch', { name: 'Live' }).uncheck({ force: true })
    await page.getByText('The list stays as it is.').waitFor()
    const live = '**/records/live'
    await page.route(live, (route) => route.fulfill({ status: 429 }))
    await page.getByRole('switch', { name: 'Live' }).check({ force: true })
    await page.getByText('Too many pages may be open.').waitFor()
    await page.getByRole('switch', { name: 'Live' }).uncheck({ force: true })
    await page.unroute(live)
    await stage.signIn('grace')
    assert.equal(await page.getByRole('row').count(), 2, 'the names of the columns, and one')
    await page.getByRole('switch', { name: 'Live' }).check({ force: true })
    await page.getByText('2 entries').waitFor()
  })

  test(`a long list comes page by page (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { db, world, environmentId } = stage.sallyport
    const environment = await environmentId()
    const details = { checks: [], client: { address: '192.0.2.7' }, startedAt: 'here' } as const
    await db.transaction(async (tx) => {
      for (let number = 0; number < 53; number++) {
        const now = new Date(world.clock().getTime() - number * 60_000)
        const { id } = await startRecord(tx, environment, { connectionId: undefined, details }, { ...world, now })
        await finishRecord(tx, environment, id, { outcome: 'refused', reason: 'audience', checks: [] }, now)
      }
    })
    const { page } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records`)
    await page.getByText('50 shown, and there are more').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('53 entries').waitFor()
  })

  test(`a record says how it ended, how to mend it, what happened, and shows the messages (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { reference } = await stage.signIn('ada', 'wrong-audience')
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records/${reference}`)
    await page.getByRole('heading', { name: `Sign-in ${reference}` }).waitFor()
    const main = page.getByRole('main')
    await main.getByRole('heading', { name: 'What happened' }).waitFor()
    const told = (await main.textContent()) ?? ''
    assert.ok(told.indexOf('meant for another service provider') < told.indexOf('What happened'), 'how it ended first')
    await main.getByText('https://somebody-else.example/saml/metadata').waitFor()
    const steps = await page.locator('.sequence li').allTextContents()
    assert.match(steps[0] ?? '', /^Browser → to Sallyport: Asks to sign in/)
    assert.match(steps[2] ?? '', /Identity provider → to Sallyport: Response.*Failed: It was made for this service/)
    assert.match(steps.at(-1) ?? '', /Sallyport → to Browser: Refused/)

    await page.getByText(/^\d+ passed$/).click()
    await page.getByText('Nothing was changed after signing').waitFor()
    await page.locator('summary', { hasText: /^Response$/ }).click()
    const xml = page.getByRole('region', { name: 'Response' })
    await xml.getByText('ada@acme.example').waitFor()
    assert.ok((await xml.locator('.xml-tag').count()) > 20)
    const { response } = await stage.api<{ readonly response: { readonly xml: string } }>('GET', `records/${reference}`)
    assert.equal(await xml.locator('pre').textContent(), response.xml, 'coloured, and nothing else')
    assert.deepEqual(await violations(page), [])
    await page.getByRole('link', { name: 'Open the settings of Directory' }).click()
    await page.getByRole('heading', { name: 'Directory' }).waitFor()
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records/7F3KQ-9QXM2`)
    await page.getByRole('alert').getByText('not-found').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`on a narrow screen the sequence is a list of steps, and nothing is wider than the screen (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { reference } = await stage.signIn('ada', 'wrong-audience')
    const { page } = await administrator(t, stage, { viewport: { width: 360, height: 740 } })
    for (const path of ['', '/records', `/records/${reference}`, '/explain']) {
      await page.goto(`${stage.sallyport.url}/admin/acme/production${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page
        .getByText(path === '/explain' ? 'Load a file' : /audience|another service provider/)
        .first()
        .waitFor()
      const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
      assert.equal(beyond, 0, path)
      assert.deepEqual(await violations(page), [], path)
      if (path.endsWith(reference)) assert.ok(await page.getByText('Identity provider → to Sallyport').isVisible())
    }
  })

  test(`how to mend it is told in the words of the identity provider (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { items } = await stage.api<{ readonly items: readonly { readonly id: string }[] }>('GET', 'connections')
    await stage.api('PATCH', `connections/${items[0]?.id}`, { issuer: 'https://sts.windows.net/acme/' })
    const { reference } = await stage.signIn('ada')
    const { page } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records/${reference}`)
    await page.getByRole('heading', { name: 'How to mend it' }).waitFor()
    await page
      .locator('.verdict-section')
      .getByText(/of Microsoft Entra ID anew into Issuer of the connection/)
      .waitFor()
    assert.deepEqual(await violations(page), [])
  })

  test(`a link shows a record without values to somebody without an account, until it is revoked (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    const { reference } = await stage.signIn('ada', 'wrong-audience')
    const { page, complaints } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records/${reference}`)
    await page.getByRole('button', { name: 'Share a redacted link' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('No link leads to this record.').waitFor()
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await dialog.getByText('Copy it now').waitFor()
    assert.deepEqual(await violations(page), [])
    const link = (await dialog.locator('code').textContent()) ?? ''

    const stranger = await visitor(t)
    await stranger.page.goto(link)
    await stranger.page.getByRole('heading', { name: `Sign-in ${reference}` }).waitFor()
    await stranger.page.locator('summary', { hasText: /^Response$/ }).click()
    await stranger.page.getByRole('region', { name: 'Response' }).getByText('[redacted]').first().waitFor()
    await stranger.page.getByText('Everything that says who it was is hidden').waitFor()
    assert.doesNotMatch(await stranger.read(), /Lindqvist|ada@acme/)
    assert.deepEqual(await violations(stranger.page), [])

    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog', { name: 'Revoke' }).getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('The link is revoked.').waitFor()
    await dialog.getByText('No link leads to this record.').waitFor()
    await stranger.page.reload()
    await stranger.page.getByRole('heading', { name: 'This link leads nowhere' }).waitFor()
    assert.deepEqual(await violations(stranger.page), [])
    assert.deepEqual([...complaints, ...stranger.complaints], [])
  })

  test(`an auditor sees the names of attributes, and no value (${kind})`, async (t) => {
    const stage = await startSignIns(t, await openFresh(t))
    await stage.signIn('ada')
    const owner = await administrator(t, stage)
    const reference = await newest(stage)
    await owner.page.goto(`${stage.sallyport.url}/admin/acme/production/records/${reference}`)
    await owner.page.getByRole('cell', { name: 'Lindqvist' }).waitFor()

    const { page, read } = await visitor(t)
    await auditor(page, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/records/${reference}`)
    await page.getByText('Values are hidden as [redacted]').waitFor()
    await page.getByRole('cell', { name: 'lastName' }).waitFor()
    await page.locator('summary', { hasText: /^Response$/ }).click()
    await page.getByRole('region', { name: 'Response' }).waitFor()
    assert.doesNotMatch(await read(), /Lindqvist|ada@acme/)
    assert.equal(await page.getByRole('button', { name: 'Share a redacted link' }).count(), 0)
    assert.deepEqual(await violations(page), [])
  })
})
