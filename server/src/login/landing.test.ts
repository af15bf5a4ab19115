import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, type PlaceToMake, publicUrl, testWorld, the } from '#login/test-place.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function landing(t: TestContext, openFresh: OpenFresh, make: PlaceToMake = {}) {
  const db = await openFresh(t)
  const world = testWorld()
  const places = await makePlaces(db, world, make)
  const browser = testBrowser(await startApp(t, contextOf(db, world)), world)
  const open = async (query = '', path = '/acme/production') => {
    const { statusCode, body, headers } = await browser.get(path + query)
    return { status: statusCode, body, headers }
  }
  return { db, places, browser, open }
}

const links = (body: string): string[] =>
  [...body.matchAll(/href="([^"]*ssoRequest[^"]*)"/g)].map(([, url]) => url ?? '')
const sso = `${publicUrl}/saml/ssoRequest?ticket=`

onEveryDatabase((kind, openFresh) => {
  test(`one connection: one button, and done goes along (${kind})`, async (t) => {
    const { places, open } = await landing(t, openFresh)
    const { ticket } = the(places[0]).connection
    const { status, body } = await open()
    assert.equal(status, 200)
    assert.match(body, /<title>Sign in to Production – Acme<\/title>/)
    assert.deepEqual(links(body), [sso + ticket])
    const done = 'a?b=c&d="><script>\'#e'
    const led = links((await open(`?done=${encodeURIComponent(done)}`)).body)
    assert.deepEqual(led, [`${sso}${ticket}&amp;done=${encodeURIComponent(done).replaceAll("'", '&#39;')}`])
    assert.deepEqual(links((await open('?done=a&done=b')).body), [sso + ticket], 'two have no one meaning')
    assert.deepEqual(links((await open('?done')).body), [`${sso}${ticket}&amp;done=`])
  })

  test(`several connections are a choice in their order; from the seventh on they fold (${kind})`, async (t) => {
    const { db, open } = await landing(t, openFresh)
    for (const count of [2, 6, 7, 9]) {
      const connections = Array.from({ length: count }, (_, nth) => ({ name: `Way ${nth + 1}` }))
      const places = await makePlaces(db, testWorld(), { company: `with-${count}`, connections })
      const { body } = await open('', `/with-${count}/production`)
      assert.deepEqual(
        links(body),
        places.map(({ connection }) => sso + connection.ticket),
      )
      const [shown = '', folded] = body.split('<details>')
      assert.equal(links(shown).length, Math.min(count, 6))
      assert.equal(folded !== undefined, count > 6)
      if (folded !== undefined) assert.match(folded, new RegExp(`^<summary>${count - 6} more</summary>`))
    }
  })

  test(`no connection: it says whom to tell, and offers nothing (${kind})`, async (t) => {
    const { db, open } = await landing(t, openFresh)
    await db.write.deleteFrom('connections').execute()
    const { status, body } = await open()
    assert.equal(status, 200)
    assert.match(body, /Nobody has set up sign-in for this place yet/)
    assert.deepEqual(links(body), [])
  })

  test(`names of Company, Environment, connection and person are text (${kind})`, async (t) => {
    const evil = '<img src=x onerror=alert(1)>"\'&'
    const connections = [{ name: evil }, { name: 'Other' }]
    const { places, browser, open } = await landing(t, openFresh, {
      companyName: evil,
      environmentName: evil,
      connections,
    })
    await browser.signIn(the(places[0]), {
      person: evil,
      assertion: { attributes: [{ name: 'email', values: [evil] }] },
    })
    const signedIn = await open()
    await browser.submit('/acme/production/logout')
    const query = `?done=${encodeURIComponent(evil)}`
    for (const { body } of [signedIn, await open(query), await open('/logged-out')]) {
      assert.doesNotMatch(body, /<img|onerror=alert\(1\)>|"'&/)
      assert.ok(body.split('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;').length > 3, body)
    }
  })

  test(`whoever is signed in is greeted, told until when, and can log out (${kind})`, async (t) => {
    const { places, browser, open } = await landing(t, openFresh)
    await browser.signIn(the(places[0]))
    const { status, body, headers } = await open()
    assert.equal(status, 200)
    assert.match(body, /<h1>Hello, ada<\/h1>/)
    assert.match(body, /ada@acme\.example/)
    assert.match(body, /<time datetime="2026-03-02T00:00:00.000Z">2026-03-02 00:00 UTC<\/time>/)
    assert.match(body, new RegExp(`<form method="post" action="${publicUrl}/acme/production/logout"`))
    assert.equal(headers['cache-control'], 'no-store')
  })

  test(`a place that is not there is 404, whatever its name (${kind})`, async (t) => {
    const { open } = await landing(t, openFresh)
    const missing = [
      '/acme/test',
      '/nobody/production',
      '/ACME/production',
      '/acme/production/',
      '/%00/production',
      '/acme/%00',
      '/%2e%2e/%2e%2e',
      '/saml/production',
      '/ac%27--/x',
    ]
    for (const path of missing) {
      const { status, body } = await open('', path)
      assert.equal(status, 404, path)
      assert.match(body, /There is nothing here/)
    }
  })
})
