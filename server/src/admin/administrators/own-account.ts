import { insertCompanyAuditEntry } from '#admin/audit/company-audit.ts'
import { ApiProblem } from '#admin/problems.ts'
import type { SignedIn } from '#administrators/admin-sessions.ts'
import type { World } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/**
 * A Company's identity provider speaks for its own administrators there, and not for their accounts, which may be of other
 * Companies too.
 *
 * @throws ApiProblem where one opened the session
 */
export function demandWholeSession(signedIn: SignedIn): SignedIn {
  if (signedIn.session.companyId === undefined) return signedIn
  throw new ApiProblem(
    'session-of-company',
    'You signed in through your Company, which cannot change your account here. Sign in with your password or a passkey.',
  )
}

type Own = {
  readonly db: Handle
  readonly world: World
  readonly now: Date
  readonly source: Source
  readonly signedIn: SignedIn
}

/** An account belongs to no Company alone. */
export async function noteOwnChange(
  { db, world, now, source, signedIn }: Own,
  action: string,
  changes: Parameters<typeof insertCompanyAuditEntry>[2]['changes'] = {},
): Promise<void> {
  const { id, email } = signedIn.administrator
  const entry = { actor: source, action, subjectId: id, subjectName: email, changes }
  await insertCompanyAuditEntry(db, undefined, entry, { chance: world.chance, now })
}
