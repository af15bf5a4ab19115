/** `sallyport token-keys …`: what an Environment signs tokens with. Exit code 0 done, 1 refused, 2 called wrongly. */

import { type At, commandLine, type Cli as EnvironmentCli, fail, inEnvironment } from '#admin/in-environment.ts'
import {
  activateToSign,
  addNextToSign,
  retireFromSigning,
  type TokenKeyChange,
} from '#admin/token-keys/token-key-changes.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { CommandArguments } from '#config/command.ts'
import type { Secret } from '#config/secret.ts'
import { sentenceOf, TokenKeyRefused } from '#oauth/token-key-refusal.ts'
import { listTokenKeys, type TokenKeyInfo } from '#oauth/token-keys.ts'

type Cli = EnvironmentCli & { readonly secret: Secret }

export const tokenKeyOptions = { confirmed: { type: 'boolean' } } as const

export async function listTokenKeysCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'token-keys', words: [] }, async ({ place }) => {
    const keys = await listTokenKeys(cli.db.read, place.environment.id)
    if (keys.length === 0) cli.err('There are no keys yet. The first one is made when it is first needed.')
    for (const key of keys) cli.out(line(key))
    return 0
  })
}

export async function makeTokenKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'token-keys make', words: [] }, async ({ place, where }) => {
    const { id, readyAt } = await addNextToSign(cli.db, changeAt(cli, place))
    cli.out(`${id} is the next key. It is published from now on, and signs nothing yet.`)
    cli.out(`From ${readyAt?.toISOString()} on: sallyport token-keys activate ${where}`)
    return 0
  })
}

export async function activateTokenKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'token-keys activate', words: [] }, async ({ place, where }) => {
    const { id } = place.environment
    const next = (await listTokenKeys(cli.db.read, id)).find(({ state }) => state === 'next')
    if (next === undefined)
      return fail(cli, 1, `There is no next key. Make one with: sallyport token-keys make ${where}`)
    const asked = { id: next.id, confirmed: isConfirmed(args) }
    await cli.db.transaction((tx) => activateToSign(tx, changeAt(cli, place), asked))
    cli.out(`${next.id} signs from now on. The key before it stays published, until it is retired.`)
    return 0
  })
}

export async function retireTokenKeyCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const needs = { command: 'token-keys retire', words: ['ID'] }
  return inPlace(args, cli, needs, async ({ place, where, words: [id = ''] }) => {
    const asked = { id, confirmed: isConfirmed(args) }
    const retired = await cli.db.transaction((tx) => retireFromSigning(tx, changeAt(cli, place), asked))
    if (retired === undefined)
      return fail(cli, 1, `${where} has no such key ${id}. Its keys: sallyport token-keys ${where}`)
    cli.out(`${retired.id} is retired: it is published nowhere, and its private key is erased.`)
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
      if (!(error instanceof TokenKeyRefused)) throw error
      const { sentence, cure } = sentenceOf(error)
      return fail(cli, 1, `${sentence} ${cure}`)
    }
  })
}

const isConfirmed = ({ values }: CommandArguments): boolean => values.confirmed === true

function changeAt({ world, secret }: Cli, { environment }: EnvironmentOfCompany): TokenKeyChange & { secret: Secret } {
  return { environmentId: environment.id, source: commandLine, world, now: world.clock(), secret }
}

function line({ id, state, changedAt, readyAt }: TokenKeyInfo): string {
  const steps: Readonly<Record<string, string>> = { next: 'activate it', previous: 'retire it' }
  const ready = readyAt === undefined ? [] : [`${steps[state]} from ${readyAt.toISOString()} on`]
  return [id, state, `since ${changedAt.toISOString()}`, ...ready].join('  ')
}
