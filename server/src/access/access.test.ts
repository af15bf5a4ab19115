import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, judge } from '#access/access.ts'
import { deletePolicy } from '#access/policies.ts'
import { listDecisions } from '#access/recorded.ts'
import type { AccessRequest } from '#access/request.ts'
import { noteRulesChanged } from '#access/rules.ts'
import { keepSessionAttributes } from '#access/session-attributes.ts'
import { ada, desk, forbid, mediaHelper, requestOf, restrict, tempo } from '#access/test-access.ts'
import { makeNeighbours, makePlace, now, testWorld, the } from '#login/test-place.ts'
import { countQueries, insertPerson, insertSessionRows, sessionRow } from '#sessions/test-sessions.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const inside = { address: '203.0.113.7' }
const ranges = ['203.0.113.0/24', '2001:db8::/32']

onEveryDatabase((kind, openFresh, makeFresh) => {
  const stage = async (t: Parameters<typeof openFresh>[0]) => {
    const db = await openFresh(t)
    const world = testWorld()
    const { mine, other } = await makeNeighbours(db, world)
    const id = mine.environment.id
    const effectOf = async (request: AccessRequest) => (await judge(db.read, id, request)).effect
    return { db, world, id, neighbour: other.environment.id, effectOf }
  }

  test(`where nothing restricts it, everything is allowed, for one query and a note (${kind})`, async (t) => {
    const { db, world, id } = await stage(t)
    const queries = countQueries(db)
    const decision = await decide({ db, world }, id, requestOf({ action: 'sign-in' }))
    assert.deepEqual(decision, {
      effect: 'allow',
      policies: [{ id: 'everything', name: 'Everything that nothing forbids' }],
      saw: {},
      errors: [],
    })
    assert.equal(queries(), 2)
    const [noted] = await listDecisions(db.read, id, { limit: 10 })
    assert.deepEqual(
      [noted?.action, noted?.effect, noted?.address, noted?.at],
      ['sign-in', 'allow', '198.51.100.7', now],
    )
  })

  test(`Allowed IP Addresses: from elsewhere nobody comes, but through exempt clients; the neighbour may (${kind})`, async (t) => {
    const { db, world, id, neighbour, effectOf } = await stage(t)
    await restrict(db, world, id, { addresses: { ranges, exemptClientIds: ['kiosk'] } })
    for (const action of ['sign-in', 'authorize', 'call'] as const) {
      for (const [context, expected] of [
        [inside, 'allow'],
        [{ address: '::ffff:203.0.113.7' }, 'allow'],
        [{ address: '2001:db8::7' }, 'allow'],
        [{}, 'deny'],
        [{ address: '::ffff:198.51.100.7' }, 'deny'],
        [{ address: '2001:db9::7' }, 'deny'],
        [{ address: '::203.0.113.7' }, 'deny'],
        [{ address: 'nowhere' }, 'deny'],
        [{ address: '' }, 'deny'],
      ] as const) {
        assert.equal(await effectOf(requestOf({ action }, context)), expected, `${action} ${JSON.stringify(context)}`)
      }
    }
    for (const [client, expected] of [
      [mediaHelper, 'allow'],
      [tempo, 'allow'],
      [{ ...desk, id: 'kiosk' }, 'allow'],
      [desk, 'deny'],
      [{ ...desk, id: 'KIOSK' }, 'deny'],
      [{ ...mediaHelper, purpose: undefined }, 'deny'],
    ] as const) {
      assert.equal(await effectOf(requestOf({ action: 'authorize', client })), expected, client.id)
    }
    const { policies, saw } = await judge(db.read, id, requestOf())
    assert.deepEqual(policies, [{ id: 'allowed-ip-addresses', name: 'Allowed IP Addresses' }])
    assert.deepEqual(saw, {
      'context.address': '198.51.100.7',
      'context.inAllowedAddresses': false,
      'resource.exempt': false,
    })
    assert.equal((await judge(db.read, neighbour, requestOf())).effect, 'allow')
    const unreadable = await judge(db.read, id, requestOf({}, { address: 'nowhere' }))
    assert.deepEqual(
      unreadable.errors.map(({ code }) => code),
      ['address-unreadable'],
    )
  })

  test(`purposes are exempt as long as they are listed, and the list can be off or in shadow mode (${kind})`, async (t) => {
    const { db, world, id, effectOf } = await stage(t)
    await restrict(db, world, id, { addresses: { ranges, exemptPurposes: ['mobile'] } })
    assert.equal(await effectOf(requestOf({ client: mediaHelper })), 'deny')
    assert.equal(await effectOf(requestOf({ client: tempo })), 'allow')
    await restrict(db, world, id, { addresses: { ranges, mode: 'shadow' } })
    const shadowed = await judge(db.read, id, requestOf())
    assert.deepEqual([shadowed.effect, shadowed.shadow?.effect], ['allow', 'deny'])
    assert.deepEqual(shadowed.shadow?.policies, [{ id: 'allowed-ip-addresses', name: 'Allowed IP Addresses' }])
    await restrict(db, world, id, { addresses: { ranges, mode: 'off' } })
    assert.equal((await judge(db.read, id, requestOf())).shadow, undefined)
  })

  test(`AuthorizedClientIDs: a client that was not named sends the person to the identity provider again (${kind})`, async (t) => {
    const { db, world, id } = await stage(t)
    const authorize = (
      authorizedClientIds: readonly string[] | undefined,
      action: AccessRequest['action'] = 'authorize',
    ) => judge(db.read, id, requestOf({ action, client: tempo }, { authorizedClientIds }))
    for (const restricted of [false, true]) {
      if (restricted) await restrict(db, world, id, { addresses: { ranges: ['0.0.0.0/0'] } })
      assert.equal((await authorize(undefined)).effect, 'allow', 'absent: unrestricted')
      assert.equal((await authorize([tempo.id, mediaHelper.id])).effect, 'allow')
      const refused = await authorize([mediaHelper.id])
      assert.deepEqual(
        [refused.effect, refused.policies],
        ['reauthenticate', [{ id: 'authorized-client-ids', name: 'AuthorizedClientIDs' }]],
      )
      assert.deepEqual(refused.saw, {
        'context.authorizedClientIds': [mediaHelper.id],
        'resource.clientId': tempo.id,
      })
      assert.equal((await authorize([])).effect, 'reauthenticate', 'an empty one allows nothing')
      assert.equal((await authorize([`“${tempo.id}”`])).effect, 'reauthenticate')
      assert.equal((await authorize([], 'call')).effect, 'allow', 'only where a client asks for tokens')
    }
  })

  test(`deny wins over reauthenticate, and that over allow; only those that decided are named (${kind})`, async (t) => {
    const { db, world, id } = await stage(t)
    await restrict(db, world, id, {
      policies: {
        'Sign in daily': forbid('context has sessionAgeSeconds && context.sessionAgeSeconds > 86400', 'reauthenticate'),
        'No leads': forbid('principal.roles.contains("Service Desk:Lead")'),
        'No sites': forbid('principal.type == "site"'),
        Sleeping: { text: forbid('true'), mode: 'off' },
      },
    })
    const lead = { ...ada, roles: ['Service Desk:Lead'] }
    const old = { sessionAgeSeconds: 90_000.5 }
    for (const [request, effect, names] of [
      [requestOf(), 'allow', ['Everything that nothing forbids']],
      [requestOf({}, old), 'reauthenticate', ['Sign in daily']],
      [requestOf({ user: lead }, old), 'deny', ['No leads']],
      [requestOf({ user: { ...lead, type: 'site' } }, old), 'deny', ['No leads', 'No sites']],
    ] as const) {
      const decision = await judge(db.read, id, request)
      assert.deepEqual([decision.effect, decision.policies.map(({ name }) => name)], [effect, names])
    }
    const { saw } = await judge(db.read, id, requestOf({ user: lead }, old))
    assert.deepEqual(saw, { 'principal.roles': ['Service Desk:Lead'] })
  })

  test(`a program without a user is nobody, and policies may ask for all there is (${kind})`, async (t) => {
    const { db, world, id, effectOf } = await stage(t)
    await restrict(db, world, id, {
      policies: {
        one: forbid('principal.type == "nobody" && resource.kind == "machine" && principal.teams.isEmpty()'),
        two: forbid('context.weekday == "sunday" && context.at.toTime() >= duration("12h")'),
        three: forbid('context has authnContext && context.authnContext == "urn:weak"'),
        four: forbid('context.address.isInRange(ip("192.0.2.0/24"))'),
        five: forbid('resource has purpose && resource.purpose == "mobile" && principal == User::"user_eve"'),
        six: forbid('principal has accessProfile && principal.accessProfile == "Portal User Profile"'),
      },
    })
    const saturday = { at: new Date('2026-02-28T12:00:00Z') }
    const cases: readonly (readonly [AccessRequest, string])[] = [
      [requestOf({}, saturday), 'allow'],
      [requestOf(), 'deny'],
      [requestOf({}, { at: new Date('2026-03-01T11:59:59.999Z') }), 'allow'],
      [requestOf({ user: undefined, client: { id: 'm', kind: 'machine' } }, saturday), 'deny'],
      [requestOf({ user: undefined }, saturday), 'allow'],
      [requestOf({}, { ...saturday, authnContext: 'urn:weak' }), 'deny'],
      [requestOf({}, { ...saturday, address: '::ffff:192.0.2.7' }), 'deny'],
      [requestOf({ user: { ...ada, id: 'user_eve' }, client: tempo }, saturday), 'deny'],
      [requestOf({ user: { ...ada, accessProfile: 'Portal User Profile' } }, saturday), 'deny'],
      [requestOf({ user: { ...ada, accessProfile: undefined } }, saturday), 'allow'],
    ]
    for (const [request, expected] of cases) assert.equal(await effectOf(request), expected, JSON.stringify(request))
  })

  test(`attributes of the assertion are asked for by name, and later found by the session (${kind})`, async (t) => {
    const { db, world, id, neighbour, effectOf } = await stage(t)
    const person = await insertPerson(db, world, { environment: { id } })
    const session = sessionRow(world, person)
    await insertSessionRows(db, [session])
    const attributes = { department: ['Sales', 'Billing'], odd: ['x'.repeat(20_000)] }
    await keepSessionAttributes(db.write, id, session.id, attributes)
    const text = forbid('!(principal.hasTag("department") && principal.getTag("department").contains("Billing"))')
    await restrict(db, world, id, { policies: { 'Billing only': text } })
    assert.equal(await effectOf(requestOf({ sessionId: session.id })), 'allow')
    assert.equal(await effectOf(requestOf()), 'deny')
    assert.equal(await effectOf(requestOf({ user: { ...ada, attributes: { department: ['Sales'] } } })), 'deny')
    const decision = await judge(db.read, id, requestOf({ user: { ...ada, attributes: { department: ['Sales'] } } }))
    assert.deepEqual(decision.saw, { 'principal.getTag("department")': ['Sales'] })
    await restrict(db, world, neighbour, { policies: { 'Billing only': text } })
    const theirs = await judge(db.read, neighbour, requestOf({ sessionId: session.id }))
    assert.equal(theirs.effect, 'deny', 'a neighbour’s session says nothing')
  })

  test(`a policy in shadow mode forbids nothing, and it is noted what it would (${kind})`, async (t) => {
    const { db, world, id } = await stage(t)
    await restrict(db, world, id, {
      policies: {
        'All out': { text: forbid('true'), mode: 'shadow' },
        'Sign in': { text: forbid('context.address == ip("192.0.2.1")', 'reauthenticate'), mode: 'enforced' },
      },
    })
    for (const [address, effect] of [
      ['192.0.2.2', 'allow'],
      ['192.0.2.1', 'reauthenticate'],
    ] as const) {
      const decision = await decide({ db, world }, id, requestOf({ action: 'authorize', client: desk }, { address }))
      assert.equal(decision.effect, effect)
      assert.deepEqual(decision.shadow?.effect, 'deny')
      assert.deepEqual(
        decision.shadow?.policies.map(({ name }) => name),
        ['All out'],
      )
    }
    const noted = await listDecisions(db.read, id, { limit: 10 })
    assert.deepEqual(
      noted.map((one) => one.shadowEffect),
      ['deny', 'deny'],
    )
  })

  test(`a policy that fails, or that cannot be read, denies; in shadow mode it harms nobody (${kind})`, async (t) => {
    const { db, world, id } = await stage(t)
    const overflow = forbid('context has sessionAgeSeconds && context.sessionAgeSeconds * 9223372036854775807 > 0')
    const aged = requestOf({}, { sessionAgeSeconds: 2 })
    await restrict(db, world, id, { policies: { Overflow: { text: overflow, mode: 'shadow' } } })
    assert.deepEqual((await judge(db.read, id, aged)).errors, [])
    await restrict(db, world, id, { policies: { 'Overflow now': overflow } })
    const failed = await judge(db.read, id, aged)
    assert.equal(failed.effect, 'deny')
    assert.equal(failed.errors[0]?.code, 'policy-failed')
    assert.match(failed.errors[0]?.sentence ?? '', /^The policy “Overflow now” failed: .*overflow/)
    assert.equal((await judge(db.read, id, requestOf())).effect, 'allow')
    await restrict(db, world, id, { policies: { Broken: 'forbid (' } })
    const broken = await judge(db.read, id, requestOf())
    assert.deepEqual(
      [broken.effect, broken.errors],
      ['deny', [{ code: 'policy-unreadable', sentence: 'The policy “Broken” cannot be read.' }]],
    )
    await restrict(db, world, id, { policies: {} })
    const wrong = requestOf({ action: 'fly' as 'call' })
    assert.deepEqual(
      (await judge(db.read, id, wrong)).errors.map(({ code }) => code),
      ['request-unreadable'],
    )
  })

  test(`a change counts at once, in every process, and two sets of one Environment are never mixed up (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const world = testWorld()
    const { environment } = await makePlace(db, world)
    const { id } = environment
    const other = await openAgain()
    const effects = () => Promise.all([db, other].map(async ({ read }) => (await judge(read, id, requestOf())).effect))
    assert.deepEqual(await effects(), ['allow', 'allow'])
    const [policy] = await restrict(other, world, id, { policies: { 'All out': forbid('true') } })
    assert.deepEqual(await effects(), ['deny', 'deny'])
    const undone = db.transaction(async (tx) => {
      await deletePolicy(tx, id, the(policy).id)
      await noteRulesChanged(tx, id, { version: 'another', now })
      assert.equal((await judge(tx, id, requestOf())).effect, 'allow', 'a transaction sees what it has done')
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    assert.deepEqual(await effects(), ['deny', 'deny'])
    await db.transaction(async (tx) => {
      await deletePolicy(tx, id, the(policy).id)
      await noteRulesChanged(tx, id, { version: 'a third', now })
    })
    assert.deepEqual(await effects(), ['allow', 'allow'])
  })
})
