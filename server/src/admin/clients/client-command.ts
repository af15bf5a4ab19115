/** `sallyport clients …`: clients and their secrets. Exit code 0 done, 1 refused, 2 called wrongly. */

import { type ClientWork, makeClient, makeSecret, removeClient, takeSecretAway } from '#admin/clients/client-changes.ts'
import { clientToMake, shownClient, shownSecret } from '#admin/clients/client-shapes.ts'
import { type At, type Cli, commandLine, fail, inEnvironment } from '#admin/in-environment.ts'
import type { CommandArguments } from '#config/command.ts'
import { printable } from '#config/printable.ts'
import { ClientRefused, sentenceOf } from '#oauth/client-refusal.ts'
import { type Client, findClient, isPublic, listClients, listSecrets } from '#oauth/clients.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LONGEST_DAYS = 3650

export const clientsOptions = { json: { type: 'boolean' } } as const

/** `clients`: one a line, by name. */
export async function clientsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'clients', words: [] }, async ({ place }) => {
    const clients = await listClients(cli.db.read, place.environment.id)
    if (clients.length === 0) cli.err('No clients yet.')
    for (const client of clients)
      cli.out(args.values.json === true ? JSON.stringify(shownClient(client)) : line(client))
    return 0
  })
}

function line({ id, name, kind, settings }: Client): string {
  const { active, accessTokenSeconds, accessTokenFormat, redirectUris, purpose } = settings
  const parts = [id, name, purpose === undefined ? kind : `${kind} (${purpose})`]
  parts.push(`${accessTokenFormat} tokens for ${accessTokenSeconds} s`, ...redirectUris.slice(0, 1))
  if (redirectUris.length > 1) parts.push(`and ${redirectUris.length - 1} more`)
  if (!active) parts.push('inactive')
  return printable(parts.join('  '))
}

export const createClientOptions = {
  name: { type: 'string' },
  kind: { type: 'string' },
  id: { type: 'string' },
  'redirect-uri': { type: 'string', multiple: true },
  'post-logout-redirect-uri': { type: 'string', multiple: true },
  'back-channel-logout-uri': { type: 'string' },
  grant: { type: 'string', multiple: true },
  'access-token-seconds': { type: 'string' },
  'access-token-format': { type: 'string' },
  purpose: { type: 'string' },
  'dangerously-allow-implicit': { type: 'boolean' },
} as const

/** The options that are not the fields' names in small letters, with what they fill in. */
const optionOf: Readonly<Record<string, keyof typeof createClientOptions>> = {
  redirectUris: 'redirect-uri',
  postLogoutRedirectUris: 'post-logout-redirect-uri',
  backChannelLogoutUri: 'back-channel-logout-uri',
  grants: 'grant',
  accessTokenSeconds: 'access-token-seconds',
  accessTokenFormat: 'access-token-format',
  dangerouslyAllowImplicit: 'dangerously-allow-implicit',
  name: 'name',
  kind: 'kind',
  id: 'id',
  purpose: 'purpose',
}

/** `clients create`: its id alone on the standard output, so that a script can take it. */
export async function createClientCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inPlace(args, cli, { command: 'clients create', words: [] }, async (at) => {
    const given = Object.entries(optionOf).map(([field, option]) => [field, args.values[option]] as const)
    const { accessTokenSeconds: seconds, ...rest } = Object.fromEntries(
      given.filter(([, value]) => value !== undefined),
    )
    const read = clientToMake.safeParse(
      seconds === undefined ? rest : { ...rest, accessTokenSeconds: numberOf(seconds) },
    )
    if (!read.success) {
      const problems = read.error.issues.map(({ path, message }) => problem(path, message))
      return fail(cli, 2, problems.join('\n'))
    }
    const client = await cli.db.transaction((tx) => makeClient(tx, workAt(cli, at), read.data))
    const next = isPublic(client)
      ? 'It has no secret: it uses PKCE.'
      : `It needs a secret: sallyport clients secret ${at.where} ${client.id}`
    cli.err(printable(`The ${client.kind} client “${client.name}” is made. ${next}`))
    cli.out(client.id)
    return 0
  })
}

export const clientSecretOptions = { expires: { type: 'string' } } as const

/** `clients secret`: a further one, alone on the standard output. */
export async function addClientSecretCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const days = daysOf(args.values.expires)
  if (Number.isNaN(days))
    return fail(cli, 2, `--expires must be a number of days from 1d to ${LONGEST_DAYS}d, like 365d`)
  return ofClient(args, cli, { command: 'clients secret', words: [] }, async (at, client) => {
    const work = workAt(cli, at)
    const expiresAt = days === undefined ? undefined : new Date(work.now.getTime() + days * DAY_MS)
    const { secret, text } = await cli.db.transaction((tx) => makeSecret(tx, work, client, expiresAt))
    const until = expiresAt === undefined ? 'without an end' : `until ${expiresAt.toISOString()}`
    cli.err(printable(`Secret ${secret.id} of “${client.name}”, ${until}. It is shown this once: keep it safe.`))
    cli.out(text)
    return 0
  })
}

