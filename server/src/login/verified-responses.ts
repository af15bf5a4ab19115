import { z } from 'zod'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

/** What the first half of a sign-in found, kept for the second half under a one-time code. */
export type VerifiedResponse = {
  readonly recordId: Id<'rec'>
  /** Absent where the identity provider began: then no browser of ours did. */
  readonly browserHash: string | undefined
  readonly done: string | undefined
  readonly person: Person
  /** Of a test of the connection, which leads to no session. */
  readonly testId?: Id<'test'> | undefined
}

const optionalText = z.string().optional()

const nameId = z.object({
  value: z.string(),
  format: optionalText,
  nameQualifier: optionalText,
  spNameQualifier: optionalText,
})

const attribute = z.object({ name: z.string(), nameFormat: optionalText, values: z.array(z.string()).readonly() })

/** The claims that the second half needs, in the form in which they are stored. */
export const person = z.object({
  nameId: nameId.optional(),
  attributes: z.array(attribute).readonly(),
  sessionIndex: optionalText,
  authnContextClass: optionalText,
  sessionNotOnOrAfter: z.iso.datetime().optional(),
  issueInstant: z.iso.datetime().optional(),
})

export type Person = z.output<typeof person>

export async function insertVerifiedResponse(
  db: Handle,
  environmentId: Id<'env'>,
  response: VerifiedResponse & {
    readonly codeHash: string
    readonly connectionId: Id<'conn'>
    readonly createdAt: Date
    readonly expiresAt: Date
  },
): Promise<void> {
  await db
    .insertInto('verified_responses')
    .values({
      code_hash: response.codeHash,
      environment_id: environmentId,
      connection_id: response.connectionId,
      record_id: response.recordId,
      browser_hash: response.browserHash ?? null,
      done: response.done ?? null,
      claims: JSON.stringify(response.person),
      created_at: response.createdAt.getTime(),
      expires_at: response.expiresAt.getTime(),
      test_id: response.testId ?? null,
    })
    .execute()
}

/** Takes it away and returns it: exactly one of all who ask with the code gets it. */
export async function takeVerifiedResponse(
  db: Handle,
  environmentId: Id<'env'>,
  { connectionId, codeHash, now }: { readonly connectionId: Id<'conn'>; readonly codeHash: string; readonly now: Date },
): Promise<VerifiedResponse | undefined> {
  const row = await db
    .deleteFrom('verified_responses')
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', connectionId)
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', now.getTime())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  return Object.freeze({
    recordId: row.record_id,
    browserHash: row.browser_hash ?? undefined,
    done: row.done ?? undefined,
    person: person.parse(JSON.parse(row.claims)),
    ...(row.test_id === null ? {} : { testId: row.test_id }),
  })
}
