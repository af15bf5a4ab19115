// The command line: every command in one table.

import { parseArgs } from 'node:util'
import { importCommand, importOptions } from '#admin/imports/import-command.ts'
import {
  activateKeyCommand,
  certificateCommand,
  importKeyCommand,
  importKeyOptions,
  listKeysCommand,
  makeKeyCommand,
  retireKeyCommand,
} from '#admin/keys/key-command.ts'
import { createTokenCommand, listTokensCommand, revokeTokenCommand, tokenOptions } from '#admin/tokens/token-command.ts'
import { accessCommands } from '#cli-access.ts'
import { administratorCommands } from '#cli-administrators.ts'
import { amazonConnectCommands } from '#cli-amazon-connect.ts'
import { checkResponseCommands } from '#cli-amazon-connect-check.ts'
import { amazonConnectGuideCommands } from '#cli-amazon-connect-guide.ts'
import { clientCommands } from '#cli-clients.ts'
import { type Command, withDatabase, withSecret } from '#cli-command.ts'
import { sessionCommands } from '#cli-sessions.ts'
import { tokenKeyCommands } from '#cli-token-keys.ts'
import type { CliWorld } from '#cli-world.ts'
import type { CommandArguments } from '#config/command.ts'
import { ConfigError, readConfig } from '#config/config.ts'
import { applyCommand, exportCommand } from '#declaration/commands.ts'
import { explainCommand, explainOptions } from '#explain/explain-command.ts'
import { recordsCommand } from '#explain/records-command.ts'
import { verifyBatch } from '#explain/verify-batch.ts'
import { passwordsCommand, passwordsOptions, setPasswordCommand, setPasswordOptions } from '#passwords/commands.ts'
import { runSandbox } from '#sandbox-process.ts'
import { serve } from '#serve.ts'
import { DatabaseOpenError } from '#storage/database.ts'
import { MigrationError } from '#storage/migrate.ts'
import { SealError } from '#storage/seal.ts'

