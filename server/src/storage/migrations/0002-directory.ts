// What users belong to: teams, access profiles, applications with roles, and where each of these came from. As all
// migrations, it knows the tables as they are here and nothing of the types that they have now.

import type { ColumnDefinitionBuilder } from 'kysely'
import { sql } from 'kysely'
import {
  type Any,
  index,
  inEnvironment,
  madeAndChanged,
  ofUser,
  uniqueIndex,
  withSource,
} from '#storage/migrations/columns.ts'

type Build = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

export async function up(db: Any): Promise<void> {
  await directory(db)
  await usersAndMemberships(db)
  await standardEntries(db)
}

async function directory(db: Any): Promise<void> {
  for (const table of ['teams', 'access_profiles']) {
    await db.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey())
      .$call(inEnvironment)
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('standard', 'text')
      .$call(madeAndChanged)
      .addUniqueConstraint(`${table}_name`, ['environment_id', 'name'])
      .addUniqueConstraint(`${table}_standard`, ['environment_id', 'standard'])
      .execute()
  }
  await db.schema
    .createTable('applications')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('name', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .addUniqueConstraint('applications_name', ['environment_id', 'name'])
    .execute()
  await db.schema
    .createTable('roles')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('application_id', 'text', (column) => column.notNull().references('applications.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .$call(madeAndChanged)
    .addUniqueConstraint('roles_name', ['application_id', 'name'])
    // So that a user's role can be held to an application that the user has access to.
    .addUniqueConstraint('roles_application', ['id', 'application_id'])
    .execute()
  await index(db, 'roles', ['environment_id', 'application_id'])
}

async function usersAndMemberships(db: Any): Promise<void> {
  const add = async (name: string, type: 'text' | 'bigint' | 'integer', build: Build = (column) => column) => {
    await db.schema.alterTable('users').addColumn(name, type, build).execute()
  }
  await add('access_profile_id', 'text', (column) => column.references('access_profiles.id'))
  await add('default_application_id', 'text', (column) => column.references('applications.id').onDelete('set null'))
  await add('name_id_key', 'text')
  await add('email_key', 'text')
  await add('deactivated_at', 'bigint')
  await add('version', 'integer', (column) => column.notNull().defaultTo(1))
  await index(db, 'users', ['access_profile_id'])
  await index(db, 'users', ['default_application_id'])
  await uniqueIndex(db, 'users', ['connection_id', 'name_id_key'])
  // Of several users who have one address already, the oldest keeps it as theirs to be found by.
  await sql`update users set email_key = lower(email) where email is not null and not exists (
    select 1 from users as older where older.environment_id = users.environment_id
    and lower(older.email) = lower(users.email)
    and (older.created_at < users.created_at or (older.created_at = users.created_at and older.id < users.id)))`.execute(
    db,
  )
  await uniqueIndex(db, 'users', ['environment_id', 'email_key'])
  await db.schema
    .createTable('user_fields')
    .$call(inEnvironment)
    .$call(ofUser)
    .addColumn('field', 'text', (column) => column.notNull())
    .$call(withSource)
    .addPrimaryKeyConstraint('user_fields_key', ['user_id', 'field'])
    .execute()
  // An index on the Environment alone would be taken for the one to use, and lead through all of its rows.
  await index(db, 'user_fields', ['environment_id', 'user_id'])
  await db.schema
    .createTable('user_teams')
    .$call(inEnvironment)
    .$call(ofUser)
    .addColumn('team_id', 'text', (column) => column.notNull().references('teams.id'))
    .addColumn('is_primary', 'integer', (column) => column.notNull())
    .$call(withSource)
    .addPrimaryKeyConstraint('user_teams_key', ['user_id', 'team_id'])
    .execute()
  await index(db, 'user_teams', ['environment_id', 'user_id'])
  await index(db, 'user_teams', ['team_id'])
  await db.schema
    .createIndex('user_teams_primary')
    .on('user_teams')
    .column('user_id')
    .unique()
    .where(sql.ref('is_primary'), '=', sql.lit(1))
    .execute()
  await db.schema
    .createTable('user_applications')
    .$call(inEnvironment)
    .$call(ofUser)
    .addColumn('application_id', 'text', (column) => column.notNull().references('applications.id').onDelete('cascade'))
    .addColumn('active_role_id', 'text', (column) => column.references('roles.id').onDelete('set null'))
    .$call(withSource)
    .addPrimaryKeyConstraint('user_applications_key', ['user_id', 'application_id'])
    .execute()
  await index(db, 'user_applications', ['environment_id', 'user_id'])
  await index(db, 'user_applications', ['application_id'])
  await db.schema
    .createTable('user_roles')
    .$call(inEnvironment)
    .$call(ofUser)
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('role_id', 'text', (column) => column.notNull())
    .$call(withSource)
    .addPrimaryKeyConstraint('user_roles_key', ['user_id', 'role_id'])
    // A role without access to its application cannot be: it goes when the access goes.
    .addForeignKeyConstraint(
      'user_roles_access',
      ['user_id', 'application_id'],
      'user_applications',
      ['user_id', 'application_id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .addForeignKeyConstraint(
      'user_roles_role',
      ['role_id', 'application_id'],
      'roles',
      ['id', 'application_id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute()
  await index(db, 'user_roles', ['environment_id', 'user_id'])
  await index(db, 'user_roles', ['role_id'])
}

// Environments that are there already get what a new one starts with. Their ids are made of the Environment's, so that
// nothing is left to chance; everyone who is there becomes a regular user, or a portal user, of the portal's team.
async function standardEntries(db: Any): Promise<void> {
  const { rows } = await sql<{ id: string; created_at: number }>`select id, created_at from environments`.execute(db)
  for (const { id, created_at } of rows) {
    const rest = id.slice('env_'.length)
    const idOf = (kind: string, nth: string): string => `${kind}_${rest.slice(0, -1)}${nth}`
    const insert = async (table: string, entryId: string, name: string, standard: string): Promise<void> => {
      await sql`insert into ${sql.table(table)} (id, environment_id, name, standard, created_at, updated_at)
        values (${entryId}, ${id}, ${name}, ${standard}, ${created_at}, ${created_at})`.execute(db)
    }
    await insert('teams', idOf('team', 'a'), 'Portal Users and Customers', 'portal')
    await insert('access_profiles', idOf('prof', 'a'), 'Portal User Profile', 'portal')
    await insert('access_profiles', idOf('prof', 'b'), 'Regular User', 'regular')
    await insert('access_profiles', idOf('prof', 'c'), 'Administrator', 'administrator')
    await sql`update users set access_profile_id = case user_type
      when 'site' then ${idOf('prof', 'a')} else ${idOf('prof', 'b')} end where environment_id = ${id}`.execute(db)
    const source = JSON.stringify({ by: 'rule' })
    await sql`insert into user_teams (environment_id, user_id, team_id, is_primary, source, since)
      select environment_id, id, ${idOf('team', 'a')}, 1, ${source}, created_at from users
      where environment_id = ${id}`.execute(db)
  }
}
