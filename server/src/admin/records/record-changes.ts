// Changes about sign-in records with their entries in the audit.

import { changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import type { Id, World } from '#config/world.ts'
import { findRecordSettings, type RecordSettings, saveRecordSettings } from '#signin-records/settings.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose records, and who changes something about them. */
export type RecordChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

export async function changeRecordSettings(
  tx: Handle,
  change: RecordChange,
  wanted: RecordSettings,
): Promise<RecordSettings> {
  const { environmentId, now } = change
  const before = await findRecordSettings(tx, environmentId)
  const changes = changesBetween(audited(before), audited(wanted))
  if (Object.keys(changes).length === 0) return wanted
  await saveRecordSettings(tx, environmentId, wanted, now)
  await note(tx, change, 'record-settings.changed', { id: environmentId, name: 'Sign-in records', changes })
  return wanted
}

function audited({ messageDays, recordDays }: RecordSettings) {
  return { messageDays: `${messageDays}`, recordDays: `${recordDays}` }
}

export async function note(
  tx: Handle,
  { environmentId, source, world, now }: RecordChange,
  action: string,
  about: { readonly id: string; readonly name: string; readonly changes: ReturnType<typeof changesBetween> },
): Promise<void> {
  const { id: subjectId, name: subjectName, changes } = about
  const entry = { actor: source, action, subjectId, subjectName, changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}