const commands: readonly Command[] = [
  {
    words: ['start'],
    usage: 'start',
    what: 'runs the service',
    options: {},
    run: (cli) => serve(cli, readConfig(cli.env)),
  },
  { words: ['sandbox'], usage: 'sandbox', what: 'runs the pretend world beside it', options: {}, run: runSandbox },
  {
    words: ['apply'],
    usage: 'apply -f sallyport.yaml [--dry-run] [--prune]',
    what: 'brings the database to what the file says, and prints what that changes',
    options: { file: { type: 'string', short: 'f' }, 'dry-run': { type: 'boolean' }, prune: { type: 'boolean' } },
    run: apply,
  },
  {
    words: ['export'],
    usage: 'export',
    what: 'prints everything as a file for apply',
    options: {},
    run: (cli) => withDatabase(cli, ({ db }) => exportCommand({ db, out: outputOf(cli) })),
  },
  {
    words: ['migrate'],
    usage: 'migrate',
    what: 'brings the tables of the database up to this version',
    options: {},
    run: (cli) =>
      withDatabase(cli, async (_, done) => {
        cli.out(done.length === 0 ? 'The database is up to date.' : `Done: ${done.join(', ')}`)
        return 0
      }),
  },
  {
    words: ['records'],
    usage: 'records COMPANY ENVIRONMENT [REFERENCE] [--json]',
    what: 'lists the newest sign-in records, or explains the one with this reference',
    options: { json: { type: 'boolean' } },
    run: (cli, args) => withDatabase(cli, ({ db }) => recordsCommand(args, { db, out: cli.out, err: cli.err })),
  },
  {
    words: ['token', 'create'],
    usage: 'token create --name N (--environment C/E | --company C | --all) --scopes a,b [--expires 90d]',
    what: 'makes a token for the administration API and prints it this once',
    options: tokenOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => createTokenCommand(args, { ...cli, db })),
  },
  {
    words: ['token', 'list'],
    usage: 'token list',
    what: 'lists the tokens: where they are good, what for, and until when',
    options: {},
    run: (cli) => withDatabase(cli, ({ db }) => listTokensCommand({ ...cli, db })),
  },
  {
    words: ['token', 'revoke'],
    usage: 'token revoke ID',
    what: 'makes a token useless at once',
    options: {},
    run: (cli, args) => withDatabase(cli, ({ db }) => revokeTokenCommand(args, { ...cli, db })),
  },
  {
    words: ['users', 'import'],
    usage: 'users import FILE --environment COMPANY/ENVIRONMENT [--dry-run]',
    what: 'makes users from a file of CSV or JSON Lines; run again, it goes on where it stopped',
    options: importOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => importCommand(args, { ...cli, db })),
  },
  {
    words: ['users', 'set-password'],
    usage: 'users set-password USERNAME --environment COMPANY/ENVIRONMENT [--must-change]',
    what: 'asks for a password, or reads it from the standard input, and sets it',
    options: setPasswordOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => setPasswordCommand(args, { ...cli, db })),
  },
  {
    words: ['passwords'],
    usage: 'passwords COMPANY/ENVIRONMENT [--on | --off] [--minimum-length N] [--expiry-days N]',
    what: 'shows or changes whether people may sign in with a password, and how good it must be',
    options: passwordsOptions,
    run: (cli, args) => withDatabase(cli, ({ db }) => passwordsCommand(args, { ...cli, db })),
  },
  ...administratorCommands,
  ...sessionCommands,
  ...clientCommands,
  ...accessCommands,
  ...amazonConnectCommands,
  ...amazonConnectGuideCommands,
  ...checkResponseCommands,
  {
    words: ['keys', 'make'],
    usage: 'keys make COMPANY/ENVIRONMENT',
    what: 'makes a next key: published at once, signs when it is activated',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => makeKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['keys', 'import'],
    usage: 'keys import COMPANY/ENVIRONMENT FILE [--alias A] [--key FILE]',
    what: 'takes a key and its certificate, PEM or PKCS#12, as the next key',
    options: importKeyOptions,
    run: (cli, args) => withSecret(cli, (open) => importKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['keys', 'activate'],
    usage: 'keys activate COMPANY/ENVIRONMENT',
    what: 'lets the next key sign; the former one still decrypts',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => activateKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['keys', 'retire'],
    usage: 'keys retire COMPANY/ENVIRONMENT ID',
    what: 'ends a former or next key for good',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => retireKeyCommand(args, { ...cli, ...open })),
  },
  {
    words: ['keys', 'certificate'],
    usage: 'keys certificate COMPANY/ENVIRONMENT [ID]',
    what: 'prints the certificate of the active key, or of the one named',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => certificateCommand(args, { ...cli, ...open })),
  },
  {
    words: ['keys'],
    usage: 'keys COMPANY/ENVIRONMENT',
    what: 'lists the keys that sign SAML messages, with their certificates’ dates',
    options: {},
    run: (cli, args) => withSecret(cli, (open) => listKeysCommand(args, { ...cli, ...open })),
  },
  ...tokenKeyCommands,
  {
    words: ['saml', 'verify'],
    usage: 'saml verify --batch FILE.jsonl',
    what: 'judges one message a line and prints one result a line',
    options: { batch: { type: 'string' } },
    run: async (cli, { values }) => {
      if (typeof values.batch !== 'string') return usageError(cli, 'saml verify needs --batch FILE.jsonl')
      return verifyBatch(values.batch, cli)
    },
  },
  {
    words: ['saml', 'explain'],
    usage: 'saml explain FILE [--certificate FILE]…',
    what: 'says what is right and wrong with every SAML message in a file, an address or a HAR (- is standard input)',
    options: explainOptions,
    run: ({ world, out, err }, args) => explainCommand(args, { now: world.clock(), out, err }),
  },
]

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 called or configured wrongly. */
export async function runCli(argv: readonly string[], cli: CliWorld): Promise<number> {
  const command = commands.find(({ words }) => words.every((word, index) => argv[index] === word))
  if (command === undefined) {
    const asked = argv.length === 0 || ['help', '--help', '-h'].includes(argv[0] ?? '')
    if (!asked) return usageError(cli, `There is no command ${argv.join(' ')}`)
    cli.out(help())
    return 0
  }
  try {
    const { positionals, values } = parseArgs({
      args: argv.slice(command.words.length),
      options: command.options as NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>,
      allowPositionals: true,
    })
    return await command.run(cli, { positionals, values: values as CommandArguments['values'] })
  } catch (error) {
    return report(cli, command, error)
  }
}

function report(cli: CliWorld, command: Command, error: unknown): number {
  if (error instanceof ConfigError) {
    cli.err(error.message)
    return 2
  }
  if (error instanceof MigrationError || error instanceof DatabaseOpenError || error instanceof SealError) {
    cli.err(error.message)
    return 1
  }
  const code = (error as { readonly code?: unknown }).code
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'))
    return usageError(cli, (error as Error).message, command)
  throw error
}

function usageError(cli: CliWorld, message: string, command?: Command): number {
  cli.err(message)
  cli.err(command === undefined ? help() : `Usage: sallyport ${command.usage}`)
  return 2
}

function help(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length))
  return [
    'Usage: sallyport COMMAND',
    '',
    ...commands.map(({ usage, what }) => `  ${usage.padEnd(width)}  ${what}`),
  ].join('\n')
}

async function apply(cli: CliWorld, { values }: CommandArguments): Promise<number> {
  const { file } = values
  if (typeof file !== 'string') return usageError(cli, 'apply needs -f FILE')
  const options = { file, dryRun: values['dry-run'] === true, prune: values.prune === true }
  return withDatabase(cli, ({ db, config }) =>
    applyCommand(options, { db, world: cli.world, config, out: outputOf(cli) }),
  )
}

function outputOf({ out, err }: CliWorld) {
  return { line: out, problem: err }
}
