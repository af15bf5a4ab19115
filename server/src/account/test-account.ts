// For tests: people with teams, Applications and roles, and a browser that is signed in as one of them.

import type { TestContext } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { type Answered, type Headers, startApp, type TestBrowser, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlace, newUser, now, publicUrl, testWorld, the } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import { findAccount } from '#users/accounts.ts'
import {
  type Application,
  findStandardProfile,
  findTeams,
  insertApplication,
  insertRole,
  type Role,
} from '#users/directory.ts'
import { grantApplication, replaceRoles, replaceTeams } from '#users/memberships.ts'
import type { Source } from '#users/source.ts'
import { findUserById, insertUser, type NewUser, type User } from '#users/users.ts'

export const world = testWorld()
const made = { chance: world.chance, now }
const given: Source = { by: 'administrator', administratorId: 'admin_grace' }

export const accountUrl = '/acme/production/account'
export const ownPage = { 'sec-fetch-site': 'same-origin', origin: publicUrl }

/** Two Applications with two roles each: Desk with Agent and Lead, Billing with Clerk and Lead. */
export type Directory = {
  readonly desk: Application & { readonly agent: Role; readonly lead: Role }
  readonly billing: Application & { readonly clerk: Role; readonly lead: Role }
}

export async function makeDirectory(db: Database, { environment }: ConnectionInPlace): Promise<Directory> {
  const role = (applicationId: Application['id'], name: string) =>
    insertRole(db.write, environment.id, { applicationId, name }, made)
  const desk = await insertApplication(db.write, environment.id, 'Desk', made)
  const billing = await insertApplication(db.write, environment.id, 'Billing', made)
  return {
    desk: { ...desk, agent: await role(desk.id, 'Agent'), lead: await role(desk.id, 'Lead') },
    billing: { ...billing, clerk: await role(billing.id, 'Clerk'), lead: await role(billing.id, 'Lead') },
  }
}

/** In the team Agents, a regular user, without Applications. */
export async function makePerson(
  db: Database,
  { environment, connection }: ConnectionInPlace,
  change: Partial<NewUser> = {},
): Promise<User> {
  const profile = await findStandardProfile(db.read, environment.id, 'regular')
  const person = newUser({ connectionId: connection.id, accessProfileId: profile.id, ...change })
  const user = the(await insertUser(db.write, environment.id, person, made))
  const [team] = await findTeams(db.read, environment.id, ['Agents'])
  await replaceTeams(db.write, user, [{ teamId: the(team).id, primary: true, source: given }], now)
  return user
}

export async function grant(
  db: Database,
  user: User,
  { application, roles, source = given }: { application: Application; roles: readonly Role[]; source?: Source },
): Promise<void> {
  const applicationId = application.id
  await grantApplication(db.write, user, { applicationId, source }, now)
  const wanted = roles.map((role) => ({ roleId: role.id, source }))
  await replaceRoles(db.write, user, { applicationId, roles: wanted }, now)
}

export type Stage = {
  readonly db: Database
  readonly place: ConnectionInPlace
  readonly directory: Directory
  readonly ada: User
  readonly browser: TestBrowser
  /** A browser of somebody else, signed in to nothing. */
  readonly another: () => TestBrowser
  /** A form of Ada's browser, as the text that it is; without one, a request without a body. */
  readonly submitText: (text: string | undefined, headers?: Headers) => Promise<Answered>
  /** What was chosen, by name. */
  readonly chosen: (
    user?: User,
  ) => Promise<{ application: string | undefined; roles: Readonly<Record<string, string | undefined>> }>
}

/** Ada is signed in. She has Desk as Agent and Lead, and Billing as Clerk; nothing is chosen. */
export async function setStage(t: TestContext, db: Database, change: Partial<NewUser> = {}): Promise<Stage> {
  const place = await makePlace(db, world)
  const directory = await makeDirectory(db, place)
  const { desk, billing } = directory
  const person = await makePerson(db, place, change)
  await grant(db, person, { application: desk, roles: [desk.agent, desk.lead] })
  await grant(db, person, { application: billing, roles: [billing.clerk] })
  const app = await startApp(t, contextOf(db, world))
  const browser = testBrowser(app, world)
  await browser.signIn(place)
  const ada = the(await findUserById(db.read, person.environmentId, person.id))
  const chosen = async (user = ada) => {
    const { user: now, applications } = the(await findAccount(db.read, user.environmentId, user.id))
    const active = applications.map(({ name, roles, activeRoleId }) => [
      name,
      roles.find(({ roleId }) => roleId === activeRoleId)?.name,
    ])
    const application = applications.find(({ applicationId }) => applicationId === now.defaultApplicationId)?.name
    return { application, roles: Object.fromEntries(active) }
  }
  const submitText = (payload: string | undefined, headers: Headers = {}) => {
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const type = payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const all = { cookie, ...ownPage, ...type, ...headers }
    return app.inject({ method: 'POST', url: accountUrl, headers: all, ...(payload === undefined ? {} : { payload }) })
  }
  return { db, place, directory, ada, browser, another: () => testBrowser(app, world), submitText, chosen }
}

/** The fields of the form of a page, each with what may stand in it, and which of it does. */
export function fieldsOf(body: string): Readonly<Record<string, { options: readonly string[]; selected: string }>> {
  const fields = [...body.matchAll(/<select id="([^"]+)" name="\1"[^>]*>(.*?)<\/select>/g)].map(
    ([, name = '', inside = '']) => {
      const options = [...inside.matchAll(/<option value="([^"]*)"( selected)?>/g)]
      const selected = options.find(([, , mark]) => mark !== undefined)?.[1] ?? 'none is'
      return [name, { options: options.map(([, value = '']) => value), selected }]
    },
  )
  return Object.fromEntries(fields)
}

/** The text of a page as one line. */
export function shown(body: string): string {
  return body
    .slice(body.indexOf('<main>'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' ,', ',')
}
