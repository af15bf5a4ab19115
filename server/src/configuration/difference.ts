import { isDeepStrictEqual } from 'node:util'
import type { Snapshot } from '#configuration/configuration.ts'

export type FieldDifference = {
  /** Nested ones by dotted names: `createUsers.attributes.email`. */
  readonly field: string
  /** Null where it was not there. */
  readonly before: unknown
  /** Null where it is gone. */
  readonly after: unknown
}

/** What differs between two states, field by field, in their order. Lists are compared whole. */
export function differenceBetween(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
): readonly FieldDifference[] {
  const [former, later] = [fieldsOf(before ?? {}), fieldsOf(after ?? {})]
  const names = [...new Set([...later.keys(), ...former.keys()])]
  return names
    .map((field) => ({ field, before: former.get(field) ?? null, after: later.get(field) ?? null }))
    .filter((one) => !isDeepStrictEqual(one.before, one.after))
}

function fieldsOf(state: Snapshot, prefix = ''): ReadonlyMap<string, unknown> {
  const fields = Object.entries(state).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isGroup ? [...fieldsOf(value as Snapshot, `${prefix}${key}.`)] : [[`${prefix}${key}`, value]]
  })
  return new Map(fields)
}
