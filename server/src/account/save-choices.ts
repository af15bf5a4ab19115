import { type Chosen, choicesOf, type Judged, judgeForm } from '#account/choices.ts'
import type { Id } from '#config/world.ts'
import type { Form } from '#http/form.ts'
import type { Handle } from '#storage/database.ts'
import { type Account, holdAccount } from '#users/accounts.ts'
import { setActiveRole } from '#users/memberships.ts'
import { touchUser, updateUser } from '#users/users.ts'

export type Refused = Exclude<Judged, { readonly changes: unknown }>
export type Saved = 'saved' | 'nobody' | { readonly account: Account; readonly why: Refused }

/**
 * Judges the form by what the account is at this moment, and saves all of it or nothing, in one transaction: nobody chooses
 * what is just being taken from them.
 */
export async function saveChoices(
  tx: Handle,
  { environmentId, userId }: { readonly environmentId: Id<'env'>; readonly userId: Id<'user'> },
  form: Form,
  now: Date,
): Promise<Saved> {
  const account = await holdAccount(tx, environmentId, userId)
  if (account === undefined) return 'nobody'
  const judged = judgeForm(choicesOf(account), form)
  if (!('changes' in judged)) return { account, why: judged }
  for (const chosen of judged.changes) await saveOne(tx, account, chosen, now)
  return 'saved'
}

async function saveOne(tx: Handle, { user }: Account, { about, value }: Chosen, now: Date): Promise<void> {
  if (about.kind === 'default-application') {
    const change = { defaultApplicationId: value as Id<'app'> }
    await updateUser(tx, user, change, { source: () => ({ by: 'person' }), now })
  } else {
    await setActiveRole(tx, user, { applicationId: about.applicationId, roleId: value as Id<'role'> })
    await touchUser(tx, user, now)
  }
}
