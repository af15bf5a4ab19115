import { z } from 'zod'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

const DAY_MINUTES = 24 * 60

/** How long sessions of an Environment last, and how many one person may have. */
export const sessionSettings = z.strictObject({
  idleMinutes: z
    .int()
    .refine((minutes) => minutes === 0 || (minutes >= 5 && minutes <= 30 * DAY_MINUTES), {
      error: 'must be 0, for never, or from 5 minutes to 30 days (43200)',
    })
    .default(4 * 60)
    .describe('a session ends when nothing was done in it for so many minutes; 0: never'),
  lifetimeMinutes: z
    .int()
    .min(5, 'must be at least 5 minutes')
    .max(30 * DAY_MINUTES, 'must be at most 30 days (43200)')
    .default(12 * 60)
    .describe('a session ends so many minutes after the sign-in, whatever was done in it'),
  limit: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Session Limits'),
      maximum: z
        .int()
        .min(1, 'must be at least 1')
        .max(1000, 'must be at most 1000')
        .default(3)
        .describe('maximum number of sessions of one person; a further sign-in ends the oldest'),
    })
    .prefault({}),
})

export type SessionSettings = z.output<typeof sessionSettings>

export const defaultSessionSettings: SessionSettings = Object.freeze(sessionSettings.parse({}))

export async function findSessionSettings(db: Handle, environmentId: Id<'env'>): Promise<SessionSettings> {
  const row = await db
    .selectFrom('environment_sessions')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  if (row === undefined) return defaultSessionSettings
  return Object.freeze({
    idleMinutes: row.idle_minutes,
    lifetimeMinutes: row.lifetime_minutes,
    limit: { enabled: row.limit_enabled === 1, maximum: row.limit_maximum },
  })
}

/** The idle time counts at once for sessions that are open; lifetime and maximum from the next sign-in on. */
export async function saveSessionSettings(
  db: Handle,
  environmentId: Id<'env'>,
  { idleMinutes, lifetimeMinutes, limit }: SessionSettings,
  now: Date,
): Promise<void> {
  const values = {
    idle_minutes: idleMinutes,
    lifetime_minutes: lifetimeMinutes,
    limit_enabled: limit.enabled ? 1 : 0,
    limit_maximum: limit.maximum,
    updated_at: now.getTime(),
  } as const
  await db
    .insertInto('environment_sessions')
    .values({ environment_id: environmentId, ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
}
