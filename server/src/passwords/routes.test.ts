import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hiddenOn, peopleWithPasswords } from '#passwords/test-people.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const pages = ['sign-in', 'forgot-password', 'reset-password'] as const

onEveryDatabase((kind, openFresh) => {
  test(`whatever is put into the forms, the answer is a page, never a fault (${kind})`, async (t) => {
    const { makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    const { formToken = '' } = hiddenOn(await browser.get('/acme/production/sign-in'))
    const value = fc.oneof(
      fc.constantFrom('ada', '', '\0', 'a\0b', '\ud800', "'--", '<script>', 'x'.repeat(5000), 'a'.repeat(43), '🦉'),
      fc.string({ unit: 'binary' }),
    )
    const names = ['username', 'password', 'again', 'token', 'name', 'done', '__proto__']
    const fields = fc.dictionary(fc.constantFrom(...names), value)
    const property = fc.asyncProperty(fc.constantFrom(...pages), fields, fc.boolean(), async (page, given, ours) => {
      const sent = ours ? { ...given, formToken } : { ...given }
      const { statusCode, body } = await browser.submit(`/acme/production/${page}`, sent)
      assert.ok(statusCode < 500, `${page} ${statusCode} ${JSON.stringify(sent)}`)
      assert.doesNotMatch(body, /<script>/)
      const asked = await browser.get(`/acme/production/${page}?${new URLSearchParams(given)}`)
      assert.ok(asked.statusCode < 500)
      assert.doesNotMatch(asked.body, /<script>/)
    })
    await fc.assert(property, { seed: 20260301, numRuns: 60 })
  })

  test(`pages are kept by no cache, and their cookie is for this host alone (${kind})`, async (t) => {
    const { newBrowser } = await peopleWithPasswords(t, openFresh)
    const { headers } = await newBrowser().get('/acme/production/sign-in')
    assert.equal(headers['cache-control'], 'no-store')
    assert.match(String(headers['set-cookie']), /^__Host-sallyport_form=[\w-]{43};.*HttpOnly; Secure; SameSite=Lax/)
  })

  test(`several tabs share the cookie, so each of their forms is good (${kind})`, async (t) => {
    const { makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    const first = hiddenOn(await browser.get('/acme/production/sign-in'))
    await browser.get('/acme/production/forgot-password')
    const right = { ...first, username: 'ada', password: 'correct horse battery' }
    assert.equal((await browser.submit('/acme/production/sign-in', right)).statusCode, 303)
  })

  test(`a new sign-in ends the session that the browser had (${kind})`, async (t) => {
    const { db, makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    await browser.signInAs('ada')
    await browser.signInAs('ada')
    const ended = await db.read.selectFrom('sessions').select('ended_why').execute()
    assert.deepEqual(ended.map(({ ended_why }) => ended_why).sort(), ['replaced', null].sort())
  })
})
