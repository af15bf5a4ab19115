// A Sallyport for a story: the real service over a real database, on a port of its own, in this process.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSandbox, createSandboxKey, identityProviderMetadata, type SandboxSettings } from '@sallyport/sandbox'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApp } from '#app.ts'
import { findEnvironment } from '#companies/environments.ts'
import { Secret } from '#config/secret.ts'
import type { Id, World } from '#config/world.ts'
import { applyCommand } from '#declaration/commands.ts'
import { startJobs } from '#jobs/jobs.ts'
import { countAttempts } from '#logout/attempt-counts.ts'
import { deliveryJob } from '#logout/deliveries.ts'
import { endAllJob } from '#logout/end-all.ts'
import { findRecord, type SigninRecord } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'

/** The fixed ticket of the one connection that most stories need. */
export const ticket = 'storyticketabc'

export type Sallyport = {
  readonly url: string
  readonly db: Database
  readonly world: World
  /** Moves the service's clock, not the world's. */
  readonly passTime: (milliseconds: number) => void
  /** Applies a sallyport.yaml; `files` are laid beside it. */
  readonly apply: (yaml: string, files?: Readonly<Record<string, string>>) => Promise<void>
  /** The sign-in record under a reference, of acme/production unless told otherwise. */
  readonly record: (reference: string, environment?: string) => Promise<SigninRecord>
  readonly environmentId: (environment?: string) => Promise<Id<'env'>>
  /** The metadata that identity providers import, as the service publishes it. */
  readonly metadata: (ticket: string) => Promise<string>
}

/** @param behind a proxy that is to stand before it: the address at which browsers find the proxy */
export async function startSallyport(
  t: TestContext,
  db: Database,
  behind?: { readonly publicUrl: string; readonly port: number },
): Promise<Sallyport> {
  let ahead = 0
  const world: World = {
    clock: () => new Date(Date.now() + ahead),
    chance: { bytes: (size) => randomBytes(size) },
  }
  const port = behind?.port ?? (await freePort())
  const url = behind?.publicUrl ?? `http://localhost:${port}`
  const config = { publicUrl: url, trustedProxies: [], allowPrivateHosts: ['localhost', '127.0.0.1'] }
  const secret = new Secret('a secret for stories, long enough for all')
  const log = pino({ level: 'silent' })
  const attempts = countAttempts()
  const app = await createApp({ db, world, config, secret, mailer: { send: async () => {} }, attempts, log })
  await listen(t, app, port)
  const jobs = startJobs(db, log, [deliveryJob({ db, world, config, secret, attempts, log }), endAllJob({ db, world })])
  t.after(() => jobs.stop())
  const environmentId = async (environment = 'production'): Promise<Id<'env'>> => {
    const place = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug: environment })
    assert.ok(place, `no Environment acme/${environment}`)
    return place.environment.id
  }
  return {
    url,
    db,
    world,
    passTime: (milliseconds) => {
      ahead += milliseconds
    },
    apply: async (yaml, files = {}) => {
      const folder = mkdtempSync(join(tmpdir(), 'sallyport-story-'))
      try {
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
        const file = join(folder, 'sallyport.yaml')
        writeFileSync(file, yaml)
        const lines: string[] = []
        const keep = (line: string): void => void lines.push(line)
        const code = await applyCommand(
          { file, dryRun: false, prune: false },
          { db, world, config, out: { line: keep, problem: keep } },
        )
        assert.equal(code, 0, lines.join('\n'))
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
    record: async (reference, environment) => {
      const record = await findRecord(db.read, await environmentId(environment), reference)
      assert.ok(record, `no record ${reference}`)
      return record
    },
    environmentId,
    metadata: async (of) => {
      const response = await fetch(`${url}/saml/${of}/metadata`)
      assert.equal(response.status, 200)
      return response.text()
    },
  }
}

export type Sandbox = { readonly url: string; readonly metadataXml: string; readonly stop: () => Promise<void> }

/** The sandbox beside it: an identity provider and an application. Each has a key of its own, also on a port of one before. */
export async function startSandbox(
  t: TestContext,
  sallyport: Pick<Sallyport, 'url' | 'world'>,
  {
    onPort,
    host = 'localhost',
    ...more
  }: { readonly onPort?: number; readonly host?: string } & Pick<SandboxSettings, 'amazonConnect' | 'awsAccount'> = {},
): Promise<Sandbox> {
  const port = onPort ?? (await freePort())
  const url = `http://${host}:${port}`
  const { key, certificatePem } = await createSandboxKey(sallyport.world)
  const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
  const sandbox = createSandbox({ ...world, publicUrl: url, sallyportUrl: sallyport.url, key, certificatePem, ...more })
  await listen(t, sandbox, port)
  const stop = async () => void (await sandbox.close())
  return { url, metadataXml: identityProviderMetadata({ publicUrl: url, certificatePem }), stop }
}

/** A declaration with one connection; `settings` are further lines of YAML for it. */
export function oneConnection(
  target: string,
  settings: readonly string[] = [],
  directory: readonly string[] = ['teams: [Agents]'],
): string {
  return `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: production
        name: Production
        targets: ["${target}"]
${directory.map((line) => `        ${line}\n`).join('')}        connections:
          - ticket: ${ticket}
            name: Directory
            metadataFile: metadata.xml
${settings.map((line) => `            ${line}\n`).join('')}`
}

export const createsUsers =
  'createUsers: { enabled: true, attributes: { firstName: firstName, lastName: lastName, email: email }, defaults: { team: Agents } }'

async function listen(t: TestContext, app: FastifyInstance, port: number): Promise<void> {
  await app.listen({ host: '127.0.0.1', port })
  t.after(() => app.close())
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })
}
