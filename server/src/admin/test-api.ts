// For tests: the API without a network, and a token for it.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { insertToken, type Reach, type Scope, scopes } from '#admin/tokens/tokens.ts'
import type { Id } from '#config/world.ts'
import { startApp } from '#login/test-browser.ts'
import { after, contextOf, makeNeighbours, type TestWorld, testWorld } from '#login/test-place.ts'
import type { Database } from '#storage/database.ts'
import type { OpenFresh } from '#storage/on-every-database.ts'

const DAY = 24 * 60 * 60 * 1000

// biome-ignore lint/suspicious/noExplicitAny: tests compare what they get with what they want
export type Answered = Omit<LightMyRequestResponse, 'json'> & { readonly data: any }

export type TestApi = {
  readonly get: (path: string, headers?: Headers) => Promise<Answered>
  readonly post: (path: string, body?: unknown, headers?: Headers) => Promise<Answered>
  readonly put: (path: string, body?: unknown, headers?: Headers) => Promise<Answered>
  /** With the ETag of what is there now, unless If-Match is given. */
  readonly patch: (path: string, body?: unknown, headers?: Headers) => Promise<Answered>
  readonly remove: (path: string, headers?: Headers) => Promise<Answered>
}
type Headers = Readonly<Record<string, string>>

export async function makeSecret(
  db: Database,
  world: TestWorld,
  reach: Reach = {},
  allowed: readonly Scope[] = scopes,
): Promise<{ readonly secret: string; readonly id: Id<'tok'> }> {
  const token = { name: 'Provisioning', scopes: allowed, expiresAt: after(90 * DAY), ...reach }
  const made = await insertToken(db.write, token, { chance: world.chance, now: world.clock() })
  return { secret: made.secret, id: made.token.id }
}

/** Paths are below the Environment, or whole ones. */
export function testApi(app: FastifyInstance, environmentId: Id<'env'>, secret: string): TestApi {
  const send = async (method: InjectOptions['method'] & string, path: string, body: unknown, headers: Headers = {}) => {
    const url = path.startsWith('/') ? path : `/api/v1/environments/${environmentId}/${path}`
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${secret}`, ...type, ...headers },
      ...(payload === undefined ? {} : { payload }),
    })
    return Object.assign(response, { data: response.body === '' ? undefined : JSON.parse(response.body) }) as Answered
  }
  const get: TestApi['get'] = (path, headers) => send('GET', path, undefined, headers)
  return {
    get,
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: async (path, body, headers) => {
      const current = headers?.['if-match'] === undefined ? (await get(path)).headers.etag : undefined
      return send('PATCH', path, body, {
        ...(current === undefined ? {} : { 'if-match': String(current) }),
        ...headers,
      })
    },
    remove: (path, headers) => send('DELETE', path, undefined, headers),
  }
}

/** Two neighbours, the API for the first of them, and its place. */
export async function startApi(t: TestContext, openFresh: OpenFresh) {
  const db = await openFresh(t)
  const world = testWorld()
  const { mine, other } = await makeNeighbours(db, world)
  const app = await startApp(t, contextOf(db, world))
  const { secret, id } = await makeSecret(db, world, { companyId: mine.company.id, environmentId: mine.environment.id })
  const api = testApi(app, mine.environment.id, secret)
  const theirs = await makeSecret(db, world, { companyId: other.company.id, environmentId: other.environment.id })
  const neighbour = testApi(app, other.environment.id, theirs.secret)
  return { db, world, app, place: mine, other, api, neighbour, secret, tokenId: id }
}

/** What was made, by its id. */
export async function made(answer: Promise<Answered>): Promise<string> {
  const { statusCode, body, data } = await answer
  assert.equal(statusCode, 201, body)
  return data.id
}

export function assertProblem({ statusCode, headers, data, body }: Answered, status: number, code: string): void {
  assert.deepEqual([statusCode, data.code], [status, code], body)
  assert.match(String(headers['content-type']), /^application\/problem\+json/)
  assert.deepEqual([data.status, data.type], [status, `urn:sallyport:problem:${code}`])
  assert.match(data.title, /\S/)
  // A sentence, and another one with what to do.
  assert.match(data.detail, /[.?] [A-Z].*[.”]$/s, body)
}
