import { z } from 'zod'
import { cursorText, idParam, limit, text, time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { Account, DatedUser } from '#users/accounts.ts'

const email = text(254).regex(/^[^\s@]+@[^\s@]+$/, 'is no e-mail address')
const userType = z.enum(['platform', 'site'])
const reference = text(200).describe('An id, or else a name')
const roles = z.array(reference).max(100).default([])

const grant = strictObject({
  application: reference,
  roles: roles.describe('Roles of that Application'),
  activeRole: reference.optional().describe('The one of them that the person works in'),
})

/** What may be said of a user, with nothing left out that has a default. */
const shape = {
  username: text(255),
  federatedId: text(255).nullable(),
  firstName: text(100).nullable(),
  lastName: text(100).nullable(),
  email: email.nullable(),
  userType,
  team: reference.describe('The primary Team; that of Site Users is always Portal Users and Customers'),
  teams: z.array(reference).max(500).describe('The further Teams'),
  accessProfile: reference.describe('That of Site Users is always Portal User Profile'),
  defaultApplication: reference.nullable().describe('One of the Applications'),
  applications: z.array(grant).max(200).describe('All the Applications, with the Roles in each; Site Users have none'),
  connectionId: text(100).nullable().describe('The connection that speaks for this person'),
}

export const userChange = strictObject(shape).partial()

export const userToMake = userChange.extend({ username: shape.username, userType: userType.default('platform') })

export type UserChangeInput = z.output<typeof userChange>
export type UserToMake = z.output<typeof userToMake>

export const accessInput = strictObject({ roles: grant.shape.roles, activeRole: grant.shape.activeRole })

export const userQuery = strictObject({
  limit,
  cursor: cursorText,
  sort: z.enum(['username', '-username', 'createdAt', '-createdAt']).default('username'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe('Words with which a username, an e-mail address, a first or a last name begins, in capitals or not'),
  'filter[username]': text(255).optional(),
  'filter[email]': text(254).optional().describe('In capitals or not'),
  'filter[federatedId]': text(255).optional(),
  'filter[userType]': userType.optional(),
  'filter[teamId]': idParam.optional().describe('Primary or further'),
  'filter[connectionId]': idParam.optional(),
  'filter[active]': z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? undefined : value === 'true')),
})

const named = z.object({ id: z.string(), name: z.string() })

const summaryShape = {
  id: z.string(),
  username: z.string(),
  federatedId: z.string().nullable(),
  userType,
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  email: z.string().nullable(),
  active: z.boolean(),
  deactivatedAt: time.nullable(),
  createdThrough: z.enum(['sso', 'api', 'portal', 'declaration', 'import']),
  connectionId: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
  lastSignInAt: time.nullable(),
}

export const userSummary = z.object(summaryShape).meta({ id: 'UserSummary' })

export const account = z
  .object({
    ...summaryShape,
    team: named.nullable().describe('The primary Team'),
    teams: z.array(named).describe('The further Teams'),
    accessProfile: named.nullable(),
    defaultApplication: named.nullable(),
    applications: z.array(z.object({ ...named.shape, roles: z.array(named), activeRole: named.nullable() })),
  })
  .meta({ id: 'User' })

export function shownUser(user: DatedUser): z.output<typeof userSummary> {
  return {
    id: user.id,
    username: user.username,
    federatedId: user.federatedId ?? null,
    userType: user.userType,
    firstName: user.firstName ?? null,
    lastName: user.lastName ?? null,
    email: user.email ?? null,
    active: user.deactivatedAt === undefined,
    deactivatedAt: user.deactivatedAt?.toISOString() ?? null,
    createdThrough: user.createdThrough,
    connectionId: user.connectionId ?? null,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
  }
}

export function shownAccount({ user, teams, applications, accessProfileName }: Account): z.output<typeof account> {
  const team = teams.find(({ primary }) => primary)
  const standard = applications.find(({ applicationId }) => applicationId === user.defaultApplicationId)
  return {
    ...shownUser(user),
    team: team ? { id: team.teamId, name: team.name } : null,
    teams: teams.filter(({ primary }) => !primary).map(({ teamId, name }) => ({ id: teamId, name })),
    accessProfile:
      user.accessProfileId && accessProfileName ? { id: user.accessProfileId, name: accessProfileName } : null,
    defaultApplication: standard ? { id: standard.applicationId, name: standard.name } : null,
    applications: applications.map(({ applicationId, name, roles, activeRoleId }) => {
      const shown = roles.map((role) => ({ id: role.roleId as string, name: role.name }))
      return { id: applicationId, name, roles: shown, activeRole: shown.find(({ id }) => id === activeRoleId) ?? null }
    }),
  }
}

export function etagOfUser({ version }: DatedUser): string {
  return `"${version}"`
}
