// For tests: what people can belong to, and people.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { made, startApi } from '#admin/test-api.ts'
import { newUser, now, the } from '#login/test-place.ts'
import type { OpenFresh } from '#storage/on-every-database.ts'
import { findStandardProfile, findTeams } from '#users/directory.ts'
import { replaceTeams } from '#users/memberships.ts'
import { insertUser, type NewUser, noteFields } from '#users/users.ts'

/** An Environment with Teams, an Application with Roles and another one. */
export async function startWithDirectory(t: TestContext, openFresh: OpenFresh) {
  const started = await startApi(t, openFresh)
  const { api } = started
  const ids: Record<string, string> = {}
  for (const name of ['Networking', 'Billing']) ids[name] = await made(api.post('teams', { name }))
  for (const name of ['Service Desk', 'Orders']) ids[name] = await made(api.post('applications', { name }))
  for (const [name, application] of [
    ['Manager', 'Service Desk'],
    ['Agent', 'Service Desk'],
    ['Clerk', 'Orders'],
  ] as const) {
    ids[name] = await made(api.post('roles', { name, applicationId: ids[application] }))
  }
  const id = (name: string): string => the(ids[name])
  /** As the connection would have made them at their first sign-in. */
  const cameBySignIn = async (change: Partial<NewUser> = {}) => {
    const { db, world, place } = started
    const env = place.environment.id
    const connectionId = place.connection.id
    const profile = await findStandardProfile(db.read, env, 'regular')
    const names = { firstName: 'Ada', lastName: 'Lindqvist', email: 'ada@acme.example', accessProfileId: profile.id }
    const user = the(
      await insertUser(db.write, env, newUser({ connectionId, ...names, ...change }), { chance: world.chance, now }),
    )
    const attribute = { by: 'connection', connectionId, attribute: 'mail' } as const
    await noteFields(db.write, user, new Map([['email', attribute]]), now)
    const [team] = await findTeams(db.read, env, ['Agents'])
    await replaceTeams(
      db.write,
      user,
      [{ teamId: the(team).id, primary: true, source: { by: 'default', connectionId } }],
      now,
    )
    return user
  }
  return { ...started, id, cameBySignIn }
}

export const namesOf = (items: readonly { readonly name: string }[]): readonly string[] => items.map(({ name }) => name)

export function usernames({ items }: { readonly items: readonly { readonly username: string }[] }): readonly string[] {
  assert.ok(Array.isArray(items))
  return items.map(({ username }) => username)
}
