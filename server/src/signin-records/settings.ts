import { z } from 'zod'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** How long an Environment keeps its sign-in records, and the messages beside them. */
export const recordSettings = z
  .strictObject({
    messageDays: z
      .int()
      .min(0, 'must be from 0 to 90')
      .max(90, 'must be from 0 to 90')
      .default(7)
      .describe('requests and responses are kept so many days, encrypted; 0: none is kept'),
    recordDays: z
      .int()
      .min(1, 'must be from 1 to 730')
      .max(730, 'must be from 1 to 730')
      .default(90)
      .describe('sign-in records are kept so many days'),
  })
  .refine(({ messageDays, recordDays }) => messageDays <= recordDays, {
    path: ['messageDays'],
    error: 'must not be more than recordDays, because messages go with their record',
  })

export type RecordSettings = z.output<typeof recordSettings>

export const defaultRecordSettings: RecordSettings = Object.freeze(recordSettings.parse({}))

export async function findRecordSettings(db: Handle, environmentId: Id<'env'>): Promise<RecordSettings> {
  const row = await db
    .selectFrom('environment_records')
    .select(['message_days', 'record_days'])
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  if (row === undefined) return defaultRecordSettings
  return Object.freeze({ messageDays: row.message_days, recordDays: row.record_days })
}

/** What is over by them goes with the next sweep; with `messageDays` 0, messages go at once. */
export async function saveRecordSettings(
  db: Handle,
  environmentId: Id<'env'>,
  { messageDays, recordDays }: RecordSettings,
  now: Date,
): Promise<void> {
  const values = { message_days: messageDays, record_days: recordDays, updated_at: now.getTime() }
  await db
    .insertInto('environment_records')
    .values({ environment_id: environmentId, ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
  if (messageDays === 0) await db.deleteFrom('signin_messages').where('environment_id', '=', environmentId).execute()
}
