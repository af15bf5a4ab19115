// A place and whose browser asks about it: all that an answer to an application is made of, in one statement.

import { type CompiledQuery, sql } from 'kysely'
import { companyOf } from '#companies/companies.ts'
import { type EnvironmentOfCompany, environmentOf, findEnvironment } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { cookieFor, type SessionCookie } from '#sessions/session-cookie.ts'
import { type FoundSession, foundSession, type SessionColumns } from '#sessions/sessions.ts'
import type { Handle } from '#storage/database.ts'
import type { CompanyRow, EnvironmentRow } from '#storage/tables.ts'
import { tokenHash } from '#storage/token-hash.ts'
import { type Account, type AccountRow, accountOf } from '#users/accounts.ts'
import { membershipColumns } from '#users/memberships.ts'

/** As the path names it. */
export type Slugs = Parameters<typeof findEnvironment>[1]

export type FoundAt = {
  readonly place: EnvironmentOfCompany
  /** Which state its rules of access are in; undefined where it has none. Read here, because then it costs no query. */
  readonly accessVersion?: string
  /** What the cookie for this place leads to, alive or over. */
  readonly found?: FoundSession & { readonly account: Account }
}

/** A browser in good faith hardly has more, and the statement stays small. */
export const COOKIES_AT_ONCE = 10

/**
 * Undefined where there is no such place. One statement, which chooses the cookie by the id of the Environment that it
 * finds; where the browser sends more than ten, one before it finds the place.
 */
export async function findAt(
  db: Handle,
  slugs: Slugs,
  cookies: readonly SessionCookie[],
  now: Date,
): Promise<FoundAt | undefined> {
  if (cookies.length > 0 && cookies.length <= COOKIES_AT_ONCE) return findTogether(db, slugs, cookies, now)
  const place = await findEnvironment(db, slugs)
  const cookie = place && cookieFor(place.environment.id, cookies)
  return cookie === undefined ? place && { place } : findTogether(db, slugs, [cookie], now)
}

async function findTogether(
  db: Handle,
  { companySlug, environmentSlug }: Slugs,
  cookies: readonly SessionCookie[],
  now: Date,
): Promise<FoundAt | undefined> {
  const { parameters, ...statement } = statementFor(db, cookies.length)
  const values = new Map<unknown, string>([
    ['companySlug', companySlug],
    ['environmentSlug', environmentSlug],
    ...cookies.flatMap(({ environmentId, token }, nth) => [
      [`environment${nth}`, environmentId] as const,
      [`hash${nth}`, tokenHash(token)] as const,
    ]),
  ])
  const bound = { ...statement, parameters: parameters.map((name) => values.get(name)) }
  const [row] = (await db.executeQuery<Row>(bound)).rows
  if (row === undefined) return undefined
  const place = placeOf(row)
  const at = row.access_version === null ? { place } : { place, accessVersion: row.access_version }
  if (!isSomebodys(row)) return at
  const { session_id, session_connection_id } = row
  const session = { ...row, id: session_id, user_id: row.id, connection_id: session_connection_id }
  return { ...at, found: { ...foundSession(session, now), account: accountOf(row) } }
}

const statements = new WeakMap<Handle, Map<number, CompiledQuery>>()

/** Made once: that takes five times as long as SQLite takes to answer it. */
function statementFor(db: Handle, cookies: number): CompiledQuery {
  const made = statements.get(db) ?? new Map<number, CompiledQuery>()
  statements.set(db, made)
  const statement = made.get(cookies) ?? makeStatement(db, cookies).compile()
  made.set(cookies, statement)
  return statement
}

type Row = Awaited<ReturnType<ReturnType<typeof makeStatement>['execute']>>[number]

/** In the place of its parameters it has their names. */
function makeStatement(db: Handle, cookies: number) {
  return db
    .selectFrom('environments')
    .innerJoin('companies', 'companies.id', 'environments.company_id')
    .leftJoin('sessions', (join) =>
      join
        .on('sessions.token_hash', '=', hashOfItsToken(cookies))
        .onRef('sessions.environment_id', '=', 'environments.id'),
    )
    .leftJoin('environment_sessions', 'environment_sessions.environment_id', 'environments.id')
    .leftJoin('environment_access', 'environment_access.environment_id', 'environments.id')
    .leftJoin('users', (join) =>
      join.onRef('users.id', '=', 'sessions.user_id').onRef('users.environment_id', '=', 'environments.id'),
    )
    .leftJoin('access_profiles', 'access_profiles.id', 'users.access_profile_id')
    .selectAll('users')
    .select(['access_profiles.name as profile_name', ...membershipColumns(db)])
    .select(['sessions.id as session_id', 'sessions.connection_id as session_connection_id'])
    .select(['opened_at', 'last_seen_at', 'expires_at', 'expires_why', 'ended_at', 'ended_why'])
    .select([
      'authn_context',
      'authorized_client_ids',
      'chain_id',
      'address',
      'user_agent',
      'record_id',
      'idle_minutes',
    ])
    .select(['environments.id as place_id', 'environments.slug as place_slug', 'environments.name as place_name'])
    .select(['targets', 'companies.id as company_id', 'companies.slug as company_slug'])
    .select(['companies.name as company_name', 'environment_access.version as access_version'])
    .where('companies.slug', '=', 'companySlug')
    .where('environments.slug', '=', 'environmentSlug')
}

/** A cookie counts only for the Environment that its name says. */
function hashOfItsToken(cookies: number) {
  const cases = Array.from({ length: cookies }, (_, nth) => sql`when ${`environment${nth}`} then ${`hash${nth}`}`)
  return sql<string>`case ${sql.ref('environments.id')} ${sql.join(cases, sql` `)} end`
}

type PlaceRow = {
  readonly place_id: Id<'env'>
  readonly place_slug: string
  readonly place_name: string
  readonly targets: EnvironmentRow['targets']
  readonly company_id: Id<'comp'>
  readonly company_slug: CompanyRow['slug']
  readonly company_name: string
}

function placeOf(row: PlaceRow): EnvironmentOfCompany {
  const { place_id, place_slug, place_name, targets, company_id, company_slug, company_name } = row
  return Object.freeze({
    environment: environmentOf({ id: place_id, company_id, slug: place_slug, name: place_name, targets }),
    company: companyOf({ id: company_id, slug: company_slug, name: company_name }),
  })
}

/** A session with its user. */
type SomebodysRow = AccountRow &
  Omit<SessionColumns, 'user_id'> & {
    readonly session_id: Id<'sess'>
    readonly session_connection_id: Id<'conn'> | null
  }

/** The left joins find all of it, or nothing. */
function isSomebodys<Row extends { readonly session_id: unknown; readonly id: unknown }>(
  row: Row,
): row is Row & SomebodysRow {
  return row.session_id !== null && row.id !== null
}
