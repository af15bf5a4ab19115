/**
 * Sign-in records: what happened in each attempt to sign in, every check with what was expected and what came.
 *
 * Owns the tables `signin_records`, `signin_messages`, `record_shares` and `environment_records`, and references. Must not
 * know how a sign-in goes on, users or sessions. A record holds what checks saw, and no message, assertion or cookie; the
 * messages are kept beside it for a while (messages.ts), sealed.
 */

import { z } from 'zod'
import { type Chance, type Id, newId } from '#config/world.ts'
import { newReference } from '#signin-records/reference.ts'
import { type Handle, raise } from '#storage/database.ts'
import type { SigninRecordRow } from '#storage/tables.ts'

const recordedCheck = z.object({
  code: z.string(),
  outcome: z.enum(['passed', 'failed', 'not-reached', 'not-checked']),
  about: z.string(),
  expected: z.string().optional(),
  received: z.string().optional(),
})

const recordDetails = z.object({
  checks: z.array(recordedCheck).readonly(),
  /** Address and browser of the one who asked. */
  client: z.object({ address: z.string(), userAgent: z.string().optional() }),
  done: z.string().optional(),
  /** Whether the person began here or at the identity provider, or a client brought their assertion. */
  startedAt: z.enum(['here', 'identity-provider', 'client']),
  requestBinding: z.enum(['redirect', 'post']).optional(),
  /** What the answer called itself and whom it was about, believed or not. */
  answer: z
    .object({
      issuer: z.string().optional(),
      inResponseTo: z.string().optional(),
      statusMessage: z.string().optional(),
      attributeNames: z.array(z.string()).readonly(),
    })
    .optional(),
})

export type RecordDetails = z.output<typeof recordDetails>
export type RecordedCheck = z.output<typeof recordedCheck>

export type SigninRecord = {
  readonly id: Id<'rec'>
  readonly reference: string
  readonly environmentId: Id<'env'>
  readonly connectionId: Id<'conn'> | undefined
  readonly startedAt: Date
  readonly finishedAt: Date | undefined
  /** `tested`: a test that would have signed the person in. */
  readonly outcome: 'started' | 'signed-in' | 'tested' | 'refused'
  /** The code of the check that decided, where it was refused. */
  readonly reason: string | undefined
  readonly userId: Id<'user'> | undefined
  readonly subject: string | undefined
  /** Where it was a test of the connection, which led to no session. */
  readonly testId: Id<'test'> | undefined
  readonly details: RecordDetails
}

export type NewRecord = {
  readonly connectionId: Id<'conn'> | undefined
  readonly requestId?: string
  readonly testId?: Id<'test'> | undefined
  readonly details: RecordDetails
}

export type Ending = {
  readonly outcome: 'signed-in' | 'tested' | 'refused'
  readonly reason?: string
  readonly userId?: Id<'user'>
  readonly subject?: string
  readonly checks: readonly RecordedCheck[]
  readonly answer?: RecordDetails['answer']
}

/** Begins the record of an attempt and returns its id and the reference that people are shown. */
export async function startRecord(
  db: Handle,
  environmentId: Id<'env'>,
  record: NewRecord,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly id: Id<'rec'>; readonly reference: string }> {
  const made = { id: newId(chance, 'rec'), reference: newReference(chance) }
  await db
    .insertInto('signin_records')
    .values({
      ...made,
      environment_id: environmentId,
      connection_id: record.connectionId ?? null,
      started_at: now.getTime(),
      finished_at: null,
      outcome: 'started',
      reason: null,
      user_id: null,
      subject: null,
      subject_key: null,
      test_id: record.testId ?? null,
      request_id: record.requestId ?? null,
      details: JSON.stringify(record.details),
    })
    .execute()
  return made
}

/** Adds checks to a record that is still open. */
export async function addToRecord(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'rec'>,
  added: Pick<Ending, 'checks' | 'answer' | 'subject'>,
): Promise<void> {
  const record = await findRecordById(db, environmentId, id)
  if (record === undefined || record.outcome !== 'started') return
  await db
    .updateTable('signin_records')
    .set({ details: JSON.stringify(extended(record.details, added)), ...subjectColumns(added.subject) })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('outcome', '=', 'started')
    .execute()
}

/** Ends an open record. False where it has ended before: what came later is another attempt and gets its own record. */
export async function finishRecord(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'rec'>,
  ending: Ending,
  now: Date,
): Promise<boolean> {
  const record = await findRecordById(db, environmentId, id)
  if (record === undefined) return false
  const { numUpdatedRows } = await db
    .updateTable('signin_records')
    .set({
      finished_at: now.getTime(),
      outcome: ending.outcome,
      reason: ending.reason ?? null,
      user_id: ending.userId ?? null,
      ...subjectColumns(ending.subject ?? record.subject),
      details: JSON.stringify(extended(record.details, ending)),
    })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('outcome', '=', 'started')
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return false
  raise(db, 'sign-in-finished')
  return true
}

function subjectColumns(subject: string | undefined) {
  return { subject: subject ?? null, subject_key: subject === undefined ? null : subjectKey(subject) }
}

/** Capitals do not matter to who searches, and an index has no room for whatever a message may say. */
export function subjectKey(subject: string): string {
  return subject.toLowerCase().slice(0, 200).toWellFormed()
}

function extended(details: RecordDetails, added: Pick<Ending, 'checks' | 'answer'>): RecordDetails {
  const checks = [...details.checks, ...added.checks]
  return { ...details, checks, ...(added.answer === undefined ? {} : { answer: added.answer }) }
}

export async function findRecord(
  db: Handle,
  environmentId: Id<'env'>,
  reference: string,
): Promise<SigninRecord | undefined> {
  const row = await db
    .selectFrom('signin_records')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('reference', '=', reference)
    .executeTakeFirst()
  return row && recordOf(row)
}

export async function findRecordById(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'rec'>,
): Promise<SigninRecord | undefined> {
  const row = await db
    .selectFrom('signin_records')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && recordOf(row)
}

/** The newest first. `before`: only records that began before this instant. */
export async function listRecords(
  db: Handle,
  environmentId: Id<'env'>,
  { limit, before }: { readonly limit: number; readonly before?: Date },
): Promise<readonly SigninRecord[]> {
  let query = db.selectFrom('signin_records').selectAll().where('environment_id', '=', environmentId)
  if (before !== undefined) query = query.where('started_at', '<', before.getTime())
  const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(recordOf)
}

export function recordOf(row: SigninRecordRow): SigninRecord {
  return Object.freeze({
    id: row.id,
    reference: row.reference,
    environmentId: row.environment_id,
    connectionId: row.connection_id ?? undefined,
    startedAt: new Date(row.started_at),
    finishedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    userId: row.user_id ?? undefined,
    subject: row.subject ?? undefined,
    testId: row.test_id ?? undefined,
    details: recordDetails.parse(JSON.parse(row.details)) as RecordDetails,
  })
}
