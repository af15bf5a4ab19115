import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { Secret } from '#config/secret.ts'
import { startApp, testBrowser } from '#login/test-browser.ts'
import { the } from '#login/test-place.ts'
import type { Mail } from '#mail/mail.ts'
import { sweepPasswords } from '#passwords/attempts.ts'
import { resetPassword, sendResetMail } from '#passwords/forgot.ts'
import { PasswordRefused } from '#passwords/refusal.ts'
import { RESET_LIFETIME_MS } from '#passwords/resets.ts'
import { hiddenOn, PASSWORD, peopleWithPasswords } from '#passwords/test-people.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'
import { updateUser } from '#users/users.ts'

const url = '/acme/production/reset-password'
const forgotUrl = '/acme/production/forgot-password'
const NEW = 'quite another sentence'
const source = () => ({ by: 'rule' }) as const
const linkIn = (mail: Mail | undefined): string => the(/https:\S+token=\S+/.exec(the(mail).text)?.[0])

async function people(t: TestContext, openFresh: OpenFresh) {
  const made = await peopleWithPasswords(t, openFresh)
  const { ctx, mine } = made
  /** What the page sets going, waited for. */
  const ask = (name: string, address = '192.0.2.1') => sendResetMail(ctx, mine, { name, address })
  return { ...made, ask }
}

