import { z } from 'zod'
import type { Id } from '#config/world.ts'

const id = <K extends string>(kind: K) => z.templateLiteral([kind, '_', z.string()]) as unknown as z.ZodType<Id<K>>

/** Where a field, a membership, a role or an access came from. */
export const source = z.discriminatedUnion('by', [
  /** The assertion: an attribute, or the NameID. */
  z.object({ by: z.literal('connection'), connectionId: id('conn'), attribute: z.string() }),
  /** What the connection's settings give where the assertion gives nothing. */
  z.object({ by: z.literal('default'), connectionId: id('conn') }),
  /** A rule of Sallyport, such as the team and the profile of all Site Users. */
  z.object({ by: z.literal('rule') }),
  z.object({ by: z.literal('api'), tokenId: z.string() }),
  /** The name is their address at that time; on the command line there is none. */
  z.object({ by: z.literal('administrator'), administratorId: z.string(), name: z.string().optional() }),
  /** Whoever had a link that lets set up one connection. */
  z.object({ by: z.literal('setup-link'), linkId: z.string() }),
  z.object({ by: z.literal('declaration') }),
  z.object({ by: z.literal('import'), importId: z.string() }),
  /** The person, in Personal Settings. */
  z.object({ by: z.literal('person') }),
])

export type Source = z.output<typeof source>

export type Sourced = { readonly source: Source; readonly since: Date }

export function storedSource(value: Source): string {
  return JSON.stringify(value)
}

export function sourcedOf(row: { readonly source: string; readonly since: number }): Sourced {
  return { source: source.parse(JSON.parse(row.source)), since: new Date(row.since) }
}
