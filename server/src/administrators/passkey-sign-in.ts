import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { type OpenedAdminSession, openAdminSession } from '#administrators/admin-sessions.ts'
import { countAttempt } from '#administrators/attempts.ts'
import { takeChallenge, tryChallenge } from '#administrators/challenges.ts'
import type { AdministratorContext } from '#administrators/context.ts'
import { rpIdOf } from '#administrators/passkeys.ts'
import { refuse } from '#administrators/refusals.ts'
import type { Browser } from '#administrators/sign-in.ts'
import type { AdministratorPasskeyRow } from '#storage/administrator-tables.ts'

/**
 * Signs in with a passkey alone: the device has it, and saw its owner's face, finger or PIN, so no code is asked for.
 *
 * @throws AdministratorRefused
 */
export async function signInByPasskey(
  { db, world, publicUrl }: AdministratorContext & { readonly publicUrl: string },
  { challenge, response }: { readonly challenge: string; readonly response: AuthenticationResponseJSON },
  browser: Browser,
): Promise<OpenedAdminSession> {
  const now = world.clock()
  if (!(await countAttempt(db.write, 'passkey from', browser.client.address, now))) refuse('too-many-attempts')
  if ((await tryChallenge(db.write, 'passkey-sign-in', challenge, { most: 1, now })) === undefined)
    refuse('challenge-over')
  const row = await db.read
    .selectFrom('administrator_passkeys')
    .selectAll()
    .where('credential_id', '=', response.id)
    .executeTakeFirst()
  const counter = row && (await verify(row, response, { challenge, publicUrl }))
  if (row === undefined || counter === undefined) refuse('passkey-refused')
  return db.transaction(async (tx) => {
    if (!(await takeChallenge(tx, challenge))) refuse('challenge-over')
    const { numUpdatedRows } = await tx
      .updateTable('administrator_passkeys')
      .set({ counter, last_used_at: now.getTime() })
      .where('id', '=', row.id)
      .executeTakeFirst()
    // Removed in this moment.
    if (numUpdatedRows === 0n) refuse('passkey-refused')
    const opening = { administratorId: row.administrator_id, through: 'passkey', companyId: undefined } as const
    return openAdminSession(tx, { ...opening, ...browser }, { chance: world.chance, now })
  })
}

/** The counter after this use; undefined where the answer is not right. */
async function verify(
  { credential_id, public_key, counter }: AdministratorPasskeyRow,
  response: AuthenticationResponseJSON,
  { challenge, publicUrl }: { readonly challenge: string; readonly publicUrl: string },
): Promise<number | undefined> {
  const publicKey = new Uint8Array(Buffer.from(public_key, 'base64url'))
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: publicUrl,
    expectedRPID: rpIdOf(publicUrl),
    requireUserVerification: true,
    credential: { id: credential_id, publicKey, counter },
  }).catch(() => undefined)
  return verified?.verified ? verified.authenticationInfo.newCounter : undefined
}
