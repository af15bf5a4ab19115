import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem, makeSecret, startApi, testApi } from '#admin/test-api.ts'
import { metadataOf, now, relayState, responseField, responseXml } from '#connect/aws-check/test-response.ts'
import { MOST_OPEN } from '#connect/inspections.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import { LARGEST_INPUT } from '#explain/find-messages.ts'
import { testBrowser } from '#login/test-browser.ts'
import { publicUrl } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const path = 'amazon-connect/check-response'
const inspections = 'amazon-connect/inspections'

onEveryDatabase((kind, openFresh) => {
  test(`a response is judged by the settings of the Environment, and nothing is kept (${kind})`, async (t) => {
    const { api, db, place, app, world } = await startApi(t, openFresh)
    const settings = testSettings({ federation: { metadata: metadataOf(), product: 'okta' } })
    await saveAmazonConnect(db.write, place.environment.id, settings, now)
    const good = await api.post(path, { text: responseField(), relayState })
    assert.equal(good.statusCode, 200, good.body)
    const [{ firstError, checks, facts }] = good.data.items
    assert.deepEqual([firstError, facts.roles[0].role.name, facts.relayState], [null, 'AmazonConnectAgent', relayState])
    assert.ok(
      checks.every(({ outcome }: { outcome: string }) => outcome === 'passed'),
      good.body,
    )
    const bad = await api.post(path, { text: responseXml({ values: { Role: ['x'] } }) })
    assert.equal(bad.data.items[0].firstError, 'invalid-saml-response')
    const { secret } = await makeSecret(db, world, { environmentId: place.environment.id }, ['amazon-connect:read'])
    const reader = testApi(app, place.environment.id, secret)
    assert.equal((await reader.post(path, { text: responseField() })).statusCode, 200)
    assertProblem(await reader.post(inspections), 403, 'scope-missing')
    assert.deepEqual(await db.read.selectFrom('aws_inspection_reports').selectAll().execute(), [])
  })

  test(`what is no response, too large or asked too often is refused (${kind})`, async (t) => {
    const { api, world } = await startApi(t, openFresh)
    assertProblem(await api.post(path, { text: ' ' }), 400, 'message-missing')
    assertProblem(await api.post(path, { text: '{"log":{"entries":[]}}' }), 400, 'message-missing')
    for (const body of [{}, { text: '' }, { text: 5 }, { text: 'x'.repeat(LARGEST_INPUT + 1) }, { text: 'x', more: 1 }])
      assertProblem(await api.post(path, body), 400, 'invalid-input')
    assertProblem(await api.post(path, { text: 'x'.repeat(2 * LARGEST_INPUT) }), 413, 'body-too-large')
    for (const text of ['\0', '\ud800', '<a>'.repeat(100_000), '='.repeat(500_000), '{}'])
      assert.ok([200, 400].includes((await api.post(path, { text })).statusCode))
    let refused = await api.post(path, { text: 'x' })
    for (let nth = 0; nth < 30 && refused.statusCode !== 429; nth++) refused = await api.post(path, { text: 'x' })
    assertProblem(refused, 429, 'too-many-requests')
    world.passTime(60_000)
    assert.equal((await api.post(path, { text: 'x' })).statusCode, 200)
  })

  test(`an inspection is made, posted to and read; a neighbour finds nothing of it (${kind})`, async (t) => {
    const { api, neighbour, app, world } = await startApi(t, openFresh)
    const { statusCode, data, headers } = await api.post(inspections)
    assert.deepEqual([statusCode, headers.location?.toString().endsWith(`${inspections}/${data.id}`)], [201, true])
    assert.ok(data.url.startsWith(`${publicUrl}/connect/inspect/`))
    const fields = { SAMLResponse: responseField({ values: { RoleSessionName: [] } }), RelayState: relayState }
    assert.equal((await testBrowser(app, world).post(data.url, fields)).statusCode, 200)
    const [listed] = (await api.get(inspections)).data.items
    assert.deepEqual([listed.id, listed.reports, listed.expiresAt], [data.id, 1, data.expiresAt])
    const { reports } = (await api.get(`${inspections}/${data.id}`)).data
    assert.deepEqual([reports.length, reports[0].report.firstError], [1, 'session-name-required'])
    assert.deepEqual((await neighbour.get(inspections)).data.items, [])
    assertProblem(await neighbour.get(`${inspections}/${data.id}`), 404, 'not-found')
    assertProblem(await api.get(`${inspections}/x`), 404, 'not-found')
    const [entry] = (await api.get(`audit?filter[subjectId]=${data.id}`)).data.items
    assert.equal(entry.action, 'amazon-connect.inspection-made')
    for (let nth = 1; nth < MOST_OPEN; nth++) assert.equal((await api.post(inspections)).statusCode, 201)
    assertProblem(await api.post(inspections), 409, 'inspections-full')
  })
})
