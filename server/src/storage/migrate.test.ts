import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import { nameIdKey } from '#sessions/name-id.ts'
import type { Database } from '#storage/database.ts'
import { MigrationError, migrate, migrateWith, migrations } from '#storage/migrate.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const adds = (table: string) => ({
  up: async (db: Kysely<never>) => db.schema.createTable(table).addColumn('id', 'text').execute(),
})

const names = Object.keys(migrations)

async function tableNames(db: Database): Promise<readonly string[]> {
  return (await db.read.introspection.getTables()).map(({ name }) => name).sort()
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`migrating makes every table, and a second time does nothing (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    assert.deepEqual(await migrate(db), names)
    assert.deepEqual(await migrate(db), [])
    const tables = [
      ...['access_profiles', 'api_tokens', 'applications', 'audit_entries', 'companies', 'connections'],
      ...['environment_passwords', 'environments', 'idempotent_answers', 'imports', 'password_attempts'],
      ...['password_resets', 'pending_logins', 'roles', 'sessions', 'signin_records', 'signing_keys', 'teams'],
      ...['used_assertions', 'user_applications', 'user_fields', 'user_passwords', 'user_roles', 'user_teams', 'users'],
      'verified_responses',
      ...['access_decisions', 'access_policies', 'environment_access', 'session_attributes'],
      ...['environment_sessions', 'session_endings', 'logouts', 'logout_attempts', 'logout_pauses'],
      ...['oauth_clients', 'oauth_client_secrets', 'oauth_artifacts', 'oauth_keys'],
      ...['configuration_versions', 'setup_links'],
      ...['environment_records', 'record_shares', 'signin_messages', 'signin_tests'],
      ...['amazon_connect', 'aws_inspections', 'aws_inspection_reports', 'desktop_reports'],
      ...['administrators', 'administrator_attempts', 'administrator_challenges', 'administrator_links'],
      ...['administrator_memberships', 'administrator_passkeys', 'administrator_recovery_codes'],
      ...['administrator_sessions', 'administrator_sign_ins', 'company_audit_entries'],
    ]
    assert.deepEqual(await tableNames(db), tables.toSorted())
  })

  test(`0005-sessions-and-logout: open sessions can still be named, and administrators manage users (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    const before = Object.entries(migrations).filter(([name]) => name < '0005')
    await migrateWith(db, Object.fromEntries(before))
    const write = db.write as unknown as Kysely<Record<string, Record<string, unknown>>>
    const insert = (table: string, row: Record<string, unknown>) => write.insertInto(table).values(row).execute()
    const [env, times] = [{ environment_id: 'env_a' }, { created_at: 1, updated_at: 1 }]
    await insert('companies', { id: 'comp_a', slug: 'a', name: 'A', ...times })
    await insert('environments', { id: 'env_a', company_id: 'comp_a', slug: 'a', name: 'A', targets: '[]', ...times })
    for (const standard of ['regular', 'administrator'])
      await insert('access_profiles', { ...env, id: `prof_${standard}`, name: standard, standard, ...times })
    const made = { user_type: 'platform', created_through: 'sso', version: 1, ...times }
    await insert('users', { ...env, id: 'user_a', username: 'ada', ...made })
    const session = { ...env, user_id: 'user_a', opened_at: 1, last_seen_at: 1, expires_at: 9 }
    const named = { name_id: 'ada', name_id_format: 'urn:f' }
    await insert('sessions', { ...session, ...named, id: 'sess_open', token_hash: '1' })
    await insert('sessions', {
      ...session,
      ...named,
      id: 'sess_over',
      token_hash: '2',
      ended_at: 2,
      ended_why: 'replaced',
    })
    await insert('sessions', { ...session, id: 'sess_password', token_hash: '3' })
    await migrate(db)
    const sessions = await db.read.selectFrom('sessions').select(['id', 'name_id_key']).orderBy('id').execute()
    assert.deepEqual(
      sessions.map(({ id, name_id_key }) => [id, name_id_key]),
      [
        ['sess_open', nameIdKey({ value: 'ada', format: 'urn:f' })],
        ['sess_over', null],
        ['sess_password', null],
      ],
    )
    const profiles = await db.read
      .selectFrom('access_profiles')
      .select(['id', 'user_management'])
      .orderBy('id')
      .execute()
    assert.deepEqual(
      profiles.map((profile) => Object.values(profile)),
      [
        ['prof_administrator', 1],
        ['prof_regular', 0],
      ],
    )
  })

  test(`0002-directory: who was there before has a profile and a team, and keeps an address of their own (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    await migrateWith(db, { '0001-first': migrations['0001-first']! })
    const times = { created_at: 1, updated_at: 1 }
    // The tables as they were then.
    const write = db.write as unknown as Kysely<Record<string, Record<string, unknown>>>
    await write
      .insertInto('companies')
      .values({ id: 'comp_a', slug: 'a', name: 'A', ...times })
      .execute()
    for (const id of ['env_aaaaaaaaaaaaaaaaaaaa', 'env_bbbbbbbbbbbbbbbbbbbb']) {
      const environment = { id, company_id: 'comp_a', slug: id, name: 'A', targets: '[]', ...times }
      await write.insertInto('environments').values(environment).execute()
      for (const [nth, user_type] of ['platform', 'site', 'platform'].entries()) {
        const user = { id: `user_${nth}${id}`, environment_id: id, username: `${nth}`, user_type, email: 'A@b.example' }
        const made = { created_through: 'sso', created_at: nth, updated_at: nth }
        await write
          .insertInto('users')
          .values({ ...user, ...made })
          .execute()
      }
    }
    await migrate(db)
    const users = await db.read
      .selectFrom('users')
      .innerJoin('access_profiles', 'access_profiles.id', 'access_profile_id')
      .innerJoin('user_teams', 'user_teams.user_id', 'users.id')
      .innerJoin('teams', 'teams.id', 'team_id')
      .select([
        'username',
        'access_profiles.name as profile',
        'teams.name as team',
        'is_primary',
        'email_key',
        'version',
      ])
      .orderBy('users.environment_id')
      .orderBy('username')
      .execute()
    const team = 'Portal Users and Customers'
    const one = [
      { username: '0', profile: 'Regular User', team, is_primary: 1, email_key: 'a@b.example', version: 1 },
      { username: '1', profile: 'Portal User Profile', team, is_primary: 1, email_key: null, version: 1 },
      { username: '2', profile: 'Regular User', team, is_primary: 1, email_key: null, version: 1 },
    ]
    assert.deepEqual(
      users.map((user) => ({ ...user })),
      [...one, ...one],
    )
  })

  test(`a migration that fails leaves the database as it was, and names itself (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    const failing = {
      up: async (trx: Kysely<never>) => {
        await trx.schema.createTable('half').addColumn('id', 'text').execute()
        await trx.schema.createTable('one').addColumn('id', 'text').execute()
      },
    }
    await assert.rejects(
      migrateWith(db, { '0001': adds('one'), '0002-failing': failing }),
      (error) =>
        error instanceof MigrationError && /0002-failing.*nothing was changed.*already exists/.test(error.message),
    )
    assert.deepEqual(await tableNames(db), [])
    assert.deepEqual(await migrateWith(db, { '0001': adds('one') }), ['0001'])
  })

  test(`a database that a newer program has changed is refused in plain words (${kind})`, async (t) => {
    const { db } = await makeFresh(t, { migrated: false })
    await migrateWith(db, { '0001': adds('one'), '0002-later': adds('two') })
    await assert.rejects(
      migrateWith(db, { '0001': adds('one') }),
      (error) =>
        error instanceof MigrationError && error.code === 'database-is-newer' && /0002-later/.test(error.message),
    )
    assert.deepEqual(await tableNames(db), ['one', 'two'])
  })

  test(`four processes that migrate at the same time make the tables once (${kind})`, async (t) => {
    const { url } = await makeFresh(t, { migrated: false })
    const program = `
      const [{ openDatabase }, { migrate }] = await Promise.all([import('#storage/database.ts'), import('#storage/migrate.ts')])
      const db = await openDatabase(process.argv[1], { log: { warn() {} } })
      process.stdout.write((await migrate(db)).join())
      await db.close()`
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const run = async (): Promise<string> => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program, '--', url], { cwd })
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      assert.equal(err, '')
      return out
    }
    const outputs = await Promise.all(Array.from({ length: 4 }, run))
    assert.deepEqual(outputs.sort(), ['', '', '', names.join()])
  })
})
