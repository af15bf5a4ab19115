import type { BodyOf } from '#api/api.tsx'
import type { User } from '#users/user-page.tsx'

type ToMake = BodyOf<'/api/v1/environments/{environmentId}/users', 'post'>

/** What the fields hold. Whatever belongs to somebody stands there by its name, an application by its id. */
export type UserValues = {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly federatedId: string
  readonly userType: 'platform' | 'site'
  readonly team: string
  readonly teams: string[]
  readonly accessProfile: string
  readonly defaultApplication: string | null
  readonly applications: AccessValues[]
}

/** Roles by their ids; the active one is among them, or null. */
export type AccessValues = {
  readonly application: string
  readonly roles: string[]
  readonly activeRole: string | null
}

export const newUser: UserValues = {
  username: '',
  firstName: '',
  lastName: '',
  email: '',
  federatedId: '',
  userType: 'platform',
  team: '',
  teams: [],
  accessProfile: '',
  defaultApplication: null,
  applications: [],
}

export function valuesOf(user: User): UserValues {
  return {
    username: user.username,
    firstName: user.firstName ?? '',
    lastName: user.lastName ?? '',
    email: user.email ?? '',
    federatedId: user.federatedId ?? '',
    userType: user.userType,
    team: user.team?.name ?? '',
    teams: user.teams.map(({ name }) => name),
    accessProfile: user.accessProfile?.name ?? '',
    defaultApplication: user.defaultApplication?.id ?? null,
    applications: user.applications.map(({ id, roles, activeRole }) => ({
      application: id,
      roles: roles.map((role) => role.id),
      activeRole: activeRole?.id ?? null,
    })),
  }
}

/** What differs, as the API takes it: what nobody touched is not sent, so that its source stays what it was. */
export function changesOf(values: UserValues, before: UserValues): Partial<ToMake> {
  const ofSite = ['team', 'teams', 'accessProfile', 'defaultApplication', 'applications']
  const fields = Object.keys(newUser) as (keyof UserValues)[]
  const changed = fields.filter((field) => {
    if (values.userType === 'site' && ofSite.includes(field)) return false
    return JSON.stringify(values[field]) !== JSON.stringify(before[field])
  })
  return Object.fromEntries(changed.map((field) => [field, sent(field, values)]))
}

function sent(field: keyof UserValues, values: UserValues): unknown {
  if (field === 'applications') {
    return values.applications.map(({ application, roles, activeRole }) => ({
      application,
      roles,
      ...(activeRole !== null && roles.includes(activeRole) ? { activeRole } : {}),
    }))
  }
  const value = values[field]
  if (typeof value !== 'string') return value
  // A name that is emptied is taken away; the others have to be something.
  return ['firstName', 'lastName', 'email', 'federatedId'].includes(field) && value.trim() === '' ? null : value.trim()
}
