// Getting into the portal: the first administrator, signing in and out, the frame of every page.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { administrator, email, password, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

onOneDatabase((kind, openFresh) => {
  test(`the first administrator comes in by a link, leaves, and comes back by password (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const link = await stage.firstRun()
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('heading', { name: 'Acme · Production' }).waitFor()
    assert.equal(await page.title(), 'Acme · Production – Sallyport')
    await page.getByText(`${stage.sallyport.url}/acme/production`).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByRole('button', { name: 'Account: Grace Okafor' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to the administration portal' }).waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('a wrong one')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('alert').getByText('sign-in-refused').waitFor()
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email, 'nothing that was entered is lost')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Acme · Production' }).waitFor()

    // The link was good once.
    await page.goto(link)
    await page.getByText('This link does not work any more').waitFor()
    assert.deepEqual(await violations(page), [])
    assert.deepEqual(complaints, [])
  })

  test(`whoever is not signed in signs in first, and then sees the page they asked for (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await administrator(t, stage)
    const { page, complaints } = await visitor(t)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/users`)
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
    assert.deepEqual(complaints, [])
  })
})

test('the sign-in page loads less than 300 kB, from here alone, and keeps its content security policy', async (t) => {
  const stage = await startPortal(t, await openSqlite(t))
  const { page, complaints } = await visitor(t)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  let bytes = 0
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).origin))
  // Only what every browser takes.
  await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
  await page.goto(`${stage.sallyport.url}/admin`, { waitUntil: 'networkidle' })
  await page.getByRole('heading', { name: 'Sign in to the administration portal' }).waitFor()
  assert.deepEqual([...hosts], [stage.sallyport.url])
  assert.ok(bytes > 50_000 && bytes < 300_000, `${bytes} bytes`)
  t.diagnostic(`${bytes} bytes`)
  assert.deepEqual(complaints, [])
})

let openSqlite: Parameters<Parameters<typeof onOneDatabase>[0]>[1]
onOneDatabase((kind, openFresh) => {
  if (kind === 'sqlite') openSqlite = openFresh
})
