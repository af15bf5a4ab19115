import { sql } from 'kysely'
import { companyOf } from '#companies/companies.ts'
import { type EnvironmentOfCompany, environmentOf } from '#companies/environments.ts'
import { keysVersion } from '#oauth/signing-keys.ts'
import type { Handle } from '#storage/database.ts'
import type { OauthKeyRow } from '#storage/oauth-tables.ts'
import { hole, prepared } from '#storage/prepared.ts'

type Slugs = { readonly companySlug: string; readonly environmentSlug: string }

export type PlaceWithVersion = {
  readonly place: EnvironmentOfCompany
  /** Of all that an authorization server in memory is made of; whoever changes it, this is another one then. */
  readonly version: string
}

/** One statement, because every request of an application asks it. */
export async function findPlaceWithVersion(db: Handle, slugs: Slugs): Promise<PlaceWithVersion | undefined> {
  const [row] = await placeQuery(db, slugs)
  if (row === undefined) return undefined
  const company = companyOf({ id: row.company_id, slug: row.company_slug, name: row.company_name })
  const place = Object.freeze({ environment: environmentOf(row), company })
  return { place, version: versionOf(place, keysVersion(readKeys(row.keys))) }
}

/** @param keys as `keysVersion` has it */
export function versionOf({ company, environment }: EnvironmentOfCompany, keys: string): string {
  return JSON.stringify([keys, company.name, environment.name, environment.targets])
}

function readKeys(keys: string | null): readonly Pick<OauthKeyRow, 'id' | 'state'>[] {
  return (keys ?? '')
    .split(',')
    .filter((key) => key !== '')
    .map((key) => {
      const [id, state] = key.split(':')
      return { id, state } as Pick<OauthKeyRow, 'id' | 'state'>
    })
}

const published = ['active', 'next', 'previous'] as const

const placeQuery = prepared((db) =>
  db
    .selectFrom('environments')
    .innerJoin('companies', 'companies.id', 'environments.company_id')
    .selectAll('environments')
    .select(['companies.slug as company_slug', 'companies.name as company_name'])
    .select((select) =>
      select
        .selectFrom('oauth_keys')
        .whereRef('oauth_keys.environment_id', '=', 'environments.id')
        .where('oauth_keys.state', 'in', published)
        .select(sql<string>`string_agg(oauth_keys.id || ':' || oauth_keys.state, ',')`.as('keys'))
        .as('keys'),
    )
    .where('companies.slug', '=', hole('companySlug'))
    .where('environments.slug', '=', hole('environmentSlug')),
)
