// For bench/environments.ts: a database with many Environments, each with a client that asks for tokens for itself, and the
// authorization server in front of it, without a network.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { inspect } from 'node:util'
import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import Provider, { type Adapter } from 'oidc-provider'
import { Secret } from '../server/src/config/secret.ts'
import { clientSettings } from '../server/src/oauth/clients.ts'
import { oauthRoutes } from '../server/src/oauth/routes.ts'
import { makePrivateKey, sealedKeyRow } from '../server/src/oauth/signing-keys.ts'
import { type Database, type Handle, openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import { tokenHash } from '../server/src/storage/token-hash.ts'

const publicUrl = 'http://localhost:3000'
const secret = new Secret('a secret for measuring, long enough for all')
const world = {
  clock: () => new Date(),
  chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) },
}
const now = world.clock()
const times = { created_at: now.getTime(), updated_at: now.getTime() }
const clientSecret = 'one and the same, for measuring'

/** They check what they are answered. */
export type Site = {
  readonly db: Database
  readonly discover: (nth: number) => Promise<void>
  readonly takeToken: (nth: number) => Promise<void>
  /** Makes an authorization server with everything as by default, and asks it. */
  readonly discoverBare: (nth: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openSite(folder: string, environments: number): Promise<Site> {
  const db = await openDatabase(`sqlite:${join(folder, 'environments.db')}`, { log: { warn: () => {} } })
  await migrate(db)
  // Making an RSA key takes some 40 milliseconds. Here all have the same one, sealed for each by itself.
  const privateKey = await makePrivateKey()
  const settings = JSON.stringify(clientSettings.parse({}))
  await db.transaction(async (tx) => {
    await tx
      .insertInto('companies')
      .values({ id: 'comp_bench', slug: 'a', name: 'A', ...times })
      .execute()
    for (let from = 0; from < environments; from += 500) {
      const nths = Array.from({ length: Math.min(500, environments - from) }, (_, i) => from + i)
      await insertEnvironments(tx, nths, { privateKey, settings })
    }
  })
  return { db, ...(await ask(db, privateKey)), close: () => db.close() }
}

async function insertEnvironments(
  tx: Handle,
  nths: readonly number[],
  { privateKey, settings }: { readonly privateKey: string; readonly settings: string },
): Promise<void> {
  const place = { company_id: 'comp_bench', name: 'A', targets: '[]', ...times } as const
  const inPlace = (nth: number) => ({ environment_id: `env_${nth}` }) as const
  await tx
    .insertInto('environments')
    .values(nths.map((nth) => ({ id: `env_${nth}` as const, slug: `e${nth}`, ...place })))
    .execute()
  const key = { state: 'active', privateKey } as const
  await tx
    .insertInto('oauth_keys')
    .values(nths.map((nth) => sealedKeyRow(`env_${nth}`, { id: `key_${nth}`, ...key }, { secret, world })))
    .execute()
  const client = { id: 'reports', name: 'Reports', kind: 'machine', settings, version: 1, ...times } as const
  await tx
    .insertInto('oauth_clients')
    .values(nths.map((nth) => ({ ...inPlace(nth), ...client })))
    .execute()
  // Used just now: noting that is a write, which would come with the first token only.
  const used = { created_at: now.getTime(), expires_at: null, last_used_at: now.getTime() }
  const hashed = { client_id: 'reports', secret_hash: tokenHash(clientSecret), hint: 'ring', ...used }
  await tx
    .insertInto('oauth_client_secrets')
    .values(nths.map((nth) => ({ id: `secret_${nth}` as const, ...inPlace(nth), ...hashed })))
    .execute()
}

async function ask(db: Database, privateKey: string): Promise<Omit<Site, 'db' | 'close'>> {
  const log = { info: () => {}, warn: () => {}, error: (what: unknown) => process.stderr.write(`${inspect(what)}\n`) }
  const signInByAssertion = () => Promise.reject(new Error('nobody signs in here'))
  const app = Fastify()
  await app.register(cookie)
  const routes = oauthRoutes({ db, world, config: { publicUrl }, secret, log, signInByAssertion })
  for (const [part, ofPart] of Map.groupBy(routes, (route) => route.part)) {
    await app.register(async (within) => {
      part?.(within)
      for (const { method, path, handler } of ofPart) within.route({ method, url: path, handler })
    })
  }
  const bare = makeBare(privateKey)
  app.get('/bare/:nth/*', async ({ raw, params }, reply) => {
    const { nth } = params as { readonly nth: string }
    raw.url = '/.well-known/openid-configuration'
    reply.hijack()
    await bare(nth)(raw, reply.raw)
  })
  const headers = {
    authorization: `Basic ${Buffer.from(`reports:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  return {
    discover: async (nth) => {
      const { body } = await app.inject({ url: `/a/e${nth}/.well-known/openid-configuration` })
      if (JSON.parse(body).issuer !== `${publicUrl}/a/e${nth}`) throw new Error(`another issuer: ${body}`)
    },
    discoverBare: async (nth) => {
      const { body } = await app.inject({ url: `/bare/${nth}/` })
      if (JSON.parse(body).issuer !== `${publicUrl}/bare/${nth}`) throw new Error(`another issuer: ${body}`)
    },
    takeToken: async (nth) => {
      const payload = 'grant_type=client_credentials'
      const { body } = await app.inject({ method: 'POST', url: `/a/e${nth}/oauth/token`, headers, payload })
      if (typeof JSON.parse(body).access_token !== 'string') throw new Error(`no token: ${body}`)
    },
  }
}

function makeBare(privateKey: string) {
  const key = { ...JSON.parse(privateKey), use: 'sig', alg: 'RS256', kid: 'a' }
  const adapter = (): Adapter => {
    throw new Error('a discovery document is not kept')
  }
  // Without these it would warn of each one.
  const quiet = { cookies: { keys: ['a key'] }, adapter, features: { devInteractions: { enabled: false } } }
  return (nth: string) =>
    new Provider(`${publicUrl}/bare/${nth}`, { jwks: { keys: [{ ...key }] }, ...quiet }).callback()
}
