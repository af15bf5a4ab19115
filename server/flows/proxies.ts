// Reverse proxies of others, run with the configuration that docs/forward-auth.md shows.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

export const proxyKinds = ['nginx', 'caddy'] as const
export type ProxyKind = (typeof proxyKinds)[number]

/** Where the three listen, on this machine. */
export type Ports = { readonly proxy: number; readonly sallyport: number; readonly application: number }

const document = readFileSync(new URL('../../docs/forward-auth.md', import.meta.url), 'utf8')

export function proxyInstalled(kind: ProxyKind): boolean {
  return (
    spawnSync(kind, [kind === 'nginx' ? '-v' : 'version'], { env: environment('/nonexistent') }).error === undefined
  )
}

/** Runs it until the test is over. What it keeps lies in a folder of its own; nothing of the system's is used. */
export async function startProxy(t: TestContext, kind: ProxyKind, ports: Ports): Promise<void> {
  assert.ok(proxyInstalled(kind), `${kind} is not installed: bash sandbox/peers/install.sh proxies`)
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${kind}-`))
  const file = join(folder, 'configuration')
  writeFileSync(
    file,
    kind === 'nginx' ? nginxFile(documented('nginx', ports)) : caddyFile(documented('caddyfile', ports)),
  )
  mkdirSync(join(folder, 'temporary'))
  const words =
    kind === 'nginx' ? ['-p', folder, '-c', file, '-e', 'stderr'] : ['run', '--adapter', 'caddyfile', '--config', file]
  const child = spawn(kind, words, { env: environment(folder), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true })
  })
  // Sallyport does not run yet, so what answers is the proxy.
  while (!(await answers(`http://localhost:${ports.proxy}/saml/`))) {
    assert.equal(child.exitCode, null, `${kind} ended early:\n${output}`)
    await delay(20)
  }
}

/** The example of the page with the ports of the test. */
function documented(language: string, ports: Ports): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 's').exec(document) ?? []
  assert.ok(text, `docs/forward-auth.md has no example in ${language}`)
  const replaced: Readonly<Record<string, number>> = {
    8080: ports.proxy,
    3000: ports.sallyport,
    5000: ports.application,
  }
  return text.replaceAll(/(127\.0\.0\.1|localhost):(8080|3000|5000)\b/g, (_, host, port) => `${host}:${replaced[port]}`)
}

function nginxFile(servers: string): string {
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path temporary/${what};`,
  )
  return `daemon off;
master_process off;
pid nginx.pid;
events {}
http {
access_log off;
${kept.join('\n')}
${servers}
}
`
}

function caddyFile(sites: string): string {
  return `{
	admin off
	auto_https off
	default_bind 127.0.0.1
}
${sites}`
}

function environment(folder: string): NodeJS.ProcessEnv {
  const { PATH } = process.env
  return { PATH: `${PATH}:/usr/sbin`, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
