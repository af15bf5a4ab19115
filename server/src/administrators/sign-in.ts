import { type Client, type OpenedAdminSession, openAdminSession } from '#administrators/admin-sessions.ts'
import { findAdministratorByEmail } from '#administrators/administrators.ts'
import { countAttempt } from '#administrators/attempts.ts'
import { insertChallenge } from '#administrators/challenges.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { refuse } from '#administrators/refusals.ts'
import { normalized, verifyPassword } from '#passwords/hash.ts'

export type Browser = {
  readonly client: Client
  /** Of the session that this browser had. */
  readonly formerToken: string | undefined
}

export type AfterPassword =
  | { readonly next: 'done'; readonly opened: OpenedAdminSession }
  | { readonly next: 'totp'; readonly challenge: string }

/**
 * The first step with a password.
 *
 * @throws AdministratorRefused: an unknown address and a wrong password are told alike, after the same work
 */
export async function signInByPassword(
  { db, world }: AdministratorContext,
  { email, password }: { readonly email: string; readonly password: string },
  browser: Browser,
): Promise<AfterPassword> {
  const now = world.clock()
  const fromHere = await countAttempt(db.write, 'sign-in from', browser.client.address, now)
  const asThem = await countAttempt(db.write, 'sign-in as', email.trim().toLowerCase(), now)
  if (!fromHere || !asThem) refuse('too-many-attempts')
  const found = await findAdministratorByEmail(db.read, email)
  const right = await verifyPassword(normalized(password), found?.passwordHash)
  if (found === undefined || !right) refuse('sign-in-refused')
  const times = { chance: world.chance, now: world.clock() }
  return db.transaction(async (tx) => {
    // The password may have been changed while it was looked at.
    const current = await findAdministratorByEmail(tx, email)
    if (current === undefined || current.passwordHash !== found.passwordHash) refuse('sign-in-refused')
    const { id: administratorId, totpSealed } = current
    if (totpSealed !== undefined)
      return { next: 'totp', challenge: await insertChallenge(tx, { purpose: 'code', administratorId }, times) }
    const opening = { administratorId, through: 'password', companyId: undefined, ...browser } as const
    return { next: 'done', opened: await openAdminSession(tx, opening, times) }
  })
}
