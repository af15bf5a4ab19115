// For bench/sessions.ts: an Environment with sessions of the last hour, a tenth of as many users, and what these belong to.

import { join } from 'node:path'
import { type Database, type Handle, openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import type { SessionRow } from '../server/src/storage/tables.ts'
import { tokenHash } from '../server/src/storage/token-hash.ts'

const SESSIONS_EACH = 10

export const environmentId = 'env_bench'
export const now = new Date()
const HOUR_MS = 60 * 60 * 1000
const times = { created_at: now.getTime(), updated_at: now.getTime() }

export type Place = { readonly db: Database; readonly sessions: number }

/** Sessions of the last hour; each tenth has ended. */
function sessionRow(nth: number, sessions: number): SessionRow {
  const openedAt = openedAtOf(nth, sessions)
  const ended = nth % 10 === 9
  return {
    id: idOf(nth),
    environment_id: environmentId,
    user_id: userIdOf(nth % (sessions / SESSIONS_EACH)),
    connection_id: 'conn_bench',
    token_hash: tokenHash(tokenOf(nth)),
    name_id: `user${nth}@a.example`,
    name_id_format: null,
    name_qualifier: null,
    sp_name_qualifier: null,
    name_id_key: tokenHash(`name${nth}`),
    session_index: `_${nth}`,
    authn_context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    opened_at: openedAt,
    last_seen_at: openedAt,
    expires_at: openedAt + 12 * HOUR_MS,
    expires_why: 'lifetime',
    ended_at: ended ? openedAt + 1000 : null,
    ended_why: ended ? 'logged-out' : null,
    authorized_client_ids: null,
    chain_id: null,
    address: '192.0.2.1',
    record_id: null,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  }
}

const userIdOf = (nth: number): `user_${string}` => `user_${nth}`
export const idOf = (nth: number): `sess_${string}` => `sess_${String(nth).padStart(7, '0')}`
export const tokenOf = (nth: number): string => `token ${nth} of somebody`
export const openedAtOf = (nth: number, sessions: number): number =>
  now.getTime() - HOUR_MS + Math.floor((nth * HOUR_MS) / sessions)

export async function makePlace(folder: string, sessions: number): Promise<Place> {
  const db = await openDatabase(`sqlite:${join(folder, `${sessions}.db`)}`, { log: { warn: () => {} } })
  await migrate(db)
  await db.transaction(async (tx) => {
    await tx
      .insertInto('companies')
      .values({ id: 'comp_bench', slug: 'a', name: 'A', ...times })
      .execute()
    await tx
      .insertInto('environments')
      .values({ id: environmentId, company_id: 'comp_bench', slug: 'a', name: 'A', targets: '[]', ...times })
      .execute()
    const state = 'live' as const
    const connection = { ticket: 'a', name: 'A', position: 0, state, settings: '{}', metadata_url: null, ...times }
    await tx
      .insertInto('connections')
      .values({ id: 'conn_bench', environment_id: environmentId, ...connection })
      .execute()
    await insertDirectory(tx)
    await inBatches(sessions / SESSIONS_EACH, (nths) => insertUsers(tx, nths))
    await inBatches(sessions, (nths) => {
      const rows = nths.map((nth) => sessionRow(nth, sessions))
      return tx.insertInto('sessions').values(rows).execute()
    })
  })
  return { db, sessions }
}

const teams = ['team_one', 'team_two'] as const
const roles = ['role_agent', 'role_lead'] as const
const applicationId = 'app_desk'

async function insertDirectory(tx: Handle): Promise<void> {
  const entry = { environment_id: environmentId, ...times } as const
  const named = <T extends string>(id: T) => ({ id, name: id, ...entry })
  await tx
    .insertInto('teams')
    .values(teams.map((id) => ({ ...named(id), standard: null })))
    .execute()
  const profile = { ...named('prof_regular' as const), standard: null, user_management: 0 } as const
  await tx.insertInto('access_profiles').values(profile).execute()
  await tx.insertInto('applications').values(named(applicationId)).execute()
  await tx
    .insertInto('roles')
    .values(roles.map((id) => ({ ...named(id), application_id: applicationId })))
    .execute()
}

/** Each with two teams, and two roles in an application. */
async function insertUsers(tx: Handle, nths: readonly number[]): Promise<void> {
  await tx.insertInto('users').values(nths.map(userRow)).execute()
  const source = JSON.stringify({ by: 'declaration' })
  const belonging = (nth: number) =>
    ({ environment_id: environmentId, user_id: userIdOf(nth), source, since: now.getTime() }) as const
  const memberships = nths.flatMap((nth) =>
    teams.map((id, place) => ({ ...belonging(nth), team_id: id, is_primary: place === 0 ? 1 : 0 }) as const),
  )
  await tx.insertInto('user_teams').values(memberships).execute()
  const active = { application_id: applicationId, active_role_id: roles[0] } as const
  const accesses = nths.map((nth) => ({ ...belonging(nth), ...active }))
  await tx.insertInto('user_applications').values(accesses).execute()
  const grants = nths.flatMap((nth) =>
    roles.map((id) => ({ ...belonging(nth), application_id: applicationId, role_id: id }) as const),
  )
  await tx.insertInto('user_roles').values(grants).execute()
}

function userRow(nth: number) {
  const nothing = { federated_id: null, name_id_key: null, email: null, email_key: null, last_sign_in_at: null }
  const none = { default_application_id: applicationId, deactivated_at: null } as const
  return {
    id: userIdOf(nth),
    environment_id: environmentId,
    connection_id: 'conn_bench',
    access_profile_id: 'prof_regular',
    username: `user${nth}@a.example`,
    user_type: 'platform',
    first_name: 'Ada',
    last_name: null,
    created_through: 'sso',
    version: 1,
    ...nothing,
    ...none,
    ...times,
  } as const
}

async function inBatches(count: number, insert: (nths: readonly number[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    await insert(Array.from({ length: Math.min(500, count - from) }, (_, i) => from + i))
  }
}
