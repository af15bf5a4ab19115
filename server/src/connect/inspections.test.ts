import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { issuer, metadataOf, now, relayState, responseField, responseXml } from '#connect/aws-check/test-response.ts'
import { inspectionUrl } from '#connect/inspection-routes.ts'
import {
  insertInspection,
  keepReport,
  listInspections,
  listReports,
  MOST_OPEN,
  MOST_REPORTS,
  sweepInspections,
} from '#connect/inspections.ts'
import { saveAmazonConnect } from '#connect/settings.ts'
import { testSettings } from '#connect/test-settings.ts'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, publicUrl, testWorld } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

const HOUR = 60 * 60 * 1000

async function open(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const ctx = contextOf(db, world)
  const environmentId = mine.environment.id
  const settings = testSettings({ federation: { metadata: metadataOf() } })
  await saveAmazonConnect(db.write, environmentId, settings, now)
  const made = await db.transaction((tx) =>
    insertInspection(tx, environmentId, '{"by":"rule"}', { chance: world.chance, now: world.clock() }),
  )
  assert.ok(made !== undefined)
  const browser = testBrowser(await startApp(t, ctx), world)
  const url = inspectionUrl(publicUrl, made.token)
  const reports = () => listReports(db.read, environmentId, made.inspection.id, ctx)
  return { db, world, ctx, browser, url, reports, environmentId, other, ...made }
}

