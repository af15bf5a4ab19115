import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, visitor } from './browser.ts'
import { createsUsers, oneConnection, startSallyport, startSandbox, ticket } from './sallyport.ts'

after(closeBrowser)

// The two forms of `done` in the seed: relative to the base of the targets (old UI), and absolute (new UI).
const relative = 'servicedesk/index.jsp#_a87199395ac14d01b3402a7915c0ff78/245418134'
const newUi = 'agileapps/records/detail/cases/558782450'

onEveryDatabase((kind, openFresh) => {
  test(`from the User/Agent URL over the identity provider to the page asked for, fragment kept (${kind})`, async (t) => {
    const sallyport = await startSallyport(t, await openFresh(t))
    const sandbox = await startSandbox(t, sallyport)
    await sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers, 'signRequests: true']), {
      'metadata.xml': sandbox.metadataXml,
    })
    const { page, signInAs, read, complaints } = await visitor(t)

    await page.goto(`${sallyport.url}/acme/production?done=${encodeURIComponent(relative)}`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signInAs('Ada')
    await page.waitForURL(`${sandbox.url}/app/${relative}`)
    assert.match(await read(), /Ada/)

    await page.goto(`${sallyport.url}/acme/production`)
    assert.match(await read(), /Hello, Ada[\s\S]*ada@acme\.example/)
    assert.deepEqual(complaints, [])
  })

  test(`an absolute done leads there; the session says who it is; logging out ends it (${kind})`, async (t) => {
    const sallyport = await startSallyport(t, await openFresh(t))
    const sandbox = await startSandbox(t, sallyport)
    await sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers]), { 'metadata.xml': sandbox.metadataXml })
    const { page, signInAs, read } = await visitor(t)

    const absolute = `${sandbox.url}/app/${newUi}`
    await page.goto(`${sallyport.url}/saml/ssoRequest?ticket=${ticket}&done=${encodeURIComponent(absolute)}`)
    await signInAs('Grace')
    await page.waitForURL(absolute)

    const session = await page.request.get(`${sallyport.url}/acme/production/session`)
    assert.equal(session.status(), 200)
    const { valid, user } = await session.json()
    assert.deepEqual([valid, user.username, user.email], [true, 'grace', 'grace@acme.example'])

    await page.goto(`${sallyport.url}/acme/production`)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('status').waitFor()
    assert.match(await read(), /You are logged out/)
    const gone = await page.request.get(`${sallyport.url}/acme/production/session`)
    assert.deepEqual([gone.status(), (await gone.json()).valid], [401, false])
  })
})
