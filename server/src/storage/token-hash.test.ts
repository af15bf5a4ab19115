import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFormBrowser } from '@sallyport/sandbox/peers/form-browser.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { createsUsers, oneConnection, startSallyport, startSandbox, ticket } from '../../flows/sallyport.ts'

test('a hash is SHA-256 in base64url, and never the token', () => {
  assert.equal(tokenHash(''), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  for (const token of ['a', 'b', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'])
    assert.notEqual(tokenHash(token), token)
  assert.equal(new Set(['a', 'A', 'a ', ''].map(tokenHash)).size, 4)
})

/** Every table as text, as somebody finds it who reads a backup. */
async function dump(db: Database): Promise<string> {
  const tables = await db.read.introspection.getTables()
  assert.ok(tables.length >= 10, 'all tables are seen')
  const rows = tables.map(({ name }) =>
    db.read
      .selectFrom(name as 'users')
      .selectAll()
      .execute(),
  )
  return JSON.stringify(await Promise.all(rows))
}

onEveryDatabase((kind, openFresh) => {
  test(`after a sign-in no table holds a token, code, RelayState, cookie or message that the browser saw (${kind})`, async (t) => {
    const db = await openFresh(t)
    const sallyport = await startSallyport(t, db)
    const sandbox = await startSandbox(t, sallyport)
    const settings = [createsUsers, 'signRequests: true']
    await sallyport.apply(oneConnection(`${sandbox.url}/app/`, settings), { 'metadata.xml': sandbox.metadataXml })
    // Only looked at: the browser's redirects have the code in their address.
    const { mock } = t.mock.method(globalThis, 'fetch')
    const seen = (name: string) =>
      mock.calls.flatMap(({ arguments: [url] }) => new URL(String(url)).searchParams.getAll(name))
    const dumps: string[] = []

    const browser = createFormBrowser()
    const signIn = await browser.open(`${sallyport.url}/saml/ssoRequest?ticket=${ticket}`)
    dumps.push(await dump(db))
    const answer = await browser.submit(signIn, signIn.forms[0] ?? assert.fail(), { person: 'ada', answer: 'correct' })
    const form = answer.forms[0] ?? assert.fail()
    const landed = await browser.submit(answer, form)
    assert.match(landed.body, /Hello, Ada/)
    dumps.push(await dump(db))
    // And one that is refused, so that its record is written.
    const twice = await browser.submit(answer, form)
    assert.equal(twice.status, 400)
    dumps.push(await dump(db))

    // The sandbox is on the same host, so its cookies are there, too.
    const jar = Object.entries(browser.cookiesFor(sallyport.url))
    const cookies = jar.filter(([name]) => name.startsWith('sallyport_')).map(([, value]) => value)
    const [codes, requests] = [seen('code'), seen('SAMLRequest')]
    const { RelayState = '', SAMLResponse = '' } = form.fields
    assert.deepEqual([cookies.length, codes.length, requests.length], [2, 1, 1], 'all secrets are known')
    const assertion = Buffer.from(SAMLResponse, 'base64').toString()
    const [signature = ''] = /(?<=<ds:SignatureValue>)[^<]{40}/.exec(assertion) ?? []
    const secrets = [
      ...cookies,
      ...codes,
      RelayState,
      SAMLResponse,
      requests[0] ?? '',
      signature,
      'a secret for stories',
      'PRIVATE KEY',
    ]
    for (const secret of secrets) {
      assert.ok(secret.length > 10)
      for (const text of dumps) assert.ok(!text.includes(secret), `${secret.slice(0, 50)} is in a table`)
    }
    for (const cookie of cookies)
      assert.ok(
        dumps.some((text) => text.includes(tokenHash(cookie))),
        'its hash is',
      )
  })
})
