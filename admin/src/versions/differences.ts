export type Difference = { readonly field: string; readonly before: unknown; readonly after: unknown }

type State = Readonly<Record<string, unknown>> | null

/** What differs between two states of a subject, as the API tells it of neighbours: lists whole, groups by dotted names. */
export function differencesBetween(before: State, after: State): readonly Difference[] {
  const [former, later] = [fieldsOf(before ?? {}), fieldsOf(after ?? {})]
  return [...new Set([...later.keys(), ...former.keys()])]
    .map((field) => ({ field, before: former.get(field) ?? null, after: later.get(field) ?? null }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after))
}

function fieldsOf(state: Readonly<Record<string, unknown>>, prefix = ''): ReadonlyMap<string, unknown> {
  const fields = Object.entries(state).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isGroup
      ? [...fieldsOf(value as Readonly<Record<string, unknown>>, `${prefix}${name}.`)]
      : [[prefix + name, value]]
  })
  return new Map(fields)
}
