import { z } from 'zod'
import type { Attributes } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** In characters of JSON. What is beyond is left out, the longest attributes first. */
const MOST = 16 * 1024

/** What the assertion said of the person, for as long as the session is there: policies may ask for it later. */
export async function keepSessionAttributes(
  db: Handle,
  environmentId: Id<'env'>,
  sessionId: Id<'sess'>,
  attributes: Attributes,
): Promise<void> {
  const kept = JSON.stringify(withinSize(attributes, MOST))
  if (kept === '{}') return
  await db
    .insertInto('session_attributes')
    .values({ session_id: sessionId, environment_id: environmentId, attributes: kept })
    .execute()
}

/** As many of them as there is room for, in characters of JSON; the shortest first. */
export function withinSize(attributes: Attributes, most: number): Attributes {
  const sized = Object.entries(attributes).map((entry) => ({ entry, size: JSON.stringify(entry).length }))
  const kept: (typeof sized)[number]['entry'][] = []
  let room = most
  for (const { entry, size } of sized.toSorted((a, b) => a.size - b.size)) {
    room -= size
    if (room < 0) break
    kept.push(entry)
  }
  return Object.fromEntries(kept)
}

const stored = z.record(z.string(), z.array(z.string()))

/** Empty where nothing was said, or the session is another Environment's. */
export async function findSessionAttributes(
  db: Handle,
  environmentId: Id<'env'>,
  sessionId: Id<'sess'>,
): Promise<Attributes> {
  const row = await db
    .selectFrom('session_attributes')
    .select('attributes')
    .where('environment_id', '=', environmentId)
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
  return row === undefined ? {} : stored.parse(JSON.parse(row.attributes))
}
