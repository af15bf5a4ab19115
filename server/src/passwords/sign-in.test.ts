import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restrict } from '#access/test-access.ts'
import { Secret } from '#config/secret.ts'
import { updateConnection } from '#connections/connections.ts'
import { now, publicUrl, the } from '#login/test-place.ts'
import { findPassword, lockAfter } from '#passwords/passwords.ts'
import { PasswordRefused } from '#passwords/refusal.ts'
import { setPassword } from '#passwords/set-password.ts'
import { hiddenOn, PASSWORD, peopleWithPasswords } from '#passwords/test-people.ts'
import { listRecords } from '#signin-records/signin-records.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { updateUser } from '#users/users.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const source = () => ({ by: 'rule' }) as const
const sentence = /User name or password are not right, or the account cannot be used now\./

onEveryDatabase((kind, openFresh) => {
  test(`who knows the password is signed in, and led to the page asked for (${kind})`, async (t) => {
    const { db, environmentId, makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    const user = await makeUser()
    const browser = newBrowser()
    const answer = await browser.signInAs('ada', PASSWORD, '?done=tickets/7%23note')
    assert.equal(answer.statusCode, 303, answer.body)
    assert.equal(answer.headers.location, 'https://apps.example/networking/tickets/7#note')
    assert.ok(await browser.isSignedIn())
    const record = the((await listRecords(db.read, environmentId, { limit: 2 }))[0])
    assert.deepEqual([record.outcome, record.userId, record.subject], ['signed-in', user.id, 'ada'])
    assert.deepEqual(
      record.details.checks.map(({ code, outcome }) => `${code} ${outcome}`),
      ['password-user passed', 'password passed'],
    )
    const again = await newBrowser().signInAs('ada')
    assert.equal(again.headers.location, `${publicUrl}/acme/production`, 'without done: the landing page')
  })

  test(`whatever is wrong, the page is the same; the record says what it was (${kind})`, async (t) => {
    const { db, makeUser, newBrowser, recordOn, other, environmentId } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    await makeUser({ username: 'grace', email: undefined, createdThrough: 'sso' })
    await makeUser({ username: 'new', email: undefined }, { password: '' })
    const gone = await makeUser({ username: 'gone', email: undefined })
    await updateUser(db.write, gone, { deactivatedAt: new Date(1) }, { source, now: new Date(1) })
    await makeUser({ username: 'neighbour', email: undefined }, { inside: other.environment.id })
    const pages = new Set<string>()
    for (const [username, password, reason] of [
      ['ada', 'wrong horse battery', 'password'],
      ['ada', '', 'password'],
      ['nobody', PASSWORD, 'password-user'],
      ['neighbour', PASSWORD, 'password-user'],
      ['ada\0', PASSWORD, 'password-user'],
      ['', PASSWORD, 'password-user'],
      ['grace', PASSWORD, 'password-sso'],
      ['new', PASSWORD, 'password-set'],
      ['gone', PASSWORD, 'password-active'],
    ] as const) {
      const browser = newBrowser()
      const answer = await browser.signInAs(username, password)
      const { statusCode, body } = answer
      assert.equal(statusCode, 403, username)
      assert.match(body, sentence)
      const own = [/<code>[^<]*<\/code>/, /name="formToken" value="[^"]*"/, /name="username" value="[^"]*"/]
      pages.add(own.reduce((text, pattern) => text.replace(pattern, ''), body))
      const record = await recordOn(answer)
      assert.deepEqual([record.outcome, record.reason], ['refused', reason])
      assert.doesNotMatch(JSON.stringify(record), /horse/, 'no password is written down')
      assert.equal(await browser.isSignedIn(), false)
    }
    assert.equal(pages.size, 1)
    assert.equal(await findPassword(db.read, other.environment.id, gone.id), undefined)
    assert.ok(await findPassword(db.read, environmentId, gone.id))
  })

  test(`from elsewhere the right password opens nothing, and the page does not tell that it was right (${kind})`, async (t) => {
    const { db, environmentId, world, makeUser, newBrowser, recordOn } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    await restrict(db, world, environmentId, { addresses: { ranges: ['203.0.113.0/24'] } })
    const browser = newBrowser()
    const answer = await browser.signInAs('ada')
    assert.equal(answer.statusCode, 403)
    assert.match(answer.body, sentence)
    assert.equal(await browser.isSignedIn(), false)
    const { reason, details } = await recordOn(answer)
    assert.equal(reason, 'password-access')
    assert.match(details.checks.at(-1)?.received ?? '', /^“Allowed IP Addresses”: context.address = 127.0.0.1, /)
    await restrict(db, world, environmentId, { addresses: { ranges: ['127.0.0.0/8'] } })
    assert.equal((await newBrowser().signInAs('ada')).statusCode, 303)
  })

  test(`a connection can demand single sign-on of all who belong to it (${kind})`, async (t) => {
    const { db, ctx, mine, makeUser, newBrowser, recordOn } = await peopleWithPasswords(t, openFresh)
    const { connection, environment } = mine
    const ada = await makeUser({ connectionId: connection.id })
    assert.equal((await newBrowser().signInAs('ada')).statusCode, 303)
    const settings = { ...connection.settings, singleSignOnOnly: true }
    await updateConnection(db.write, environment.id, { ...connection, settings }, now)
    const refused = await newBrowser().signInAs('ada')
    assert.deepEqual([refused.statusCode, (await recordOn(refused)).reason], [403, 'password-sso'])
    await assert.rejects(
      setPassword(ctx, ada, { password: new Secret('another horse battery'), mustChange: false }),
      (error) => error instanceof PasswordRefused && error.fault.code === 'password-sso',
    )
  })

  test(`after five wrong passwords the right one is refused for a minute, then two; only the record says so (${kind})`, async (t) => {
    const { world, makeUser, newBrowser, recordOn } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    for (let nth = 0; nth < 5; nth++) await browser.signInAs('ada', `wrong horse ${nth}`)
    const locked = await browser.signInAs('ada')
    assert.equal(locked.statusCode, 403)
    assert.match(locked.body, sentence)
    const record = await recordOn(locked)
    assert.equal(record.reason, 'password-open')
    assert.equal(record.details.checks[0]?.received, 'locked until 2026-03-01T12:01:00.000Z')
    world.passTime(MINUTE)
    await browser.signInAs('ada', 'wrong horse again')
    world.passTime(MINUTE)
    assert.equal((await browser.signInAs('ada')).statusCode, 403, 'two minutes now')
    world.passTime(MINUTE)
    assert.equal((await browser.signInAs('ada')).statusCode, 303)
    assert.equal((await browser.signInAs('ada', 'wrong')).statusCode, 403)
    assert.equal((await browser.signInAs('ada')).statusCode, 303, 'what failed before is forgotten')
  })

  test(`many wrong passwords at the same moment are not more than five tries (${kind})`, async (t) => {
    const { db, environmentId, makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    const user = await makeUser()
    await Promise.all(Array.from({ length: 12 }, (_, nth) => newBrowser().signInAs('ada', `wrong horse ${nth}`)))
    assert.equal((await findPassword(db.read, environmentId, user.id))?.failedAttempts, 5)
  })

  test(`too many attempts for one name, known or not, or from one address, wait (${kind})`, async (t) => {
    const { world, makeUser, newBrowser, recordOn } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    const tries = async (name: string, count: number) => {
      const statuses = []
      for (let nth = 0; nth < count; nth++) statuses.push((await browser.signInAs(name, 'wrong')).statusCode)
      return statuses
    }
    assert.deepEqual(await tries('nobody', 21), [...Array(20).fill(403), 429])
    const { reason, details } = await recordOn(await browser.signInAs('nobody'))
    assert.deepEqual([reason, details.checks[0]?.received], ['password-rate', 'too many for this user name'])
    assert.equal((await browser.signInAs('ada')).statusCode, 303, 'another name is not concerned')
    for (let nth = 23; nth < 100; nth++) await browser.signInAs(`name ${nth}`, 'wrong')
    const { statusCode, headers, body } = await browser.signInAs('ada')
    assert.deepEqual([statusCode, headers['retry-after']], [429, '600'])
    assert.match(body, /Please wait ten minutes/)
    world.passTime(10 * MINUTE)
    assert.equal((await browser.signInAs('ada')).statusCode, 303)
  })

  test(`a form that is not from our page in this browser signs nobody in (${kind})`, async (t) => {
    const { makeUser, newBrowser, recordOn } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const url = '/acme/production/sign-in'
    const right = { username: 'ada', password: PASSWORD }
    const attacker = newBrowser()
    const theirs = hiddenOn(await attacker.get(url))
    const victim = newBrowser()
    const own = hiddenOn(await victim.get(url))
    for (const answer of [
      await victim.submit(url, right),
      await victim.submit(url, { ...right, ...theirs }),
      await victim.post(url, { ...right, ...own }),
      await victim.submit(url, { ...right, ...own }, { 'sec-fetch-site': 'cross-site' }),
      await victim.submit(url, { ...right, ...own }, { origin: 'https://evil.example' }),
    ]) {
      assert.equal(answer.statusCode, 403)
      assert.match(answer.body, /The page was open too long.*allow cookies/s)
      assert.equal((await recordOn(answer)).reason, 'password-form')
    }
    assert.equal(await victim.isSignedIn(), false)
    assert.equal((await victim.submit(url, { ...right, ...own }, { origin: publicUrl })).statusCode, 303)
  })

  test(`done leads nowhere that does not belong here (${kind})`, async (t) => {
    const { makeUser, newBrowser } = await peopleWithPasswords(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    const token = hiddenOn(await browser.get('/acme/production/sign-in'))
    for (const done of ['https://evil.example/', '//evil.example', 'javascript:alert(1)', 'a\0']) {
      const shown = await browser.get(`/acme/production/sign-in?done=${encodeURIComponent(done)}`)
      assert.equal(shown.statusCode, 400, done)
      const fields = { ...token, username: 'ada', password: PASSWORD, done }
      const posted = await browser.submit('/acme/production/sign-in', fields)
      assert.equal(posted.statusCode, 400, done)
      assert.match(posted.body, /This link leads somewhere else/)
    }
  })

  test(`a password that is too old, or was set by somebody else, must be changed first (${kind})`, async (t) => {
    const { world, makeUser, newBrowser, reasons } = await peopleWithPasswords(t, openFresh, { expiryDays: 15 })
    await makeUser()
    const browser = newBrowser()
    world.passTime(15 * DAY - 1)
    assert.equal((await browser.signInAs('ada')).statusCode, 303)
    world.passTime(1)
    const late = newBrowser()
    assert.equal((await late.signInAs('ada', 'wrong')).statusCode, 403, 'only after the right one')
    const asked = await late.signInAs('ada', PASSWORD, '?done=tickets')
    assert.equal(asked.statusCode, 200)
    assert.match(asked.body, /Choose a new password.*Your password is too old/s)
    assert.ok((await reasons()).includes('password-current'))
    assert.equal(await late.isSignedIn(), false)
    const url = '/acme/production/reset-password'
    const same = await late.submit(url, { ...hiddenOn(asked), password: PASSWORD, again: PASSWORD })
    assert.deepEqual([same.statusCode, /The new password is the old one/.test(same.body)], [422, true])
    const fresh = 'a wholly other sentence'
    const changed = await late.submit(url, { ...hiddenOn(same), password: fresh, again: fresh })
    assert.equal(changed.statusCode, 200, changed.body)
    assert.match(changed.body, /href="\/acme\/production\/sign-in\?done=tickets"/)
    assert.equal((await late.signInAs('ada')).statusCode, 403)
    assert.equal((await late.signInAs('ada', fresh)).statusCode, 303)
  })

  test(`where passwords are off, which they are unless somebody turns them on, there is no form (${kind})`, async (t) => {
    const { makeUser, newBrowser } = await peopleWithPasswords(t, openFresh, { enabled: false })
    await makeUser()
    const browser = newBrowser()
    for (const page of ['sign-in', 'forgot-password', 'reset-password']) {
      const url = `/acme/production/${page}`
      for (const answer of [
        await browser.get(url),
        await browser.submit(url, { username: 'ada', password: PASSWORD }),
      ]) {
        assert.equal(answer.statusCode, 404, url)
        assert.match(answer.body, /There are no passwords here.*href="\/acme\/production"/s)
      }
    }
    assert.doesNotMatch((await browser.get('/acme/production')).body, /with a password/)
    assert.equal((await browser.get('/acme/nowhere/sign-in')).statusCode, 404)
  })

  test(`the landing page offers the password beside the connections, and alone (${kind})`, async (t) => {
    const { db, newBrowser } = await peopleWithPasswords(t, openFresh)
    const link = /href="https:\/\/sso\.example\/acme\/production\/sign-in\?done=a%3Fb">Sign in with a password</
    assert.match((await newBrowser().get('/acme/production?done=a%3Fb')).body, link)
    await db.write.deleteFrom('connections').execute()
    const alone = (await newBrowser().get('/acme/production?done=a%3Fb')).body
    assert.match(alone, link)
    assert.doesNotMatch(alone, /Nobody has set up/)
  })
})

test('the wait grows from one minute to an hour', () => {
  const minutes = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1000].map((failures) => lockAfter(failures) / MINUTE)
  assert.deepEqual(minutes, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
})
