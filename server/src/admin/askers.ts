// Who asks the API: a program with a token, or an administrator who is signed in to the portal. What they may do depends on
// where.

import { type ApiToken, type Reach, reaches, type Scope, scopes } from '#admin/tokens/tokens.ts'
import type { SignedIn } from '#administrators/admin-sessions.ts'
import { listMemberships, type Membership, type Role } from '#administrators/memberships.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** What somebody may do at one place. */
export type Permit = {
  readonly id: Id<'tok'> | Id<'admin'>
  /** Of the token, or the administrator's address. */
  readonly name: string
  readonly scopes: readonly Scope[]
}

type Place = { readonly id: Id<'env'>; readonly companyId: Id<'comp'> }

export type Asker = {
  readonly source: Source
  /** Undefined where the Environment is not theirs to see. */
  readonly inEnvironment: (place: Place) => Permit | undefined
  /** For what belongs to the Company itself. */
  readonly inCompany: (companyId: Id<'comp'>) => Permit | undefined
  /** For what belongs to no Company. */
  readonly everywhere: () => Permit | undefined
  /** Undefined for programs. */
  readonly signedIn?: SignedIn
}

export function askerOfToken(token: ApiToken): Asker {
  const permit: Permit = { id: token.id, name: token.name, scopes: token.scopes }
  const { companyId, environmentId } = token satisfies Reach
  return {
    source: { by: 'api', tokenId: token.id },
    inEnvironment: (place) => (reaches(token, place) ? permit : undefined),
    inCompany: (id) =>
      environmentId === undefined && (companyId === undefined || companyId === id) ? permit : undefined,
    everywhere: () => (environmentId === undefined && companyId === undefined ? permit : undefined),
  }
}

export async function askerOfAdministrator(db: Handle, signedIn: SignedIn): Promise<Asker> {
  const { administrator, session } = signedIn
  const { id, email: name } = administrator
  const memberships = await reachedMemberships(db, signedIn)
  // A Company's identity provider speaks for its own administrators, not for who runs the place.
  const operator = administrator.operator && session.companyId === undefined
  const permitOf = (role: Role): Permit => ({ id, name, scopes: operator ? scopesOf('owner') : scopesOf(role) })
  const membershipIn = (companyId: Id<'comp'>) => memberships.find((one) => one.companyId === companyId)
  const inCompany = (companyId: Id<'comp'>): Permit | undefined => {
    const membership = membershipIn(companyId)
    if (operator) return permitOf('owner')
    return membership && permitOf(membership.role)
  }
  return {
    source: { by: 'administrator', administratorId: id, name },
    signedIn,
    inCompany,
    inEnvironment: (place) => {
      const { environments } = operator ? {} : (membershipIn(place.companyId) ?? {})
      return environments === undefined || environments.includes(place.id) ? inCompany(place.companyId) : undefined
    },
    everywhere: () => (operator ? permitOf('owner') : undefined),
  }
}

/** Those that the session reaches. */
export async function reachedMemberships(
  db: Handle,
  { administrator, session }: SignedIn,
): Promise<readonly Membership[]> {
  const all = await listMemberships(db, administrator.id)
  return session.companyId === undefined ? all : all.filter(({ companyId }) => companyId === session.companyId)
}

const companyWide: readonly Scope[] = ['metrics:read']
const ofRoles: Readonly<Record<Role, (scope: Scope) => boolean>> = {
  owner: () => true,
  administrator: (scope) => scope !== 'company:write',
  support: (scope) => scope.endsWith(':read') || scope === 'sessions:write',
  auditor: (scope) => scope.endsWith(':read'),
}

/** What a role may do in its Company. Values of attributes tell much of a person, so few roles see them. */
export function scopesOf(role: Role): readonly Scope[] {
  return scopes.filter((scope) => !companyWide.includes(scope) && ofRoles[role](scope))
}
