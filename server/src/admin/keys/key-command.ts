/** `sallyport keys …`: what an Environment signs its SAML messages with. Exit code 0 done, 1 refused, 2 called wrongly. */

import { readFileSync, statSync } from 'node:fs'
import { type At, commandLine, type Cli as EnvironmentCli, fail, inEnvironment } from '#admin/in-environment.ts'
import { activateNext, addNext, type KeyChange, retireOne } from '#admin/keys/key-changes.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { CommandArguments } from '#config/command.ts'
import type { Secret } from '#config/secret.ts'
import { findKey, type KeyInfo, listKeys } from '#keys/keys.ts'
import { makeKeyPair } from '#keys/make-key-pair.ts'
import { keyOfPlace } from '#keys/place-keys.ts'
import { LARGEST_FILE, needsPassword, readKeyFile } from '#keys/read-key-file.ts'
import { KeyRefused, sentenceOf } from '#keys/refusal.ts'

type Cli = EnvironmentCli & {
  readonly secret: Secret
  /** From the terminal without showing it, or from the standard input. */
  readonly readSecret: (prompt: string) => Promise<string | undefined>
}

export const importKeyOptions = { alias: { type: 'string' }, key: { type: 'string' } } as const

export async function listKeysCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'keys', words: [] }, async ({ place }) => {
    const keys = await listKeys(cli.db.read, place.environment.id)
    if (keys.length === 0) cli.err('There are no keys yet. The first one is made when it is first needed.')
    for (const key of keys) cli.out(line(key))
    return 0
  })
}

export async function makeKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'keys make', words: [] }, async ({ place, where }) => {
    const names = { companySlug: place.company.slug, environmentSlug: place.environment.slug }
    const pair = await makeKeyPair(names, cli.world)
    return told(cli, where, await addNext(cli.db, changeAt(cli, place), { pair, origin: 'made' }))
  })
}

export async function importKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(
    args,
    cli,
    { command: 'keys import', words: ['FILE'] },
    async ({ place, where, words: [name = ''] }) => {
      const { alias, key } = args.values
      const files = typeof key === 'string' ? [name, key] : [name]
      const missing = files.find((file) => !isFile(file))
      if (missing !== undefined)
        return fail(cli, 1, `${missing} cannot be read. Check its name, and that it is a file.`)
      const bytes = Buffer.concat(files.flatMap((file) => [readSome(file), Buffer.from('\n')]).slice(0, -1))
      const password = needsPassword(bytes) ? await cli.readSecret(`Password of ${key ?? name}`) : undefined
      const asked = { bytes, password, name, alias: typeof alias === 'string' ? alias : undefined }
      const pair = readKeyFile(asked, cli.world.clock())
      return told(cli, where, await addNext(cli.db, changeAt(cli, place), { pair, origin: 'imported' }))
    },
  )
}

export async function activateKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'keys activate', words: [] }, async ({ place, where }) => {
    const { id } = place.environment
    const next = (await listKeys(cli.db.read, id)).find(({ state }) => state === 'next')
    if (next === undefined) return fail(cli, 1, `There is no next key. Make one with: sallyport keys make ${where}`)
    await cli.db.transaction((tx) => activateNext(tx, changeAt(cli, place), next.id))
    cli.out(`${next.id} signs from now on. The key before it still decrypts, until it is retired.`)
    return 0
  })
}

export async function retireKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'keys retire', words: ['ID'] }, async ({ place, where, words: [id = ''] }) => {
    const retired = await cli.db.transaction((tx) => retireOne(tx, changeAt(cli, place), id))
    if (retired === undefined) return noSuchKey(cli, where, id)
    cli.out(`${retired.id} is retired: it is published nowhere, decrypts nothing, and its private key is erased.`)
    return 0
  })
}

export async function certificateCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const words = args.positionals.length > 1 ? ['ID'] : []
  return inPlace(args, cli, { command: 'keys certificate', words }, async ({ place, where, words: [id] }) => {
    // Whoever asks for the certificate of a new Environment shall get the one that its first request is signed with.
    const wanted = id ?? (await keyOfPlace(cli, place)).id
    const key = await findKey(cli.db.read, place.environment.id, wanted)
    if (key === undefined) return noSuchKey(cli, where, wanted)
    cli.out(key.certificatePem.trimEnd())
    return 0
  })
}

/** What all of them share: which Environment, how many words, and what a refusal looks like. */
function inPlace(
  args: CommandArguments,
  cli: Cli,
  needs: { readonly command: string; readonly words: readonly string[] },
  work: (at: At) => Promise<number>,
): Promise<number> {
  return inEnvironment(args, cli, needs, async (at) => {
    try {
      return await work(at)
    } catch (error) {
      if (!(error instanceof KeyRefused)) throw error
      const { sentence, cure } = sentenceOf(error)
      return fail(cli, 1, `${sentence} ${cure}`)
    }
  })
}

function changeAt({ world, secret }: Cli, { environment }: EnvironmentOfCompany): KeyChange & { secret: Secret } {
  return { environmentId: environment.id, source: commandLine, world, now: world.clock(), secret }
}

function told(cli: Cli, where: string, { id, subject }: KeyInfo): number {
  cli.out(`${id} “${subject}” is the next key. It is in the metadata from now on, and signs nothing yet.`)
  cli.out(`When every identity provider knows it: sallyport keys activate ${where}`)
  return 0
}

function line({ id, state, origin, subject, fingerprint, notBefore, notAfter }: KeyInfo): string {
  return [id, state, origin, subject, `${day(notBefore)} to ${day(notAfter)}`, `SHA-256 ${fingerprint}`].join('  ')
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

/** More than the largest file that is taken need not be in memory to be refused. */
function readSome(file: string): Buffer {
  return statSync(file).size > LARGEST_FILE ? Buffer.alloc(LARGEST_FILE + 1) : readFileSync(file)
}

function noSuchKey(cli: Cli, where: string, id: string): number {
  return fail(cli, 1, `${where} has no key ${id}. Its keys: sallyport keys ${where}`)
}

const day = (time: Date): string => time.toISOString().slice(0, 10)
