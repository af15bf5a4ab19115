import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordsCommand, setPasswordCommand } from '#passwords/commands.ts'
import { findPassword } from '#passwords/passwords.ts'
import { findPasswordSettings } from '#passwords/settings.ts'
import { PASSWORD, peopleWithPasswords } from '#passwords/test-people.ts'
import { type OpenFresh, onEveryDatabase } from '#storage/on-every-database.ts'

async function commandLine(t: Parameters<OpenFresh>[0], openFresh: OpenFresh) {
  const people = await peopleWithPasswords(t, openFresh)
  const lines: string[] = []
  const cliWith = (typed?: string) => ({
    db: people.db,
    world: people.world,
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(`! ${line}`),
    readSecret: async () => typed,
  })
  const said = () => lines.splice(0).join('\n')
  const environment = 'acme/production'
  const setPassword = (username: string, typed?: string, values = {}) =>
    setPasswordCommand({ positionals: [username], values: { environment, ...values } }, cliWith(typed))
  return { ...people, cliWith, said, setPassword, environment }
}

onEveryDatabase((kind, openFresh) => {
  test(`users set-password sets what is typed, and the person changes it where that is asked (${kind})`, async (t) => {
    const { makeUser, newBrowser, said, setPassword } = await commandLine(t, openFresh)
    await makeUser({}, { password: '' })
    assert.equal(await setPassword('ada', PASSWORD), 0)
    assert.equal(said(), 'The password of ada is set, and all of their sessions are ended.')
    assert.equal((await newBrowser().signInAs('ada')).statusCode, 303)
    assert.equal(await setPassword('ada', 'yet another sentence', { 'must-change': true }), 0)
    const asked = await newBrowser().signInAs('ada', 'yet another sentence')
    assert.match(asked.body, /Please choose a new one/)
  })

  test(`users set-password says why it does not (${kind})`, async (t) => {
    const { db, environmentId, makeUser, other, said, setPassword, cliWith } = await commandLine(t, openFresh)
    const user = await makeUser({}, { password: '' })
    await makeUser({ username: 'grace', email: undefined, createdThrough: 'sso' })
    await makeUser({ username: 'theirs', email: undefined }, { inside: other.environment.id })
    for (const [username, typed, values, code, sentence] of [
      ['nobody', PASSWORD, {}, 1, /No user of acme\/production is called nobody/],
      ['theirs', PASSWORD, {}, 1, /No user of acme\/production is called theirs/],
      ['grace', PASSWORD, {}, 1, /signs in through their company.*identity provider/],
      ['ada', undefined, {}, 1, /No password was given/],
      ['ada', 'short', {}, 1, /at least 12 characters/],
      ['ada', PASSWORD, { environment: 'acme/nowhere' }, 1, /There is no Environment acme\/nowhere/],
      ['ada', PASSWORD, { environment: 'acme/production/x' }, 1, /There is no Environment/],
      ['ada', PASSWORD, { environment: undefined }, 2, /needs USERNAME and --environment/],
    ] as const) {
      assert.equal(await setPassword(username, typed, values), code, username)
      assert.match(said(), sentence)
    }
    assert.equal(await setPasswordCommand({ positionals: [], values: {} }, cliWith()), 2)
    assert.equal(await findPassword(db.read, environmentId, user.id), undefined)
  })

  test(`passwords shows and changes the settings of one Environment (${kind})`, async (t) => {
    const { db, environmentId, environment, other, said, cliWith, setPassword, makeUser } = await commandLine(
      t,
      openFresh,
    )
    const run = async (values = {}, positionals = [environment]) => {
      const code = await passwordsCommand({ positionals, values }, cliWith())
      return `${code} ${said()}`
    }
    const shown = 'Passwords of acme/production are'
    assert.equal(await run(), `0 ${shown} on: at least 12 characters, they expire after 90 days.`)
    const off = `0 ${shown} off: at least 15 characters, they never expire.`
    assert.equal(await run({ off: true, 'minimum-length': '15', 'expiry-days': 'never' }), off)
    assert.equal(await run(), off, 'what is not named stays')
    const theirs = await findPasswordSettings(db.read, other.environment.id)
    assert.deepEqual(theirs, { enabled: true, minimumLength: 12, expiryDays: 90 }, 'the neighbour’s are not touched')
    await makeUser({}, { password: '' })
    await setPassword('ada', PASSWORD)
    assert.match(said(), /It cannot be used yet: turn passwords on with sallyport passwords acme\/production --on/)
    for (const values of [
      { 'minimum-length': '7' },
      { 'minimum-length': 'x' },
      { 'expiry-days': '91' },
      { 'expiry-days': '' },
      { on: true, off: true },
    ])
      assert.match(await run(values), /^2 ! /)
    assert.match(await run({}, []), /^2 ! passwords needs COMPANY\/ENVIRONMENT/)
    assert.match(await run({}, ['acme']), /^1 ! There is no Environment acme\./)
    assert.equal((await findPasswordSettings(db.read, environmentId)).minimumLength, 15)
  })
})
