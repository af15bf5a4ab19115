import { hash } from 'node:crypto'
import { z } from 'zod'
import { cursorText, idParam, limit, text, time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { Entry, EntryKind } from '#users/directory-pages.ts'

export type Kind = {
  readonly kind: EntryKind
  /** In addresses. */
  readonly path: string
  /** In the names of operations. */
  readonly one: string
  readonly many: string
  /** In sentences. */
  readonly noun: string
  readonly example: { readonly id: string; readonly name: string }
}

export const kinds: readonly Kind[] = [
  {
    kind: 'team',
    path: 'teams',
    one: 'Team',
    many: 'Teams',
    noun: 'Team',
    example: { id: 'team_k4vq2m7xw3nphz5tb6ay', name: 'Networking' },
  },
  {
    kind: 'access-profile',
    path: 'access-profiles',
    one: 'AccessProfile',
    many: 'AccessProfiles',
    noun: 'Access Profile',
    example: { id: 'prof_c2tq7m4xw3nphz5tb6ay', name: 'Regular User' },
  },
  {
    kind: 'application',
    path: 'applications',
    one: 'Application',
    many: 'Applications',
    noun: 'Application',
    example: { id: 'app_r5vq2m7xw3nphz4tb6ay', name: 'Service Desk' },
  },
  {
    kind: 'role',
    path: 'roles',
    one: 'Role',
    many: 'Roles',
    noun: 'Role',
    example: { id: 'role_h7vq2m4xw3nphz5tb6ay', name: 'Manager' },
  },
]

const applicationId = z.string().describe('The Application that the Role belongs to')
const name = text(200)

const userManagement = z
  .boolean()
  .describe('The permission User Management: those who have this profile are not held to the session limit')

const rename = strictObject({ name })

const changeOfProfile = strictObject({ name: name.optional(), userManagement: userManagement.optional() })

export function kindOf(kind: EntryKind): Kind {
  return kinds.find((one) => one.kind === kind)!
}

/** The schemas and examples of one kind. */
export function shapesOf({ kind, example, one }: Kind) {
  const isRole = kind === 'role'
  const isProfile = kind === 'access-profile'
  const ofRole = isRole ? { applicationId: kindOf('application').example.id } : {}
  const times = { createdAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z' }
  const shape = {
    id: z.string(),
    ...(isRole ? { applicationId } : {}),
    name: z.string(),
    standard: z.boolean().describe('Part of every Environment: neither changed nor removed'),
    ...(isProfile ? { userManagement } : {}),
    createdAt: time,
    updatedAt: time,
  }
  return {
    entry: z.object(shape).meta({ id: one }),
    input: strictObject({
      name,
      ...only(isRole, { applicationId }),
      ...only(isProfile, { userManagement: userManagement.default(false) }),
    }),
    change: isProfile ? changeOfProfile : rename,
    inputExample: { name: example.name, ...ofRole },
    entryExample: {
      ...example,
      ...ofRole,
      standard: isProfile,
      ...(isProfile ? { userManagement: false } : {}),
      ...times,
    },
    query: strictObject({
      limit,
      cursor: cursorText,
      sort: z.enum(['name', '-name']).default('name').describe('A minus sorts downwards'),
      'filter[name]': text(200).optional().describe('Exactly this name'),
      'filter[name][contains]': text(200).optional().describe('Part of the name, in capitals or not'),
      ...only(isRole, { 'filter[applicationId]': idParam.optional().describe('Of this Application') }),
    }),
  }
}

/** Fields that some kinds have; for the types they are there, and perhaps undefined. */
function only<S extends Readonly<Record<string, z.ZodType>>>(there: boolean, shape: S) {
  return (there ? shape : {}) as { readonly [K in keyof S]: z.ZodOptional<S[K]> }
}

export function shown(entry: Entry) {
  const { id, name, standard, userManagement, applicationId: of, createdAt, updatedAt } = entry
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
  return {
    id,
    ...(of === undefined ? {} : { applicationId: of }),
    name,
    standard,
    ...(userManagement === undefined ? {} : { userManagement }),
    ...times,
  }
}

/** Of what is shown: the same state has the same tag, whoever asks. */
export function etagOf(entry: Entry): string {
  return `"${hash('sha256', JSON.stringify(shown(entry)), 'base64url').slice(0, 22)}"`
}
