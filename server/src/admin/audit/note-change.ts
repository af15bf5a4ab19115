import { type AuditChanges, insertAuditEntry } from '#admin/audit/audit.ts'
import type { Call } from '#admin/operations.ts'

/** What every operation that changes something ends with. */
export async function noteChange(
  {
    db,
    environment,
    source,
    world,
    now,
  }: Pick<Call<unknown, unknown, unknown>, 'db' | 'environment' | 'source' | 'world' | 'now'>,
  action: string,
  subject: { readonly id: string; readonly name: string },
  changes: AuditChanges,
): Promise<void> {
  const entry = { actor: source, action, subjectId: subject.id, subjectName: subject.name, changes }
  await insertAuditEntry(db, environment.id, entry, { chance: world.chance, now })
}
