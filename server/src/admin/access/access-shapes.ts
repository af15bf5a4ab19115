import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type AddressSettings, allowedAddresses, storedAddresses } from '#access/addresses.ts'
import { effects } from '#access/compile.ts'
import { type Decision, decisionErrors } from '#access/evaluate.ts'
import { type Policy, policyModes } from '#access/policies.ts'
import type { RecordedDecision } from '#access/recorded.ts'
import { actions } from '#access/request.ts'
import { policyFaultCodes } from '#access/validate.ts'
import { decisionInWords } from '#access/words.ts'
import { cursorText, idParam, limit, text, time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'

const addressesExample = {
  ranges: ['203.0.113.0/24', '2001:db8::/32'],
  exemptPurposes: ['media-helper' as const, 'mobile' as const],
  exemptClientIds: ['kiosk'],
  mode: 'enforced' as const,
}

export const addressesBody = allowedAddresses.extend({
  confirmed: z.boolean().default(false).describe('true: also where the ranges do not hold your own address'),
})
export const addressesBodyExample = { ...addressesExample, confirmed: false }

export const addressesAnswer = storedAddresses
  .extend({ yourAddress: z.string().describe('As this request came from') })
  .meta({ id: 'AllowedAddresses' })
export const addressesAnswerExample = { ...addressesExample, yourAddress: '203.0.113.7' }

export function etagOfAddresses(settings: AddressSettings): string {
  return `"${createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)}"`
}

const policyFields = {
  name: text(100),
  text: z.string().max(100_000, 'is too long').describe('One policy in Cedar'),
  mode: z.enum(policyModes).describe('shadow: evaluated and noted, but nobody is refused'),
}

export const policyToMake = strictObject({ ...policyFields, mode: policyFields.mode.default('enforced') })
export const policyChange = strictObject(policyFields).partial()

export const policyTextExample = 'forbid (principal, action, resource)\nwhen { principal.type == "site" };\n'
export const policyToMakeExample = { name: 'No Site Users', text: policyTextExample, mode: 'shadow' as const }

export const policy = z
  .object({ id: z.string(), ...policyFields, text: z.string(), createdAt: time, updatedAt: time })
  .meta({ id: 'AccessPolicy' })
const at = '2026-03-01T12:00:00.000Z'
export const policyExample = {
  id: 'policy_k4vq2m7xw3nphz5tb6ay',
  ...policyToMakeExample,
  createdAt: at,
  updatedAt: at,
}

export function shownPolicy({ id, name, text, mode, createdAt, updatedAt }: Policy): z.output<typeof policy> {
  return { id, name, text, mode, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
}

export function etagOfPolicy({ version }: Policy): string {
  return `"${version}"`
}

export const policyQuestion = strictObject({ text: policyFields.text })
export const policyVerdict = z.object({
  ok: z.boolean(),
  faults: z.array(
    z.object({
      code: z.enum(policyFaultCodes),
      line: z.int(),
      column: z.int(),
      sentence: z.string(),
      cure: z.string(),
    }),
  ),
})
export const policyVerdictExample = {
  ok: false,
  faults: [
    {
      code: 'policy-schema' as const,
      line: 2,
      column: 8,
      sentence: 'Attribute `typ` on entity type `User` not found.',
      cure: 'Did you mean `type`?',
    },
  ],
}

const draft = strictObject({
  addresses: allowedAddresses.optional().describe('Left out: as they are'),
  policies: z
    .array(policyToMake)
    .max(200, 'must have at most 200 entries')
    .optional()
    .describe('Each stands for the policy of its name, or is a new one; all others are as they are'),
})
const draftExample = { policies: [{ ...policyToMakeExample, mode: 'enforced' as const }] }

const values = z.array(z.string().max(2000)).max(500)

export const simulation = strictObject({
  user: z.string().max(255).optional().describe('Id or username; left out: a program asks for itself'),
  client: z.string().max(200).optional().describe('Id of a client'),
  action: z.enum(actions).default('sign-in'),
  address: z.string().max(100),
  at: z.iso.datetime({ offset: true }).optional().describe('Left out: now'),
  authnContext: z.string().max(500).optional(),
  sessionAgeSeconds: z.number().min(0).max(1e9).optional(),
  authorizedClientIds: values.optional().describe('Left out: the assertion said nothing of clients'),
  attributes: z.record(z.string().max(500), values).optional().describe('Of the assertion'),
  draft: draft.optional(),
})
export const simulationExample = {
  user: 'ada',
  client: '64cd7f8c-207b-4caf-b888-56b8e17384a6',
  action: 'authorize' as const,
  address: '198.51.100.7',
  at,
}

const effect = z.enum(effects)
const named = z.array(z.object({ id: z.string(), name: z.string() }))

export const decision = z
  .object({
    effect,
    sentence: z.string(),
    policies: named.describe('Those that decided'),
    saw: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])),
    errors: z.array(z.object({ code: z.enum(decisionErrors), sentence: z.string() })),
    shadow: z.object({ effect, policies: named }).nullable(),
  })
  .meta({ id: 'AccessDecision' })
