import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import { endAndTell } from '#logout/tell.ts'
import { hashPassword, verifyPassword } from '#passwords/hash.ts'
import { findPassword, savePassword } from '#passwords/passwords.ts'
import { faultOf, PasswordRefused } from '#passwords/refusal.ts'
import { voidResets } from '#passwords/resets.ts'
import { findPasswordSettings } from '#passwords/settings.ts'
import { usesSingleSignOnOnly } from '#passwords/single-sign-on.ts'
import type { Database, Handle } from '#storage/database.ts'
import type { User } from '#users/users.ts'

export type NewPassword = {
  /** As `normalized` gives it. */
  readonly password: Secret
  /** Somebody else knows it, so the person chooses another at the first sign-in. */
  readonly mustChange: boolean
}

type Ctx = { readonly db: Database; readonly world: World }

/**
 * Sets a user's password and ends all of their sessions.
 *
 * @param first what must also be true, in the same transaction; it throws where it is not
 * @throws PasswordRefused for people of single sign-on (409) and for a password that is not good enough (422)
 */
export async function setPassword(
  ctx: Ctx,
  user: User,
  { password, mustChange }: NewPassword,
  first: (tx: Handle) => Promise<void> = async () => {},
): Promise<void> {
  const { environmentId, id } = user
  await refuseWhereNone(ctx.db.read, user)
  const fault = faultOf(password.reveal(), user, await findPasswordSettings(ctx.db.read, environmentId))
  if (fault !== undefined) throw new PasswordRefused(fault)
  const before = await findPassword(ctx.db.read, environmentId, id)
  if (before !== undefined && (await verifyPassword(password, before.hash)))
    throw new PasswordRefused({ code: 'password-same' })
  const hash = await hashPassword(password, ctx.world.chance)
  const now = ctx.world.clock()
  await ctx.db.transaction(async (tx) => {
    await first(tx)
    await savePassword(tx, user, { hash, mustChange, now })
    await voidResets(tx, environmentId, id, now)
    await endAndTell(tx, environmentId, { userId: id }, { why: 'password-changed', now, chance: ctx.world.chance })
  })
}

/** @throws PasswordRefused where the person cannot have a password */
export async function refuseWhereNone(db: Handle, user: User): Promise<void> {
  if (await usesSingleSignOnOnly(db, user)) throw new PasswordRefused({ code: 'password-sso' })
  if (user.deactivatedAt !== undefined) throw new PasswordRefused({ code: 'password-inactive' })
}
