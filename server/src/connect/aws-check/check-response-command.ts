// `sallyport amazon-connect check-response FILE`: what AWS would say to a response in a file.

import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { findEnvironment } from '#companies/environments.ts'
import type { CommandArguments, CommandWorld } from '#config/command.ts'
import { printable } from '#config/printable.ts'
import { awsErrors } from '#connect/aws-check/aws-errors.ts'
import { type AwsCheck, type AwsExpectations, type AwsReport, isVerified } from '#connect/aws-check/check-for-aws.ts'
import { checkText, TextRefused } from '#connect/aws-check/check-text.ts'
import { federationProducts, findAmazonConnect } from '#connect/settings.ts'
import { LARGEST_INPUT } from '#explain/find-messages.ts'
import type { Database } from '#storage/database.ts'

export const checkResponseOptions = {
  environment: { type: 'string' },
  metadata: { type: 'string' },
  product: { type: 'string' },
  'relay-state': { type: 'string' },
  json: { type: 'boolean' },
} as const

type Cli = CommandWorld & {
  /** Opened only where an Environment is named. */
  readonly withDatabase: (work: (db: Database) => Promise<number>) => Promise<number>
  /** What `-` stands for. */
  readonly input?: () => Promise<Uint8Array>
}

/** What was asked for cannot be done: told in a sentence. */
class CallError extends Error {
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Exit code 0: AWS would take it, as far as can be told; 1: it would not; 2: there is nothing to check, or the call is wrong. */
export async function checkResponseCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const { environment } = args.values
  const work = async (db?: Database): Promise<number> => {
    try {
      return await check(args, cli, db)
    } catch (error) {
      if (!(error instanceof CallError || error instanceof TextRefused)) throw error
      cli.err(printable(error.message))
      return error instanceof CallError ? error.exitCode : 2
    }
  }
  return environment === undefined ? work() : cli.withDatabase(work)
}

async function check({ positionals, values }: CommandArguments, cli: Cli, db: Database | undefined): Promise<number> {
  const [file, second] = positionals
  if (file === undefined || second !== undefined)
    throw new CallError(2, 'amazon-connect check-response needs one FILE, or - for standard input')
  const expectations: AwsExpectations = {
    settings: db && (await settingsOf(db, `${values.environment}`)),
    now: cli.world.clock(),
    metadata: typeof values.metadata === 'string' ? `${await contentOf(values.metadata)}` : undefined,
    product: productOf(values.product),
    relayState: typeof values['relay-state'] === 'string' ? values['relay-state'] : undefined,
  }
  const text = Buffer.from(file === '-' ? await (cli.input ?? standardInput)() : await contentOf(file))
  const reports = checkText(text.toString('utf8'), expectations, file === '-' ? 'the input' : basename(file))
  if (values.json === true) cli.out(JSON.stringify(reports, null, 2))
  else cli.out(reports.map((report) => linesOf(report).map(printable).join('\n')).join('\n\n\n'))
  return reports.some(isTaken) ? 0 : 1
}

function isTaken({ firstError, checks }: AwsReport): boolean {
  return firstError === null && !checks.some(({ outcome }) => outcome === 'failed')
}

async function settingsOf(db: Database, where: string): Promise<AwsExpectations['settings']> {
  const [companySlug = '', environmentSlug = '', ...more] = where.split('/')
  const place = more.length > 0 ? undefined : await findEnvironment(db.read, { companySlug, environmentSlug })
  if (place === undefined) throw new CallError(1, `There is no Environment ${where}. Name it like acme/production.`)
  return findAmazonConnect(db.read, place.environment.id)
}

function productOf(value: CommandArguments['values'][string]): string | undefined {
  if (value === undefined || federationProducts.includes(`${value}`))
    return value === undefined ? undefined : `${value}`
  throw new CallError(2, `--product is one of ${federationProducts.join(', ')}, not ${value}`)
}

const signs = { passed: '✓', failed: '✗', 'not-checked': '?' } as const

function linesOf(report: AwsReport): readonly string[] {
  const { where, firstError, notes, facts, checks, errors } = report
  const open = isVerified(checks)
    ? 'AWS would take it, as far as can be told'
    : 'nothing speaks against it, but nothing vouches for it either'
  const verdict = firstError === null ? open : 'AWS would not take it'
  const said = [
    ['role', facts.roles.map(({ value }) => value).join(' ')],
    ['session', facts.roleSessionName.join(', ')],
    ['issuer', facts.issuer ?? ''],
    ['relay', facts.relayState ?? ''],
  ] as const
  const found = errors.find(({ error }) => error === firstError)
  return [
    `Response in ${where}: ${verdict}`,
    ...(firstError === null
      ? []
      : [`  it says     ${awsErrors[firstError].text}${found?.certain ? '' : ' (probably)'}`]),
    ...said.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(11)} ${value}`),
    ...notes.map((note) => `  note        ${note}`),
    '',
    ...checks.flatMap(checkLines),
    '',
    'What cannot be told from the response alone:',
    ...errors
      .filter(({ judgement }) => judgement === 'cannot-tell')
      .map(({ text, why }) => `  ${text}\n    ${why}`)
      .flatMap((lines) => lines.split('\n')),
  ]
}

function checkLines({ code, outcome, title, sentence, expected, received, cure }: AwsCheck): readonly string[] {
  const line = `${signs[outcome]} ${title} [${code}]`
  if (outcome === 'passed') return [line]
  const evidence = [
    ['expected', expected],
    ['received', received],
    ['why', sentence],
    ['cure', cure],
  ] as const
  return [line, ...evidence.flatMap(([name, value]) => (value === null ? [] : [`    ${name.padEnd(9)} ${value}`]))]
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > LARGEST_INPUT) throw new CallError(2, `${file} is larger than 8 MiB. Give the response alone.`)
    return await readFile(file)
  } catch (error) {
    if (error instanceof CallError || (error as NodeJS.ErrnoException).code === undefined) throw error
    throw new CallError(2, `${file} cannot be read: ${(error as Error).message}`)
  }
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of createReadStream('', { fd: 0, autoClose: false })) {
    size += chunk.length
    if (size > LARGEST_INPUT) throw new TextRefused('too-large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
