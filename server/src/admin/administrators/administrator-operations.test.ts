import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeAdministrator, password, portalBrowser, signedInPortal } from '#admin/test-administrators.ts'
import { assertProblem, startApi } from '#admin/test-api.ts'
import { listMembers, type Member } from '#administrators/memberships.ts'
import { insertEnvironment } from '#companies/environments.ts'
import { newId } from '#config/world.ts'
import { now } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const isOwner = ({ membership }: Member) => membership.role === 'owner'
const DAY = 24 * 60 * 60 * 1000

/** Grace owns the first of two neighbours, which has a second Environment. */
async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { db, world, app, place } = started
  const second = { ...place.environment, id: newId(world.chance, 'env'), slug: 'test', name: 'Test' }
  await insertEnvironment(db.write, second, now)
  const grace = await makeAdministrator(db, world, { companyId: place.company.id })
  const portal = await signedInPortal(app)
  return { ...started, grace, portal, second, base: `companies/${place.company.id}/administrators` }
}

const pathOf = (link: string): string => `links/${link.split('/').at(-1)}`

onEveryDatabase((kind, openFresh) => {
  test(`an invitation is accepted with a password, and gives what it offered (${kind})`, async (t) => {
    const { app, db, portal, base, place, second, grace } = await start(t, openFresh)
    const wanted = { email: 'bo@acme.example', role: 'administrator', environments: [second.id] }
    const { data, statusCode, body } = await portal.send('POST', base, wanted)
    assert.equal(statusCode, 201, body)
    assert.match(data.link, /^https:\/\/sso\.example\/admin\/link\/[\w-]{43}$/)
    const { items } = (await portal.send('GET', base)).data
    assert.deepEqual(
      items.map(({ email, state }: Record<string, string>) => [email, state]),
      [
        ['grace@acme.example', 'active'],
        ['bo@acme.example', 'invited'],
      ],
    )
    const bo = portalBrowser(app)
    const path = pathOf(data.link)
    const { slug, name } = place.company
    const shown = (await bo.send('GET', path)).data
    assert.deepEqual([shown.email, shown.hasAccount], ['bo@acme.example', false])
    assert.deepEqual([shown.company.slug, shown.company.name], [slug, name])
    assert.equal((await bo.send('POST', path, { name: 'Bo', password })).statusCode, 200)
    assertProblem(await portalBrowser(app).send('GET', path), 410, 'link-over')
    const [membership] = (await bo.send('GET', 'me')).data.memberships
    assert.deepEqual(membership.environments, [{ id: second.id, slug: 'test', name: 'Test' }])
    assert.equal((await bo.send('GET', `environments/${second.id}/teams`)).statusCode, 200)
    assertProblem(await bo.send('GET', `environments/${place.environment.id}/teams`), 404, 'not-found')
    assertProblem(await bo.send('POST', base, wanted), 403, 'scope-missing')
    const entries = await db.read.selectFrom('company_audit_entries').selectAll().execute()
    assert.deepEqual(
      entries.map(({ action, actor }) => [action, JSON.parse(actor).administratorId]),
      [['administrator.invited', grace.id]],
    )
    assert.ok(!JSON.stringify(entries).includes(data.link.split('/').at(-1)))
  })

  test(`whoever invites opens no account that is there: its owner must be signed in to accept (${kind})`, async (t) => {
    const { app, db, world, portal, other, place } = await start(t, openFresh)
    await makeAdministrator(db, world, { email: 'eve@neighbour.example', companyId: other.company.id })
    const eve = await signedInPortal(app, 'eve@neighbour.example')
    const invitation = { email: 'Grace@acme.example', role: 'owner' }
    const { link } = (await eve.send('POST', `companies/${other.company.id}/administrators`, invitation)).data
    const path = pathOf(link)
    assert.equal((await eve.send('GET', path)).data.hasAccount, true)
    const takeover = { name: 'Grace', password: 'eve knows this one' }
    assertProblem(await portalBrowser(app).send('POST', path, takeover), 409, 'sign-in-first')
    assertProblem(await eve.send('POST', path, takeover), 409, 'sign-in-first')
    assert.equal((await portal.send('POST', path, {})).statusCode, 200)
    const { memberships } = (await portal.send('GET', 'me')).data
    assert.deepEqual(
      memberships.map((one: { company: { slug: string } }) => one.company.slug),
      [place.company.slug, other.company.slug],
    )
    assert.equal((await portalBrowser(app).signIn()).statusCode, 200, 'the password is as it was')
  })

  test(`two Companies invite the same person: neither's link gives what the other offers (${kind})`, async (t) => {
    const { app, db, world, portal, base, other } = await start(t, openFresh)
    await makeAdministrator(db, world, { email: 'eve@neighbour.example', companyId: other.company.id })
    const eve = await signedInPortal(app, 'eve@neighbour.example')
    const offer = { email: 'bo@acme.example', role: 'owner' }
    const mine = (await portal.send('POST', base, offer)).data.link
    const theirs = (await eve.send('POST', `companies/${other.company.id}/administrators`, offer)).data.link
    const evesBo = portalBrowser(app)
    assert.equal((await evesBo.send('POST', pathOf(theirs), { name: 'Bo', password })).statusCode, 200)
    const reached = (await evesBo.send('GET', 'me')).data.memberships
    assert.deepEqual(
      reached.map((one: { company: { slug: string } }) => one.company.slug),
      [other.company.slug],
    )
    assertProblem(await portalBrowser(app).send('POST', pathOf(mine), { name: 'Bo', password }), 409, 'sign-in-first')
  })

  test(`an invitation is over after seven days, when it is taken back, and when another follows (${kind})`, async (t) => {
    const { app, world, portal, base } = await start(t, openFresh)
    const offer = { email: 'bo@acme.example', role: 'auditor' }
    const send = async () => (await portal.send('POST', base, offer)).data
    const [first, second] = [await send(), await send()]
    const look = async (link: string) => portalBrowser(app).send('GET', pathOf(link))
    assertProblem(await look(first.link), 410, 'link-over')
    assert.equal((await portal.send('DELETE', `${base}/${second.administrator.id}`)).statusCode, 204)
    assertProblem(await look(second.link), 410, 'link-over')
    const third = await send()
    world.passTime(7 * DAY)
    assertProblem(await look(third.link), 410, 'link-over')
  })

  test(`a role is changed at once, and the last owner stays one (${kind})`, async (t) => {
    const { app, db, world, portal, base, place, grace, second } = await start(t, openFresh)
    const bo = await makeAdministrator(db, world, { email: 'bo@acme.example', companyId: place.company.id })
    const bos = await signedInPortal(app, 'bo@acme.example')
    const lowered = await portal.send('PATCH', `${base}/${bo.id}`, { role: 'support', environments: [second.id] })
    assert.deepEqual([lowered.data.role, lowered.data.environments], ['support', [second.id]])
    assertProblem(await bos.send('POST', `environments/${second.id}/teams`, { name: 'x' }), 403, 'scope-missing')
    assertProblem(await portal.send('PATCH', `${base}/${grace.id}`, { role: 'auditor' }), 409, 'last-owner')
    assertProblem(await portal.send('DELETE', `${base}/${grace.id}`), 409, 'last-owner')
    assert.equal((await portal.send('GET', 'me')).data.memberships[0].role, 'owner')
    assertProblem(await portal.send('PATCH', `${base}/${bo.id}`, { role: 'owner' }), 400, 'invalid-input')
    assert.equal(
      (await portal.send('PATCH', `${base}/${bo.id}`, { role: 'owner', environments: null })).statusCode,
      200,
    )
    assert.equal((await bos.send('DELETE', `${base}/${grace.id}`)).statusCode, 204)
    assert.deepEqual((await portal.send('GET', 'me')).data.memberships, [])
    assertProblem(await portal.send('GET', base), 404, 'not-found')
  })

  test(`two owners who lower each other at the same moment do not leave the Company without one (${kind})`, async (t) => {
    const { app, db, world, portal, base, place, grace } = await start(t, openFresh)
    const bo = await makeAdministrator(db, world, { email: 'bo@acme.example', companyId: place.company.id })
    const bos = await signedInPortal(app, 'bo@acme.example')
    const answers = await Promise.all([
      portal.send('PATCH', `${base}/${bo.id}`, { role: 'auditor' }),
      bos.send('PATCH', `${base}/${grace.id}`, { role: 'auditor' }),
    ])
    // Whoever comes second is an auditor already, or would be the last owner.
    const [first, second = 0] = answers.map(({ statusCode }) => statusCode).sort()
    assert.ok(first === 200 && [403, 409].includes(second), `${first} ${second}`)
    assert.equal((await listMembers(db.read, place.company.id)).filter(isOwner).length, 1)
  })

  test(`the audit of a Company has what was changed of its administrators, page by page (${kind})`, async (t) => {
    const { world, portal, base, place, other, neighbour } = await start(t, openFresh)
    for (const email of ['bo@acme.example', 'cy@acme.example']) {
      await portal.send('POST', base, { email, role: 'auditor' })
      world.passTime(1000)
    }
    const path = `companies/${place.company.id}/audit`
    const first = (await portal.send('GET', `${path}?limit=1`)).data
    const second = (await portal.send('GET', `${path}?limit=1&cursor=${first.next}`)).data
    const [entry] = first.items
    assert.deepEqual([entry.actor.name, entry.action], ['grace@acme.example', 'administrator.invited'])
    assert.deepEqual(entry.changes.role, { from: null, to: 'auditor' })
    assert.deepEqual([entry.subject.name, second.items[0].subject.name], ['cy@acme.example', 'bo@acme.example'])
    assert.equal(second.next, null)
    assertProblem(await portal.send('GET', `companies/${other.company.id}/audit`), 404, 'not-found')
    // A token for one Environment is not for the Company.
    assertProblem(await neighbour.get(`/api/v1/companies/${other.company.id}/audit`), 404, 'not-found')
  })

  test(`what cannot be is told field by field (${kind})`, async (t) => {
    const { portal, base, other, place } = await start(t, openFresh)
    assertProblem(await portal.send('POST', base, { email: 'GRACE@acme.example', role: 'owner' }), 409, 'email-taken')
    for (const [body, path] of [
      [{ role: 'owner' }, 'email'],
      [{ email: 'bo', role: 'owner' }, 'email'],
      [{ email: 'bo@acme.example', role: 'king' }, 'role'],
      [{ email: 'bo@acme.example', role: 'support', environments: [other.environment.id] }, 'environments'],
      [{ email: 'bo@acme.example', role: 'support', environments: [] }, 'environments'],
      [{ email: 'bo@acme.example', role: 'owner', environments: [place.environment.id] }, 'environments'],
    ] as const) {
      const answer = await portal.send('POST', base, body)
      assertProblem(answer, 400, 'invalid-input')
      assert.equal(answer.data.problems[0].path, path, answer.body)
    }
    for (const id of ['admin_nobody', 'inv_nobody', 'x', '%00'])
      assertProblem(await portal.send('DELETE', `${base}/${id}`), 404, 'not-found')
  })
})
