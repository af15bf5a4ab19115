// For tests: a declaration with users, and users of its Environment that came some other way.

import assert from 'node:assert/strict'
import type {} from 'node:test' // marks this file as one for tests
import { findEnvironment } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { world } from '#declaration/test-workshop.ts'
import type { Database } from '#storage/database.ts'
import { findUser, insertUser, type NewUser, type User } from '#users/users.ts'

export const made = { chance: world.chance, now: world.clock() }
export const place = 'companies[0].environments[0].users'

/** A declaration of acme/production with these users, one a line. */
export function withUsers(...users: readonly string[]): string {
  return `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: production
        name: Production
        teams: [Agents, Supervisors]
        accessProfiles: [Auditor]
        applications:
          - { name: Service Desk, roles: [Agent, Manager] }
          - { name: Wiki, roles: [Author] }
        connections:
          - name: Directory
            issuer: https://idp.example/metadata
            thirdPartyAuthenticationUrl: https://idp.example/sso
            certificateFile: idp.pem
        users:${users.length === 0 ? ' []' : ''}
${users.map((user) => `          - { ${user} }\n`).join('')}`
}

export const ada = 'username: ada, userType: platform, team: Agents'

export async function environmentOf(db: Database, environmentSlug = 'production'): Promise<Id<'env'>> {
  const found = await findEnvironment(db.read, { companySlug: 'acme', environmentSlug })
  assert.ok(found)
  return found.environment.id
}

export async function userNamed(db: Database, username: string, env?: Id<'env'>): Promise<User> {
  const user = await findUser(db.read, env ?? (await environmentOf(db)), { kind: 'username', value: username })
  assert.ok(user, username)
  return user
}

export async function insert(db: Database, change: Partial<NewUser>): Promise<User> {
  const nobody = { connectionId: undefined, federatedId: undefined, firstName: undefined, lastName: undefined }
  const nothing = { email: undefined, accessProfileId: undefined, defaultApplicationId: undefined }
  const user = { ...nobody, ...nothing, username: 'grace', userType: 'platform', createdThrough: 'api' } as const
  const inserted = await insertUser(db.write, await environmentOf(db), { ...user, ...change }, made)
  assert.ok(inserted)
  return inserted
}
