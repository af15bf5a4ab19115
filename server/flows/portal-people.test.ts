// People, their sessions and the clients that they use, in the portal.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { closeBrowser } from './browser.ts'
import { administrator, type PortalStage, startPortal, violations } from './portal-stage.ts'

after(closeBrowser)

const ada = { username: 'ada@acme.example', firstName: 'Ada', lastName: 'Lindqvist', email: 'ada@acme.example' }

/** Somebody with so many open sessions. */
async function signedIn(stage: PortalStage, sessions: number): Promise<string> {
  const { db, world, environmentId } = stage.sallyport
  const environment = { id: await environmentId() }
  const clock = { ...world, passTime: () => {} }
  const user = await insertPerson(db, clock, { environment }, ada)
  const now = world.clock().getTime()
  const times = { opened_at: now, last_seen_at: now, expires_at: now + 3_600_000 }
  await insertSessionRows(
    db,
    Array.from({ length: sessions }, () => sessionRow(clock, user, times)),
  )
  return user.id
}

onOneDatabase((kind, openFresh) => {
  test(`a person is found, looked at, deactivated with a warning in numbers, and activated (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const id = await signedIn(stage, 2)
    const { page, complaints } = await administrator(t, stage)

    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('searchbox', { name: 'Search' }).fill('nobody@acme.example')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('Nobody has this name').waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).fill(ada.email)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: ada.username }).click()
    await page.waitForURL(`**/users/${id}`)
    await page.getByRole('heading', { name: ada.username }).waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByRole('button', { name: 'Deactivate' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/ada@acme\.example can no longer sign in, and 2 open sessions will end at once/).waitFor()
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('ada@acme.example is deactivated.').waitFor()
    await page.getByText('Nobody is signed in as this user.').waitFor()
    await page.getByRole('button', { name: 'Activate' }).click()
    await dialog.getByRole('button', { name: 'Activate' }).click()
    await page.getByText('ada@acme.example is active.').waitFor()
    assert.deepEqual(complaints, [])
  })

  test(`a list longer than a page is loaded page by page (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    for (let number = 100; number < 153; number++)
      await stage.api('POST', 'users', { username: `person-${number}`, team: 'Agents' })
    const { page } = await administrator(t, stage)
    await page.goto(`${stage.sallyport.url}/admin/acme/production/users`)
    await page.getByText('50 shown, and there are more').waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
    await page.getByText('53 entries').waitFor()
    assert.equal(await page.getByRole('row').count(), 54)
  })

  test(`sessions are seen, ended one by one and all at once, and limited (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    await signedIn(stage, 3)
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.getByText('3 entries').waitFor()
    assert.deepEqual(await violations(page), [])

    await page.getByRole('button', { name: 'End', exact: true }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
    await page.getByText('2 entries').waitFor()
    await page.getByRole('button', { name: 'Logout All' }).click()
    await page.getByRole('dialog').getByText('All 2 open sessions of this Environment will end').waitFor()
    await page.getByRole('button', { name: 'Log everybody out' }).click()
    await page.getByText('Logging out: 2 sessions will end.').waitFor()
    await page.getByText('2 of 2 sessions ended').waitFor()

    await page.getByLabel('Lifetime in minutes').fill('2')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('must be at least 5 minutes').waitFor()
    assert.equal(await page.getByLabel('Lifetime in minutes').inputValue(), '2', 'nothing that was entered is lost')
    await page.getByLabel('Lifetime in minutes').fill('480')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The limits are saved.').waitFor()
    const settings = await stage.api<{ readonly lifetimeMinutes: number }>('GET', 'session-settings')
    assert.equal(settings.lifetimeMinutes, 480)
    assert.deepEqual(complaints, [])
  })

  test(`a client is added, its secret shown once; faults stand beside their fields (${kind})`, async (t) => {
    const stage = await startPortal(t, await openFresh(t))
    const { page, complaints } = await administrator(t, stage)
    await page.getByRole('link', { name: 'Clients' }).click()
    await page.getByText('No clients yet').waitFor()
    await page.getByRole('link', { name: 'Add a client' }).first().click()
    await page.getByRole('button', { name: 'Add the client' }).click()
    await page.getByText('must not be empty').waitFor()
    assert.equal(await page.locator(':focus').getAttribute('aria-invalid'), 'true')
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('Name', { exact: true }).fill('Wallboard')
    await page.getByLabel('Redirect URIs', { exact: true }).fill('https://wallboard.acme.example/callback')
    await page.getByRole('button', { name: 'Add the client' }).click()
    const dialog = page.getByRole('dialog', { name: 'The new secret' })
    await dialog.getByText('it is not kept, and cannot be shown again').waitFor()
    const secret = (await dialog.locator('code').textContent()) ?? ''
    assert.ok(secret.length >= 32, secret)
    assert.deepEqual(await violations(page), [])
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByRole('heading', { name: 'Wallboard' }).waitFor()
    await page.getByText(`…${secret.slice(-4)}`).waitFor()
    assert.equal(await page.getByText(secret).count(), 0)

    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Wallboard will be removed for good, with 1 secret').waitFor()
    await page.getByRole('button', { name: 'Remove for good' }).click()
    await page.getByText('No clients yet').waitFor()
    assert.deepEqual(complaints, [])
  })
})