onEveryDatabase((kind, openFresh) => {
  test(`a response that is posted there is judged, shown and kept sealed; nobody is signed in (${kind})`, async (t) => {
    const { db, browser, url, reports, environmentId } = await open(t, openFresh)
    const shown = await browser.get(url.replace(publicUrl, ''))
    assert.deepEqual([shown.statusCode, shown.body.includes(url)], [200, true])
    const good = await browser.post(url, { SAMLResponse: responseField(), RelayState: relayState })
    assert.equal(good.statusCode, 200, good.body)
    assert.match(good.body, /AWS would take this response/)
    assert.deepEqual([good.headers['set-cookie'], good.headers['cache-control']], [undefined, 'no-store'])
    const bad = await browser.post(url, {
      SAMLResponse: responseField({ values: { RoleSessionName: ['<b>Ada</b>'] } }),
    })
    assert.match(bad.body, /RoleSessionName in AuthnResponse must match \[a-zA-Z_0-9\+=,\.@-\]\{2,64\}/)
    assert.match(bad.body, /&lt;b&gt;Ada/)
    assert.doesNotMatch(bad.body, /<b>Ada/)
    const long = await browser.post(url, { SAMLResponse: responseField(), RelayState: 'x'.repeat(500_000) })
    assert.ok(long.body.length < 20_000, `${long.body.length}`)
    assert.match(long.body, /too long for a RelayState/)
    for (const { report } of await reports()) assert.ok(JSON.stringify(report).length < 30_000)
    const kept = await reports()
    assert.deepEqual(new Set(kept.map(({ report }) => report.firstError)), new Set([null, 'session-name-invalid']))
    const rows = await db.read.selectFrom('aws_inspection_reports').selectAll().execute()
    assert.doesNotMatch(JSON.stringify(rows), /AmazonConnectAgent|RoleSessionName/)
    assert.ok(
      !JSON.stringify(await db.read.selectFrom('aws_inspections').selectAll().execute()).includes(url.slice(-43)),
    )
    assert.deepEqual(
      (await listInspections(db.read, environmentId)).map(({ reports }) => reports),
      [3],
    )
    for (const table of ['sessions', 'signin_records', 'used_assertions'] as const)
      assert.deepEqual(await db.read.selectFrom(table).selectAll().execute(), [])
  })

  test(`what AWS could not decode is not taken for a response, though people can read it (${kind})`, async (t) => {
    const { browser, url, reports } = await open(t, openFresh)
    const xml = responseXml()
    const encoded = Buffer.from(xml).toString('base64')
    const fields = [
      xml,
      deflateRawSync(xml).toString('base64'),
      encodeURIComponent(encoded),
      encoded.replaceAll('+', '-').replaceAll('/', '_'),
      `SAMLResponse=${encodeURIComponent(encoded)}`,
      `<form><input name="SAMLResponse" value="${encoded}"></form>`,
    ]
    for (const SAMLResponse of fields) {
      const { statusCode, body } = await browser.post(url, { SAMLResponse, RelayState: relayState })
      assert.deepEqual(
        [statusCode, /AWS would not take this response/.test(body)],
        [200, true],
        SAMLResponse.slice(0, 40),
      )
    }
    for (const { report } of await reports()) assert.equal(report.firstError, 'invalid-saml-response')
    const inLines = await browser.post(url, {
      SAMLResponse: encoded.replaceAll(/.{76}/g, '$&\r\n'),
      RelayState: relayState,
    })
    assert.match(inLines.body, /AWS would take this response/)
  })

  test(`a Recipient that is this address is told to be put back, and is not what fails first (${kind})`, async (t) => {
    const { browser, url, reports } = await open(t, openFresh)
    const { body } = await browser.post(url, {
      SAMLResponse: responseField({ assertion: { recipient: url }, response: { destination: url } }),
      RelayState: relayState,
    })
    assert.match(body, /For AWS this must be https:\/\/signin\.aws\.amazon\.com\/saml/)
    assert.equal((await reports())[0]?.report.firstError, null)
  })

  test(`after an hour, or with another token, nothing is looked at; after a day the reports are gone (${kind})`, async (t) => {
    const { db, world, browser, url, environmentId } = await open(t, openFresh)
    const fields = { SAMLResponse: responseField() }
    await browser.post(url, fields)
    for (const other of [`${url}x`, `${url.slice(0, -43)}${'a'.repeat(43)}`, `${url.slice(0, -43)}%00`]) {
      const { statusCode, body } = await browser.post(other, fields)
      assert.deepEqual([statusCode, /Nothing was kept/.test(body)], [404, true], other)
    }
    world.passTime(HOUR)
    assert.equal((await browser.post(url, fields)).statusCode, 404)
    assert.equal((await browser.get(url.replace(publicUrl, ''))).statusCode, 404)
    await sweepInspections(db.write, world.clock())
    assert.equal((await listInspections(db.read, environmentId)).length, 1, 'who made it can still read what came')
    world.passTime(24 * HOUR)
    await sweepInspections(db.write, world.clock())
    for (const table of ['aws_inspections', 'aws_inspection_reports'] as const)
      assert.deepEqual(await db.read.selectFrom(table).selectAll().execute(), [])
  })

  test(`so many responses and no more, so many addresses and no more (${kind})`, async (t) => {
    const { db, world, ctx, browser, url, reports, environmentId, inspection } = await open(t, openFresh)
    await browser.post(url, { SAMLResponse: responseField() })
    const [first] = await reports()
    assert.ok(first !== undefined)
    const sealing = { ...ctx, chance: world.chance, now }
    const all = Array.from({ length: MOST_REPORTS + 4 }, () =>
      db.transaction((tx) => keepReport(tx, inspection, first.report, sealing)),
    )
    assert.equal((await Promise.all(all)).filter(Boolean).length, MOST_REPORTS - 1)
    const full = await browser.post(url, { SAMLResponse: responseField() })
    assert.deepEqual([full.statusCode, /has seen enough/.test(full.body)], [429, true])
    const made = Array.from({ length: MOST_OPEN + 3 }, () =>
      db.transaction((tx) => insertInspection(tx, environmentId, '{"by":"rule"}', { chance: world.chance, now })),
    )
    assert.equal((await Promise.all(made)).filter((one) => one !== undefined).length, MOST_OPEN - 1)
  })

  test(`whoever asks without end is asked to wait (${kind})`, async (t) => {
    const { world, browser, url } = await open(t, openFresh)
    const wrong = `${new URL(url).pathname.slice(0, -43)}${'b'.repeat(43)}`
    let answered = await browser.get(wrong)
    for (let nth = 0; nth < 70 && answered.statusCode !== 429; nth++) answered = await browser.get(wrong)
    assert.deepEqual([answered.statusCode, answered.headers['retry-after']], [429, '60'])
    world.passTime(60_000)
    assert.equal((await browser.get(wrong)).statusCode, 404)
  })

  test(`whatever is posted is answered with a page (${kind})`, async (t) => {
    const { browser, url } = await open(t, openFresh)
    const deep = Buffer.from('<a>'.repeat(50_000)).toString('base64')
    for (const SAMLResponse of ['', '\0', 'x', '\ud800', '{}', deep, '='.repeat(200_000), '<html>']) {
      const { statusCode, body } = await browser.post(url, { SAMLResponse, RelayState: '\0' })
      assert.ok(statusCode === 200 || statusCode === 400, `${statusCode}`)
      assert.match(body, /<main>\s*<h1>/)
    }
    assert.equal((await browser.post(url, {})).statusCode, 400)
    const { statusCode, body } = await browser.post(url, { SAMLResponse: 'A'.repeat(1_200_000) })
    assert.deepEqual([statusCode, /<h1>/.test(body)], [413, true])
  })

  test(`an inspection of a neighbour is not found (${kind})`, async (t) => {
    const { db, ctx, other, inspection, browser, url } = await open(t, openFresh)
    await browser.post(url, { SAMLResponse: responseField({ assertion: { issuer } }) })
    const neighbour = other.environment.id
    assert.deepEqual(await listInspections(db.read, neighbour), [])
    assert.deepEqual(await listReports(db.read, neighbour, inspection.id, ctx), [])
  })
})
