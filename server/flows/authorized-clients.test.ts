// Tokens only for the clients that the identity provider allows: through the sandbox's identity provider and Sallyport to
// Media Helper and Tempo. The first three are the workflow scenarios that the attribute was announced with.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { decodePost, encodePost, type Signer, signXml } from '@sallyport/saml'
import { createSandboxKey } from '@sallyport/sandbox'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import {
  allowedIn,
  assertDeniedAt,
  backToApplication,
  type Choice,
  checkOf,
  givenTo,
  recordOf,
  signInTo,
  world,
} from './applications.ts'
import { closeBrowser, visitor } from './browser.ts'

after(closeBrowser)

const mediaHelper = '64cd7f8c-207b-4caf-b888-56b8e17384a6'
const tempoAndroid = 'a726a4a8-9915-4966-9ac2-b8c9064fe30d'
const tempoIos = '9fa531f6-e8a9-4f83-b6d6-12f66f7edb5e'

// To the letter as announced, line breaks and all.
const announced = `<saml:AttributeStatement>

<saml:Attribute Name="AuthorizedClientIDs">

<saml:AttributeValue>64cd7f8c-207b-4caf-b888-56b8e17384a6</saml:AttributeValue> <saml:AttributeValue>a726a4a8-9915-4966-9ac2-b8c9064fe30d</saml:AttributeValue> <saml:AttributeValue>9fa531f6-e8a9-4f83-b6d6-12f66f7edb5e</saml:AttributeValue>

</saml:Attribute>

</saml:AttributeStatement>`

// As the announcement's prose writes them, which is what people copy.
const prose = [
  '"64cd7f8c-207b-4caf-b888-56b8e17384a6"',
  '"a726a4a8-9915-4966-9ac2-b8c9064fe30d”',
  '“9fa531f6-e8a9-4f83-b6d6-12f66f7edb5e"',
]

