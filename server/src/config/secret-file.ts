import { chmodSync, constants, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Secret } from '#config/secret.ts'
import { type Chance, newToken } from '#config/world.ts'

/**
 * The secret that encrypts private keys at rest: the configured one, or one made once and kept in `secret.key` beside
 * the SQLite database, readable by its owner only. Several processes that start at the same moment get the same one.
 *
 * @param databaseFile path of the SQLite file
 */
export function secretFor(configured: Secret | undefined, databaseFile: string, chance: Chance): Secret {
  if (configured !== undefined) return configured
  const file = join(dirname(databaseFile), 'secret.key')
  return new Secret(readKept(file) ?? makeAndKeep(file, chance))
}

function readKept(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim()
    if (text.length < 32)
      throw new Error(`${file} is damaged: put the file back from a backup, or set SALLYPORT_SECRET`)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function makeAndKeep(file: string, chance: Chance): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${newToken(chance)}`
  writeFileSync(draft, `${newToken(chance)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  chmodSync(draft, 0o600)
  try {
    putInPlace(draft, file)
  } catch (error) {
    // Another process was first, and its secret is the one.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readKept(file)!
}

/** @throws with the code EEXIST when the file is there already */
function putInPlace(draft: string, file: string): void {
  try {
    // A link appears whole or not at all.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    // Not every file system has links.
    copyFileSync(draft, file, constants.COPYFILE_EXCL)
  }
}
