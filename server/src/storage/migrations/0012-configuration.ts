// Configuring in the portal: connections that are drafts, the versions of what is configured, and links that let
// somebody without an account set up one connection. As all migrations, it knows the tables as they are here.

import { type Any, index, inEnvironment, shortLived, throughConnection } from '#storage/migrations/columns.ts'

export async function up(db: Any): Promise<void> {
  const connections = () => db.schema.alterTable('connections')
  await connections()
    .addColumn('state', 'text', (column) => column.notNull().defaultTo('live'))
    .execute()
  await connections().addColumn('metadata_url', 'text').execute()
  await versions(db)
  await setupLinks(db)
}

async function versions(db: Any): Promise<void> {
  await db.schema
    .createTable('configuration_versions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .addColumn('kind', 'text', (column) => column.notNull())
    // No foreign key: what it was stays known when its subject is gone, and can be brought back.
    .addColumn('subject_id', 'text', (column) => column.notNull())
    .addColumn('subject_name', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('configuration_versions_number', ['environment_id', 'kind', 'subject_id', 'number'])
    .execute()
  await index(db, 'configuration_versions', ['environment_id', 'at', 'id'])
}

async function setupLinks(db: Any): Promise<void> {
  await db.schema
    .createTable('setup_links')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(inEnvironment)
    .$call(throughConnection)
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('made_by', 'text', (column) => column.notNull())
    .$call(shortLived)
    .addColumn('revoked_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute()
  await index(db, 'setup_links', ['environment_id', 'connection_id', 'created_at'])
}
