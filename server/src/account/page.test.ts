import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { grant, makePerson } from '#account/test-account.ts'
import { makePlace, the } from '#login/test-place.ts'
import { openSession } from '#sessions/sessions.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { insertApplication, insertRole } from '#users/directory.ts'
import { replaceRoles } from '#users/memberships.ts'
import { closeBrowser, type Visitor, visitor } from '../../flows/browser.ts'
import { startSallyport } from '../../flows/sallyport.ts'

after(closeBrowser)

// As long as names get, without a place to break.
const long = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(2)

type It = Visitor & { readonly url: string; readonly takeRoleAway: () => Promise<void> }

/** Somebody with long names is signed in, and at their account page. */
async function open(t: TestContext, openFresh: OpenFresh): Promise<It> {
  const { db, world, url: base } = await startSallyport(t, await openFresh(t))
  const made = { chance: world.chance, now: world.clock() }
  const place = await makePlace(db, world, { companyName: long, environmentName: long })
  const env = place.environment.id
  const email = `${long}@acme.example`
  const person = await makePerson(db, place, { username: long, firstName: long, lastName: long, email })
  const application = await insertApplication(db.write, env, long, made)
  const role = await insertRole(db.write, env, { applicationId: application.id, name: long }, made)
  await grant(db, person, { application, roles: [role] })
  const nothing = { nameId: undefined, sessionIndex: undefined, authnContext: undefined, notOnOrAfter: undefined }
  const session = { userId: person.id, connectionId: place.connection.id, ...nothing }
  const { token } = await openSession(db.write, env, session, made)
  const someone = await visitor(t)
  const cookie = { name: `sallyport_session_${env.slice('env_'.length)}`, value: token, url: base }
  await someone.page.context().addCookies([cookie])
  const url = `${base}/acme/production/account`
  await someone.page.goto(url)
  const takeRoleAway = async () => {
    await replaceRoles(db.write, person, { applicationId: application.id, roles: [] }, made.now)
  }
  return { ...someone, url, takeRoleAway }
}

async function assertWellMade(page: Page): Promise<void> {
  assert.equal(await page.locator('h1').count(), 1)
  const selects = await page.locator('select').all()
  for (const select of selects) {
    const id = the((await select.getAttribute('id')) ?? undefined)
    assert.equal(await page.locator(`label[for="${id}"]`).count(), 1, 'a field has a label')
    for (const described of ((await select.getAttribute('aria-describedby')) ?? '').split(' ')) {
      assert.equal(await page.locator(`[id="${described}"]`).count(), 1, `${described} is there, once`)
    }
  }
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 640 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, `at ${width}`)
  }
}

// How pages look does not depend on the database.
onEveryDatabase((kind, openFresh) => {
  if (kind !== 'sqlite') return

  test('labels, one heading, no overflow at 320 pixels, by keyboard alone (WCAG 2.2 1.3.1, 1.4.10, 2.1.1)', async (t) => {
    const { page, read, complaints } = await open(t, openFresh)
    await assertWellMade(page)
    await page.getByLabel('Default Application').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus').textContent(), 'Save')
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor()
    assert.match(await read(), /Your settings are saved/)
    assert.equal(await page.getByLabel('Default Application').locator('option:checked').textContent(), long)
    assert.deepEqual(complaints, [])
  })

  test('what is wrong is announced, stands beside its field, and is led to (WCAG 2.2 3.3.1, 3.3.3)', async (t) => {
    const { page, complaints, takeRoleAway } = await open(t, openFresh)
    const field = page.getByLabel('Active Role in')
    await field.evaluate((select) => {
      const [, option] = (select as unknown as { options: { value: string }[] }).options
      if (option !== undefined) option.value = 'role_of_somebody_else'
    })
    await field.selectOption('role_of_somebody_else')
    await page.getByRole('button', { name: 'Save' }).click()
    const alert = page.getByRole('alert')
    assert.match((await alert.textContent()) ?? '', /^Nothing was saved\. Choose again: Active Role in/)
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    await alert.getByRole('link').click()
    assert.ok(await field.isVisible())
    await assertWellMade(page)
    await takeRoleAway()
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match((await alert.textContent()) ?? '', /the page was not up to date/)
    assert.deepEqual([await field.count(), complaints.length], [0, 0])
  })
})
