/**
 * What was changed beside the Environments, by whom, and when: administrators, and what a Company itself has.
 *
 * Owns the table `company_audit_entries`. Entries are added and never changed. No secret is written here.
 */

import { type AuditEntry, type AuditPage, auditedChanges } from '#admin/audit/audit.ts'
import { type Chance, type Id, newId } from '#config/world.ts'
import type { CompanyAuditEntryRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'
import { source } from '#users/source.ts'

/** @param companyId undefined for what concerns no Company alone */
export async function insertCompanyAuditEntry(
  db: Handle,
  companyId: Id<'comp'> | undefined,
  entry: Omit<AuditEntry, 'id' | 'at'>,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<void> {
  const row: CompanyAuditEntryRow = {
    id: newId(chance, 'audit'),
    company_id: companyId ?? null,
    at: now.getTime(),
    actor: JSON.stringify(entry.actor),
    action: entry.action,
    subject_id: entry.subjectId,
    subject_name: entry.subjectName,
    changes: JSON.stringify(entry.changes),
  }
  await db.insertInto('company_audit_entries').values(row).execute()
}

/** The newest first. */
export async function listCompanyAuditEntries(
  db: Handle,
  companyId: Id<'comp'>,
  { before, limit }: Omit<AuditPage, 'subjectId'>,
): Promise<readonly AuditEntry[]> {
  let all = db.selectFrom('company_audit_entries').selectAll().where('company_id', '=', companyId)
  if (before !== undefined) {
    all = all
      .where('at', '<=', before.at)
      .where((e) => e.or([e('at', '<', before.at), e('id', '<', before.id as Id<'audit'>)]))
  }
  const rows = await all.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id,
    at: new Date(row.at),
    actor: source.parse(JSON.parse(row.actor)),
    action: row.action,
    subjectId: row.subject_id,
    subjectName: row.subject_name,
    changes: auditedChanges.parse(JSON.parse(row.changes)),
  }))
}
