// What the pictures of docs/screenshots show: Sallyport and the sandbox as `npm start` brings them, at a day that never
// changes, with some life in them. Addresses look like those of `npm start`; behind them are ports that happen to be free.

import assert from 'node:assert/strict'
import { createHash, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, identityProviderMetadata } from '@sallyport/sandbox'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { insertToken, scopes } from '#admin/tokens/tokens.ts'
import { firstRunUrl } from '#administrators/first-run.ts'
import { createApp } from '#app.ts'
import { findEnvironment } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import { applyCommand } from '#declaration/commands.ts'
import { countAttempts } from '#logout/attempt-counts.ts'
import { type Database, openDatabase } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'
import { chromiumArguments, findChromium } from '../../scripts/chromium.ts'

/** When the pictures are taken. Far ahead, because browsers drop cookies that ended by their own clock. */
export const takenAt = new Date('2030-05-14T15:20:00.000Z')
export const sallyportUrl = 'http://localhost:3000'
export const sandboxUrl = 'http://localhost:3001'

export type PictureStage = AsyncDisposable & {
  readonly browser: Browser
  /** Moves the clock of everything but the browsers to so many minutes before the pictures are taken. */
  readonly minutesBefore: (minutes: number) => void
  /** The administration API with a token; below acme/production, or anywhere where the path begins with a slash. */
  readonly api: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>
  readonly firstRun: () => Promise<string>
  /** A new browser profile with one page; `look` is what its user prefers. */
  readonly visitor: (look?: BrowserContextOptions) => Promise<{ readonly context: BrowserContext; readonly page: Page }>
}

export async function startPictureStage(): Promise<PictureStage> {
  await using parts = new AsyncDisposableStack()
  let before = 3 * 86_400_000
  const clock = (): Date => new Date(takenAt.getTime() - before)
  const world: World = { clock, chance: { bytes: countedBytes('sallyport') } }
  const db = await openFreshDatabase(parts)
  const secret = new Secret('a secret for pictures, long enough for all')
  const config = { publicUrl: sallyportUrl, trustedProxies: [], allowPrivateHosts: [] }
  const log = pino({ level: 'silent' })
  const mailer = { send: async () => {} }
  const app = await createApp({ db, world, config, secret, mailer, attempts: countAttempts(), log })
  const certificatePem = keyFile('idp.crt')
  const key = createPrivateKey(keyFile('idp.key'))
  const addresses = { publicUrl: sandboxUrl, sallyportUrl }
  const sandbox = createSandbox({
    clock,
    chance: { bytes: countedBytes('sandbox') },
    ...addresses,
    key,
    certificatePem,
  })
  const ports = [await listen(parts, app), await listen(parts, sandbox)] as const
  await applyDemo({ db, world, config }, identityProviderMetadata({ publicUrl: sandboxUrl, certificatePem }))
  mapAddresses(parts, ports)
  const browser = await launch(ports)
  parts.defer(() => browser.close())
  const api = await apiOf(app, { db, world })
  const rest = parts.move()
  return {
    browser,
    minutesBefore: (minutes) => {
      before = minutes * 60_000
    },
    api,
    firstRun: async () => {
      const url = await firstRunUrl(db, world, sallyportUrl)
      assert.ok(url)
      return url
    },
    visitor: async (look = {}) => {
      const context = await browser.newContext({ locale: 'en', timezoneId: 'UTC', reducedMotion: 'reduce', ...look })
      const page = await context.newPage()
      await page.clock.setFixedTime(takenAt)
      return { context, page }
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

const keyFile = (name: string): string =>
  readFileSync(new URL(`../../saml/cases/keys/${name}`, import.meta.url), 'utf8')

/** No chance at all: the same ids with every run, so that a picture changes only where the page did. */
function countedBytes(seed: string): (size: number) => Buffer {
  let count = 0
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      createHash('sha256').update(`${seed} ${count++}`).digest(),
    )
    return Buffer.concat(blocks).subarray(0, size)
  }
}

async function openFreshDatabase(parts: AsyncDisposableStack): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pictures-'))
  parts.defer(() => rmSync(folder, { recursive: true }))
  const db = await openDatabase(`sqlite:${join(folder, 'sallyport.db')}`, { log: { warn: () => {} } })
  parts.defer(() => db.close())
  await migrate(db)
  return db
}

async function listen(parts: AsyncDisposableStack, app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  parts.defer(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  return (app.server.address() as AddressInfo).port
}

async function applyDemo(
  ctx: {
    readonly db: Database
    readonly world: World
    readonly config: Pick<Config, 'publicUrl' | 'allowPrivateHosts'>
  },
  metadata: string,
): Promise<void> {
  const template = readFileSync(new URL('../../sandbox/demo/sallyport.yaml', import.meta.url), 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pictures-'))
  try {
    const addresses: Record<string, string> = { SALLYPORT_PUBLIC_URL: sallyportUrl, SANDBOX_PUBLIC_URL: sandboxUrl }
    const file = join(folder, 'sallyport.yaml')
    writeFileSync(
      file,
      template.replace(/\$\{(\w+)\}/g, (_, name: string) => addresses[name] ?? ''),
    )
    writeFileSync(join(folder, 'metadata.xml'), metadata)
    const lines: string[] = []
    const keep = (line: string): void => void lines.push(line)
    const out = { line: keep, problem: keep }
    assert.equal(await applyCommand({ file, dryRun: false, prune: false }, { ...ctx, out }), 0, lines.join('\n'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The sandbox reads Sallyport's metadata from server to server; it finds the port behind the address as browsers do. */
function mapAddresses(parts: AsyncDisposableStack, [sallyport]: readonly [number, number]): void {
  const plain = globalThis.fetch
  globalThis.fetch = (address, init) =>
    plain(typeof address === 'string' ? address.replace(sallyportUrl, `http://127.0.0.1:${sallyport}`) : address, init)
  parts.defer(() => {
    globalThis.fetch = plain
  })
}

function launch([sallyport, sandbox]: readonly [number, number]): Promise<Browser> {
  const executablePath = findChromium()
  assert.ok(executablePath, 'the pictures need Chromium: npm test says how to install it')
  const rules = `MAP localhost:3000 127.0.0.1:${sallyport},MAP localhost:3001 127.0.0.1:${sandbox}`
  const args = [...chromiumArguments, `--host-resolver-rules=${rules}`, '--font-render-hinting=none']
  return chromium.launch({ executablePath, args })
}

async function apiOf(
  app: FastifyInstance,
  { db, world }: { readonly db: Database; readonly world: World },
): Promise<PictureStage['api']> {
  const place = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug: 'production' })
  assert.ok(place)
  const now = world.clock()
  const token = { name: 'Terraform', scopes, expiresAt: new Date(now.getTime() + 30 * 86_400_000) }
  const { secret } = await insertToken(db.write, token, { chance: world.chance, now })
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await app.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `/api/v1/environments/${place.environment.id}/${path}`,
      headers: { authorization: `Bearer ${secret}`, 'if-match': '*', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    assert.ok(response.statusCode < 300, `${method} ${path}: ${response.body}`)
    return (response.body === '' ? undefined : JSON.parse(response.body)) as T
  }
}
