import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accountUrl,
  fieldsOf,
  grant,
  makeDirectory,
  makePerson,
  ownPage,
  setStage,
  world,
} from '#account/test-account.ts'
import { makePlace, now, publicUrl, the } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { replaceRoles, withdrawApplication } from '#users/memberships.ts'
import { findUserById, listFieldSources, touchUser, updateUser } from '#users/users.ts'

onEveryDatabase((kind, openFresh) => {
  test(`a person chooses the default Application and the active Role in each (${kind})`, async (t) => {
    const { db, ada, browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const page = await browser.get(accountUrl)
    assert.deepEqual([page.statusCode, page.headers['cache-control']], [200, 'no-store'])
    assert.deepEqual(fieldsOf(page.body), {
      application: { options: ['', billing.id, desk.id], selected: '' },
      [`role.${billing.id}`]: { options: ['', billing.clerk.id], selected: '' },
      [`role.${desk.id}`]: { options: ['', desk.agent.id, desk.lead.id], selected: '' },
    })
    const form = { application: desk.id, [`role.${billing.id}`]: '', [`role.${desk.id}`]: desk.lead.id }
    const saved = await browser.submit(accountUrl, form, ownPage)
    assert.deepEqual([saved.statusCode, saved.headers.location], [303, `${publicUrl}${accountUrl}?saved=1`])
    assert.deepEqual(await chosen(), { application: 'Desk', roles: { Billing: undefined, Desk: 'Lead' } })
    const next = await browser.get(saved.headers.location ?? '')
    assert.match(next.body, /<p role="status" class="notice">Your settings are saved\.<\/p>/)
    assert.deepEqual(fieldsOf(next.body), {
      application: { options: [billing.id, desk.id], selected: desk.id },
      [`role.${billing.id}`]: { options: ['', billing.clerk.id], selected: '' },
      [`role.${desk.id}`]: { options: [desk.agent.id, desk.lead.id], selected: desk.lead.id },
    })
    const { source, since } = the((await listFieldSources(db.read, ada)).get('defaultApplicationId'))
    assert.deepEqual([source, since], [{ by: 'person' }, now])
    const { version } = the(await findUserById(db.read, ada.environmentId, ada.id))
    assert.ok(version > ada.version, 'whoever read the account before knows that it is another one now')
  })

  test(`saving what is chosen already changes nothing, ten times at once as little as once (${kind})`, async (t) => {
    const { db, ada, browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const form = { application: billing.id, [`role.${billing.id}`]: billing.clerk.id, [`role.${desk.id}`]: '' }
    const all = await Promise.all(Array.from({ length: 10 }, () => browser.submit(accountUrl, form, ownPage)))
    assert.deepEqual(new Set(all.map(({ statusCode }) => statusCode)), new Set([303]))
    assert.deepEqual(await chosen(), { application: 'Billing', roles: { Billing: 'Clerk', Desk: undefined } })
    assert.equal(the(await findUserById(db.read, ada.environmentId, ada.id)).version, ada.version + 2)
  })

  test(`each field offers what the person has, and takes nothing else (${kind})`, async (t) => {
    const { db, browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const neighbour = await makePlace(db, world, { company: 'neighbour' })
    const theirs = await makeDirectory(db, neighbour)
    const them = await makePerson(db, neighbour)
    await grant(db, them, { application: theirs.desk, roles: [theirs.desk.lead] })
    const good = { application: desk.id, [`role.${billing.id}`]: billing.clerk.id, [`role.${desk.id}`]: desk.agent.id }
    const wrong = ['nothing', 'app_', `${desk.id} `, desk.id.toUpperCase(), 'Desk', '\0', '__proto__']
    const application = { field: 'application', code: 'account-application' }
    const role = { field: `role.${billing.id}`, code: 'account-role' }
    const rows = [
      ...[theirs.desk.id, desk.agent.id, ...wrong].map((value) => ({ ...application, value })),
      // One of the Application that the person does not have, one of another Application, the neighbour's.
      ...[billing.lead.id, desk.agent.id, theirs.billing.clerk.id, billing.id, ...wrong].map((value) => ({
        ...role,
        value,
      })),
    ]
    for (const { field, code, value } of rows) {
      const refused = await browser.submit(accountUrl, { ...good, [field]: value }, ownPage)
      const what = `${field}=${JSON.stringify(value)}`
      assert.equal(refused.statusCode, 400, what)
      assert.deepEqual(
        [...refused.body.matchAll(/id="([^"]+)-fault" data-code="([^"]+)"/g)].map(([, ...is]) => is),
        [[field, code]],
      )
      assert.match(refused.body, new RegExp(`Nothing was saved\\. Choose again: <a href="#${field}">`))
      assert.match(refused.body, new RegExp(`aria-describedby="${field}-fault ${field}-help" aria-invalid="true"`))
      assert.equal(fieldsOf(refused.body)[`role.${desk.id}`]?.selected, desk.agent.id, 'the other choices are not lost')
      assert.deepEqual(await chosen(), { application: undefined, roles: { Billing: undefined, Desk: undefined } }, what)
    }
    for (const field of Object.keys(good)) {
      for (const value of fieldsOf((await browser.get(accountUrl)).body)[field]?.options ?? []) {
        const form = Object.fromEntries(
          Object.entries(fieldsOf((await browser.get(accountUrl)).body)).map(([name, { selected }]) => [
            name,
            selected,
          ]),
        )
        assert.equal((await browser.submit(accountUrl, { ...form, [field]: value }, ownPage)).statusCode, 303)
        assert.equal(fieldsOf((await browser.get(accountUrl)).body)[field]?.selected, value)
      }
    }
    const back = await browser.submit(accountUrl, { ...good, application: '' }, ownPage)
    assert.equal(back.statusCode, 400, 'what is chosen can be changed, but not emptied')
  })

  test(`a form that is not the page’s is 400, and saves nothing (${kind})`, async (t) => {
    const { submitText, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const good = { application: desk.id, [`role.${billing.id}`]: billing.clerk.id, [`role.${desk.id}`]: desk.agent.id }
    const text = new URLSearchParams(good).toString()
    const bodies = [
      '',
      '=',
      '&&&',
      'application',
      `application=${desk.id}`,
      `${text}&application=${desk.id}`,
      `${text}&application=${billing.id}`,
      `${text}&username=grace`,
      `${text}&role.app_aaaaaaaaaaaaaaaaaaaa=${desk.agent.id}`,
      `${text}&__proto__=x`,
      text.replace('application=', 'constructor='),
      '%zz%00=%ff&\ud800',
      '<script>',
      'a='.repeat(10_000),
    ]
    for (const body of bodies) {
      const refused = await submitText(body)
      assert.equal(refused.statusCode, 400, body.slice(0, 100))
      assert.match(refused.body, /role="alert".*\n?.*data-code="account-form">Nothing was saved, because/)
      assert.doesNotMatch(refused.body, /<script/)
    }
    const withoutBody = await submitText(undefined)
    assert.equal(withoutBody.statusCode, 400)
    const json = { 'content-type': 'application/json' }
    assert.equal((await submitText(JSON.stringify(good), json)).statusCode, 415)
    assert.deepEqual(await chosen(), { application: undefined, roles: { Billing: undefined, Desk: undefined } })
  })

  test(`what was taken away while the page was open cannot be chosen any more (${kind})`, async (t) => {
    const { db, ada, browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const form = {
      application: billing.id,
      [`role.${billing.id}`]: billing.clerk.id,
      [`role.${desk.id}`]: desk.lead.id,
    }
    const source = { by: 'rule' } as const
    await replaceRoles(db.write, ada, { applicationId: desk.id, roles: [{ roleId: desk.agent.id, source }] }, now)
    assert.match((await browser.submit(accountUrl, form, ownPage)).body, /data-code="account-role"/)
    await withdrawApplication(db.write, ada, billing.id)
    const stale = await browser.submit(accountUrl, form, ownPage)
    assert.equal(stale.statusCode, 400)
    assert.match(stale.body, /data-code="account-form"/)
    assert.deepEqual(Object.keys(fieldsOf(stale.body)), ['application', `role.${desk.id}`])
    assert.deepEqual(await chosen(), { application: undefined, roles: { Desk: undefined } })
    // A default that was withdrawn counts as none.
    await updateUser(db.write, ada, { defaultApplicationId: billing.id }, { source: () => source, now })
    const { application } = fieldsOf((await browser.get(accountUrl)).body)
    assert.deepEqual(application, { options: ['', desk.id], selected: '' })
  })

  test(`a role that is taken away at the same moment is not active afterwards (${kind})`, async (t) => {
    const { db, ada, browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const form = { application: desk.id, [`role.${billing.id}`]: '', [`role.${desk.id}`]: desk.lead.id }
    const roles = [{ roleId: desk.agent.id, source: { by: 'rule' } as const }]
    for (let round = 0; round < 5; round++) {
      await grant(db, ada, { application: desk, roles: [desk.agent, desk.lead] })
      const takeAway = db.transaction(async (tx) => {
        await touchUser(tx, ada, now)
        await replaceRoles(tx, ada, { applicationId: desk.id, roles }, now)
      })
      const [{ statusCode }] = await Promise.all([browser.submit(accountUrl, form, ownPage), takeAway])
      assert.ok(statusCode === 303 || statusCode === 400, String(statusCode))
      assert.equal((await chosen()).roles.Desk, undefined)
    }
  })

  test(`a form on another site saves nothing, and learns nothing (${kind})`, async (t) => {
    const { browser, directory, chosen } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const good = { application: desk.id, [`role.${billing.id}`]: '', [`role.${desk.id}`]: '' }
    const foreign = [
      { 'sec-fetch-site': 'cross-site', origin: publicUrl },
      { 'sec-fetch-site': 'same-site', origin: publicUrl },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]
    for (const headers of foreign) {
      const refused = await browser.submit(accountUrl, good, headers)
      assert.equal(refused.statusCode, 403)
      assert.match(
        refused.body,
        /data-code="account-foreign">Nothing was saved, because the form came from another site/,
      )
      assert.doesNotMatch(refused.body, /ada|Desk/)
    }
    await browser.post(accountUrl, good) // without cookies, as SameSite=Lax has it
    assert.equal((await chosen()).application, undefined)
  })
})
