// The programs that ours is compared with: libxml2's xmllint and xmlsec1. Where they are missing a test is skipped and says
// so; SALLYPORT_REQUIRE_PEERS=1 makes that a failure.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { namespaces } from '../src/uris.ts'

const required = process.env.SALLYPORT_REQUIRE_PEERS === '1'

/** For the `skip` of a test: what is missing, or false. */
export function skipWithout(program: string, ...folders: readonly string[]): string | false {
  if (required) return false
  if (spawnSync(program, ['--version']).error !== undefined) return `${program} is not installed`
  return folders.filter((folder) => !existsSync(folder)).map((folder) => `${folder} is not installed`)[0] ?? false
}

/** Does the work in a folder of its own, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Writes the documents as 0.xml, 1.xml, … and returns these names. */
export function writeAll(folder: string, documents: readonly (string | Uint8Array)[]): string[] {
  return documents.map((document, i) => {
    writeFileSync(join(folder, `${i}.xml`), document)
    return `${i}.xml`
  })
}

export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** Not a shell: what the arguments hold is nothing but arguments. */
export function run(
  program: string,
  options: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ran> {
  const child = spawn(program, options, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, stdout, stderr }))
  })
}

export const idAttributes = [`${namespaces.assertion}:Assertion`, `${namespaces.protocol}:Response`].flatMap((name) => [
  '--id-attr:ID',
  name,
])

/** A process for each document would be most of the time; so a few at once, as many as there are processors. */
export async function inParallel<T>(
  list: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < list.length; i = next++) await work(list[i] as T, i)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}