onEveryDatabase((kind, openFresh) => {
  test(`Initial SSO login (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const { page, signInAs, read, complaints } = await visitor(t)
    await page.goto(`${it.sallyport.url}/acme/production`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signInAs('Ada')
    await page.getByRole('button', { name: 'Log out' }).waitFor()
    assert.match(await read(), /Hello, Ada/)
    assert.deepEqual(await allowedIn(it), [mediaHelper, tempoAndroid, tempoIos])
    assert.deepEqual(complaints, [])
  })

  test(`Authorized client access (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const { sandbox, sallyport } = it
    const { page, signInAs, read, complaints } = await visitor(t)
    let requests = 0
    page.on('request', (request) => {
      if (request.url().startsWith(`${sandbox.url}/idp/sso`)) requests++
    })
    for (const [path, edition] of [['/media-helper'], ['/tempo', tempoAndroid], ['/tempo', tempoIos]] as const) {
      await page.goto(sandbox.url + path)
      const forget = page.getByRole('button', { name: 'Forget them' })
      if (await forget.isVisible()) await forget.click()
      if (edition !== undefined) await page.getByLabel('Edition').selectOption(edition)
      await page.getByRole('button', { name: 'Sign in' }).click()
      if (edition === undefined) await signInAs('Ada')
      await page.getByRole('button', { name: 'Get new tokens' }).waitFor()
      assert.match(await read(), /Signed in as Ada Lindqvist/)
      assert.match(await read(), new RegExp(edition ?? mediaHelper))
    }
    assert.equal(requests, 1, 'signed in once, for all of them')
    await page.getByRole('button', { name: 'Get new tokens' }).click()
    await page.getByText('There are new tokens.').waitFor()
    // The tokens end with the session that they hang on.
    await page.goto(`${sallyport.url}/acme/production`)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('status').waitFor()
    await page.goto(`${sandbox.url}/media-helper`)
    for (const [button, error] of [
      ['Ask who is signed in', 'invalid_token'],
      ['Get new tokens', 'invalid_grant'],
    ] as const) {
      await page.getByRole('button', { name: button }).click()
      await page.getByRole('alert').getByText(error, { exact: true }).waitFor()
    }
    assert.deepEqual(complaints, [])
  })

  test(`Unauthorized client access attempt (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const { sandbox } = it
    const { page, signInAs, read, complaints } = await visitor(t)
    let requests = 0
    page.on('request', (request) => {
      if (request.url().startsWith(`${sandbox.url}/idp/sso`)) requests++
    })
    await page.goto(`${sandbox.url}/tempo`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await signInAs('Grace')
    await page.getByRole('button', { name: 'Get new tokens' }).waitFor()
    assert.equal(requests, 1)

    await page.goto(`${sandbox.url}/media-helper`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Back to the application' }).waitFor()
    assert.equal(requests, 2, 'the identity provider was asked exactly once more')
    assert.match(await read(), /does not allow Media Helper for you, also when it was asked again/)
    const shown = (await read()).match(/Reference\s*(\S+)/)?.[1] ?? ''
    const record = await it.sallyport.record(shown)
    assert.equal(record.outcome, 'signed-in')
    const missing = checkOf(record, 'client-allowed')
    const ids = [tempoAndroid, tempoIos, mediaHelper].map((id) => `<saml:AttributeValue>${id}</saml:AttributeValue>`)
    assert.deepEqual(
      [missing?.outcome, missing?.expected, missing?.received],
      [
        'failed',
        `<saml:Attribute Name="AuthorizedClientIDs">${ids.join('')}</saml:Attribute>`,
        `${tempoAndroid}, ${tempoIos}`,
      ],
    )
    await page.getByRole('link', { name: 'Back to the application' }).click()
    await page.waitForURL(`${sandbox.url}/media-helper`)
    assert.match(await read(), /This person may not use this application[\s\S]*access_denied/)
    assert.match(await read(), /Nobody, in this browser/)
    assert.deepEqual(await givenTo(it, mediaHelper), [])
    // What she may use goes on.
    await page.goto(`${sandbox.url}/tempo`)
    await page.getByRole('button', { name: 'Get new tokens' }).click()
    await page.getByText('There are new tokens.').waitFor()
    assert.equal(requests, 2)
    assert.deepEqual(complaints, [])
  })

  for (const [person, helper, tempo] of [
    ['ada', true, true],
    ['grace', false, true],
    ['alan', true, false],
    ['katherine', true, true],
    ['zoe', false, false],
  ] as const) {
    test(`${person}: Media Helper ${helper ? 'yes' : 'no'}, Tempo ${tempo ? 'yes' : 'no'} (${kind})`, async (t) => {
      const it = await world(t, await openFresh(t))
      for (const [path, isAllowed] of [
        ['/media-helper', helper],
        ['/tempo', tempo],
      ] as const) {
        const visit = { browser: createFormBrowser(), choices: [{ person }] }
        const { page, rounds } = await signInTo(it, path, visit)
        // In a fresh browser the first answer is the one; where it lacks the client, there is a second.
        assert.deepEqual([page.status, rounds], isAllowed ? [200, 1] : [403, 2], page.body)
        if (isAllowed) assert.match(page.body, /Signed in as/)
        else assertDeniedAt(it, await backToApplication(visit.browser, page), path)
      }
    })
  }

  test(`an identity provider that adds the client when it is asked once more (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const lacking = { person: 'ada', 'maps-to0': tempoAndroid }
    const { page, rounds } = await signInTo(it, '/media-helper', { browser, choices: [lacking, { person: 'ada' }] })
    assert.deepEqual([page.status, rounds], [200, 2])
    assert.match(page.body, /Signed in as <strong>Ada Lindqvist/)
  })

  test(`an identity provider that never adds the client: exactly one round more, the page, access_denied (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const never: Choice = { person: 'katherine', answer: 'no-clients' }
    const { page, rounds } = await signInTo(it, '/media-helper', { browser, choices: [never, never] })
    assert.deepEqual([page.status, rounds], [403, 2])
    assert.match(page.body, /does not allow Media Helper for you, also when it was asked again/)
    assert.deepEqual(await allowedIn(it), [])
    const missing = checkOf(await recordOf(it, page), 'client-allowed')
    assert.deepEqual([missing?.outcome, missing?.received], ['failed', 'the attribute without a value'])
    assertDeniedAt(it, await backToApplication(browser, page), '/media-helper')
    assert.deepEqual(await givenTo(it, mediaHelper), [])
    // Each attempt at the application is one round, not more.
    const again = await signInTo(it, '/media-helper', { browser, choices: [never] })
    assert.deepEqual([again.page.status, again.rounds], [403, 1])
  })

  test(`an identity provider that says no when it is asked once more: the page, access_denied, no token (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const choices: readonly Choice[] = [
      { person: 'ada', answer: 'no-clients' },
      { person: 'ada', answer: 'denied' },
    ]
    const { page, rounds } = await signInTo(it, '/media-helper', { browser, choices })
    assert.deepEqual([page.status, rounds], [403, 2])
    const record = await recordOf(it, page)
    assert.deepEqual([record.outcome, record.reason], ['refused', 'status'])
    assert.doesNotMatch(page.body, /not assigned to this application/, 'which is not signed by anybody')
    assertDeniedAt(it, await backToApplication(browser, page), '/media-helper')
    assert.deepEqual(await givenTo(it, mediaHelper), [])
  })

  test(`an identity provider that says no at once: the page, and access_denied (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const { page, rounds } = await signInTo(it, '/tempo', { browser, choices: [{ person: 'ada', answer: 'denied' }] })
    assert.deepEqual([page.status, rounds], [403, 1])
    assertDeniedAt(it, await backToApplication(browser, page), '/tempo')
  })

  test(`the announced XML, to the letter, allows all three (${kind})`, async (t) => {
    const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
    const key = await createSandboxKey({ clock: () => new Date(), chance })
    const it = await world(t, await openFresh(t), key.certificatePem)
    const signer: Signer = { ...key, algorithm: 'rsa-sha256' }
    const visit = { browser: createFormBrowser(), choices: [{ person: 'ada' }] }
    // The account is made of what the announced statement does not have.
    await signInTo(it, '/media-helper', visit, (field) => resigned(field, signer, (xml) => xml))
    const asAnnounced = (field: string) =>
      resigned(field, signer, (xml) =>
        xml.replace(/<saml:AttributeStatement>.*<\/saml:AttributeStatement>/s, announced),
      )
    for (const path of ['/media-helper', '/tempo'] as const) {
      const fresh = { browser: createFormBrowser(), choices: [{ person: 'ada' }] }
      const { page, rounds } = await signInTo(it, path, fresh, asAnnounced)
      assert.deepEqual([page.status, rounds], [200, 1], page.body)
      assert.match(page.body, /Signed in as <strong>Ada Lindqvist/)
    }
  })

  test(`ids in quotation marks, as in the announcement’s prose, are not the clients, and are flagged (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const quoted = { person: 'ada', 'maps-to0': prose.join(','), format0: 'none' }
    const { page, rounds } = await signInTo(it, '/tempo', { browser, choices: [quoted, quoted] })
    assert.deepEqual([page.status, rounds], [403, 2])
    assert.deepEqual(await allowedIn(it), prose)
    const record = await recordOf(it, page)
    const flagged = checkOf(record, 'client-ids')
    assert.deepEqual(
      [flagged?.outcome, flagged?.received],
      ['failed', prose.map((id) => `${id} (has quotation marks)`).join(', ')],
    )
    const missing = checkOf(record, 'client-allowed')
    assert.equal(
      missing?.expected,
      `<saml:Attribute Name="AuthorizedClientIDs"><saml:AttributeValue>${tempoAndroid}</saml:AttributeValue></saml:Attribute>`,
    )
    assertDeniedAt(it, await backToApplication(browser, page), '/tempo')
  })

  test(`an id that no client has is flagged, white space is not, capitals are another id (${kind})`, async (t) => {
    const it = await world(t, await openFresh(t))
    const browser = createFormBrowser()
    const typed = { person: 'ada', 'maps-to0': ` ${mediaHelper} ,no-client,${tempoAndroid.toUpperCase()}` }
    const { page, rounds } = await signInTo(it, '/media-helper', { browser, choices: [typed] })
    assert.deepEqual([page.status, rounds], [200, 1])
    assert.deepEqual(await allowedIn(it), [mediaHelper, 'no-client', tempoAndroid.toUpperCase()])
    const { page: denied } = await signInTo(it, '/tempo', { browser, choices: [typed] })
    const flagged = checkOf(await recordOf(it, denied), 'client-ids')
    assert.deepEqual([flagged?.outcome, flagged?.received], ['failed', `no-client, ${tempoAndroid.toUpperCase()}`])
  })
})

/** The same answer with another content, signed anew. */
function resigned(field: string, signer: Signer, change: (xml: string) => string): string {
  const xml = Buffer.from(decodePost(field))
    .toString()
    .replace(/<ds:Signature .*<\/ds:Signature>/s, '')
  const [, id = ''] = /<saml:Assertion [^>]*ID="([^"]+)"/.exec(xml) ?? []
  return encodePost(signXml(change(xml), { id, signer }))
}
