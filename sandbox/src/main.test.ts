import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parseCertificates } from '@sallyport/saml'
import { readIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { freePort } from '../peers/peer-process.ts'
import { connectionUrls, demo } from './demo.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-sandbox-'))
})
after(() => rm(folder, { recursive: true }))

function start(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...command], {
    env: { PATH: process.env.PATH ?? '', SANDBOX_DATA: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(command: readonly string[], env?: Readonly<Record<string, string>>) {
  const child = start(command, env)
  const [output, errors, [status]] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    once(child, 'exit'),
  ])
  return { output: output.join(''), errors: errors.join(''), status }
}

test('`metadata` prints the metadata and keeps its key for the next time', async () => {
  const first = await run(['metadata'])
  assert.equal(first.status, 0, first.errors)
  const { entityId, signingCertificates } = readIdentityProviderMetadata(first.output, { now: new Date() })
  assert.equal(entityId, 'http://localhost:3001/idp/metadata')
  assert.deepEqual((await readdir(join(folder, 'data'))).sort(), ['certificate.pem', 'key.pem'])
  assert.equal((await stat(join(folder, 'data', 'key.pem'))).mode & 0o777, 0o600)
  const kept = parseCertificates(await readFile(join(folder, 'data', 'certificate.pem')))
  assert.equal(signingCertificates[0]?.fingerprint, kept[0]?.fingerprint)
  assert.equal((await run(['metadata'])).output, first.output)
})

test('without command it serves until it is told to stop', async () => {
  const port = await freePort()
  const child = start([], { SANDBOX_PORT: String(port) })
  const ended = once(child, 'exit')
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  assert.equal(line, `Sandbox: http://localhost:${port}\n`)
  const health = await fetch(`http://127.0.0.1:${port}/healthz`)
  assert.deepEqual(await health.json(), { status: 'ok' })
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

test('bad configuration and unknown commands end with status 2 and a sentence', async () => {
  for (const env of [
    { SANDBOX_PORT: 'many' },
    { SANDBOX_PUBLIC_URL: 'nowhere' },
    { SALLYPORT_PUBLIC_URL: 'ftp://x' },
  ]) {
    const { status, errors } = await run([], env)
    assert.equal(status, 2)
    assert.match(errors, new RegExp(`^${Object.keys(env)[0]} must be `))
  }
  assert.deepEqual(await run(['dance']), { output: '', errors: 'unknown command: dance\n', status: 2 })
})

test('the seeded Company has what the pages of the sandbox link to', async () => {
  const yaml = await readFile(join(import.meta.dirname, '..', 'demo', 'sallyport.yaml'), 'utf8')
  const slugs = [...yaml.matchAll(/slug: (\S+)/g)].map(([, slug]) => slug)
  assert.deepEqual(slugs, [demo.company, demo.production, demo.test])
  const tickets = [...yaml.matchAll(/ticket: (\S+)/g)].map(([, ticket]) => ticket)
  assert.equal(new Set(tickets).size, 3)
  for (const ticket of tickets) assert.match(ticket ?? '', /^[a-z]{14}$/)
  const initiated = /ticket: (\w+)(?:(?!ticket:)[\s\S])*?idpInitiated: true/.exec(yaml)?.[1]
  assert.equal(initiated, demo.idpInitiatedTicket)
  const placeholders = new Set([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))
  assert.deepEqual(placeholders, new Set(['SALLYPORT_PUBLIC_URL', 'SANDBOX_PUBLIC_URL']))
})

test('the addresses of a connection are those of its ticket', () => {
  assert.deepEqual(connectionUrls('http://localhost:3000', 'abcdefghijklmn'), {
    acsUrl: 'http://localhost:3000/saml/abcdefghijklmn/acs',
    entityId: 'http://localhost:3000/saml/abcdefghijklmn/metadata',
  })
})
