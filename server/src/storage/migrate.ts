import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from '#storage/database.ts'
import * as first from '#storage/migrations/0001-first.ts'
import * as directory from '#storage/migrations/0002-directory.ts'
import * as administration from '#storage/migrations/0003-administration.ts'
import * as passwords from '#storage/migrations/0004-passwords.ts'
import * as sessionsAndLogout from '#storage/migrations/0005-sessions-and-logout.ts'
import * as signingKeys from '#storage/migrations/0006-signing-keys.ts'
import * as access from '#storage/migrations/0007-access.ts'
import * as oauth from '#storage/migrations/0008-oauth.ts'
import * as logoutOfClients from '#storage/migrations/0009-logout-of-clients.ts'
import * as sessionRecords from '#storage/migrations/0010-session-records.ts'
import * as administrators from '#storage/migrations/0011-administrators.ts'
import * as configuration from '#storage/migrations/0012-configuration.ts'
import * as records from '#storage/migrations/0013-records.ts'
import * as userSearch from '#storage/migrations/0014-user-search.ts'
import * as amazonConnect from '#storage/migrations/0015-amazon-connect.ts'
import * as desktopReports from '#storage/migrations/0016-desktop-reports.ts'

/** In order, for ever: a name that has been released is never changed or removed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-directory': directory,
  '0003-administration': administration,
  '0004-passwords': passwords,
  '0005-sessions-and-logout': sessionsAndLogout,
  '0006-signing-keys': signingKeys,
  '0007-access': access,
  '0008-oauth': oauth,
  '0009-logout-of-clients': logoutOfClients,
  '0010-session-records': sessionRecords,
  '0011-administrators': administrators,
  '0012-configuration': configuration,
  '0013-records': records,
  '0014-user-search': userSearch,
  '0015-amazon-connect': amazonConnect,
  '0016-desktop-reports': desktopReports,
}

export class MigrationError extends Error {
  readonly code: 'database-is-newer' | 'failed'

  constructor(code: MigrationError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
    this.code = code
  }
}

/**
 * Brings the tables up to this program, and returns the names of what it did. Several processes may do so at the same
 * time: one works, the others wait for it. It never goes back: a database that a newer program has changed is refused.
 */
export async function migrate(db: Database): Promise<readonly string[]> {
  return migrateWith(db, migrations)
}

/** For the tests of migrating itself. */
export async function migrateWith(
  db: Database,
  known: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  const migrator = new Migrator({ db: db.write, provider: { getMigrations: async () => ({ ...known }) } })
  await refuseNewer(db, Object.keys(known))
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName
    const reason = error instanceof Error ? error.message : String(error)
    const what =
      failed === undefined ? 'The database could not be brought up to date' : `The migration ${failed} failed`
    throw new MigrationError('failed', `${what}, and nothing was changed: ${reason}`, { cause: error })
  }
  return results.map(({ migrationName }) => migrationName)
}

async function refuseNewer(db: Database, known: readonly string[]): Promise<void> {
  const tables = await db.write.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const done = await db.write
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .orderBy('name')
    .execute()
  const unknown = done.map(({ name }) => name).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new MigrationError(
    'database-is-newer',
    `The database was changed by a newer Sallyport (${unknown.join(', ')}). ` +
      'Run that version or a later one, or restore a backup made before the upgrade.',
  )
}
