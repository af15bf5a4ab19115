// For tests: every operation of the API, tried with what belongs to a neighbour; and everything that is a neighbour's.

import type {} from 'node:test' // marks this file as one for tests
import { sql } from 'kysely'
import { operations, outerOperations } from '#admin/admin.ts'
import type { Database } from '#storage/database.ts'

type Described = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly query?: unknown
  readonly bodyExample?: unknown
  readonly bodyTypes?: Readonly<Record<string, string>>
}

/** One request: `path` is below `/api/v1/`, and `type` is set where the body is no JSON. */
export type Trial = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
}

type Place = { readonly environmentId: string; readonly companyId: string }

/** What belongs to no Company: it is for whoever asks, and proved with its own secret. */
const ofNobody = /^(me|me\/.*|links\/:token|shared\/:token|setup\/:token.*)$/

export const inEnvironment: readonly Described[] = operations.map((one) => ({
  ...one,
  path: `environments/:environmentId/${one.path}`.replace(/\/$/, ''),
}))
export const allOperations: readonly Described[] = [...inEnvironment, ...outerOperations]
export const ofSomebody = allOperations.filter(({ path }) => !ofNobody.test(path))

/** The operations that give a neighbour something of each kind; Access Profiles are there from the beginning. */
export const seeding = ['createTeam', 'createApplication', 'createClient', 'createAccessPolicy'].map((id) => {
  const found = operations.find((one) => one.id === id)
  if (found === undefined) throw new Error(`there is no operation ${id}`)
  return found
})

/** What stands below a neighbour's Company or Environment. */
export function trialsBelow(place: Place): readonly Trial[] {
  // The list of Companies is of one's own, and is looked at apart.
  const all = ofSomebody.filter(({ path, method }) => path !== 'companies' || method !== 'GET')
  return all.map((one) => trialOf(one, { ...place }))
}

/** Below one's own place, a neighbour's ids wherever a path takes one. */
export function trialsInPath(own: Place, ids: readonly string[]): readonly Trial[] {
  return ofSomebody.flatMap((one) => {
    const names = namesIn(one.path).filter((name) => !(name in own))
    if (names.length === 0) return []
    return ids.map((id) => trialOf(one, { ...own, ...Object.fromEntries(names.map((name) => [name, id])) }))
  })
}

/** Lists of one's own place, narrowed to what is a neighbour's. */
export function trialsInQuery(own: Place, ids: readonly string[]): readonly Trial[] {
  return withoutNames(own).flatMap((one) => {
    const { shape = {} } = (one.query ?? {}) as { readonly shape?: object }
    const filters = Object.keys(shape).filter((name) => /Id\]?$|^(user|username|person|connection|client)$/.test(name))
    const { path, ...trial } = trialOf(one, { ...own })
    return filters.flatMap((name) =>
      ids.map((id) => ({ ...trial, path: `${path}?${encodeURIComponent(name)}=${encodeURIComponent(id)}` })),
    )
  })
}

/** Changes of one's own place, with a neighbour's id for each text of the body in turn. */
export function trialsInBody(own: Place, ids: readonly string[]): readonly Trial[] {
  return withoutNames(own).flatMap((one) => {
    if (one.bodyExample === undefined) return []
    const trial = trialOf(one, { ...own })
    return ids.flatMap((id) => withEachText(one.bodyExample, id).map((body) => ({ ...trial, body })))
  })
}

const namesIn = (path: string): readonly string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

const withoutNames = (own: Place): readonly Described[] =>
  ofSomebody.filter(({ path }) => namesIn(path).every((name) => name in own))

export function trialOf(
  { id, method, path, bodyExample, bodyTypes }: Described,
  values: Readonly<Record<string, string>>,
): Trial {
  const [type, example] = Object.entries(bodyTypes ?? {})[0] ?? []
  const body = example ?? bodyExample
  return {
    id,
    method,
    path: path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x')),
    ...(body === undefined ? {} : { body }),
    ...(type === undefined ? {} : { type }),
  }
}

/** The value as often as there is a text in it, each time with another one of them replaced. */
function withEachText(value: unknown, by: string): readonly unknown[] {
  if (typeof value === 'string') return [by]
  if (Array.isArray(value))
    return value.flatMap((one, at) => withEachText(one, by).map((other) => value.with(at, other)))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) =>
    withEachText(one, by).map((other) => ({ ...value, [name]: other })),
  )
}

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** Every row that is the neighbour's, in every table that says whose its rows are. */
export async function rowsOf(db: Database, { environmentId, companyId }: Place): Promise<Rows> {
  const tables = await db.read.introspection.getTables()
  const rows: Record<string, readonly Record<string, unknown>[]> = {}
  for (const { name, columns } of tables) {
    const owners = { environment_id: environmentId, company_id: companyId }
    for (const [column, owner] of Object.entries(owners)) {
      if (!columns.some((one) => one.name === column)) continue
      const found = sql<Record<string, unknown>>`select * from ${sql.table(name)} where ${sql.ref(column)} = ${owner}`
      rows[`${name} ${column}`] = (await found.execute(db.read)).rows
    }
  }
  return rows
}

/** The ids of such rows, each once. */
export function idsOf(rows: Rows): readonly string[] {
  const all = Object.values(rows).flatMap((some) => some.map(({ id }) => id))
  return [...new Set(all)].filter((id) => typeof id === 'string')
}
