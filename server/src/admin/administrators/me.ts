import type { z } from 'zod'
import type { me } from '#admin/administrators/me-shapes.ts'
import { askerOfAdministrator, reachedMemberships, scopesOf } from '#admin/askers.ts'
import { csrfTokenOf, type SignedIn } from '#administrators/admin-sessions.ts'
import { listPasskeys } from '#administrators/passkeys.ts'
import { type Company, listCompanies } from '#companies/companies.ts'
import { listEnvironments } from '#companies/environments.ts'
import type { Handle } from '#storage/database.ts'

type Me = z.input<typeof me>
type Asked = { readonly db: Handle; readonly signedIn: SignedIn; readonly cookie: string }

/** What the portal begins with. */
export async function readMe({ db, signedIn, cookie }: Asked): Promise<Me> {
  const { administrator, session } = signedIn
  const { id, email, name, operator, passwordHash, totpSealed } = administrator
  const passkeys = await listPasskeys(db, id)
  return {
    administrator: {
      id,
      email,
      name,
      operator: operator && session.companyId === undefined,
      hasPassword: passwordHash !== undefined,
      hasTotp: totpSealed !== undefined,
      passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => {
        return { id, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
      }),
    },
    memberships: await membershipsOf(db, signedIn),
    session: { through: session.through, companyId: session.companyId ?? null },
    csrfToken: csrfTokenOf(cookie),
    expiresAt: session.expiresAt.toISOString(),
  }
}

/** An operator is an owner wherever they are nothing else. */
async function membershipsOf(db: Handle, signedIn: SignedIn): Promise<Me['memberships']> {
  const asker = await askerOfAdministrator(db, signedIn)
  const memberships = new Map((await reachedMemberships(db, signedIn)).map((one) => [one.companyId, one]))
  const seen = (await listCompanies(db)).filter(({ id }) => asker.inCompany(id) !== undefined)
  const shown = async (company: Company) => {
    const role = asker.everywhere() === undefined ? (memberships.get(company.id)?.role ?? 'auditor') : 'owner'
    const environments = await listEnvironments(db, company.id)
    return {
      company,
      role,
      scopes: [...scopesOf(role)],
      environments: environments
        .filter((place) => asker.inEnvironment(place) !== undefined)
        .map(({ id, slug, name }) => ({ id, slug, name })),
    }
  }
  return Promise.all(seen.map(shown))
}
