/** `sallyport amazon-connect …`: the instance of an Environment. Exit code 0 done, 1 refused, 2 called wrongly. */

import { readFileSync } from 'node:fs'
import { changeAmazonConnect, forgetAmazonConnect } from '#admin/amazon-connect/amazon-connect-changes.ts'
import { shownAmazonConnect } from '#admin/amazon-connect/amazon-connect-shapes.ts'
import { type At, type Cli as CliOfEnvironment, commandLine, fail, inEnvironment } from '#admin/in-environment.ts'
import { ApiProblem, type FieldProblem, invalidInput } from '#admin/problems.ts'
import type { CommandArguments } from '#config/command.ts'
import type { Config } from '#config/config.ts'
import { printable } from '#config/printable.ts'
import type { ConnectWarning } from '#connect/read-instance.ts'
import {
  type AmazonConnectSettings,
  findAmazonConnect,
  holdAmazonConnect,
  typedAmazonConnect,
} from '#connect/settings.ts'

type Cli = CliOfEnvironment & { readonly config: Pick<Config, 'publicUrl'> }

export const showConnectOptions = { json: { type: 'boolean' } } as const

/** `amazon-connect show`: the settings, and the addresses that follow from them. */
export async function showConnectCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect show', words: [] }, async (at) => {
    return show(cli, at, await findAmazonConnect(cli.db.read, at.place.environment.id), { ...args.values })
  })
}

type How = { readonly json?: unknown; readonly taken?: readonly ConnectWarning[] }

function show(cli: Cli, at: At, settings: AmazonConnectSettings | undefined, { json, taken }: How): number {
  const circumstances = { publicUrl: cli.config.publicUrl, now: cli.world.clock() }
  const shown = shownAmazonConnect(settings, at.place, circumstances, taken)
  if (json === true) cli.out(JSON.stringify(shown))
  else if (settings === undefined) cli.out(`${at.where} has no instance of Amazon Connect.`)
  else for (const line of linesOf(settings, shown)) cli.out(printable(line))
  for (const { sentence, cure } of shown.warnings) cli.err(printable(`Warning: ${sentence} ${cure}`))
  return 0
}

function linesOf(
  {
    instance,
    ccpVersion,
    singleSignOn,
    requireSignIn,
    agentName,
    stuckAfterSeconds,
    federation,
  }: AmazonConnectSettings,
  { agentUrl, approvedOrigin, relayState }: ReturnType<typeof shownAmazonConnect>,
): readonly string[] {
  const { enabled, url, autoCloseWindow } = singleSignOn
  const { product, providerName, roleName, sessionSeconds, metadata } = federation
  const signIn = enabled ? `through ${url ?? 'nothing'}` : 'at the instance’s own login page'
  return [
    `Instance: ${instance.url}, ${instance.id} in ${instance.region}, account ${instance.accountId ?? 'not known'}`,
    `Contact Control Panel: ${ccpVersion}`,
    `Sign-in: ${signIn}; the window ${autoCloseWindow ? 'closes itself' : 'stays open'}`,
    `Sallyport sign-in first: ${requireSignIn ? 'yes' : 'no'}; agent’s name: ${agentName}; stuck after ${stuckAfterSeconds} s`,
    `AWS: role ${roleName}, provider ${providerName}, sessions of ${sessionSeconds} s, from ${product ?? 'an identity provider not named'}, metadata ${metadata === null ? 'missing' : 'here'}`,
    `RelayState: ${relayState}`,
    `User/Agent URL: ${agentUrl}`,
    `Approved origin: ${approvedOrigin}`,
  ]
}

/** Each option, the field that it fills in, and how its text is read. */
export const fieldOfOption = {
  url: ['instance.url', 'text'],
  id: ['instance.id', 'text'],
  region: ['instance.region', 'text'],
  account: ['instance.accountId', 'text'],
  ccp: ['ccpVersion', 'text'],
  'single-sign-on': ['singleSignOn.enabled', 'switch'],
  'single-sign-on-url': ['singleSignOn.url', 'text'],
  'auto-close': ['singleSignOn.autoCloseWindow', 'switch'],
  'require-sign-in': ['requireSignIn', 'switch'],
  'agent-name': ['agentName', 'text'],
  'stuck-after': ['stuckAfterSeconds', 'number'],
  product: ['federation.product', 'text'],
  'provider-name': ['federation.providerName', 'text'],
  'role-name': ['federation.roleName', 'text'],
  'session-seconds': ['federation.sessionSeconds', 'number'],
  metadata: ['federation.metadata', 'file'],
  destination: ['federation.destination', 'text'],
} as const satisfies Readonly<Record<string, readonly [string, 'text' | 'switch' | 'number' | 'file']>>

