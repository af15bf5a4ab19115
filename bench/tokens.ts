// `node bench/tokens.ts`: what it costs to change a code for tokens (authorization code with PKCE; an access token, a
// refresh token and a signed ID token come of it), over HTTP: of the whole service on SQLite, each write durable, and of
// oidc-provider alone with its own adapter in memory, in turn, in one process.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where the bar is missed

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Provider } from 'oidc-provider'
import { pino } from 'pino'
import { createApp } from '../server/src/app.ts'
import { findEnvironment } from '../server/src/companies/environments.ts'
import { Secret } from '../server/src/config/secret.ts'
import { countAttempts } from '../server/src/logout/attempt-counts.ts'
import { tieGrant } from '../server/src/oauth/artifacts.ts'
import { clientSettings, insertClient } from '../server/src/oauth/clients.ts'
import { makeProvider } from '../server/src/oauth/provider.ts'
import { signingKeys } from '../server/src/oauth/signing-keys.ts'
import { openSession } from '../server/src/sessions/sessions.ts'
import { openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import { insertStandardDirectory } from '../server/src/users/directory.ts'
import { insertUser } from '../server/src/users/users.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile, table } from './results.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
})
const BAR = 2
const rounds = 30
const warmUp = 10
const BATCH = 25

const clientId = 'desk'
const redirectUri = 'http://127.0.0.1/callback'
const scope = 'openid profile email'
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

type Contender = {
  readonly name: string
  readonly tokenUrl: string
  /** A code that the person has just been given. */
  readonly giveCode: () => Promise<string>
}

/** A code as the authorization endpoint makes it, without the way there. */
async function codeOf(provider: Provider, { accountId, grantId }: { accountId: string; grantId: string }) {
  const client = await provider.Client.find(clientId)
  const code = new provider.AuthorizationCode({
    accountId,
    client,
    grantId,
    redirectUri,
    scope,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    authTime: Math.floor(Date.now() / 1000),
    gty: 'authorization_code',
  } as never)
  return code.save()
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Jwks = Awaited<ReturnType<typeof signingKeys>>['jwks']

async function bareOf(jwks: Jwks, close: (() => unknown)[]): Promise<Contender> {
  const server = createServer()
  const url = await listen(server)
  close.push(() => server.close())
  const provider = new Provider(url, {
    jwks,
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
    ],
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, name: 'Ada' }) }),
    scopes: ['openid', 'profile', 'email'],
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    conformIdTokenClaims: false,
    ttl: { AccessToken: 3600, AuthorizationCode: 60, IdToken: 3600, RefreshToken: 86_400, Grant: 86_400 },
  })
  server.on('request', provider.callback())
  const grant = new provider.Grant({ clientId, accountId: 'ada' })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  return {
    name: 'oidc-provider, in memory',
    tokenUrl: `${url}/token`,
    giveCode: () => codeOf(provider, { accountId: 'ada', grantId }),
  }
}

