// Tests of a connection: whole sign-ins, up to the session that is not opened. An administrator begins one and gets a link;
// what came of it waits here for them.

import { z } from 'zod'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { ConnectionSettings } from '#connections/settings.ts'
import { person } from '#login/verified-responses.ts'
import type { Sealing } from '#signin-records/messages.ts'
import type { Handle } from '#storage/database.ts'
import type { SigninTestRow } from '#storage/record-tables.ts'
import { SealError, seal, unseal } from '#storage/seal.ts'
import { tokenHash } from '#storage/token-hash.ts'

/** How long a test can be begun. */
export const TEST_LIFETIME_MS = 30 * 60 * 1000

/** What came of it is of no use later: settings change. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000

const change = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })

const testResult = z.object({
  /** What the identity provider said of the person; absent where the answer was not believed. */
  person: person.optional(),
  /** What the sign-in would have done to the account; absent where nobody would have come in. */
  account: z
    .object({
      does: z.enum(['create', 'change', 'nothing']),
      username: z.string(),
      changes: z.array(change).readonly(),
    })
    .optional(),
  /** Why the account would not have been brought up to date. */
  syncFault: z.string().optional(),
})

export type AccountChange = z.output<typeof change>
export type TestResult = z.output<typeof testResult>

export type SigninTest = {
  readonly id: Id<'test'>
  readonly connectionId: Id<'conn'>
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly finishedAt: Date | undefined
  readonly outcome: SigninTestRow['outcome']
  readonly recordId: Id<'rec'> | undefined
  readonly result: TestResult
}

/** Names what a test is good for: the settings by which an answer is judged, and a person recognised. */
export function testedHash(settings: ConnectionSettings): string {
  const { issuer, thirdPartyAuthenticationUrl, requestIssuer, issuerCertificates } = settings
  const { userIdType, userIdLocation, userIdAttribute } = settings
  return tokenHash(
    JSON.stringify([
      ...[issuer, thirdPartyAuthenticationUrl, requestIssuer ?? null, issuerCertificates],
      ...[userIdType, userIdLocation, userIdAttribute ?? null],
    ]),
  )
}

/** Returns the token of its link, which nobody can show again. */
export async function insertTest(
  db: Handle,
  environmentId: Id<'env'>,
  made: { readonly connectionId: Id<'conn'>; readonly settings: ConnectionSettings; readonly madeBy: string },
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly test: SigninTest; readonly token: string }> {
  const token = newToken(chance)
  const row: SigninTestRow = {
    id: newId(chance, 'test'),
    environment_id: environmentId,
    connection_id: made.connectionId,
    token_hash: tokenHash(token),
    settings_hash: testedHash(made.settings),
    made_by: made.madeBy,
    created_at: now.getTime(),
    expires_at: now.getTime() + TEST_LIFETIME_MS,
    finished_at: null,
    outcome: 'waiting',
    record_id: null,
    result: null,
  }
  await db.insertInto('signin_tests').values(row).execute()
  return { test: testOf(row, {}), token }
}

/** The test that a link is for, as long as it can be begun; a page that is loaded again begins it once more. */
export async function findTestToBegin(
  db: Handle,
  environmentId: Id<'env'>,
  { connectionId, token }: { readonly connectionId: Id<'conn'>; readonly token: string },
  now: Date,
): Promise<Id<'test'> | undefined> {
  const row = await db
    .selectFrom('signin_tests')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', connectionId)
    .where('token_hash', '=', tokenHash(token))
    .where('outcome', '=', 'waiting')
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return row?.id
}

/** The first end counts. */
export async function finishTest(
  tx: Handle,
  environmentId: Id<'env'>,
  { id, ...end }: { id: Id<'test'>; outcome: 'passed' | 'failed'; recordId: Id<'rec'>; result: TestResult },
  { secret, chance, now }: Sealing,
): Promise<void> {
  await tx
    .updateTable('signin_tests')
    .set({
      outcome: end.outcome,
      record_id: end.recordId,
      finished_at: now.getTime(),
      result: seal(JSON.stringify(end.result), id, { secret, chance }),
    })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('outcome', '=', 'waiting')
    .execute()
}

export async function findTest(
  db: Handle,
  environmentId: Id<'env'>,
  id: string,
  { secret }: Pick<Sealing, 'secret'>,
): Promise<SigninTest | undefined> {
  const row = await db
    .selectFrom('signin_tests')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id as Id<'test'>)
    .executeTakeFirst()
  return row && testOf(row, resultOf(row, { secret }))
}

/** Whether somebody has come through a connection with these settings, as a test. */
export async function hasPassedTest(
  db: Handle,
  environmentId: Id<'env'>,
  { connectionId, settings }: { readonly connectionId: Id<'conn'>; readonly settings: ConnectionSettings },
): Promise<boolean> {
  const row = await db
    .selectFrom('signin_tests')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', connectionId)
    .where('settings_hash', '=', testedHash(settings))
    .where('outcome', '=', 'passed')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function sweepTests(db: Handle, now: Date): Promise<void> {
  await db
    .deleteFrom('signin_tests')
    .where('created_at', '<', now.getTime() - KEPT_MS)
    .execute()
}

function resultOf({ id, result }: SigninTestRow, { secret }: Pick<Sealing, 'secret'>): TestResult {
  if (result === null) return {}
  try {
    return testResult.parse(JSON.parse(unseal(result, id, { secret })))
  } catch (error) {
    if (error instanceof SealError) return {}
    throw error
  }
}

function testOf(row: SigninTestRow, result: TestResult): SigninTest {
  return {
    id: row.id,
    connectionId: row.connection_id,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    finishedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
    outcome: row.outcome,
    recordId: row.record_id ?? undefined,
    result,
  }
}
