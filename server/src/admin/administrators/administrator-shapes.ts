import { z } from 'zod'
import { email } from '#admin/administrators/me-shapes.ts'
import { time } from '#admin/fields.ts'
import type { Link } from '#administrators/links.ts'
import { type Member, type Membership, roles } from '#administrators/memberships.ts'
import { strictObject } from '#connections/strict-object.ts'

const environments = z
  .array(z.string().max(50, 'is too long'))
  .max(1000, 'are too many: 1000 at most')
  .nullable()
  .describe('Ids of the Environments that they may see; null: all of the Company')
const role = z.enum(roles, `must be one of ${roles.join(', ')}`)

export const administratorShape = z
  .object({
    id: z.string().describe('admin_… of an administrator, inv_… of an invitation that was not accepted yet'),
    state: z.enum(['active', 'invited']),
    email: z.string(),
    name: z.string().nullable(),
    role: z.enum(roles),
    environments: z.array(z.string()).nullable(),
    hasSecondStep: z.boolean().nullable().describe('Whether codes are set up; null while invited'),
    lastSignInAt: time.nullable(),
    invitedUntil: time.nullable(),
  })
  .meta({ id: 'Administrator' })

export const invited = z.object({
  administrator: administratorShape,
  link: z.string().describe('For the person who was invited, once; it is shown this once'),
})

export const inviteBody = strictObject({ email, role, environments: environments.default(null) })
export const changeBody = strictObject({ role: role.optional(), environments: environments.optional() })

export const administratorExample = {
  id: 'admin_k4vq2m7xw3nphz5tb6ay',
  state: 'active' as const,
  email: 'grace@acme.example',
  name: 'Grace Okafor',
  role: 'support' as const,
  environments: ['env_k4vq2m7xw3nphz5tb6ay'],
  hasSecondStep: true,
  lastSignInAt: '2026-03-01T12:00:00.000Z',
  invitedUntil: null,
}
export const invitedExample = {
  administrator: {
    ...administratorExample,
    id: 'inv_k4vq2m7xw3nphz5tb6ay',
    state: 'invited' as const,
    name: null,
    hasSecondStep: null,
    lastSignInAt: null,
    invitedUntil: '2026-03-08T12:00:00.000Z',
  },
  link: 'https://sso.example/admin/link/q1Yb0m7V2oZk8l3Qd5nR9tC4hS6jW1eUaPfGiLqNvBw',
}

type Shown = z.input<typeof administratorShape>

export function shownMember({ administrator, membership }: Member): Shown {
  const { id, email, name, totpSealed, lastSignInAt } = administrator
  return {
    ...{ id, state: 'active', email, name, ...placesOf(membership) },
    hasSecondStep: totpSealed !== undefined,
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
    invitedUntil: null,
  }
}

/** Undefined for a link that is no Company's invitation. */
export function shownInvitation({ id, offer, expiresAt }: Link): Shown | undefined {
  return (
    offer && {
      ...{ id, state: 'invited', email: offer.email, name: null, ...placesOf(offer.membership) },
      ...{ hasSecondStep: null, lastSignInAt: null, invitedUntil: expiresAt.toISOString() },
    }
  )
}

function placesOf({ role, environments }: Membership): Pick<Shown, 'role' | 'environments'> {
  return { role, environments: environments === undefined ? null : [...environments] }
}
