import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from '#access/access.ts'
import { MOST_POLICIES } from '#access/policies.ts'
import { forbid, mediaHelper, requestOf, restrict, tempo } from '#access/test-access.ts'
import { assertProblem, made, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { testBrowser } from '#login/test-browser.ts'
import { clientSettings, insertClient } from '#oauth/clients.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const ranges = ['203.0.113.0/24']
const mine = ['127.0.0.1']

onEveryDatabase((kind, openFresh) => {
  test(`Allowed IP Addresses are set as a whole, with what was left out as by default (${kind})`, async (t) => {
    const { api, neighbour, tokenId } = await startApi(t, openFresh)
    const before = await api.get('access/addresses')
    const none = { ranges: [], exemptPurposes: ['media-helper', 'mobile'], exemptClientIds: [], mode: 'enforced' }
    assert.deepEqual(before.data, { ...none, yourAddress: '127.0.0.1' })
    const wanted = { ranges: ['127.0.0.1', '2001:DB8::/32', '127.0.0.1/32'], exemptClientIds: [' kiosk '] }
    const saved = await api.put('access/addresses', wanted, { 'if-match': String(before.headers.etag) })
    const expected = { ...none, ranges: ['127.0.0.1/32', '2001:db8::/32'], exemptClientIds: ['kiosk'] }
    assert.deepEqual([saved.statusCode, saved.data], [200, { ...expected, yourAddress: '127.0.0.1' }])
    assert.deepEqual((await api.get('access/addresses')).data, saved.data)
    assert.deepEqual((await neighbour.get('access/addresses')).data.ranges, [])
    const late = await api.put('access/addresses', {}, { 'if-match': String(before.headers.etag) })
    assertProblem(late, 412, 'changed-meanwhile')
    const [entry] = (await api.get('audit')).data.items
    assert.deepEqual([entry.action, entry.actor], ['access.addresses-changed', { by: 'api', tokenId }])
    assert.deepEqual(entry.changes, {
      ranges: { from: [], to: expected.ranges },
      exemptClientIds: { from: [], to: ['kiosk'] },
    })
    await api.put('access/addresses', wanted)
    assert.equal((await api.get('audit')).data.items.length, 1, 'what changes nothing is no change')
  })

  test(`a list without the address of whoever saves it is refused, unless confirmed (${kind})`, async (t) => {
    const { api, db, place } = await startApi(t, openFresh)
    const refused = await api.put('access/addresses', { ranges })
    assertProblem(refused, 409, 'own-address-missing')
    assert.match(refused.data.detail, /your own address, 127\.0\.0\.1, is in none of the ranges/)
    assert.deepEqual((await api.get('access/addresses')).data.ranges, [])
    for (const harmless of [{ ranges, mode: 'shadow' }, { ranges, mode: 'off' }, { ranges: [] }, { ranges: mine }])
      assert.equal((await api.put('access/addresses', harmless)).statusCode, 200)
    assert.equal((await api.put('access/addresses', { ranges, confirmed: true })).statusCode, 200)
    assert.equal((await judge(db.read, place.environment.id, requestOf())).effect, 'deny')
  })

  test(`what is no range is told with its place and a cure; 150 are the most (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    for (const [wrong, message] of [
      [
        '203.0.113.7/24',
        '"203.0.113.7/24" has bits behind its length; the range is 203.0.113.0/24, the one address 203.0.113.7',
      ],
      ['acme', '"acme" must be a range like 203.0.113.0/24 or 2001:db8::/32, or one address'],
    ] as const) {
      const { data, ...answer } = await api.put('access/addresses', { ranges: [...mine, wrong] })
      assertProblem(Object.assign(answer, { data }) as never, 400, 'invalid-input')
      assert.deepEqual(data.problems, [{ path: 'ranges.1', message }])
    }
    const many = (count: number) => Array.from({ length: count }, (_, nth) => `127.0.0.${nth}`)
    assert.equal((await api.put('access/addresses', { ranges: many(150) })).statusCode, 200)
    assertProblem(await api.put('access/addresses', { ranges: many(151) }), 400, 'invalid-input')
    for (const wrong of [{ ranges: 'x' }, { ranges: [7] }, { exemptPurposes: ['x'] }, { mode: 'x' }, { ranged: [] }])
      assertProblem(await api.put('access/addresses', wrong), 400, 'invalid-input')
  })

  test(`a policy is made, changed with its ETag, listed and removed; a neighbour does not see it (${kind})`, async (t) => {
    const { api, neighbour, db, place } = await startApi(t, openFresh)
    const effect = async () => (await judge(db.read, place.environment.id, requestOf())).effect
    const id = await made(api.post('access/policies', { name: 'All out', text: forbid('true'), mode: 'shadow' }))
    assert.match(id, /^policy_/)
    const path = `access/policies/${id}`
    assert.equal(await effect(), 'allow')
    assertProblem(await api.patch(path, { mode: 'enforced' }, { 'if-match': '"9"' }), 412, 'changed-meanwhile')
    const changed = await api.patch(path, { mode: 'enforced' })
    assert.deepEqual([changed.statusCode, changed.data.mode, changed.headers.etag], [200, 'enforced', '"2"'])
    assert.equal(await effect(), 'deny')
    assert.deepEqual((await api.get('access/policies')).data.items, [changed.data])
    assertProblem(await neighbour.get(path), 404, 'not-found')
    assertProblem(await neighbour.patch(path, { mode: 'off' }, { 'if-match': '*' }), 404, 'not-found')
    assertProblem(await neighbour.remove(path), 404, 'not-found')
    assert.deepEqual((await neighbour.get('access/policies')).data.items, [])
    assertProblem(await api.post('access/policies', { name: 'All out', text: forbid('true') }), 409, 'value-taken')
    await made(api.post('access/policies', { name: 'Second', text: forbid('false') }))
    assertProblem(await api.patch(path, { name: 'Second' }), 409, 'value-taken')
    assert.equal((await api.remove(path)).statusCode, 204)
    assert.equal(await effect(), 'allow')
    const entries: { action: string }[] = (await api.get(`audit?filter[subjectId]=${id}`)).data.items
    const told = entries.map(({ action }) => action).toSorted()
    assert.deepEqual(told, ['access-policy.changed', 'access-policy.created', 'access-policy.removed'])
  })

  test(`what is no policy is not saved, and it is told where it is wrong (${kind})`, async (t) => {
    const { api } = await startApi(t, openFresh)
    const text = 'forbid (principal, action, resource)\nwhen { principal.typ == "site" };'
    const refused = await api.post('access/policies', { name: 'Wrong', text })
    assertProblem(refused, 400, 'policy-refused')
    const message = 'line 2, column 8: Attribute `typ` on entity type `User` not found. Did you mean `type`?'
    assert.deepEqual(refused.data.problems, [{ path: 'text', code: 'policy-schema', message }])
    const verdict = await api.post('access/validate', { text })
    assert.deepEqual([verdict.statusCode, verdict.data.ok, verdict.data.faults[0].column], [200, false, 8])
    assert.deepEqual((await api.post('access/validate', { text: forbid('true') })).data, { ok: true, faults: [] })
    assert.deepEqual((await api.get('access/policies')).data.items, [])
  })

  test(`there are 200 policies at most (${kind})`, async (t) => {
    const { api, db, world, place } = await startApi(t, openFresh)
    const names = Array.from({ length: MOST_POLICIES - 1 }, (_, nth) => [`Policy ${nth}`, forbid('false')] as const)
    await restrict(db, world, place.environment.id, { policies: Object.fromEntries(names) })
    await made(api.post('access/policies', { name: 'The last', text: forbid('false') }))
    const more = await api.post('access/policies', { name: 'One more', text: forbid('false') })
    assertProblem(more, 409, 'policies-full')
  })

  test(`a simulation tells what would be decided and why, on a draft, too, and changes nothing (${kind})`, async (t) => {
    const { api, app, db, world, place } = await startApi(t, openFresh)
    const id = place.environment.id
    await testBrowser(app, world).signIn(place)
    const settings = clientSettings.parse({ purpose: 'media-helper', redirectUris: ['http://127.0.0.1/cb'] })
    const helper = { id: mediaHelper.id, name: 'WebRTC Media Helper', kind: 'native', settings } as const
    await insertClient(db.write, id, helper, world.clock())
    await restrict(db, world, id, { addresses: { ranges } })
    const simulate = (body: object) => api.post('access/simulate', { user: 'ada', address: '198.51.100.7', ...body })
    const denied = await simulate({})
    assert.deepEqual([denied.statusCode, denied.data.effect], [200, 'deny'], denied.body)
    assert.equal(
      denied.data.sentence,
      '“Allowed IP Addresses”: context.address = 198.51.100.7, context.inAllowedAddresses = false, resource.exempt = false',
    )
    assert.equal((await simulate({ address: '::ffff:203.0.113.7' })).data.effect, 'allow')
    const helping = { client: mediaHelper.id, action: 'authorize' }
    assert.equal((await simulate(helping)).data.effect, 'allow')
    assert.equal((await simulate({ ...helping, authorizedClientIds: [tempo.id] })).data.effect, 'reauthenticate')
    const draft = {
      addresses: { ranges: [] },
      policies: [{ name: 'Agents out', text: forbid('principal.teams.contains("Agents")') }],
    }
    const drafted = await simulate({ draft })
    assert.deepEqual(
      drafted.data.policies.map(({ name }: { name: string }) => name),
      ['Agents out'],
    )
    const nightly = forbid('context.at.toTime() < duration("6h")')
    const night = { draft: { addresses: {}, policies: [{ name: 'Night', text: nightly }] } }
    assert.equal((await simulate({ ...night, at: '2026-03-01T05:59:00+00:00' })).data.effect, 'deny')
    assert.equal((await simulate({ ...night, at: '2026-03-01T07:30:00+02:00' })).data.effect, 'deny')
    assert.equal((await simulate(night)).data.effect, 'allow', 'at noon')
    for (const wrong of [{ user: 'nobody' }, { user: 'a\0' }, { client: 'nothing' }, { client: '\0' }, { at: 'now' }])
      assertProblem(await simulate(wrong), 400, 'invalid-input')
    assertProblem(await simulate({ draft: { policies: [{ name: 'x', text: 'x' }] } }), 400, 'policy-refused')
    assert.equal((await simulate({ address: 'x' })).data.errors[0].code, 'address-unreadable')
    const { items } = (await api.get('access/decisions')).data
    assert.equal(items.length, 1, 'the sign-in alone')
  })

  test(`a report replays what was decided on a draft: who would lose what (${kind})`, async (t) => {
    const { api, app, world, place, neighbour, other } = await startApi(t, openFresh)
    for (const person of ['ada', 'bob', 'ada']) await testBrowser(app, world).signIn(place, { person })
    await testBrowser(app, world).signIn(other, { person: 'eve' })
    const report = (draft: object, last?: number) =>
      api.post('access/report', { draft, ...(last === undefined ? {} : { last }) })
    const all = await report({ addresses: { ranges } })
    assert.deepEqual(
      [all.statusCode, all.data],
      [
        200,
        {
          replayed: 3,
          same: 0,
          changed: [
            {
              action: 'sign-in',
              client: null,
              loses: { count: 2, names: ['ada', 'bob'] },
              gains: { count: 0, names: [] },
              sentence: '2 people would lose their sign-in.',
            },
          ],
        },
      ],
    )
    assert.deepEqual((await report({ addresses: { ranges: mine } })).data, { replayed: 3, same: 3, changed: [] })
    assert.equal((await report({}, 2)).data.replayed, 2)
    await made(api.post('access/policies', { name: 'All out', text: forbid('true') }))
    const back = await report({ policies: [{ name: 'All out', text: forbid('true'), mode: 'off' }] })
    assert.equal(back.data.changed[0].sentence, '2 people would gain their sign-in.')
    assert.equal((await neighbour.post('access/report', { draft: {} })).data.replayed, 1)
  })

  test(`decisions are listed page by page, the newest first (${kind})`, async (t) => {
    const { api, app, db, world, place, neighbour } = await startApi(t, openFresh)
    for (const person of ['ada', 'bob', 'cleo']) {
      await testBrowser(app, world).signIn(place, { person })
      world.passTime(1000)
    }
    await restrict(db, world, place.environment.id, { addresses: { ranges } })
    await testBrowser(app, world).signIn(place)
    const first = (await api.get('access/decisions?limit=2')).data
    const second = (await api.get(`access/decisions?limit=2&cursor=${first.next}`)).data
    const all = [...first.items, ...second.items]
    assert.deepEqual(
      all.map((one) => [one.user?.username, one.effect]),
      [
        ['ada', 'deny'],
        ['cleo', 'allow'],
        ['bob', 'allow'],
        ['ada', 'allow'],
      ],
    )
    assert.equal(second.next, null)
    const denied = (await api.get(`access/decisions?filter[effect]=deny&filter[userId]=${all[0].user.id}`)).data.items
    assert.deepEqual(
      denied.map(({ policies }: { policies: unknown }) => policies),
      [[{ id: 'allowed-ip-addresses', name: 'Allowed IP Addresses' }]],
    )
    assert.deepEqual((await neighbour.get('access/decisions')).data.items, [])
  })

  test(`reading and writing each need their scope (${kind})`, async (t) => {
    const { app, db, world, place } = await startApi(t, openFresh)
    const reach = { environmentId: place.environment.id }
    const { secret } = await makeSecret(db, world, reach, ['access:read'])
    const reader = testApi(app, place.environment.id, secret)
    assert.equal((await reader.post('access/validate', { text: forbid('true') })).statusCode, 200)
    assertProblem(await reader.put('access/addresses', {}), 403, 'scope-missing')
    assertProblem(await reader.post('access/policies', { name: 'x', text: forbid('true') }), 403, 'scope-missing')
    const none = await makeSecret(db, world, reach, ['users:read'])
    const stranger = testApi(app, place.environment.id, none.secret)
    assertProblem(await stranger.get('access/addresses'), 403, 'scope-missing')
    assertProblem(await stranger.post('access/simulate', { address: '127.0.0.1' }), 403, 'scope-missing')
  })
})