export const decisionExample = {
  effect: 'deny' as const,
  sentence:
    '“Allowed IP Addresses”: context.address = 198.51.100.7, context.inAllowedAddresses = false, resource.exempt = false',
  policies: [{ id: 'allowed-ip-addresses', name: 'Allowed IP Addresses' }],
  saw: { 'context.address': '198.51.100.7', 'context.inAllowedAddresses': false, 'resource.exempt': false },
  errors: [],
  shadow: null,
}

export function shownDecision(one: Decision): z.input<typeof decision> {
  const { effect, policies, saw, errors, shadow } = one
  const seen = Object.entries(saw).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value] as const)
  return {
    effect,
    sentence: decisionInWords(one),
    policies: [...policies],
    saw: Object.fromEntries(seen) as z.input<typeof decision>['saw'],
    errors: [...errors],
    shadow: shadow === undefined ? null : { effect: shadow.effect, policies: [...shadow.policies] },
  }
}

export const reportQuestion = strictObject({
  draft,
  last: z.int().min(1, 'must be from 1 to 1000').max(1000, 'must be from 1 to 1000').default(500),
})
export const reportQuestionExample = { draft: draftExample, last: 500 }

const people = z.object({ count: z.int(), names: z.array(z.string()).describe('100 of them at most') })
export const report = z.object({
  replayed: z.int().describe('How many decisions of the last days were replayed'),
  same: z.int(),
  changed: z.array(
    z.object({
      action: z.enum(actions),
      client: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
      loses: people,
      gains: people,
      sentence: z.string(),
    }),
  ),
})
export const reportExample = {
  replayed: 500,
  same: 494,
  changed: [
    {
      action: 'authorize' as const,
      client: { id: 'a726a4a8-9915-4966-9ac2-b8c9064fe30d', name: 'Tempo' },
      loses: { count: 1, names: ['ada'] },
      gains: { count: 0, names: [] },
      sentence: '1 person would lose Tempo.',
    },
  ],
}

export const decisionQuery = strictObject({
  limit,
  cursor: cursorText,
  'filter[userId]': idParam.optional(),
  'filter[effect]': effect.optional(),
})

export const recorded = z.object({
  id: z.string(),
  at: time,
  action: z.enum(actions),
  user: z
    .object({ id: z.string(), username: z.string().nullable() })
    .nullable()
    .describe('Null where a program asked, or an account was not made'),
  clientId: z.string().nullable(),
  address: z.string(),
  effect,
  shadowEffect: effect.nullable().describe('What it would be if policies in shadow mode were enforced'),
  policies: named,
})
export const recordedExample = {
  id: 'dec_k4vq2m7xw3nphz5tb6ay',
  at,
  action: 'sign-in' as const,
  user: { id: 'user_k4vq2m7xw3nphz5tb6ay', username: 'ada' },
  clientId: null,
  address: '198.51.100.7',
  effect: 'deny' as const,
  shadowEffect: null,
  policies: decisionExample.policies,
}

export function shownRecorded(one: RecordedDecision): z.input<typeof recorded> {
  const { id, at, action, userId = '', username = null, clientId = null, address, effect, shadowEffect = null } = one
  const user = userId === '' ? null : { id: userId, username }
  return {
    id,
    at: at.toISOString(),
    action,
    user,
    clientId,
    address,
    effect,
    shadowEffect,
    policies: [...one.policies],
  }
}
