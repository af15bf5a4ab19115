import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Secret } from '#config/secret.ts'
import { landingOf } from '#login/landing-url.ts'
import type { Mail } from '#mail/mail.ts'
import { countAttempt } from '#passwords/attempts.ts'
import { PasswordRefused } from '#passwords/refusal.ts'
import { findReset, insertReset, takeReset } from '#passwords/resets.ts'
import { setPassword } from '#passwords/set-password.ts'
import { findByName, type PasswordContext } from '#passwords/sign-in.ts'
import { usesSingleSignOnOnly } from '#passwords/single-sign-on.ts'
import { findUserByEmail, findUserById, type User } from '#users/users.ts'

/**
 * Sends a mail to whoever has this name or address, if somebody has. To be done after the page was answered: how long it
 * takes would tell.
 */
export async function sendResetMail(
  ctx: PasswordContext,
  place: EnvironmentOfCompany,
  { name, address }: { readonly name: string; readonly address: string },
): Promise<void> {
  const { id } = place.environment
  const now = ctx.world.clock()
  if (!(await countAttempt(ctx.db.write, id, { limit: 'mail from', of: address }, now))) return
  const user = await findByNameOrAddress(ctx, place, name)
  if (user?.email === undefined || user.deactivatedAt !== undefined) return
  // By the user: two spellings of one address are one mailbox.
  if (!(await countAttempt(ctx.db.write, id, { limit: 'mail to', of: user.id }, now))) return
  await ctx.mailer.send(await mailFor(ctx, place, { ...user, email: user.email }))
}

/** Chooses a new password with a token that was given, once. */
export async function resetPassword(
  ctx: PasswordContext,
  { environment }: EnvironmentOfCompany,
  { token, password, again }: { readonly token: string; readonly password: Secret; readonly again: Secret },
): Promise<void> {
  const linkIsOld = new PasswordRefused({ code: 'password-link' })
  const userId = await findReset(ctx.db.read, environment.id, token, ctx.world.clock())
  const user = userId && (await findUserById(ctx.db.read, environment.id, userId))
  if (user === undefined) throw linkIsOld
  if (password.reveal() !== again.reveal()) throw new PasswordRefused({ code: 'password-differs' })
  await setPassword(ctx, user, { password, mustChange: false }, async (tx) => {
    if (!(await takeReset(tx, environment.id, token, ctx.world.clock()))) throw linkIsOld
  })
}

async function findByNameOrAddress(
  ctx: PasswordContext,
  { environment }: EnvironmentOfCompany,
  name: string,
): Promise<User | undefined> {
  const named = await findByName(ctx, environment.id, name)
  if (named !== undefined || !name.includes('@') || name.length > 1000 || name.includes('\0')) return named
  return findUserByEmail(ctx.db.read, environment.id, name)
}

async function mailFor(
  ctx: PasswordContext,
  place: EnvironmentOfCompany,
  user: User & { readonly email: string },
): Promise<Mail> {
  const landing = landingOf(place, ctx.config.publicUrl)
  const where = `${place.company.name}, ${place.environment.name}`
  const asked = `Somebody, probably you, asked for a new password for ${user.username} (${where}).`
  const notYou = 'If it was not you, nothing needs to be done: nothing has changed.'
  if (await usesSingleSignOnOnly(ctx.db.read, user)) {
    const how = `You sign in through your company, so you have no password here. Sign in at\n\n${landing}`
    return letter(user, `Signing in to ${where}`, [asked, how, notYou])
  }
  const made = { chance: ctx.world.chance, now: ctx.world.clock() }
  const token = await insertReset(ctx.db.write, user, made)
  const how = `Choose it here, once, within 30 minutes:\n\n${landing}/reset-password?token=${token}`
  return letter(user, `A new password for ${where}`, [asked, how, notYou])
}

function letter(user: User & { readonly email: string }, subject: string, paragraphs: readonly string[]): Mail {
  return { to: user.email, subject, text: `${paragraphs.join('\n\n')}\n` }
}
