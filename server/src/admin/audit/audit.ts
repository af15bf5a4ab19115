/**
 * The audit: what was changed in an Environment, by whom, and when.
 *
 * Owns the table `audit_entries`. Entries are added and never changed. No secret is written here.
 */

import { z } from 'zod'
import { type Chance, type Id, newId } from '#config/world.ts'
import type { AuditEntryRow } from '#storage/administration-tables.ts'
import type { Handle } from '#storage/database.ts'
import { type Source, source } from '#users/source.ts'

const value = z.union([z.string(), z.boolean(), z.array(z.string())]).nullable()
export const auditedChanges = z.record(z.string(), z.object({ from: value, to: value }))

export type AuditValue = z.output<typeof value>
export type AuditChanges = z.output<typeof auditedChanges>

export type AuditEntry = {
  readonly id: Id<'audit'>
  readonly at: Date
  readonly actor: Source
  /** `team.renamed`, `user.created` … */
  readonly action: string
  readonly subjectId: string
  /** Its name at that time. */
  readonly subjectName: string
  readonly changes: AuditChanges
}

export async function insertAuditEntry(
  db: Handle,
  environmentId: Id<'env'>,
  entry: Omit<AuditEntry, 'id' | 'at'>,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  await insertAuditEntries(db, environmentId, [entry], { chance, now })
}

export async function insertAuditEntries(
  db: Handle,
  environmentId: Id<'env'>,
  entries: readonly Omit<AuditEntry, 'id' | 'at'>[],
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  if (entries.length === 0) return
  await db
    .insertInto('audit_entries')
    .values(
      entries.map((entry) => ({
        id: newId(chance, 'audit'),
        environment_id: environmentId,
        at: now.getTime(),
        actor: JSON.stringify(entry.actor),
        action: entry.action,
        subject_id: entry.subjectId,
        subject_name: entry.subjectName,
        changes: JSON.stringify(entry.changes),
      })),
    )
    .execute()
}

export type AuditPage = {
  readonly subjectId?: string | undefined
  readonly before?: { readonly at: number; readonly id: string } | undefined
  readonly limit: number
}

/** The newest first. */
export async function listAuditEntries(
  db: Handle,
  environmentId: Id<'env'>,
  { subjectId, before, limit }: AuditPage,
): Promise<readonly AuditEntry[]> {
  let all = db.selectFrom('audit_entries').selectAll().where('environment_id', '=', environmentId)
  if (subjectId !== undefined) all = all.where('subject_id', '=', subjectId)
  if (before !== undefined) {
    all = all
      .where('at', '<=', before.at)
      .where((e) => e.or([e('at', '<', before.at), e('id', '<', before.id as Id<'audit'>)]))
  }
  const rows = await all.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(entryOf)
}

function entryOf(row: AuditEntryRow): AuditEntry {
  return {
    id: row.id,
    at: new Date(row.at),
    actor: source.parse(JSON.parse(row.actor)),
    action: row.action,
    subjectId: row.subject_id,
    subjectName: row.subject_name,
    changes: auditedChanges.parse(JSON.parse(row.changes)),
  }
}

/** What differs between two states of the same thing. */
export function changesBetween(
  from: Readonly<Record<string, AuditValue | undefined>>,
  to: Readonly<Record<string, AuditValue | undefined>>,
): AuditChanges {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return Object.fromEntries(
    keys
      .map((key) => [key, { from: from[key] ?? null, to: to[key] ?? null }] as const)
      .filter(([, change]) => JSON.stringify(change.from) !== JSON.stringify(change.to)),
  )
}
