import { type OpenedAdminSession, openAdminSession } from '#administrators/admin-sessions.ts'
import { type Administrator, findAdministrator } from '#administrators/administrators.ts'
import { countAttempt } from '#administrators/attempts.ts'
import { takeChallenge, tryChallenge } from '#administrators/challenges.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { recoveryHash, saveRecoveryCodes } from '#administrators/recovery-codes.ts'
import { refuse } from '#administrators/refusals.ts'
import type { Browser } from '#administrators/sign-in.ts'
import { newTotpSecret, otpauthUrl, stepOfCode } from '#administrators/totp.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import { seal, unseal } from '#storage/seal.ts'

/** Then the password is to be typed again. */
const TRIES = 5

const about = (id: Id<'admin'>): string => `${id} totp`

/**
 * Makes a secret for an authenticator app. Codes are asked for only after one of it was typed.
 *
 * @throws AdministratorRefused where codes are set up already
 */
export async function beginTotp(
  tx: Handle,
  { id, email, totpSealed }: Administrator,
  { world, secret, issuer }: Pick<AdministratorContext, 'world' | 'secret'> & { readonly issuer: string },
): Promise<{ readonly secret: string; readonly otpauthUrl: string }> {
  if (totpSealed !== undefined) refuse('totp-there-already')
  const made = newTotpSecret(world.chance)
  await tx
    .updateTable('administrators')
    .set({ totp_next_sealed: seal(made, about(id), { secret, chance: world.chance }) })
    .where('id', '=', id)
    .execute()
  return { secret: made, otpauthUrl: otpauthUrl(made, { issuer, account: email }) }
}

/**
 * From now on codes are asked for.
 *
 * @returns recovery codes, which nobody can show again
 * @throws AdministratorRefused where the code is not of the secret that was shown
 */
export async function confirmTotp(
  { db, world, secret }: AdministratorContext,
  { id }: Administrator,
  code: string,
): Promise<readonly string[]> {
  const now = world.clock()
  if (!(await countAttempt(db.write, 'code as', id, now))) refuse('too-many-attempts')
  return db.transaction(async (tx) => {
    const row = await tx
      .selectFrom('administrators')
      .select(['totp_next_sealed', 'totp_sealed'])
      .where('id', '=', id)
      .executeTakeFirst()
    const sealed = row?.totp_next_sealed ?? refuse('totp-not-begun')
    if (row?.totp_sealed) refuse('totp-there-already')
    const step = stepOfCode(unseal(sealed, about(id), { secret }), code, now) ?? refuse('code-wrong')
    await tx
      .updateTable('administrators')
      .set({ totp_sealed: sealed, totp_next_sealed: null, totp_step: step, updated_at: now.getTime() })
      .where('id', '=', id)
      .execute()
    return saveRecoveryCodes(tx, id, world.chance)
  })
}

/**
 * The second step of a sign-in: a code of the app, or a recovery code.
 *
 * @throws AdministratorRefused
 */
export async function signInByCode(
  ctx: AdministratorContext,
  { challenge, code }: { readonly challenge: string; readonly code: string },
  browser: Browser,
): Promise<OpenedAdminSession> {
  const { db, world } = ctx
  const now = world.clock()
  const tried = await tryChallenge(db.write, 'code', challenge, { most: TRIES, now })
  const id = tried?.administratorId ?? refuse('challenge-over')
  if (!(await countAttempt(db.write, 'code as', id, now))) refuse('too-many-attempts')
  return db.transaction(async (tx) => {
    const administrator = (await findAdministrator(tx, id)) ?? refuse('challenge-over')
    const right = (await takeTotp(tx, administrator, code, ctx)) || (await takeRecoveryCode(tx, id, code))
    if (!right) refuse('code-wrong')
    if (!(await takeChallenge(tx, challenge))) refuse('challenge-over')
    const opening = { administratorId: id, through: 'code', companyId: undefined, ...browser } as const
    return openAdminSession(tx, opening, { chance: world.chance, now })
  })
}

/** Each code is good once (RFC 6238 section 5.2): one of the same step, or of one before, is refused. */
async function takeTotp(
  tx: Handle,
  { id, totpSealed }: Administrator,
  code: string,
  { world, secret }: AdministratorContext,
): Promise<boolean> {
  if (totpSealed === undefined) return false
  const step = stepOfCode(unseal(totpSealed, about(id), { secret }), code, world.clock())
  if (step === undefined) return false
  const { numUpdatedRows } = await tx
    .updateTable('administrators')
    .set({ totp_step: step })
    .where('id', '=', id)
    .where((e) => e.or([e('totp_step', 'is', null), e('totp_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

async function takeRecoveryCode(tx: Handle, administratorId: Id<'admin'>, code: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('administrator_recovery_codes')
    .where('administrator_id', '=', administratorId)
    .where('code_hash', '=', recoveryHash(administratorId, code))
    .executeTakeFirst()
  return numDeletedRows > 0n
}
