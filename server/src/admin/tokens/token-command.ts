/** `sallyport token …`: making, listing and revoking administration tokens. */

import { insertToken, listTokens, type Reach, revokeToken, type Scope, scopes } from '#admin/tokens/tokens.ts'
import { findCompany, listCompanies } from '#companies/companies.ts'
import { findEnvironment, findEnvironmentById } from '#companies/environments.ts'
import type { CommandArguments, CommandWorld } from '#config/command.ts'
import type { Database } from '#storage/database.ts'

export const tokenOptions = {
  name: { type: 'string' },
  environment: { type: 'string' },
  company: { type: 'string' },
  all: { type: 'boolean' },
  scopes: { type: 'string' },
  expires: { type: 'string' },
} as const

type Cli = CommandWorld & { readonly db: Database }

const DAY_MS = 24 * 60 * 60 * 1000
/** Whoever forgets about a token shall not leave it open for ever. */
const LONGEST_DAYS = 730

export async function createTokenCommand({ values }: CommandArguments, { db, world, out, err }: Cli): Promise<number> {
  const problems: string[] = []
  const name = readName(values.name, problems)
  const allowed = readScopes(values.scopes, problems)
  const days = readDays(values.expires, problems)
  const reach = await readReach(db, values, problems)
  if (problems.length > 0 || reach === undefined) {
    for (const problem of problems) err(problem)
    return 2
  }
  const now = world.clock()
  const expiresAt = new Date(now.getTime() + days * DAY_MS)
  const made = await insertToken(
    db.write,
    { name, scopes: allowed, expiresAt, ...reach },
    { chance: world.chance, now },
  )
  err(`Token ${made.token.id} “${name}”, until ${expiresAt.toISOString()}. It is shown this once: keep it safe.`)
  // Alone on standard output, so that a script can take it.
  out(made.secret)
  return 0
}

export async function listTokensCommand({ db, world, out, err }: Cli): Promise<number> {
  const tokens = await listTokens(db.read)
  if (tokens.length === 0) err('There are no administration tokens.')
  for (const token of tokens) {
    const { id, name, expiresAt, revokedAt, lastUsedAt } = token
    const over = expiresAt <= world.clock() ? `expired ${day(expiresAt)}` : `until ${day(expiresAt)}`
    const state = revokedAt === undefined ? over : `revoked ${day(revokedAt)}`
    const used = lastUsedAt === undefined ? 'never used' : `last used ${day(lastUsedAt)}`
    out([id, name, await whereOf(db, token), token.scopes.join(','), state, used].join('  '))
  }
  return 0
}

export async function revokeTokenCommand(
  { positionals }: CommandArguments,
  { db, world, out, err }: Cli,
): Promise<number> {
  const [id, ...more] = positionals
  if (id === undefined || more.length > 0) {
    err('token revoke needs the id of one token, which “sallyport token list” shows')
    return 2
  }
  if (await revokeToken(db.write, id, world.clock())) {
    out(`Revoked ${id}. Requests with it are refused from now on.`)
    return 0
  }
  err(`There is no token ${id} that could be revoked. “sallyport token list” shows all of them.`)
  return 1
}

type Value = CommandArguments['values'][string]

function readName(value: Value, problems: string[]): string {
  const name = typeof value === 'string' ? value.trim() : ''
  if (!/^[^\u0000-\u001f\u007f]{1,100}$/.test(name))
    problems.push('--name must say, in 1 to 100 characters, what the token is for')
  return name
}

function readScopes(value: Value, problems: string[]): readonly Scope[] {
  const words = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : []
  const unknown = words.filter((word) => !(scopes as readonly string[]).includes(word))
  if (words.length === 0 || unknown.length > 0) {
    const what = unknown.length > 0 ? `--scopes: there is no ${unknown.join(', ')}` : '--scopes is missing'
    problems.push(`${what}; separate them by commas: ${scopes.join(',')}`)
  }
  return scopes.filter((scope) => words.includes(scope))
}

function readDays(value: Value, problems: string[]): number {
  const [, days] = /^([1-9]\d{0,3})d$/.exec(typeof value === 'string' ? value : '90d') ?? []
  if (days === undefined || Number(days) > LONGEST_DAYS)
    problems.push(`--expires must be a number of days from 1d to ${LONGEST_DAYS}d, like 90d`)
  return Number(days)
}

async function readReach(
  db: Database,
  values: CommandArguments['values'],
  problems: string[],
): Promise<Reach | undefined> {
  const { environment, company, all } = values
  const given = [environment, company, all].filter((value) => value !== undefined)
  if (given.length !== 1) {
    problems.push(
      'Say where the token is good, with one of --environment COMPANY/ENVIRONMENT, --company COMPANY and --all',
    )
    return undefined
  }
  if (typeof environment === 'string') {
    const [companySlug = '', environmentSlug = ''] = environment.split('/')
    const place = await findEnvironment(db.read, { companySlug, environmentSlug })
    if (place === undefined)
      problems.push(`There is no Environment ${environment}; write COMPANY/ENVIRONMENT, as in its address`)
    return place && { companyId: place.company.id, environmentId: place.environment.id }
  }
  if (typeof company === 'string') {
    const found = await findCompany(db.read, company)
    if (found === undefined) problems.push(`There is no Company ${company}`)
    return found && { companyId: found.id }
  }
  return {}
}

async function whereOf(db: Database, { environmentId, companyId }: Reach): Promise<string> {
  if (environmentId !== undefined) {
    const place = await findEnvironmentById(db.read, environmentId)
    return place === undefined ? environmentId : `${place.company.slug}/${place.environment.slug}`
  }
  if (companyId === undefined) return 'everywhere'
  const company = (await listCompanies(db.read)).find(({ id }) => id === companyId)
  return `${company?.slug ?? companyId}/*`
}

const day = (time: Date): string => time.toISOString().slice(0, 10)