onEveryDatabase((kind, openFresh) => {
  test(`who forgot the password is sent a link by mail (${kind})`, async (t) => {
    const { app, mails, makeUser, newBrowser } = await people(t, openFresh)
    await makeUser()
    const browser = newBrowser()
    const asked = await browser.fillIn(forgotUrl, { name: 'ada' })
    assert.equal(asked.statusCode, 200)
    assert.match(asked.body, /If somebody here has that name or address, a mail is on its way/)
    await app.close() // which waits for the mail
    const [mail, ...more] = mails
    assert.deepEqual(more, [])
    assert.deepEqual([mail?.to, mail?.subject], ['ada@acme.example', 'A new password for Acme, Production'])
    assert.match(linkIn(mail), /^https:\/\/sso\.example\/acme\/production\/reset-password\?token=[\w-]{43}$/)
  })

  test(`the link opens the form as often as one likes, and changes the password once, which ends all sessions (${kind})`, async (t) => {
    const { mails, ask, makeUser, newBrowser } = await people(t, openFresh)
    await makeUser()
    const elsewhere = newBrowser()
    await elsewhere.signInAs('ada')
    assert.ok(await elsewhere.isSignedIn())
    await ask('ada')
    await ask('ada')
    const links = mails.map(linkIn)
    const browser = newBrowser()
    await browser.get(the(links[0]))
    const form = await browser.get(the(links[0]))
    assert.match(form.body, /At least 12 characters/)
    const differs = await browser.submit(url, { ...hiddenOn(form), password: NEW, again: 'x' })
    assert.deepEqual([differs.statusCode, /The two passwords are not the same/.test(differs.body)], [422, true])
    const short = await browser.submit(url, { ...hiddenOn(form), password: 'short', again: 'short' })
    assert.deepEqual([short.statusCode, /at least 12 characters/.test(short.body)], [422, true])
    const changed = await browser.submit(url, { ...hiddenOn(short), password: NEW, again: NEW })
    assert.match(changed.body, /Your password is changed/)
    assert.equal(await elsewhere.isSignedIn(), false)
    for (const link of links) {
      const old = await browser.get(link)
      assert.deepEqual([old.statusCode, /used already, or is too old/.test(old.body)], [410, true])
    }
    const twice = await browser.submit(url, { ...hiddenOn(form), password: `${NEW} 2`, again: `${NEW} 2` })
    assert.equal(twice.statusCode, 410)
    assert.equal((await browser.signInAs('ada')).statusCode, 403)
    assert.equal((await browser.signInAs('ada', NEW)).statusCode, 303)
  })

  test(`of two who use a link at the same moment one is told it was used (${kind})`, async (t) => {
    const { ctx, mine, mails, ask, makeUser } = await people(t, openFresh)
    await makeUser()
    await ask('ada')
    const token = the(new URL(linkIn(mails[0])).searchParams.get('token') ?? undefined)
    const change = (text: string) => {
      const password = new Secret(text)
      return resetPassword(ctx, mine, { token, password, again: password })
    }
    const results = await Promise.allSettled([change(NEW), change(`${NEW} 2`)])
    const [refused, ...more] = results.filter((result) => result.status === 'rejected')
    assert.deepEqual(more, [])
    assert.ok(refused?.reason instanceof PasswordRefused)
    assert.equal(refused.reason.fault.code, 'password-link')
  })

  test(`a link is good for 30 minutes, and in its own Environment (${kind})`, async (t) => {
    const { db, world, mails, ask, makeUser, newBrowser } = await people(t, openFresh)
    await makeUser()
    await ask('ada')
    const link = linkIn(mails[0])
    const browser = newBrowser()
    assert.equal((await browser.get(link.replace('/acme/', '/neighbour/'))).statusCode, 410)
    assert.equal((await browser.get(`${url}?token=%00`)).statusCode, 410)
    assert.equal((await browser.get(url)).statusCode, 410)
    world.passTime(RESET_LIFETIME_MS - 1)
    const form = await browser.get(link)
    assert.equal(form.statusCode, 200)
    world.passTime(1)
    assert.equal((await browser.get(link)).statusCode, 410)
    const late = await browser.submit(url, { ...hiddenOn(form), password: NEW, again: NEW })
    assert.equal(late.statusCode, 410)
    world.passTime(1)
    await sweepPasswords(db.write, world.clock())
    const left = async (table: 'password_resets' | 'password_attempts') =>
      (await db.read.selectFrom(table).selectAll().execute()).length
    assert.deepEqual([await left('password_resets'), await left('password_attempts')], [0, 0])
  })

  test(`the link lies in the database only as a hash (${kind})`, async (t) => {
    const { db, mails, ask, makeUser } = await people(t, openFresh)
    await makeUser()
    await ask('ada')
    const token = the(new URL(linkIn(mails[0])).searchParams.get('token') ?? undefined)
    assert.ok(!JSON.stringify(await db.read.selectFrom('password_resets').selectAll().execute()).includes(token))
  })

  test(`who is written to, and what, by name or by address (${kind})`, async (t) => {
    const { db, mails, ask, makeUser, other } = await people(t, openFresh)
    await makeUser()
    await makeUser({ username: 'grace', email: 'grace@acme.example', createdThrough: 'sso' })
    await makeUser({ username: 'first', email: 'first@acme.example' }, { password: '' })
    await makeUser({ username: 'mailless', email: undefined })
    await makeUser({ username: 'theirs', email: 'theirs@b.example' }, { inside: other.environment.id })
    const gone = await makeUser({ username: 'gone', email: 'gone@acme.example' })
    await updateUser(db.write, gone, { deactivatedAt: new Date(1) }, { source, now: new Date(1) })
    const written = async (name: string) => {
      mails.length = 0
      await ask(name)
      return mails.map(({ to, text }) => `${to} ${text.includes('token=') ? 'link' : 'company'}`)
    }
    assert.deepEqual(await written('ada'), ['ada@acme.example link'])
    assert.deepEqual(await written('ADA@acme.example'), ['ada@acme.example link'])
    assert.deepEqual(await written('first'), ['first@acme.example link'], 'the first password')
    assert.deepEqual(await written('grace'), ['grace@acme.example company'])
    assert.match(the(mails[0]).text, /You sign in through your company.*https:\/\/sso\.example\/acme\/production\n/s)
    for (const name of ['', 'nobody', 'mailless', 'gone', 'theirs', 'theirs@b.example', 'a@\0', 'x'.repeat(5000)])
      assert.deepEqual(await written(name), [], name)
  })

  test(`three mails in ten minutes, and no more, whatever the page is asked (${kind})`, async (t) => {
    const { world, mails, ask, makeUser } = await people(t, openFresh)
    await makeUser()
    for (const name of ['ada', 'ada@acme.example', 'Ada@acme.example', 'ada', 'ada']) await ask(name)
    assert.equal(mails.length, 3)
    world.passTime(600_000)
    for (let nth = 0; nth < 50; nth++) await ask('nobody')
    await ask('ada')
    assert.equal(mails.length, 3, 'fifty from one address')
    await ask('ada', '192.0.2.2')
    assert.equal(mails.length, 4)
  })

  test(`a mail that cannot be sent changes nothing for the person, and is in the log (${kind})`, async (t) => {
    const { ctx, world, makeUser } = await people(t, openFresh)
    await makeUser()
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const mailer = { send: () => Promise.reject(new Error('nobody takes it')) }
    const app = await startApp(t, { ...ctx, mailer, log })
    const browser = testBrowser(app, world)
    const fields = hiddenOn(await browser.get(forgotUrl))
    const known = await browser.submit(forgotUrl, { ...fields, name: 'ada' })
    const unknown = await browser.submit(forgotUrl, { ...fields, name: 'nobody' })
    assert.deepEqual([known.statusCode, known.body], [200, unknown.body])
    await app.close()
    const [logged, ...more] = lines.filter((line) => line.includes('was not sent'))
    assert.deepEqual(more, [])
    const { level, reference, err } = JSON.parse(the(logged))
    assert.deepEqual([level, err.message], [50, 'nobody takes it'])
    assert.match(reference, /^\w{5}-\w{5}$/)
  })

  test(`people of single sign-on get no password by a link that was sent before (${kind})`, async (t) => {
    const { db, mails, ask, makeUser, newBrowser } = await people(t, openFresh)
    await makeUser()
    await ask('ada')
    const browser = newBrowser()
    const form = hiddenOn(await browser.get(linkIn(mails[0])))
    await db.write.updateTable('users').set({ created_through: 'sso' }).execute()
    const { statusCode, body } = await browser.submit(url, { ...form, password: NEW, again: NEW })
    assert.equal(statusCode, 409)
    assert.match(body, /This person signs in through their company.*identity provider/s)
    assert.equal((await browser.signInAs('ada', PASSWORD)).statusCode, 403)
  })
})
