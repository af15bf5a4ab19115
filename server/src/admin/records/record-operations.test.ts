import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { type AnswerToSign, testBrowser } from '#login/test-browser.ts'
import { newUser, now } from '#login/test-place.ts'
import { findKeptMessages, keepMessages, UNVERIFIED_AN_HOUR } from '#signin-records/messages.ts'
import { startRecord } from '#signin-records/signin-records.ts'
import { sweepRecords } from '#signin-records/sweep.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { insertUser } from '#users/users.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

async function start(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { app, db, world, place } = started
  const scopes = ['records:read', 'connections:read'] as const
  const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, scopes)
  const reader = testApi(app, place.environment.id, secret)
  const attempt = async (answer: AnswerToSign = {}) => {
    world.passTime(1000)
    await testBrowser(app, world).signIn(place, answer)
    const { data } = await started.api.get('records?limit=1')
    return data.items[0]
  }
  return { ...started, reader, attempt }
}

const forUs = { audience: 'https://other.example' }
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what is tested
type Json = any
const references = ({ data }: { readonly data: Json }) => data.items.map(({ reference }: Json) => reference)

onEveryDatabase((kind, openFresh) => {
  test(`records are found by person, reason, connection, outcome and time, page by page (${kind})`, async (t) => {
    const { api, db, world, place, attempt } = await start(t, openFresh)
    const ada = await attempt()
    const bo = await attempt({ person: 'Bo' })
    const wrong = await attempt({ person: 'Bo', assertion: forUs })
    const late = new Date(world.clock().getTime() + 1).toISOString()
    const list = async (query: string) => references(await api.get(`records?${query}`))
    const of = (...records: Json[]) => records.map(({ reference }) => reference)
    assert.deepEqual(await list(''), of(wrong, bo, ada))
    assert.deepEqual(await list('person=ADA'), of(ada), 'as the identity provider calls them')
    assert.deepEqual(await list('person=bo@acme.example'), of(bo), 'by the address of their account')
    assert.deepEqual(await list('person=bo'), of(wrong, bo))
    assert.deepEqual(await list('person=nobody'), [])
    assert.deepEqual(await list('reason=audience'), of(wrong))
    assert.deepEqual(await list('outcome=signed-in'), of(bo, ada))
    assert.deepEqual(await list(`connectionId=${place.connection.id}&outcome=refused`), of(wrong))
    assert.deepEqual(await list('connectionId=conn_unknown'), [])
    assert.deepEqual(await list(`from=${bo.startedAt}&to=${wrong.startedAt}`), of(bo))
    assert.deepEqual(await list(`from=${late}`), [])
    const first = await api.get('records?limit=2')
    assert.deepEqual(references(first), of(wrong, bo))
    const second = await api.get(`records?limit=2&cursor=${first.data.next}`)
    assert.deepEqual([references(second), second.data.next], [of(ada), null])
    for (const query of ['cursor=x', 'reason=%00', 'person=%00', 'outcome=lost', 'from=monday', 'limit=0', 'x=1'])
      assertProblem(await api.get(`records?${query}`), 400, 'invalid-input')
    // Of one instant, none is shown twice or left out.
    const about = {
      connectionId: undefined,
      details: { checks: [], client: { address: '::1' }, startedAt: 'here' },
    } as const
    for (let nth = 0; nth < 5; nth++)
      await startRecord(db.write, place.environment.id, about, {
        chance: world.chance,
        now: new Date(now.getTime() - 1),
      })
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await api.get(`records?limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...references(page))
      cursor = page.data.next
    }
    assert.deepEqual([seen.length, new Set(seen).size], [8, 8])
  })

  test(`a record explains what failed, with the steps and both messages (${kind})`, async (t) => {
    const { api, attempt, world } = await start(t, openFresh)
    const { reference } = await attempt({ assertion: forUs })
    const { data, statusCode, body } = await api.get(`records/${reference.toLowerCase().replace('-', ' ')}`)
    assert.equal(statusCode, 200, body)
    assert.deepEqual([data.outcome, data.reason, data.subject, data.redacted], ['refused', 'audience', 'ada', false])
    const check = data.checks.find(({ code }: Json) => code === 'audience')
    assert.deepEqual([check.outcome, check.received], ['failed', 'https://other.example'])
    for (const text of [check.title, check.section, check.sentence, check.cure, check.expected])
      assert.match(text, /\S/)
    assert.deepEqual([data.cure.code, data.cure.cure, data.sentence], ['audience', check.cure, check.sentence])
    assert.deepEqual(
      data.steps.map(({ from, to }: Json) => `${from} → ${to}`),
      ['browser → sallyport', 'sallyport → identity-provider', 'identity-provider → sallyport', 'sallyport → browser'],
    )
    assert.ok(data.steps[2].checks.includes('audience'))
    assert.match(data.request.xml, /<samlp:AuthnRequest/)
    assert.match(data.response.xml, /<saml:NameID[^>]*>ada<\/saml:NameID>/)
    assert.match(data.response.xml, /<ds:SignatureValue>\[hidden for an hour/, 'nobody uses it while it is good')
    world.passTime(HOUR)
    assert.doesNotMatch((await api.get(`records/${reference}`)).data.response.xml, /hidden/)
    assert.equal(data.messagesUntil, new Date(Date.parse(data.response.at) + 7 * DAY).toISOString())
  })

  test(`without records:values nothing of the record says what the assertion said (${kind})`, async (t) => {
    const { api, reader, attempt } = await start(t, openFresh)
    const attributes = [
      { name: 'email', values: ['countess@acme.example'] },
      { name: 'phone', values: ['+44 555 0100'] },
    ]
    const made = { person: 'lovelace', assertion: { attributes } }
    const sound = await attempt(made)
    const bad = await attempt({ ...made, assertion: { attributes, ...forUs } })
    const both = await Promise.all([sound, bad].map(({ reference }) => reader.get(`records/${reference}`)))
    const [, last] = both
    for (const { body, data } of [...both, await reader.get('records')]) {
      assert.doesNotMatch(body.replaceAll('"username":"lovelace","displayName":"lovelace"', ''), /lovelace/)
      assert.doesNotMatch(body, /countess|0100/)
      assert.equal(data.redacted ?? true, true)
    }
    assert.match(last?.data.response.xml, /\[redacted\]/)
    assert.deepEqual(both[0]?.data.attributes, [
      { name: 'email', values: null },
      { name: 'phone', values: null },
    ])
    const open = (await api.get(`records/${sound.reference}`)).data
    assert.deepEqual(open.attributes, attributes)
    assert.deepEqual([open.nameId, open.user.username], ['lovelace', 'lovelace'])
  })

  test(`messages lie sealed, and go after their days; records go after theirs (${kind})`, async (t) => {
    const { api, db, world, place, attempt, secret } = await start(t, openFresh)
    const { reference } = await attempt()
    const rows = await db.read.selectFrom('signin_messages').selectAll().execute()
    assert.deepEqual(rows.map(({ kind }) => kind).sort(), ['claims', 'request', 'response'])
    for (const { sealed } of rows) assert.match(sealed, /^v1\.[\w-]+$/)
    assert.ok(secret)
    const kept = async () => (await api.get(`records/${reference}`)).data?.response ?? null
    world.passTime(6 * DAY)
    await sweepRecords(db.write, world.clock())
    assert.ok(await kept())
    world.passTime(DAY)
    await sweepRecords(db.write, world.clock())
    assert.equal(await kept(), null)
    assert.deepEqual(await db.read.selectFrom('signin_messages').selectAll().execute(), [])
    world.passTime(83 * DAY)
    await sweepRecords(db.write, world.clock())
    assertProblem(
      await testApi((await start(t, openFresh)).app, place.environment.id, 'x').get('records'),
      401,
      'token-unknown',
    )
    assert.deepEqual(await db.read.selectFrom('signin_records').selectAll().execute(), [])
  })

  test(`how long is kept what is a setting: 0 keeps nothing, and removes what is there (${kind})`, async (t) => {
    const { api, reader, db, attempt } = await start(t, openFresh)
    assert.deepEqual((await api.get('record-settings')).data, { messageDays: 7, recordDays: 90 })
    await attempt()
    const changed = await api.put('record-settings', { messageDays: 0, recordDays: 30 })
    assert.deepEqual([changed.statusCode, changed.data], [200, { messageDays: 0, recordDays: 30 }])
    await attempt()
    assert.deepEqual(await db.read.selectFrom('signin_messages').selectAll().execute(), [])
    const [entry] = (await api.get('audit')).data.items
    assert.deepEqual([entry.action, entry.changes.messageDays], ['record-settings.changed', { from: '7', to: '0' }])
    for (const body of [{ messageDays: 91 }, { messageDays: 7, recordDays: 3 }, { recordDays: 0 }, { days: 1 }])
      assertProblem(await api.put('record-settings', body), 400, 'invalid-input')
    assertProblem(await reader.put('record-settings', {}), 403, 'scope-missing')
  })

  test(`strangers cannot fill the disk: of what nobody verified only so much an hour is kept (${kind})`, async (t) => {
    const { db, world, place } = await start(t, openFresh)
    const env = place.environment.id
    const about = {
      connectionId: undefined,
      details: { checks: [], client: { address: '::1' }, startedAt: 'here' },
    } as const
    const sealing = {
      secret: (await import('#login/test-place.ts')).contextOf(db, world).secret,
      chance: world.chance,
      now,
    }
    const keep = async (text: string, verified: boolean) => {
      const { id } = await startRecord(db.write, env, about, { chance: world.chance, now })
      await keepMessages(db.write, env, id, [{ kind: 'response', text, verified }], sealing)
      return (await findKeptMessages(db.read, env, id, sealing)).response?.text.length
    }
    assert.equal(await keep('x'.repeat(256 * 1024 + 1), true), undefined, 'larger than any message')
    assert.equal(await keep('x', false), 1)
    await db.write.updateTable('signin_messages').set({ size: UNVERIFIED_AN_HOUR }).execute()
    assert.equal(await keep('x', false), undefined)
    assert.equal(await keep('x', true), 1)
  })

  test(`a neighbour’s records are not found, neither by reference nor by person (${kind})`, async (t) => {
    const { neighbour, api, attempt, db, world, other, place } = await start(t, openFresh)
    const { reference } = await attempt()
    await insertUser(db.write, other.environment.id, newUser({ connectionId: other.connection.id }), {
      chance: world.chance,
      now,
    })
    assertProblem(await neighbour.get(`records/${reference}`), 404, 'not-found')
    for (const query of ['', '?person=ada', `?connectionId=${place.connection.id}`])
      assert.deepEqual((await neighbour.get(`records${query}`)).data.items, [])
    for (const wrong of ['AAAAA-AAAAA', 'nonsense', "'"])
      assertProblem(await api.get(`records/${wrong}`), 404, 'not-found')
    await neighbour.put('record-settings', { messageDays: 0 })
    assert.ok((await api.get(`records/${reference}`)).data.response)
  })
})
