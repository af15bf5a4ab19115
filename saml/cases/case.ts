// The cases: one folder each, with the message as it came and what is expected of judging it. `good/<vendor>/<name>` holds
// responses of real products, `bad/<what>` one change each from a good one. Adding a case is adding a folder.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Case = {
  readonly title: string
  readonly kind: 'response'
  readonly certificates: readonly string[]
  /** Our private keys as PEM, where the message is encrypted. They are here for everybody to use, and open nothing else. */
  readonly decryptionKeys?: readonly string[]
  readonly issuer: string
  readonly audience: string
  readonly acsUrl: string
  /** Left out: no request is open. */
  readonly inResponseTo?: string
  readonly now: string
  readonly expect: {
    readonly subject?: { readonly value: string; readonly format?: string }
    readonly attributes?: Readonly<Record<string, readonly string[]>>
    readonly sessionIndex?: string
    /** The codes of the checks that must fail, in the order of the report. */
    readonly failures?: readonly string[]
  }
}

/** A row of the tables of bad cases (bad-cases.ts). */
export type BadCase = {
  readonly title: string
  readonly failures: readonly string[]
  /** Files in keys/; `idp.crt` when left out. */
  readonly certificates?: readonly string[]
  readonly decryptionKeys?: readonly string[]
  readonly make: () => string | Uint8Array
}

export type BadCases = Readonly<Record<string, BadCase>>

export type CaseFolder = { readonly name: string; readonly case: Case; readonly message: Buffer }

export const casesFolder = fileURLToPath(new URL('.', import.meta.url))

/** Every folder below `part` that holds a case.json. */
export function readCases(part: 'good' | 'bad'): CaseFolder[] {
  const entries = readdirSync(join(casesFolder, part), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.name === 'case.json')
    .map((entry) => ({
      name: entry.parentPath.slice(casesFolder.length),
      case: JSON.parse(readFileSync(join(entry.parentPath, 'case.json'), 'utf8')) as Case,
      message: readFileSync(join(entry.parentPath, 'response.xml')),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function readKey(name: string): string {
  return readFileSync(join(casesFolder, 'keys', name), 'utf8')
}
