/** `sallyport amazon-connect relay-state|read-link|artefacts`. Exit code 0 good, 1 refused or broken, 2 called wrongly. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cli as CliOfEnvironment, fail, inEnvironment } from '#admin/in-environment.ts'
import type { CommandArguments } from '#config/command.ts'
import type { Config } from '#config/config.ts'
import { printable } from '#config/printable.ts'
import { type Artefact, listArtefacts } from '#connect/artefacts/artefacts.ts'
import { findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { readDeepLink } from '#connect/deep-links/read-link.ts'
import { encodedForLink } from '#connect/deep-links/relay-state-of-link.ts'
import type { Finding } from '#connect/finding.ts'
import { readRelayState, relayStateOf, relayStatePartsOf } from '#connect/relay-state.ts'
import { federationProducts, findAmazonConnect } from '#connect/settings.ts'

type Cli = CliOfEnvironment & { readonly config: Pick<Config, 'publicUrl'> }

export const relayStateOptions = { read: { type: 'string' }, product: { type: 'string' } } as const

/** `amazon-connect relay-state`: that of the settings, and the link with it; or reads another one. */
export async function relayStateCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect relay-state', words: [] }, async ({ place, where }) => {
    const settings = await findAmazonConnect(cli.db.read, place.environment.id)
    const { read, product } = args.values
    if (typeof read === 'string') {
      const { mended, findings } = readRelayState(read, settings && relayStatePartsOf(settings))
      if (mended !== undefined) cli.out(printable(mended))
      return told(cli, findings)
    }
    if (settings === undefined) return fail(cli, 1, noInstance(where))
    const wrong = wrongProduct(product)
    if (wrong !== undefined) return fail(cli, 2, wrong)
    const relayState = relayStateOf(settings)
    const asked = String(product ?? settings.federation.product ?? '')
    const { link, note } = encodedForLink(asked, settings.singleSignOn.url, relayState)
    for (const line of [relayState, ...(link === null ? [] : [link]), note]) cli.out(printable(line))
    return 0
  })
}

export const readLinkOptions = { product: { type: 'string' } } as const

/** `amazon-connect read-link`: what a deep link says, and what is wrong with it. */
export async function readLinkCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(
    args,
    cli,
    { command: 'amazon-connect read-link', words: ['LINK'] },
    async ({ place, words }) => {
      const { product } = args.values
      const wrong = wrongProduct(product)
      if (wrong !== undefined) return fail(cli, 2, wrong)
      const settings = await findAmazonConnect(cli.db.read, place.environment.id)
      const read = readDeepLink(words[0] ?? '', {
        product: typeof product === 'string' ? product : settings?.federation.product,
        instanceUrl: settings?.instance.url,
        relayState: settings && relayStatePartsOf(settings),
        publicUrl: cli.config.publicUrl,
      })
      const name = findDeepLinkProduct(read.product)?.name
      if (name !== undefined) cli.out(`A link of ${name}.`)
      for (const part of read.parts) cli.out(printable(`${part.name}: ${part.value}`))
      return told(cli, read.findings)
    },
  )
}

export const artefactsOptions = {
  name: { type: 'string' },
  out: { type: 'string' },
  product: { type: 'string' },
} as const

/** `amazon-connect artefacts`: lists what AWS needs, prints one of them, or writes all into a folder. */
export async function artefactsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'amazon-connect artefacts', words: [] }, async ({ place }) => {
    const { name, out, product } = args.values
    const wrong = wrongProduct(product)
    if (wrong !== undefined) return fail(cli, 2, wrong)
    const settings = await findAmazonConnect(cli.db.read, place.environment.id)
    const all = listArtefacts(settings, typeof product === 'string' ? product : undefined)
    const asked = typeof name === 'string' ? all.filter((one) => one.name === name) : all
    if (asked.length === 0) return fail(cli, 2, `--name is one of ${all.map((one) => one.name).join(', ')}.`)
    const failed = typeof out === 'string' ? write(asked, out) : undefined
    if (failed !== undefined) return fail(cli, 1, printable(failed))
    for (const { name, title, text } of asked)
      cli.out(args.values.name === undefined || typeof out === 'string' ? `${name}  ${title}` : text.trimEnd())
    for (const sentence of new Set(asked.flatMap(({ missing }) => missing))) cli.err(`Warning: ${sentence}`)
    return 0
  })
}

/** What went wrong. */
function write(artefacts: readonly Artefact[], folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true })
    for (const { name, text } of artefacts) writeFileSync(join(folder, name), text)
    return undefined
  } catch {
    return `The folder ${folder} cannot be written to. Name one that you may write to.`
  }
}

function told(cli: Cli, findings: readonly Finding[]): number {
  if (findings.length === 0) cli.out('Nothing is wrong with it.')
  for (const { severity, sentence, cure } of findings) cli.out(printable(`${severity}: ${sentence} ${cure}`))
  return findings.some(({ severity }) => severity === 'broken') ? 1 : 0
}

function wrongProduct(product: CommandArguments['values'][string]): string | undefined {
  if (typeof product !== 'string' || federationProducts.includes(product)) return undefined
  return `--product is one of ${federationProducts.join(', ')}.`
}

function noInstance(where: string): string {
  return `${where} has no instance of Amazon Connect. Enter it first: sallyport amazon-connect set.`
}
