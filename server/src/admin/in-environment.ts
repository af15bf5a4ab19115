// What the commands about one Environment share.

import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import type { CommandArguments, CommandWorld } from '#config/command.ts'
import type { Database } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

export type Cli = CommandWorld & { readonly db: Database }

export type At = {
  readonly place: EnvironmentOfCompany
  /** As it was typed. */
  readonly where: string
  readonly words: readonly string[]
}

/** Who runs commands on the machine is its administrator. */
export const commandLine: Source = { by: 'administrator', administratorId: 'command line' }

/** @param words what the command needs behind COMPANY/ENVIRONMENT */
export async function inEnvironment(
  { positionals }: CommandArguments,
  cli: Cli,
  { command, words }: { readonly command: string; readonly words: readonly string[] },
  work: (at: At) => Promise<number>,
): Promise<number> {
  const [where, ...rest] = positionals
  if (where === undefined || rest.length !== words.length)
    return fail(cli, 2, `${command} needs ${['COMPANY/ENVIRONMENT', ...words].join(' and ')}`)
  const [companySlug = '', environmentSlug = '', ...more] = where.split('/')
  const place = more.length > 0 ? undefined : await findEnvironment(cli.db.read, { companySlug, environmentSlug })
  if (place === undefined) return fail(cli, 1, `There is no Environment ${where}. Name it like acme/production.`)
  return work({ place, where, words: rest })
}

export function fail({ err }: Pick<Cli, 'err'>, code: number, message: string): number {
  err(message)
  return code
}
