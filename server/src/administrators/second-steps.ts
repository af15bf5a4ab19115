import { endAdminSessions } from '#administrators/admin-sessions.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** Codes, recovery codes, passkeys and sessions of an administrator are over: the password alone is left. */
export async function dropSecondSteps(tx: Handle, administratorId: Id<'admin'>): Promise<void> {
  await dropTotp(tx, administratorId)
  await tx.deleteFrom('administrator_passkeys').where('administrator_id', '=', administratorId).execute()
  await tx.deleteFrom('administrator_challenges').where('administrator_id', '=', administratorId).execute()
  await endAdminSessions(tx, administratorId)
}

/** With the recovery codes, which stand in for it. */
export async function dropTotp(tx: Handle, administratorId: Id<'admin'>): Promise<void> {
  await tx
    .updateTable('administrators')
    .set({ totp_sealed: null, totp_next_sealed: null, totp_step: null })
    .where('id', '=', administratorId)
    .execute()
  await tx.deleteFrom('administrator_recovery_codes').where('administrator_id', '=', administratorId).execute()
}
