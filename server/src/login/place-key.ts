import type { ConnectionInPlace } from '#connections/connections.ts'
import { type SigningKey, signingKeyOf } from '#connections/signing-key.ts'
import type { LoginContext } from '#login/login.ts'

/** The key pair of the Environment: it signs what we send, and others encrypt to it. */
export function keyOfPlace(ctx: LoginContext, { environment, company }: ConnectionInPlace): Promise<SigningKey> {
  const owner = { environmentId: environment.id, companySlug: company.slug, environmentSlug: environment.slug }
  return signingKeyOf(ctx.db, owner, { secret: ctx.secret, world: ctx.world })
}
