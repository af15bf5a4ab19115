import type { SignedIn } from '#administrators/admin-sessions.ts'
import { endAdminSessions } from '#administrators/admin-sessions.ts'
import { changeAdministrator, findAdministrator } from '#administrators/administrators.ts'
import { countAttempt } from '#administrators/attempts.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { voidLinks } from '#administrators/links.ts'
import { newPasswordHash } from '#administrators/new-password.ts'
import { refuse } from '#administrators/refusals.ts'
import { dropTotp } from '#administrators/second-steps.ts'
import { normalized, verifyPassword } from '#passwords/hash.ts'

/**
 * Sets another password, and ends the administrator's other sessions.
 *
 * @throws AdministratorRefused where the present one is wrong, or the new one not good enough
 */
export async function changePassword(
  ctx: AdministratorContext,
  signedIn: SignedIn,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  const { administrator, session } = signedIn
  await demandPassword(ctx, signedIn, current)
  const passwordHash = await newPasswordHash(next, administrator.email, ctx.world.chance)
  await ctx.db.transaction(async (tx) => {
    const now = (await findAdministrator(tx, administrator.id))?.passwordHash
    // Somebody recovered the account in this moment.
    if (now !== administrator.passwordHash) refuse('password-wrong')
    await changeAdministrator(tx, administrator.id, { passwordHash }, ctx.world.clock())
    await voidLinks(tx, administrator.id)
    await endAdminSessions(tx, administrator.id, session.id)
  })
}

/** @throws AdministratorRefused where the password is wrong */
export async function removeTotp(ctx: AdministratorContext, signedIn: SignedIn, password: string): Promise<void> {
  await demandPassword(ctx, signedIn, password)
  await ctx.db.transaction((tx) => dropTotp(tx, signedIn.administrator.id))
}

/** Counted as a sign-in is: a session that somebody left open is no place to guess at. */
async function demandPassword(
  { db, world }: AdministratorContext,
  { administrator: { email, passwordHash } }: SignedIn,
  password: string,
): Promise<void> {
  if (!(await countAttempt(db.write, 'sign-in as', email.toLowerCase(), world.clock()))) refuse('too-many-attempts')
  if (!(await verifyPassword(normalized(password), passwordHash))) refuse('password-wrong')
}