export const setConnectOptions = Object.fromEntries(
  Object.keys(fieldOfOption).map((option) => [option, { type: 'string' } as const]),
)

/** `amazon-connect set`: what is not named stays as it is. */
export async function setConnectCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect set', words: [] }, async (at) => {
    const given: Record<string, unknown> = {}
    for (const [option, [field, how]] of Object.entries(fieldOfOption)) {
      const text = args.values[option]
      if (typeof text !== 'string') continue
      const read = readOption(text, how)
      if (read === undefined) return fail(cli, how === 'file' ? 1 : 2, wrongOption(option, text, how))
      given[field] = read.value
    }
    if (Object.keys(given).length === 0) return fail(cli, 2, 'amazon-connect set needs something to set, --url for one')
    return set(cli, at, given)
  })
}

async function set(cli: Cli, at: At, given: Readonly<Record<string, unknown>>): Promise<number> {
  try {
    const { settings, warnings } = await cli.db.transaction(async (tx) => {
      await holdAmazonConnect(tx, at.place.environment.id)
      const current = await findAmazonConnect(tx, at.place.environment.id)
      const typed = typedAmazonConnect.safeParse(merged(current, given))
      if (!typed.success) throw invalidInput(typed.error)
      return changeAmazonConnect(tx, changeAt(cli, at), typed.data)
    })
    return show(cli, at, settings, { taken: warnings })
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    return fail(cli, 1, error.problems.map(problemLine).join('\n'))
  }
}

/** A new ARN says region and account anew. */
function merged(current: AmazonConnectSettings | undefined, given: Readonly<Record<string, unknown>>): unknown {
  const tree: Record<string, Record<string, unknown>> = structuredClone({ instance: {}, ...current } as never)
  if (String(given['instance.id'] ?? '').startsWith('arn:'))
    for (const said of ['region', 'accountId']) delete tree.instance?.[said]
  for (const [field, value] of Object.entries(given)) {
    const [group = '', name] = field.split('.')
    if (name === undefined) Object.assign(tree, { [group]: value })
    else tree[group] = { ...tree[group], [name]: value }
  }
  return tree
}

type Kind = 'text' | 'switch' | 'number' | 'file'

/** `none` empties what may be empty. */
function readOption(text: string, how: Kind): { readonly value: unknown } | undefined {
  if (text === 'none') return { value: null }
  if (how === 'switch') return text === 'on' || text === 'off' ? { value: text === 'on' } : undefined
  if (how === 'number') return /^\d{1,9}$/.test(text) ? { value: Number(text) } : undefined
  if (how === 'text') return { value: text }
  try {
    return { value: readFileSync(text, 'utf8') }
  } catch {
    return undefined
  }
}

function wrongOption(option: string, text: string, how: Kind): string {
  if (how === 'file') return printable(`The file ${text} cannot be read.`)
  return how === 'switch' ? `--${option} is on or off.` : `--${option} is a whole number.`
}

function problemLine({ path, message }: FieldProblem): string {
  const option = Object.entries(fieldOfOption).find(([, [field]]) => field === path)?.[0]
  const isMissing = message.endsWith('received undefined')
  return printable(`${option === undefined ? path : `--${option}`} ${isMissing ? 'is missing' : message}`)
}

/** `amazon-connect remove` */
export async function removeConnectCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect remove', words: [] }, async (at) => {
    const { where, place } = at
    if ((await findAmazonConnect(cli.db.read, place.environment.id)) === undefined)
      return fail(cli, 1, `${where} has no instance of Amazon Connect. Nothing was changed.`)
    await cli.db.transaction((tx) => forgetAmazonConnect(tx, changeAt(cli, at)))
    cli.out(`${where} has no instance of Amazon Connect any more.`)
    return 0
  })
}

function changeAt({ world }: Cli, { place }: At) {
  return { environmentId: place.environment.id, source: commandLine, world, now: world.clock() }
}