async function oursIn(folder: string, close: (() => unknown)[]): Promise<Contender & { readonly jwks: Jwks }> {
  const db = await openDatabase(`sqlite:${join(folder, 'tokens.db')}`, { log: { warn: () => {} } })
  close.push(() => db.close())
  await migrate(db)
  const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
  const now = world.clock()
  const times = { created_at: 1, updated_at: 1 }
  const environmentId = 'env_bench'
  await db.write
    .insertInto('companies')
    .values({ id: 'comp_bench', slug: 'a', name: 'A', ...times })
    .execute()
  await db.write
    .insertInto('environments')
    .values({ id: environmentId, company_id: 'comp_bench', slug: 'a', name: 'A', targets: '[]', ...times })
    .execute()
  const made = { chance: world.chance, now }
  const { session, user } = await db.transaction(async (tx) => {
    await insertStandardDirectory(tx, environmentId, made)
    const settings = clientSettings.parse({ redirectUris: [redirectUri] })
    await insertClient(tx, environmentId, { id: clientId, name: 'Desk', kind: 'native', settings }, now)
    const added = {
      username: 'ada',
      federatedId: undefined,
      userType: 'platform',
      firstName: 'Ada',
      lastName: undefined,
      email: 'ada@a.example',
      createdThrough: 'sso',
      accessProfileId: undefined,
      defaultApplicationId: undefined,
      connectionId: undefined,
    } as const
    const person = await insertUser(tx, environmentId, added, made)
    if (person === undefined) throw new Error('no user')
    const asked = {
      userId: person.id,
      connectionId: undefined,
      nameId: undefined,
      sessionIndex: undefined,
      authnContext: undefined,
      notOnOrAfter: undefined,
    }
    return { user: person, ...(await openSession(tx, environmentId, asked, made)) }
  })
  const secret = new Secret('a secret for benchmarks, long enough')
  const server = createServer()
  const port = Number(new URL(await listen(server)).port)
  await new Promise((done) => server.close(done))
  const config = { publicUrl: `http://127.0.0.1:${port}`, trustedProxies: [], allowPrivateHosts: [] }
  const log = pino({ level: 'silent' })
  const ctx = { db, world, config, secret, log, mailer: { send: async () => {} }, attempts: countAttempts() }
  const app = await createApp(ctx)
  await app.listen({ port, host: '127.0.0.1' })
  close.push(() => app.close())
  const place = await findEnvironment(db.read, { companySlug: 'a', environmentSlug: 'a' })
  if (place === undefined) throw new Error('no place')
  const { provider } = await makeProvider({ ...ctx, signInByAssertion: refuseAll }, place)
  const grant = new provider.Grant({ clientId, accountId: user.id })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  await tieGrant(ctx, environmentId, { grantId, chainId: session.chainId })
  return {
    name: 'Sallyport, SQLite',
    tokenUrl: `${config.publicUrl}/a/a/oauth/token`,
    giveCode: () => codeOf(provider, { accountId: user.id, grantId }),
    jwks: (await signingKeys(ctx, environmentId)).jwks,
  }
}

const refuseAll = async (): Promise<never> => {
  throw new Error('nobody signs in here')
}

async function exchange({ tokenUrl }: Contender, code: string): Promise<number> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const start = performance.now()
  const response = await fetch(tokenUrl, { method: 'POST', body })
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  const took = performance.now() - start
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    if (typeof answer[name] !== 'string') throw new Error(`no ${name}: ${JSON.stringify(answer)}`)
  }
  return took
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
const close: (() => unknown)[] = []
try {
  const ours = await oursIn(folder, close)
  const contenders: readonly Contender[] = [await bareOf(ours.jwks, close), ours]
  const medians = contenders.map(() => [] as number[])
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [which, contender] of contenders.entries()) {
      const codes: string[] = []
      for (let nth = 0; nth < BATCH; nth++) codes.push(await contender.giveCode())
      const samples: number[] = []
      for (const code of codes) samples.push(await exchange(contender, code))
      if (round >= warmUp) medians[which]!.push(quantile(samples, 0.5))
    }
  }
  const ratios = medians[1]!.map((value, nth) => value / medians[0]![nth]!)
  const ratio = quantile(ratios, 0.5)
  const quarters = [quantile(ratios, 0.25), quantile(ratios, 0.75)].map((value) => value.toFixed(2)).join('–')
  const ok = ratio <= BAR
  const report = [
    `- ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}; SQLite, synchronous=FULL`,
    '',
    ...table(
      ['', 'a code changed for tokens, ms'],
      contenders.map(({ name }, which) => [name, quantile(medians[which]!, 0.5).toFixed(2)]),
    ),
    '',
    `- Sallyport ÷ oidc-provider, as the median of the ratios within each round: ${ratio.toFixed(2)} (${quarters}), at most ${BAR}: ${ok ? 'ok' : 'MISSED'}`,
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('tokens', report)
  if (options.check && !ok) process.exitCode = 1
} finally {
  for (const end of close.reverse()) await end()
  rmSync(folder, { recursive: true })
}