/** `clients secrets`: which there are; never their text. */
export async function clientSecretsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return ofClient(args, cli, { command: 'clients secrets', words: [] }, async (_at, client) => {
    const secrets = await listSecrets(cli.db.read, client)
    if (secrets.length === 0) cli.err(isPublic(client) ? 'It has no secret: it uses PKCE.' : 'No secrets yet.')
    for (const secret of secrets) {
      if (args.values.json === true) {
        cli.out(JSON.stringify(shownSecret(secret)))
        continue
      }
      const { id, hint, createdAt, expiresAt, lastUsedAt } = secret
      const isOver = expiresAt !== undefined && expiresAt <= cli.world.clock()
      const end = expiresAt === undefined ? 'without an end' : `${isOver ? 'expired' : 'until'} ${day(expiresAt)}`
      const used = lastUsedAt === undefined ? 'never used' : `last used ${day(lastUsedAt)}`
      cli.out([id, `…${hint}`, `made ${day(createdAt)}`, end, used].join('  '))
    }
    return 0
  })
}

/** `clients secret revoke`: one of them, at once. */
export async function revokeClientSecretCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return ofClient(args, cli, { command: 'clients secret revoke', words: ['SECRET-ID'] }, async (at, client) => {
    const id = at.words[1] ?? ''
    if (await cli.db.transaction((tx) => takeSecretAway(tx, workAt(cli, at), client, id))) {
      cli.out(`Revoked ${id}. It is refused from now on.`)
      return 0
    }
    const its = `Its secrets: sallyport clients secrets ${at.where} ${client.id}`
    return fail(cli, 1, printable(`“${client.name}” has no secret ${id}. ${its}`))
  })
}

/** `clients remove`: with its secrets. */
export async function removeClientCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return ofClient(args, cli, { command: 'clients remove', words: [] }, async (at, client) => {
    const isRemoved = await cli.db.transaction((tx) => removeClient(tx, workAt(cli, at), client))
    if (!isRemoved) return noSuchClient(cli, at, client.id)
    cli.out(printable(`The client “${client.name}” and its secrets are removed. It gets no tokens any more.`))
    return 0
  })
}

type Called = { readonly command: string; readonly words: readonly string[] }

/** What is about one client names it behind the Environment. */
async function ofClient(
  args: CommandArguments,
  cli: Cli,
  { command, words }: Called,
  work: (at: At, client: Client) => Promise<number>,
): Promise<number> {
  return inPlace(args, cli, { command, words: ['CLIENT-ID', ...words] }, async (at) => {
    const [id = ''] = at.words
    const client = await findClient(cli.db.read, at.place.environment.id, id)
    return client === undefined ? noSuchClient(cli, at, id) : work(at, client)
  })
}

function noSuchClient(cli: Cli, { where }: At, id: string): number {
  return fail(cli, 1, printable(`${where} has no client ${id}. Its clients: sallyport clients ${where}`))
}

async function inPlace(
  args: CommandArguments,
  cli: Cli,
  called: Called,
  work: (at: At) => Promise<number>,
): Promise<number> {
  try {
    return await inEnvironment(args, cli, called, work)
  } catch (error) {
    if (!(error instanceof ClientRefused)) throw error
    const { sentence, cure } = sentenceOf(error)
    return fail(cli, 1, printable(`${sentence} ${cure}`))
  }
}

function workAt({ world }: Cli, { place }: At): ClientWork {
  return { environmentId: place.environment.id, source: commandLine, world, now: world.clock() }
}

type Value = CommandArguments['values'][string]

/** What is no number is judged as such by the schema. */
function numberOf(typed: Value): unknown {
  return typeof typed === 'string' && /^\d+$/.test(typed) ? Number(typed) : typed
}

/** NaN where it is no number of days. */
function daysOf(typed: Value): number | undefined {
  if (typed === undefined) return undefined
  const [, days] = /^([1-9]\d{0,3})d$/.exec(String(typed)) ?? []
  return days === undefined || Number(days) > LONGEST_DAYS ? Number.NaN : Number(days)
}

function problem(path: readonly PropertyKey[], message: string): string {
  const [field] = path
  const missing = /received undefined$/.test(message) ? 'is missing' : message.replace(/^Invalid (input|option): /, '')
  return printable(`--${optionOf[String(field)] ?? String(field)} ${missing}`)
}

const day = (time: Date): string => time.toISOString().slice(0, 10)
