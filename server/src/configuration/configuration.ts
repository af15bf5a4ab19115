/**
 * Configuring: versions of what is configured, every change with the states before and after it, so that it can be looked
 * at and taken back; and links that let somebody without an account set up one connection (setup-links.ts).
 *
 * Owns the tables `configuration_versions` and `setup_links`. Versions are added and never changed, and no secret is among what they hold.
 * Must not know what the states mean, nor how one is brought back: the folders that own the settings do.
 */

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { type Chance, type Id, newId } from '#config/world.ts'
import type { ConfigurationVersionRow } from '#storage/configuration-tables.ts'
import type { Handle } from '#storage/database.ts'
import { type Source, source, storedSource } from '#users/source.ts'

export const versionKinds = [
  'connection',
  'client',
  'addresses',
  'policy',
  'session-settings',
  'targets',
  'amazon-connect',
] as const
export type VersionKind = (typeof versionKinds)[number]

/** A state as JSON has it. */
export type Snapshot = Readonly<Record<string, unknown>>

export type Configured = {
  readonly kind: VersionKind
  readonly subjectId: string
  readonly subjectName: string
  /** Undefined where it was not there. */
  readonly before: Snapshot | undefined
  /** Undefined where it is gone. */
  readonly after: Snapshot | undefined
}

export type ConfigurationVersion = Configured & {
  readonly id: Id<'ver'>
  /** From 1, of this subject. */
  readonly number: number
  readonly actor: Source
  readonly at: Date
}

export type Change = { readonly source: Source; readonly chance: Chance; readonly now: Date }

/** In the transaction of the change. Where nothing is different, nothing is written. */
export async function noteVersion(
  tx: Handle,
  environmentId: Id<'env'>,
  configured: Configured,
  { source, chance, now }: Change,
): Promise<void> {
  const { kind, subjectId, subjectName } = configured
  const [before, after] = [stored(configured.before), stored(configured.after)]
  if (isDeepStrictEqual(read(before), read(after))) return
  const last = await tx
    .selectFrom('configuration_versions')
    .select((e) => e.fn.max('number').as('number'))
    .where('environment_id', '=', environmentId)
    .where('kind', '=', kind)
    .where('subject_id', '=', subjectId)
    .executeTakeFirst()
  await tx
    .insertInto('configuration_versions')
    .values({
      id: newId(chance, 'ver'),
      environment_id: environmentId,
      kind,
      subject_id: subjectId,
      subject_name: subjectName,
      number: Number(last?.number ?? 0) + 1,
      before,
      after,
      actor: storedSource(source),
      at: now.getTime(),
    })
    .execute()
}

export type VersionPage = {
  readonly kinds: readonly VersionKind[]
  readonly subjectId?: string | undefined
  readonly after?: { readonly at: Date; readonly id: string } | undefined
  readonly limit: number
}

/** The newest first. */
export async function listVersions(
  db: Handle,
  environmentId: Id<'env'>,
  { kinds, subjectId, after, limit }: VersionPage,
): Promise<readonly ConfigurationVersion[]> {
  if (kinds.length === 0) return []
  let all = db
    .selectFrom('configuration_versions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('kind', 'in', [...kinds])
  if (subjectId !== undefined) all = all.where('subject_id', '=', subjectId)
  if (after !== undefined) {
    const at = after.at.getTime()
    all = all.where('at', '<=', at).where((e) => e.or([e('at', '<', at), e('id', '<', after.id as Id<'ver'>)]))
  }
  const rows = await all.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(versionOf)
}

/** Of one subject. */
export async function findLatestVersion(
  db: Handle,
  environmentId: Id<'env'>,
  { kind, subjectId }: Pick<Configured, 'kind' | 'subjectId'>,
): Promise<ConfigurationVersion | undefined> {
  const row = await db
    .selectFrom('configuration_versions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('kind', '=', kind)
    .where('subject_id', '=', subjectId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && versionOf(row)
}

export async function findVersion(
  db: Handle,
  environmentId: Id<'env'>,
  id: string,
): Promise<ConfigurationVersion | undefined> {
  const row = await db
    .selectFrom('configuration_versions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'ver'>)
    .executeTakeFirst()
  return row && versionOf(row)
}

const snapshot = z.record(z.string(), z.unknown())

function stored(state: Snapshot | undefined): string | null {
  return state === undefined ? null : JSON.stringify(state)
}

function read(text: string | null): Snapshot | undefined {
  return text === null ? undefined : snapshot.parse(JSON.parse(text))
}

function versionOf(row: ConfigurationVersionRow): ConfigurationVersion {
  return {
    id: row.id,
    kind: z.enum(versionKinds).parse(row.kind),
    subjectId: row.subject_id,
    subjectName: row.subject_name,
    number: row.number,
    before: read(row.before),
    after: read(row.after),
    actor: source.parse(JSON.parse(row.actor)),
    at: new Date(row.at),
  }
}
