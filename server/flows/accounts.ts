// What became of the accounts of a story's Environment.

import { listApplicationsOf, listTeamsOf, replaceTeams } from '#users/memberships.ts'
import type { Sallyport } from './sallyport.ts'

/** By username: the teams, the primary one marked, and the roles in each application. */
export async function accountsOf(sallyport: Sallyport): Promise<Readonly<Record<string, readonly string[]>>> {
  const environmentId = await sallyport.environmentId()
  const users = await usersOf(sallyport)
  const accounts: Record<string, readonly string[]> = {}
  for (const { id, username } of users) {
    const user = { environmentId, id }
    const teams = await listTeamsOf(sallyport.db.read, user)
    const applications = await listApplicationsOf(sallyport.db.read, user)
    accounts[username] = [
      teams.map(({ name, primary }) => `${primary ? '*' : ''}${name}`).join(', '),
      ...applications.map(({ name, roles }) => `${name}: ${roles.map((role) => role.name).join(', ')}`),
    ]
  }
  return accounts
}

/** As an administrator would: takes away all teams but the primary one. */
export async function leavePrimaryTeams(sallyport: Sallyport): Promise<void> {
  const environmentId = await sallyport.environmentId()
  for (const { id } of await usersOf(sallyport)) {
    const user = { environmentId, id }
    const [primary] = await listTeamsOf(sallyport.db.read, user)
    if (primary === undefined) continue
    const { teamId, source } = primary
    await replaceTeams(sallyport.db.write, user, [{ teamId, primary: true, source }], sallyport.world.clock())
  }
}

async function usersOf(sallyport: Sallyport) {
  return sallyport.db.read
    .selectFrom('users')
    .select(['id', 'username'])
    .where('environment_id', '=', await sallyport.environmentId())
    .orderBy('username')
    .execute()
}
