// What a command of the command line is, and what most of them run with: the database, brought up to date.

import type { CliWorld } from '#cli-world.ts'
import type { CommandArguments } from '#config/command.ts'
import { type Config, readConfig } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import { secretFor } from '#config/secret-file.ts'
import { type Database, openDatabase, sqliteFile } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'

export type Command = {
  readonly words: readonly string[]
  readonly usage: string
  readonly what: string
  readonly options: Readonly<
    Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }>
  >
  readonly run: (cli: CliWorld, args: CommandArguments) => Promise<number>
}

export async function withDatabase(
  cli: CliWorld,
  work: (open: { readonly db: Database; readonly config: Config }, migrated: readonly string[]) => Promise<number>,
): Promise<number> {
  const config = readConfig(cli.env)
  const db = await openDatabase(config.databaseUrl.reveal(), { log: { warn: (_fields, message) => cli.err(message) } })
  try {
    const migrated = await migrate(db)
    return await work({ db, config }, migrated)
  } finally {
    await db.close()
  }
}

/** For what makes keys or opens them: with the secret that the service uses, too. */
export async function withSecret(
  cli: CliWorld,
  work: (open: { readonly db: Database; readonly secret: Secret }) => Promise<number>,
): Promise<number> {
  return withDatabase(cli, ({ db, config }) => {
    const file = sqliteFile(config.databaseUrl.reveal()) ?? ''
    return work({ db, secret: secretFor(config.secret, file, cli.world.chance) })
  })
}
