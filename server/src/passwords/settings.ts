import { z } from 'zod'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** After how many days a password must be changed; `never` never. */
export const expiries = [15, 30, 60, 90, 120, 'never'] as const

/** How an Environment uses passwords. Without any of it, people sign in through their company only. */
export const passwordSettings = z.strictObject({
  enabled: z.boolean().default(false),
  minimumLength: z.int().min(8).max(64).default(12),
  expiryDays: z.literal(expiries).default(90),
})

export type PasswordSettings = z.output<typeof passwordSettings>

export const defaultPasswordSettings: PasswordSettings = Object.freeze(passwordSettings.parse({}))

export async function findPasswordSettings(db: Handle, environmentId: Id<'env'>): Promise<PasswordSettings> {
  const row = await db
    .selectFrom('environment_passwords')
    .select('settings')
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  return row === undefined ? defaultPasswordSettings : Object.freeze(passwordSettings.parse(JSON.parse(row.settings)))
}

export async function savePasswordSettings(
  db: Handle,
  environmentId: Id<'env'>,
  settings: PasswordSettings,
  now: Date,
): Promise<void> {
  const values = { settings: JSON.stringify(settings), updated_at: now.getTime() }
  await db
    .insertInto('environment_passwords')
    .values({ environment_id: environmentId, ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
}

const DAY_MS = 24 * 60 * 60 * 1000

export function isExpired(
  password: { readonly setAt: Date; readonly mustChange: boolean },
  { expiryDays }: Pick<PasswordSettings, 'expiryDays'>,
  now: Date,
): boolean {
  if (password.mustChange) return true
  return expiryDays !== 'never' && now.getTime() >= password.setAt.getTime() + expiryDays * DAY_MS
}
