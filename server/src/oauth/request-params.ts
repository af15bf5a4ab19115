// Parameters of an authorization request that no standard has: Genesys Cloud's `org` and `provider`.

import type { KoaContextWithOIDC } from 'oidc-provider'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { listLiveConnections } from '#connections/connections.ts'
import { connectionNamed } from '#oauth/choose-connection.ts'
import type { OauthContext } from '#oauth/oauth.ts'

type Errors = Pick<typeof import('oidc-provider'), 'errors'>

/** `org`: slug or name of the Company. `provider`: name or ticket of a connection. Both or neither. */
export function requestParams({ errors }: Errors, ctx: OauthContext, { company, environment }: EnvironmentOfCompany) {
  return {
    org: async ({ oidc }: KoaContextWithOIDC, org: string | undefined) => {
      const given = [org, oidc.params?.provider].filter((value) => value !== undefined)
      if (given.length === 1) throw new errors.InvalidRequest('org and provider must be given together, or neither')
      if (org === undefined || isNameOf(company, org)) return
      throw new errors.InvalidRequest('org is not the Company of this address')
    },
    provider: async (_koa: KoaContextWithOIDC, provider: string | undefined) => {
      if (provider === undefined) return
      const connections = await listLiveConnections(ctx.db.read, environment.id)
      if (connectionNamed(connections, provider) !== undefined) return
      throw new errors.InvalidRequest('provider is neither the name nor the ticket of a connection of this Environment')
    },
  }
}

/** Its slug or its name, in whatever letters. */
export function isNameOf({ slug, name }: EnvironmentOfCompany['company'], text: string): boolean {
  return [slug, name.toLowerCase()].includes(text.trim().toLowerCase())
}
