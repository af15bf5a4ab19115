// For tests: a folder with a sallyport.yaml, and the commands that read and write it.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { findEnvironment } from '#companies/environments.ts'
import type { Id, World } from '#config/world.ts'
import { applyCommand, exportCommand } from '#declaration/commands.ts'
import { certificate } from '#declaration/test-certificate.ts'
import type { Database } from '#storage/database.ts'

export const world: World = {
  clock: () => new Date('2026-06-01T00:00:00Z'),
  chance: { bytes: (size) => new Uint8Array(randomBytes(size)) },
}

export type Ran = { readonly code: number; readonly lines: readonly string[]; readonly problems: readonly string[] }
type Options = { readonly dryRun?: boolean; readonly prune?: boolean; readonly allow?: readonly string[] }

export function workshop(t: TestContext, db: Database) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  write('idp.pem', certificate)
  const run = async (command: (out: Parameters<typeof applyCommand>[1]['out']) => Promise<number>): Promise<Ran> => {
    const lines: string[] = []
    const problems: string[] = []
    const code = await command({ line: (text) => lines.push(text), problem: (text) => problems.push(text) })
    return { code, lines, problems }
  }
  const apply = (text: string, { dryRun = false, prune = false, allow = [] }: Options = {}): Promise<Ran> => {
    const config = { publicUrl: 'https://sso.example', allowPrivateHosts: allow }
    const file = write('sallyport.yaml', text)
    return run((out) => applyCommand({ file, dryRun, prune }, { db, world, config, out }))
  }
  const exported = async (): Promise<string> => (await run((out) => exportCommand({ db, out }))).lines.join('\n')
  return { folder, write, apply, exported, run }
}

/** A declaration of acme/production with these lines in it. */
export function withLines(...parts: readonly string[]): string {
  const lines = parts.flatMap((part) => part.trimEnd().split('\n')).filter((line) => line !== '')
  return `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: production
        name: Production
${lines.map((line) => `        ${line}\n`).join('')}`
}

/** The Environment of acme with this slug. */
export async function environmentNamed(db: Database, environmentSlug = 'production'): Promise<Id<'env'>> {
  const found = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug })
  assert.ok(found)
  return found.environment.id
}
