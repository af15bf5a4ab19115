import type { Account } from 'oidc-provider'
import type { Id } from '#config/world.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { findAccount, type Account as UserAccount } from '#users/accounts.ts'
import { displayName } from '#users/users.ts'

/** `found`: spares reading it once more. */
export type KnownAccount = Account & { readonly found: UserAccount }

/** The user that a subject names, with what is said of them; undefined once they are deactivated or gone. */
export async function findAccountFor(
  { db }: Pick<OauthContext, 'db'>,
  environmentId: Id<'env'>,
  sub: string,
): Promise<KnownAccount | undefined> {
  const found = /^user_[a-z2-7]{1,40}$/.test(sub) ? await findAccount(db.read, environmentId, sub) : undefined
  if (found === undefined || found.user.deactivatedAt !== undefined) return undefined
  const { user, teams, applications } = found
  return {
    found,
    accountId: sub,
    claims: async () => ({
      sub,
      name: displayName(user),
      given_name: user.firstName,
      family_name: user.lastName,
      preferred_username: user.username,
      email: user.email,
      groups: teams.map(({ name }) => name),
      roles: applications.flatMap(({ name, roles }) => roles.map((role) => `${name}:${role.name}`)),
      user_type: user.userType,
    }),
  }
}
