// Inspections: addresses that an identity provider's test is pointed at in place of AWS, for an hour, and the reports of
// what came there. The token in the address is random and kept as a hash; the reports say what responses said of people,
// so they are sealed, few, and gone after a day.

import type { Secret } from '#config/secret.ts'
import { type Chance, type Id, newId, newToken } from '#config/world.ts'
import type { AwsReport } from '#connect/aws-check/check-for-aws.ts'
import type { AwsInspectionReportRow, AwsInspectionRow } from '#storage/connect-tables.ts'
import { type Handle, holdKey } from '#storage/database.ts'
import { SealError, seal, unseal } from '#storage/seal.ts'
import { tokenHash } from '#storage/token-hash.ts'

const HOUR_MS = 60 * 60 * 1000
const OPEN_FOR_MS = HOUR_MS
const KEPT_FOR_MS = 24 * HOUR_MS
export const MOST_REPORTS = 20
/** Open at once, in an Environment. */
export const MOST_OPEN = 20

export type Inspection = {
  readonly id: Id<'insp'>
  readonly environmentId: Id<'env'>
  readonly createdAt: Date
  /** Until then something may be posted. */
  readonly expiresAt: Date
}

export type InspectionReport = { readonly id: Id<'report'>; readonly at: Date; readonly report: AwsReport }

/**
 * Returns the token, which nobody can show again; undefined where too many are open.
 * @param createdBy JSON, who made it
 */
export async function insertInspection(
  tx: Handle,
  environmentId: Id<'env'>,
  createdBy: string,
  { chance, now }: { readonly chance: Chance; readonly now: Date },
): Promise<{ readonly inspection: Inspection; readonly token: string } | undefined> {
  await holdKey(tx, `aws inspections ${environmentId}`)
  const open = await tx
    .selectFrom('aws_inspections')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('expires_at', '>', now.getTime())
    .limit(MOST_OPEN)
    .execute()
  if (open.length === MOST_OPEN) return undefined
  const token = newToken(chance)
  const row: AwsInspectionRow = {
    id: newId(chance, 'insp'),
    environment_id: environmentId,
    token_hash: tokenHash(token),
    created_by: createdBy,
    created_at: now.getTime(),
    expires_at: now.getTime() + OPEN_FOR_MS,
  }
  await tx.insertInto('aws_inspections').values(row).execute()
  return { inspection: inspectionOf(row), token }
}

/** The way in: the token alone says which Environment is meant. Only while it is open. */
export async function findOpenInspection(db: Handle, token: string, now: Date): Promise<Inspection | undefined> {
  const row = await db
    .selectFrom('aws_inspections')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return row && inspectionOf(row)
}

/** The newest first, each with how much came there. */
export async function listInspections(
  db: Handle,
  environmentId: Id<'env'>,
): Promise<readonly (Inspection & { readonly reports: number })[]> {
  const rows = await db
    .selectFrom('aws_inspections')
    .leftJoin('aws_inspection_reports', 'aws_inspection_reports.inspection_id', 'aws_inspections.id')
    .selectAll('aws_inspections')
    .select(({ fn }) => fn.count<number | string>('aws_inspection_reports.id').as('reports'))
    .where('aws_inspections.environment_id', '=', environmentId)
    .groupBy('aws_inspections.id')
    .orderBy('aws_inspections.created_at', 'desc')
    .orderBy('aws_inspections.id')
    .limit(100)
    .execute()
  return rows.map((row) => ({ ...inspectionOf(row), reports: Number(row.reports) }))
}

export async function findInspection(
  db: Handle,
  environmentId: Id<'env'>,
  id: Id<'insp'>,
): Promise<Inspection | undefined> {
  const row = await db
    .selectFrom('aws_inspections')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && inspectionOf(row)
}

type Sealing = { readonly secret: Secret; readonly chance: Chance; readonly now: Date }

/** False where there are as many as are kept. */
export async function keepReport(
  tx: Handle,
  { id: inspectionId, environmentId }: Pick<Inspection, 'id' | 'environmentId'>,
  report: AwsReport,
  { secret, chance, now }: Sealing,
): Promise<boolean> {
  await holdKey(tx, `aws inspection ${inspectionId}`)
  const { kept } = await tx
    .selectFrom('aws_inspection_reports')
    .select(({ fn }) => fn.countAll<number | string>().as('kept'))
    .where('environment_id', '=', environmentId)
    .where('inspection_id', '=', inspectionId)
    .executeTakeFirstOrThrow()
  if (Number(kept) >= MOST_REPORTS) return false
  const id = newId(chance, 'report')
  const sealed = seal(JSON.stringify(report), aboutOf(id), { secret, chance })
  await tx
    .insertInto('aws_inspection_reports')
    .values({ id, inspection_id: inspectionId, environment_id: environmentId, at: now.getTime(), sealed })
    .execute()
  return true
}

/** The newest first. One that does not open (the secret was changed) counts as gone. */
export async function listReports(
  db: Handle,
  environmentId: Id<'env'>,
  inspectionId: Id<'insp'>,
  sealing: Pick<Sealing, 'secret'>,
): Promise<readonly InspectionReport[]> {
  const rows = await db
    .selectFrom('aws_inspection_reports')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('inspection_id', '=', inspectionId)
    .orderBy('at', 'desc')
    .orderBy('id')
    .execute()
  return rows.flatMap((row) => {
    const report = openedOf(row, sealing)
    return report === undefined ? [] : [{ id: row.id, at: new Date(row.at), report }]
  })
}

/** Of all Environments, as time passes for all of them alike. */
export async function sweepInspections(db: Handle, now: Date): Promise<void> {
  await db
    .deleteFrom('aws_inspections')
    .where('expires_at', '<=', now.getTime() - KEPT_FOR_MS)
    .execute()
}

function openedOf({ id, sealed }: AwsInspectionReportRow, { secret }: Pick<Sealing, 'secret'>): AwsReport | undefined {
  try {
    // What this version wrote; another one's is a day old at most.
    return JSON.parse(unseal(sealed, aboutOf(id), { secret })) as AwsReport
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

function aboutOf(id: Id<'report'>): string {
  return `${id} aws inspection`
}

function inspectionOf({ id, environment_id, created_at, expires_at }: AwsInspectionRow): Inspection {
  return { id, environmentId: environment_id, createdAt: new Date(created_at), expiresAt: new Date(expires_at) }
}
