// The machine that is measured on: what it is, which versions take part, and one core of it for everything.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, platform, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** Holds this process, its threads and all that it starts to one core; says how that went. */
export function keepToOneCore(): string {
  const pid = String(process.pid)
  const shown = spawnSync('taskset', ['-cp', pid], { encoding: 'utf8' })
  const core = /(\d+)\s*$/.exec(shown.stdout ?? '')?.[1]
  if (core === undefined) return 'not held to one core: there is no taskset here'
  const { status } = spawnSync('taskset', ['-acp', core, pid])
  return status === 0 ? 'everything on one core, by taskset' : 'not held to one core: taskset failed'
}

export function describeMachine(): string {
  const cores = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${cores}, ${memory}, ${platform()} ${release()}, Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`
}

/** `@node-saml/node-saml 5.1.0`, from the package that is resolved here. */
export function versionOf(packageName: string): string {
  const resolve = createRequire(import.meta.url)
  for (let folder = dirname(resolve.resolve(packageName)); ; folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'))
    if (found?.name === packageName) return `${packageName} ${found.version}`
    if (folder === dirname(folder)) return packageName
  }
}

function readManifest(file: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
  } catch {
    return undefined
  }
}
