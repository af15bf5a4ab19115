// What the API shows of the administrator who is signed in, and takes from them.

import { z } from 'zod'
import { text, time } from '#admin/fields.ts'
import { roles } from '#administrators/memberships.ts'
import { strictObject } from '#connections/strict-object.ts'

const place = z.object({ id: z.string(), slug: z.string(), name: z.string() })

export const passkeyShape = z
  .object({ id: z.string(), name: z.string(), createdAt: time, lastUsedAt: time.nullable() })
  .meta({ id: 'Passkey' })

export const me = z
  .object({
    administrator: z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      operator: z.boolean().describe('May make Companies, and sees all of them'),
      hasPassword: z.boolean(),
      hasTotp: z.boolean(),
      passkeys: z.array(passkeyShape),
    }),
    memberships: z.array(
      z.object({
        company: place,
        role: z.enum(roles),
        scopes: z.array(z.string()).describe('What the role may do'),
        environments: z.array(place).describe('Those that they may see'),
      }),
    ),
    session: z.object({
      through: z.enum(['password', 'code', 'passkey', 'link', 'single-sign-on']),
      companyId: z.string().nullable().describe('Whose single sign-on opened it: it reaches this Company alone'),
    }),
    csrfToken: z.string().describe('For the header X-CSRF-Token of requests that change something'),
    expiresAt: time,
  })
  .meta({ id: 'Me' })

export const meExample = {
  administrator: {
    id: 'admin_k4vq2m7xw3nphz5tb6ay',
    email: 'grace@acme.example',
    name: 'Grace Okafor',
    operator: false,
    hasPassword: true,
    hasTotp: true,
    passkeys: [
      {
        id: 'pass_k4vq2m7xw3nphz5tb6ay',
        name: 'Laptop',
        createdAt: '2026-03-01T12:00:00.000Z',
        lastUsedAt: null,
      },
    ],
  },
  memberships: [
    {
      company: { id: 'comp_k4vq2m7xw3nphz5tb6ay', slug: 'acme', name: 'Acme' },
      role: 'support' as const,
      scopes: ['users:read', 'sessions:read', 'sessions:write'],
      environments: [{ id: 'env_k4vq2m7xw3nphz5tb6ay', slug: 'production', name: 'Production' }],
    },
  ],
  session: { through: 'password' as const, companyId: null },
  csrfToken: 'x1Yb0m7V2oZk8l3Qd5nR9tC4hS6jW1eUaPfGiLqNvBw',
  expiresAt: '2026-03-02T00:00:00.000Z',
}

export const email = z
  .string()
  .trim()
  .max(254, 'is too long: 254 characters at most')
  .regex(/^[^\s@\u0000-\u001f\u007f]+@[^\s@\u0000-\u001f\u007f]+$/, 'is not an e-mail address like grace@acme.example')
  .refine((value) => value.isWellFormed(), 'is no sound text')

/** Of any length here: what is too long is told in the words of the rule. */
export const password = z
  .string()
  .max(2000, 'is too long')
  .refine((value) => value.isWellFormed(), 'is no sound text')

export const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .catch('')

export const signInBody = strictObject({ email: z.string().max(1000, 'is too long'), password })
export const codeBody = strictObject({ challenge: token, code: z.string().max(100, 'is too long') })

export const signedIn = z.object({ next: z.literal('done'), csrfToken: z.string() }).meta({ id: 'SignedIn' })

export const afterPassword = z.discriminatedUnion('next', [
  z.object({ next: z.literal('done'), csrfToken: z.string() }),
  z.object({
    next: z.literal('totp'),
    challenge: z.string().describe('To be sent with the code, within five minutes'),
  }),
])

export const signedInExample = { next: 'done' as const, csrfToken: meExample.csrfToken }
export const challengeExample = 'q1Yb0m7V2oZk8l3Qd5nR9tC4hS6jW1eUaPfGiLqNvBw'

export const link = z
  .object({
    purpose: z.enum(['first-run', 'invitation', 'recover']),
    email: z.string().optional().describe('Absent where whoever opens the link chooses it'),
    company: z.object({ slug: z.string(), name: z.string() }).optional(),
    hasAccount: z.boolean().describe('The address has an account: its owner signs in and accepts, without a password'),
  })
  .meta({ id: 'AdministratorLink' })

export const linkBody = strictObject({
  email: email.optional().describe('For the first run alone'),
  name: text(200).optional(),
  password: password.optional().describe('Not where the address has an account'),
})
