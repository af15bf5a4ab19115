// For tests: an Environment with passwords, people in it, a mailer that keeps what it was given, and a browser.

import type { TestContext } from 'node:test'
import { Secret } from '#config/secret.ts'
import type { Id } from '#config/world.ts'
import { type Answered, referenceOn, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makeNeighbours, newUser, now, testWorld, the } from '#login/test-place.ts'
import type { Mail } from '#mail/mail.ts'
import { setPassword } from '#passwords/set-password.ts'
import { type PasswordSettings, passwordSettings, savePasswordSettings } from '#passwords/settings.ts'
import { findRecord, listRecords } from '#signin-records/signin-records.ts'
import type { OpenFresh } from '#storage/on-every-database.ts'
import { insertUser, type NewUser, type User } from '#users/users.ts'

export const PASSWORD = 'correct horse battery'

export async function peopleWithPasswords(
  t: TestContext,
  openFresh: OpenFresh,
  settings: Partial<PasswordSettings> = {},
) {
  const db = await openFresh(t)
  const world = testWorld()
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const { mine, other } = await makeNeighbours(db, world)
  for (const { environment } of [mine, other])
    await savePasswordSettings(db.write, environment.id, passwordSettings.parse({ enabled: true, ...settings }), now)
  const ctx = { ...contextOf(db, world), mailer }
  const app = await startApp(t, ctx)
  const environmentId = mine.environment.id

  const makeUser = async (
    change: Partial<NewUser> = {},
    { password = PASSWORD, inside = environmentId }: { password?: string; inside?: Id<'env'> } = {},
  ): Promise<User> => {
    const made = { connectionId: undefined, createdThrough: 'api', email: 'ada@acme.example', ...change } as const
    const user = the(await insertUser(db.write, inside, newUser(made), { chance: world.chance, now }))
    if (password !== '' && user.createdThrough !== 'sso')
      await setPassword(ctx, user, { password: new Secret(password), mustChange: false })
    return user
  }
  /** The record whose reference a page shows. */
  const recordOn = async (page: Answered) => the(await findRecord(db.read, environmentId, referenceOn(page)))
  const reasons = async () => (await listRecords(db.read, environmentId, { limit: 500 })).map(({ reason }) => reason)
  const newBrowser = () => browserOf(testBrowser(app, world))
  return { db, world, mails, mailer, mine, other, ctx, app, environmentId, makeUser, recordOn, reasons, newBrowser }
}

/** A browser that reads the forms of our pages. */
function browserOf(browser: ReturnType<typeof testBrowser>) {
  const fillIn = async (url: string, fields: Readonly<Record<string, string>>): Promise<Answered> => {
    const shown = await browser.get(url)
    return browser.submit(url.split('?')[0] ?? url, { ...hiddenOn(shown), ...fields })
  }
  return {
    ...browser,
    fillIn,
    signInAs: (username: string, password = PASSWORD, query = '') =>
      fillIn(`/acme/production/sign-in${query}`, { username, password }),
    isSignedIn: async () => (await browser.get('/acme/production/session')).statusCode === 200,
  }
}

/** The hidden fields of the form on a page. */
export function hiddenOn({ body }: Answered): Readonly<Record<string, string>> {
  const found = body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]))
}
