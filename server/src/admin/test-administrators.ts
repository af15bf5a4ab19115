// For tests: administrators, and browsers that are signed in to the portal.

import assert from 'node:assert/strict'
import type {} from 'node:test' // marks this file as one for tests
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Answered } from '#admin/test-api.ts'
import { type Administrator, insertAdministrator } from '#administrators/administrators.ts'
import type { Role } from '#administrators/memberships.ts'
import { saveMembership } from '#administrators/memberships.ts'
import type { Id, World } from '#config/world.ts'
import { hashPassword, normalized } from '#passwords/hash.ts'
import type { Database } from '#storage/database.ts'

export const password = 'several words together'
let hashed: Promise<string> | undefined

export type AdministratorToMake = {
  readonly email?: string
  readonly operator?: boolean
  readonly companyId?: Id<'comp'>
  readonly role?: Role
  readonly environments?: readonly Id<'env'>[]
}

/** Grace, an owner where a Company is given, whose password is `password`. */
export async function makeAdministrator(
  db: Database,
  world: World,
  { email = 'grace@acme.example', operator = false, companyId, role = 'owner', environments }: AdministratorToMake = {},
): Promise<Administrator> {
  // One for all, because hashing takes longer than most tests do.
  hashed ??= hashPassword(normalized(password), world.chance)
  const made = { email, name: 'Grace Okafor', operator, passwordHash: await hashed }
  const administrator = await insertAdministrator(db.write, made, { chance: world.chance, now: world.clock() })
  if (companyId !== undefined)
    await saveMembership(db.write, administrator.id, { companyId, role, environments }, world.clock())
  return administrator
}

export type Portal = {
  readonly send: (
    method: InjectOptions['method'] & string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>
  /** `name=value` of the session; empty where nobody is signed in. */
  readonly cookie: () => string
  readonly csrfToken: () => string
  readonly signIn: (email?: string, withPassword?: string) => Promise<Answered>
}

/** A browser with the portal: keeps the cookie, and sends the token of the session. Paths are below /api/v1/. */
export function portalBrowser(app: FastifyInstance): Portal {
  let cookie = ''
  let csrfToken = ''
  const send: Portal['send'] = async (method, path, body, headers = {}) => {
    const response = await app.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `/api/v1/${path}`,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(cookie === '' ? {} : { cookie }),
        ...(csrfToken === '' ? {} : { 'x-csrf-token': csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    for (const { name, value } of response.cookies as readonly { readonly name: string; readonly value: string }[])
      if (name.endsWith('sallyport_admin')) cookie = value === '' ? '' : `${name}=${value}`
    const json = String(response.headers['content-type']).includes('json')
    const data = json ? JSON.parse(response.body) : undefined
    if (typeof data?.csrfToken === 'string') csrfToken = data.csrfToken
    return Object.assign(response, { data }) as Answered
  }
  return {
    send,
    cookie: () => cookie,
    csrfToken: () => csrfToken,
    signIn: (email = 'grace@acme.example', withPassword = password) =>
      send('POST', 'me/sign-in', { email, password: withPassword }),
  }
}

/** Grace's browser, signed in. */
export async function signedInPortal(app: FastifyInstance, email?: string): Promise<Portal> {
  const portal = portalBrowser(app)
  const answer = await portal.signIn(email)
  assert.equal(answer.statusCode, 200, answer.body)
  return portal
}
