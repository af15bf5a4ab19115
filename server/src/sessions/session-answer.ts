import { z } from 'zod'
import type { Session } from '#sessions/sessions.ts'
import type { Account } from '#users/accounts.ts'

const named = z.object({ id: z.string(), name: z.string() })

/** What applications on the same site learn of the browser that they ask about; what is not there is left out. */
export const sessionAnswer = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    user: z.object({
      id: z.string(),
      username: z.string(),
      federatedId: z.string().optional(),
      userType: z.enum(['platform', 'site']),
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      email: z.string().optional(),
      accessProfile: named.optional(),
      primaryTeam: named.optional(),
      /** All of them, the primary one first. */
      teams: z.array(named),
      defaultApplication: named.optional(),
      applications: z.array(z.object({ ...named.shape, roles: z.array(named), activeRole: named.optional() })),
    }),
    session: z.object({
      id: z.string(),
      openedAt: z.iso.datetime(),
      /** At the latest. */
      expiresAt: z.iso.datetime(),
      expiresSetBy: z.enum(['environment', 'identity-provider']),
    }),
  }),
  z.object({ valid: z.literal(false), signInUrl: z.url() }),
])

/** Somebody is signed in, but may not come in from where they are. */
export const deniedAnswer = z.object({
  valid: z.literal(false),
  code: z.literal('access-denied'),
  sentence: z.string(),
  cure: z.string(),
})

export function describeSession(session: Session, account: Account): z.output<typeof sessionAnswer> {
  const { id, openedAt, expiresAt, expiresWhy } = session
  const expiresSetBy = expiresWhy === 'lifetime' ? 'environment' : expiresWhy
  const times = { openedAt: openedAt.toISOString(), expiresAt: expiresAt.toISOString() }
  return sessionAnswer.parse({ valid: true, user: describeUser(account), session: { id, ...times, expiresSetBy } })
}

function describeUser({ user, accessProfileName, teams, applications }: Account) {
  const { accessProfileId, defaultApplicationId } = user
  const described = applications.map(({ applicationId, name, roles, activeRoleId }) => {
    const mine = roles.map((role) => ({ id: role.roleId, name: role.name }))
    return { id: applicationId, name, roles: mine, activeRole: mine.find((role) => role.id === activeRoleId) }
  })
  const primary = teams.find((team) => team.primary)
  return {
    ...user,
    accessProfile: accessProfileName === undefined ? undefined : { id: accessProfileId, name: accessProfileName },
    primaryTeam: primary && { id: primary.teamId, name: primary.name },
    teams: teams.map(({ teamId, name }) => ({ id: teamId, name })),
    defaultApplication: described.find((application) => application.id === defaultApplicationId),
    applications: described,
  }
}
