// Allowed IP Addresses: from where people may come, and which clients may come from everywhere.

import { z } from 'zod'
import { type Address, isIn, type Range, readRange, writeRange } from '#access/ip.ts'
import { type AccessClient, purposes } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

const MOST_RANGES = 150

const range = z.string().transform((text, ctx) => {
  const read = readRange(text.trim())
  if ('range' in read) return writeRange(read.range)
  ctx.addIssue({ code: 'custom', message: `${JSON.stringify(text.slice(0, 80))} ${read.problem}` })
  return z.NEVER
})

const clientId = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'is too long: 200 characters at most')
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not have control characters')

const once = <T>(values: readonly T[]): T[] => [...new Set(values)]

export const allowedAddresses = z.strictObject({
  ranges: z
    .array(range)
    .max(MOST_RANGES, `must have at most ${MOST_RANGES} entries: join neighbours into larger ranges`)
    .default([])
    .transform(once)
    .describe('CIDR ranges, IPv4 and IPv6, and single addresses; empty: people may come from everywhere'),
  exemptPurposes: z
    .array(z.enum(purposes))
    .default([...purposes])
    .transform(once)
    .describe('clients of these purposes may come from everywhere'),
  exemptClientIds: z
    .array(clientId)
    .max(500, 'must have at most 500 entries')
    .default([])
    .transform(once)
    .describe('these clients, too'),
  mode: z
    .enum(['enforced', 'shadow', 'off'])
    .default('enforced')
    .describe('shadow: noted what would be refused, but nobody is'),
})

export type AddressSettings = z.output<typeof allowedAddresses>

/** As it was judged when it was saved. */
export const storedAddresses = z.object({
  ranges: z.array(z.string()).default([]),
  exemptPurposes: z.array(z.enum(purposes)).default([...purposes]),
  exemptClientIds: z.array(z.string()).default([]),
  mode: z.enum(['enforced', 'shadow', 'off']).default('enforced'),
})

export type AllowedAddresses = {
  readonly ranges: readonly Range[]
  readonly exemptPurposes: ReadonlySet<string>
  readonly exemptClientIds: ReadonlySet<string>
}

export function readAllowedAddresses(stored: z.output<typeof storedAddresses>): AllowedAddresses {
  const ranges = stored.ranges.map((text) => {
    const read = readRange(text)
    if ('problem' in read) throw new Error(`a stored range ${text} ${read.problem}`)
    return read.range
  })
  const { exemptPurposes, exemptClientIds } = stored
  return { ranges, exemptPurposes: new Set(exemptPurposes), exemptClientIds: new Set(exemptClientIds) }
}

export function isAllowed({ ranges }: AllowedAddresses, address: Address): boolean {
  return ranges.some((range) => isIn(address, range))
}

export function isExempt({ exemptPurposes, exemptClientIds }: AllowedAddresses, client: AccessClient): boolean {
  return exemptClientIds.has(client.id) || (client.purpose !== undefined && exemptPurposes.has(client.purpose))
}

export async function findAddressSettings(db: Handle, environmentId: Id<'env'>): Promise<AddressSettings> {
  const row = await db
    .selectFrom('environment_access')
    .select('addresses')
    .where('environment_id', '=', environmentId)
    .executeTakeFirst()
  return storedAddresses.parse(row === undefined ? {} : JSON.parse(row.addresses))
}

export async function saveAddressSettings(
  tx: Handle,
  environmentId: Id<'env'>,
  settings: AddressSettings,
  { version, now }: { readonly version: string; readonly now: Date },
): Promise<void> {
  const values = { addresses: JSON.stringify(settings), version, updated_at: now.getTime() }
  await tx
    .insertInto('environment_access')
    .values({ environment_id: environmentId, ...values })
    .onConflict((conflict) => conflict.column('environment_id').doUpdateSet(values))
    .execute()
}
