import { findEnvironment } from '#companies/environments.ts'
import { printable } from '#config/printable.ts'
import { recordReport } from '#explain/explain.ts'
import { readReference } from '#signin-records/reference.ts'
import { findRecord, listRecords, type SigninRecord } from '#signin-records/signin-records.ts'
import type { Database } from '#storage/database.ts'

type Output = { readonly db: Database; readonly out: (line: string) => void; readonly err: (line: string) => void }
type Arguments = {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

const LISTED = 20

/** `records COMPANY ENVIRONMENT [REFERENCE]`: the newest records, a line each, or one of them explained. */
export async function recordsCommand({ positionals, values }: Arguments, { db, out, err }: Output): Promise<number> {
  const [companySlug = '', environmentSlug = '', typed] = positionals
  const place = await findEnvironment(db.read, { companySlug, environmentSlug })
  if (place === undefined) {
    err(
      `There is no Environment ${companySlug}/${environmentSlug}. Usage: sallyport records COMPANY ENVIRONMENT [REFERENCE]`,
    )
    return 2
  }
  if (typed === undefined) {
    const records = await listRecords(db.read, place.environment.id, { limit: LISTED })
    for (const record of records) out(values.json === true ? JSON.stringify(record) : summary(record))
    if (records.length === 0) err('No sign-ins yet.')
    return 0
  }
  const reference = readReference(typed)
  const record = reference && (await findRecord(db.read, place.environment.id, reference))
  if (record === undefined || record === '') {
    err(`There is no record ${typed} in ${companySlug}/${environmentSlug}.`)
    return 1
  }
  out(values.json === true ? JSON.stringify(record, null, 2) : recordReport(record))
  return 0
}

function summary({ reference, startedAt, outcome, reason, subject }: SigninRecord): string {
  const parts = [startedAt.toISOString(), reference, outcome, reason, subject]
  return printable(parts.filter((part) => part !== undefined).join('  '))
}
