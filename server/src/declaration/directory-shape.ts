// What a declaration says of an Environment's directory: what people can belong to, and people.

import { z } from 'zod'
import { problemsOf } from '#connections/intake.ts'
import { strictObject } from '#connections/strict-object.ts'

/** Joins several names in one value of an assertion, so no name can hold it. */
const SEPARATOR = '_::_'

/** The names of teams, access profiles, applications and roles. */
const entryName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'is too long: 200 characters at most')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')
  .refine((name) => !name.includes(SEPARATOR), {
    error: `must not contain ${SEPARATOR}, which separates names in assertions`,
  })

export const applicationShape = {
  name: entryName,
  roles: z.array(entryName).default([]),
}

export const accessProfileShape = {
  name: entryName,
  /** Absent: those profiles that every Environment has are as they are, the others do not have it. */
  userManagement: z.boolean().optional(),
}

const accessProfileObject = strictObject(accessProfileShape)

/** A name alone, or an object. Not a union, which would not say what is wrong within the object. */
const accessProfile = z.unknown().transform((given, context): z.output<typeof accessProfileObject> => {
  const parsed = (typeof given === 'object' && given !== null ? accessProfileObject : bareName).safeParse(given)
  if (parsed.success) return parsed.data
  for (const { path, message } of problemsOf(parsed.error.issues)) {
    context.addIssue({ code: 'custom', path: [...path], message })
  }
  return z.NEVER
})

const bareName = entryName.transform((name) => ({ name }))

const text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'is too long: 200 characters at most')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')

/** What people are found by at their sign-in, which takes no more than this (login/user-id.ts). */
const identifier = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(512, 'is too long: 512 characters at most')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters')

const email = z
  .string()
  .trim()
  .max(254, 'is too long: 254 characters at most')
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, 'must be an e-mail address, like ada@acme.example')

/** Absent fields of a user who is there already stay as they are. */
export const userShape = {
  username: identifier,
  federatedId: identifier.optional(),
  userType: z.enum(['platform', 'site']),
  firstName: text.optional(),
  lastName: text.optional(),
  email: email.optional(),
  team: entryName.optional(),
  teams: z.array(entryName).optional(),
  accessProfile: entryName.optional(),
  defaultApplication: entryName.optional(),
  applications: z.array(strictObject(applicationShape)).optional(),
  connection: text.optional(),
  deactivated: z.boolean().optional(),
}

const user = strictObject(userShape)
  .refine(({ userType, team }) => userType !== 'platform' || team !== undefined, {
    path: ['team'],
    error: 'is needed, because every Platform User has a team',
  })
  .superRefine((given, context) => {
    if (given.userType !== 'site') return
    for (const key of ['team', 'accessProfile', 'applications', 'defaultApplication'] as const) {
      if (given[key] === undefined) continue
      context.addIssue({ code: 'custom', path: [key], message: whyNotForSiteUsers[key] })
    }
  })

const whyNotForSiteUsers = {
  team: 'is for Platform Users: all Site Users have the team Portal Users and Customers, and others under teams',
  accessProfile: 'is for Platform Users: all Site Users have the profile Portal User Profile',
  applications: 'is for Platform Users: Site Users have no application',
  defaultApplication: 'is for Platform Users: Site Users have no application',
} as const

export const directoryShape = {
  teams: z.array(entryName).default([]),
  accessProfiles: z.array(accessProfile).default([]),
  applications: z.array(strictObject(applicationShape)).default([]),
}

export const users = z.array(user).default([])

export type WantedApplication = z.output<typeof directoryShape.applications>[number]
export type WantedAccessProfile = z.output<typeof accessProfile>
export type WantedUserFields = z.output<typeof users>[number]
