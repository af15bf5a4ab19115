import { type Chance, type Id, newToken } from '#config/world.ts'
import type { AdministratorChallengeRow } from '#storage/administrator-tables.ts'
import type { Handle } from '#storage/database.ts'
import { tokenHash } from '#storage/token-hash.ts'

const LIFETIME_MS = 5 * 60 * 1000

export type ChallengePurpose = AdministratorChallengeRow['purpose']

/** Undefined where the passkey is yet to say who signs in. */
export type Challenge = { readonly administratorId: Id<'admin'> | undefined }

type NewChallenge = { readonly purpose: ChallengePurpose } & Partial<Challenge>

/** What the second step must bring along: with a code, or signed by a passkey. */
export async function insertChallenge(
  db: Handle,
  { purpose, administratorId }: NewChallenge,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<string> {
  const token = newToken(chance)
  await db
    .insertInto('administrator_challenges')
    .values({
      token_hash: tokenHash(token),
      purpose,
      administrator_id: administratorId ?? null,
      expires_at: now.getTime() + LIFETIME_MS,
      attempts: 0,
    })
    .execute()
  return token
}

/** Counts a try; undefined where the challenge is not good any more, or was tried too often. */
export async function tryChallenge(
  db: Handle,
  purpose: ChallengePurpose,
  token: string,
  { most, now }: { readonly most: number; readonly now: Date },
): Promise<Challenge | undefined> {
  const row = await db
    .updateTable('administrator_challenges')
    .set((e) => ({ attempts: e('attempts', '+', 1) }))
    .where('token_hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now.getTime())
    .where('attempts', '<', most)
    .returning('administrator_id')
    .executeTakeFirst()
  return row && { administratorId: row.administrator_id ?? undefined }
}

/** False where somebody took it a moment ago. */
export async function takeChallenge(db: Handle, token: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('administrator_challenges')
    .where('token_hash', '=', tokenHash(token))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function sweepChallenges(db: Handle, now: Date): Promise<void> {
  await db.deleteFrom('administrator_challenges').where('expires_at', '<=', now.getTime()).execute()
}
