import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountUrl, grant, makeDirectory, makePerson, ownPage, setStage, shown, world } from '#account/test-account.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { signedAnswer } from '#login/test-browser.ts'
import { after, makePlace, now, publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { findPortalTeam, findStandardProfile, insertTeam } from '#users/directory.ts'
import { replaceTeams, withdrawApplication } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { noteFields, updateUser } from '#users/users.ts'

onEveryDatabase((kind, openFresh) => {
  test(`the page tells who one is, what one belongs to, and where each came from (${kind})`, async (t) => {
    const names = { firstName: 'Ada', lastName: 'Lindqvist', email: 'ada@acme.example' }
    const { db, ada, place, browser } = await setStage(t, await openFresh(t), names)
    const env = place.environment.id
    const connection = { by: 'connection', connectionId: place.connection.id, attribute: 'mail' } as const
    const usual = { by: 'default', connectionId: place.connection.id } as const
    const noted = new Map<string, Source>([
      ['email', connection],
      ['accessProfileId', usual],
    ])
    await noteFields(db.write, ada, noted, after(60_000))
    const further = await insertTeam(db.write, env, 'Night shift', { chance: world.chance, now })
    const portal = await findPortalTeam(db.read, env)
    const teams = [
      { teamId: further.id, primary: true, source: { by: 'import', importId: 'imp_1' } as const },
      { teamId: portal.id, primary: false, source: { by: 'api', tokenId: 'tok_1' } as const },
    ]
    await replaceTeams(db.write, ada, teams, now)
    const { body } = await browser.get(accountUrl)
    const text = shown(body)
    const expected = [
      'First Name Ada',
      'Last Name Lindqvist',
      'Username ada',
      'Email ada@acme.example from your company’s sign-in page',
      'User Type Platform User',
      'Access Profile Regular User the standard of your company',
      'They change there, and follow when you sign in again.',
      'Teams Night shift primary imported by an administrator Portal Users and Customers given by a program of your company',
      'Applications Billing given by an administrator Role Clerk given by an administrator',
      'Desk given by an administrator Role Agent given by an administrator Role Lead given by',
      'Personal Settings Default Application',
      'Active Role in Billing',
      'Active Role in Desk',
    ]
    let at = 0
    for (const part of expected) {
      const found = text.indexOf(part, at)
      assert.ok(found >= 0, `“${part}” is not where it should be in ${text}`)
      at = found + part.length
    }
    assert.match(
      body,
      /<span class="origin" title="since 2026-03-01 12:01 UTC">from your company’s sign-in page<\/span>/,
    )
    assert.doesNotMatch(text, /conn_|tok_|imp_|admin_/, 'nobody else’s name')
    assert.deepEqual([...body.matchAll(/<(input|textarea)/g)], [], 'names and addresses are read-only')
  })

  test(`whoever was not made by single sign-on learns who changes their name (${kind})`, async (t) => {
    const { browser } = await setStage(t, await openFresh(t), { createdThrough: 'declaration' })
    const text = shown((await browser.get(accountUrl)).body)
    assert.match(text, /Your administrators change your name, your username and your e-mail address\./)
    assert.doesNotMatch(text, /identity provider/)
  })

  test(`a Site User without Applications has a page, and nothing to choose (${kind})`, async (t) => {
    const { db, ada, browser, directory } = await setStage(t, await openFresh(t))
    const profile = await findStandardProfile(db.read, ada.environmentId, 'portal')
    const site = { userType: 'site', accessProfileId: profile.id } as const
    await updateUser(db.write, ada, site, { source: () => ({ by: 'rule' }), now })
    for (const { id } of [directory.desk, directory.billing]) await withdrawApplication(db.write, ada, id)
    const { statusCode, body } = await browser.get(accountUrl)
    assert.equal(statusCode, 200)
    assert.match(shown(body), /User Type Site User standard for your user type/)
    assert.match(shown(body), /You have access to no Application yet\./)
    assert.doesNotMatch(body.slice(body.indexOf('<main>')), /<form|<select|Personal Settings/)
    const refused = await browser.submit(accountUrl, {}, ownPage)
    assert.deepEqual([refused.statusCode, /data-code="account-form"/.test(refused.body)], [400, true])
  })

  test(`names are text (${kind})`, async (t) => {
    const evil = '<img src=x onerror=alert(1)>"\'&'
    const { db, ada, place, browser, directory } = await setStage(t, await openFresh(t), { firstName: evil })
    const env = place.environment.id
    for (const table of ['applications', 'roles', 'teams', 'access_profiles'] as const) {
      const one = { applications: directory.desk.id, roles: directory.desk.agent.id, teams: undefined }
      let change = db.write.updateTable(table).set({ name: evil }).where('environment_id', '=', env)
      if (table === 'access_profiles') change = change.where('standard', '=', 'regular')
      else if (table === 'teams') change = change.where('name', '=', 'Agents')
      else change = change.where('id', '=', one[table] as never)
      await change.execute()
    }
    assert.ok(ada)
    for (const { body } of [await browser.get(accountUrl), await browser.submit(accountUrl, { a: evil }, ownPage)]) {
      assert.doesNotMatch(body, /<img|"'&/)
      assert.ok(body.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;').length > 6, body)
    }
  })

  test(`without a session both lead to the sign-in, and from there back to the page (${kind})`, async (t) => {
    const { another, place, chosen, directory } = await setStage(t, await openFresh(t))
    const { desk, billing } = directory
    const stranger = another()
    const to = `${publicUrl}/acme/production?done=${encodeURIComponent(publicUrl + accountUrl)}`
    const good = { application: desk.id, [`role.${billing.id}`]: '', [`role.${desk.id}`]: '' }
    for (const response of [await stranger.get(accountUrl), await stranger.submit(accountUrl, good, ownPage)]) {
      assert.deepEqual([response.statusCode, response.headers.location], [303, to])
    }
    assert.equal((await chosen()).application, undefined)
    const link = /href="([^"]*ssoRequest[^"]*)"/.exec((await stranger.get(to)).body)?.[1] ?? ''
    const done = new URL(link.replaceAll('&amp;', '&')).searchParams.get('done') ?? undefined
    const { requestId, relayState } = await stranger.begin(place, done)
    const SAMLResponse = signedAnswer(place, world, { inResponseTo: requestId })
    const { acs } = endpointsOf(publicUrl, place.connection.ticket)
    const taken = await stranger.post(acs, { SAMLResponse, RelayState: relayState })
    const completed = await stranger.get(taken.headers.location ?? '')
    assert.equal(completed.headers.location, publicUrl + accountUrl)
    assert.equal((await stranger.get(accountUrl)).statusCode, 200)
  })

  test(`a neighbour sees and changes their own account only; an unknown place is 404 (${kind})`, async (t) => {
    const { db, ada, browser, another, chosen, directory } = await setStage(t, await openFresh(t))
    const neighbour = await makePlace(db, world, { company: 'neighbour' })
    const theirs = await makeDirectory(db, neighbour)
    const them = await makePerson(db, neighbour, { firstName: 'Bertrand' })
    await grant(db, them, { application: theirs.desk, roles: [theirs.desk.lead] })
    const other = another()
    await other.signIn(neighbour)
    assert.match((await other.get('/neighbour/production/account')).body, /Bertrand/)
    assert.equal((await other.get(accountUrl)).statusCode, 303, 'theirs is no session here')
    const before = await chosen(them)
    const mine = { application: directory.desk.id, [`role.${directory.desk.id}`]: directory.desk.lead.id }
    assert.equal((await other.submit('/neighbour/production/account', mine, ownPage)).statusCode, 400)
    const good = { application: theirs.desk.id, [`role.${theirs.desk.id}`]: theirs.desk.lead.id }
    assert.equal((await other.submit('/neighbour/production/account', good, ownPage)).statusCode, 303)
    assert.notDeepEqual(await chosen(them), before)
    assert.equal((await chosen(ada)).application, undefined)
    for (const path of [
      '/acme/test/account',
      '/nobody/production/account',
      '/%00/%00/account',
      '/ACME/production/account',
    ]) {
      assert.equal((await browser.get(path)).statusCode, 404, path)
      assert.equal((await browser.submit(path, good, ownPage)).statusCode, 404, path)
    }
  })
})
