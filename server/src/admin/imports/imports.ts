/**
 * Imports: many users from one file, in batches, each whole or not at all.
 *
 * Owns the table `imports`, which remembers how far each file has come: an import that broke off goes on there.
 */

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { insertAuditEntries } from '#admin/audit/audit.ts'
import { type ImportFormat, type ImportRecord, readRecords } from '#admin/imports/import-lines.ts'
import { type KnownEntries, referencesIn } from '#admin/references.ts'
import { takenNames } from '#admin/users/user-conflicts.ts'
import { insertAccount } from '#admin/users/user-creation.ts'
import { userToMake } from '#admin/users/user-shapes.ts'
import { wantedAccount } from '#admin/users/wanted-account.ts'
import { type Id, newId, type World } from '#config/world.ts'
import type { ImportRow } from '#storage/administration-tables.ts'
import type { Database, Handle } from '#storage/database.ts'

const BATCH = 500

export type Refused = { readonly line: number; readonly message: string }
export type Progress = { readonly lines: number; readonly created: number; readonly refused: number }
export type ImportReport = Progress & {
  /** Undefined for a dry run. */
  readonly id: Id<'imp'> | undefined
  /** Up to this line the file had been imported before; 0 for a new one. */
  readonly resumedAfter: number
  readonly finishedBefore: boolean
}

export type ImportToRun = {
  readonly file: string
  readonly format: ImportFormat
  readonly dryRun: boolean
  readonly onRefused: (refused: Refused) => void
  readonly onProgress?: (progress: Progress) => void
}

type Place = { readonly db: Database; readonly world: World; readonly environmentId: Id<'env'> }

export async function runImport(place: Place, toRun: ImportToRun): Promise<ImportReport> {
  const { file, format, dryRun, onRefused, onProgress = () => {} } = toRun
  const row = dryRun ? undefined : await beginImport(place, await checksumOf(file))
  let progress: Progress = { lines: row?.lines_done ?? 0, created: row?.created ?? 0, refused: row?.refused ?? 0 }
  const begun = { id: row?.id, resumedAfter: progress.lines }
  if (row !== undefined && row.finished_at !== null) return { ...progress, ...begun, finishedBefore: true }
  const carryOut = async (batch: readonly ImportRecord[]): Promise<void> => {
    const done = await importBatch(place, batch, { row, progress })
    progress = done.progress
    done.refused.forEach(onRefused)
    onProgress(progress)
  }
  let batch: ImportRecord[] = []
  for await (const record of readRecords(file, format)) {
    if (record.line <= begun.resumedAfter) continue
    batch.push(record)
    if (batch.length < BATCH) continue
    await carryOut(batch)
    batch = []
  }
  if (batch.length > 0) await carryOut(batch)
  if (row !== undefined) await finishImport(place, row.id)
  return { ...progress, ...begun, finishedBefore: false }
}

async function checksumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('base64url')
}

/** The same file goes on where it stopped. */
async function beginImport({ db, world, environmentId }: Place, checksum: string): Promise<ImportRow> {
  const row: ImportRow = {
    id: newId(world.chance, 'imp'),
    environment_id: environmentId,
    checksum,
    lines_done: 0,
    created: 0,
    refused: 0,
    started_at: world.clock().getTime(),
    finished_at: null,
  }
  await db.write
    .insertInto('imports')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // What was refused may be possible by now, so a file with refused lines is gone through again.
  await db.write
    .updateTable('imports')
    .set({ lines_done: 0, created: 0, refused: 0, finished_at: null })
    .where('environment_id', '=', environmentId)
    .where('checksum', '=', checksum)
    .where('finished_at', 'is not', null)
    .where('refused', '>', 0)
    .execute()
  return db.write
    .selectFrom('imports')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('checksum', '=', checksum)
    .executeTakeFirstOrThrow()
}

async function finishImport({ db, world, environmentId }: Place, id: Id<'imp'>): Promise<void> {
  await db.write
    .updateTable('imports')
    .set({ finished_at: world.clock().getTime() })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .execute()
}

type Done = { readonly progress: Progress; readonly refused: readonly Refused[] }

/** Another process imports the same file at this moment. */
export class ImportUnderWay extends Error {
  override readonly name = 'ImportUnderWay'
}

class DryRun extends Error {
  readonly done: Done

  constructor(done: Done) {
    super('a dry run leaves nothing behind')
    this.done = done
  }
}

async function importBatch(
  place: Place,
  batch: readonly ImportRecord[],
  { row, progress }: { readonly row: ImportRow | undefined; readonly progress: Progress },
): Promise<Done> {
  const { db, world, environmentId } = place
  try {
    return await db.transaction(async (tx) => {
      const importId = row?.id ?? newId(world.chance, 'imp')
      const refused: Refused[] = []
      const made: { readonly id: string; readonly name: string }[] = []
      const known: KnownEntries = new Map()
      for (const record of batch) {
        const result = await importRecord(tx, place, record, { importId, known })
        if ('message' in result) refused.push({ line: record.line, message: result.message })
        else made.push(result)
      }
      const done = {
        lines: batch.at(-1)?.line ?? progress.lines,
        created: progress.created + made.length,
        refused: progress.refused + refused.length,
      }
      if (row === undefined) throw new DryRun({ progress: done, refused })
      const actor = { by: 'import', importId } as const
      const entries = made.map(({ id, name }) => {
        return { actor, action: 'user.created', subjectId: id, subjectName: name, changes: {} }
      })
      await insertAuditEntries(tx, environmentId, entries, { chance: world.chance, now: world.clock() })
      await advance(tx, environmentId, row.id, { from: progress, to: done })
      return { progress: done, refused }
    })
  } catch (error) {
    if (error instanceof DryRun) return error.done
    throw error
  }
}

/** Together with the batch, so that a line is never imported twice; and only from where this import stood. */
async function advance(
  tx: Handle,
  environmentId: Id<'env'>,
  id: Id<'imp'>,
  { from, to }: { readonly from: Progress; readonly to: Progress },
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('imports')
    .set({ lines_done: to.lines, created: to.created, refused: to.refused })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('lines_done', '=', from.lines)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new ImportUnderWay('Somebody else imports this file at the moment.')
}

type Imported = { readonly id: string; readonly name: string } | { readonly message: string }

async function importRecord(
  tx: Handle,
  { world, environmentId }: Place,
  record: ImportRecord,
  { importId, known }: { readonly importId: Id<'imp'>; readonly known: KnownEntries },
): Promise<Imported> {
  if ('message' in record) return { message: record.message }
  const read = userToMake.safeParse(record.value)
  if (!read.success)
    return { message: told(read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))) }
  const source = { by: 'import', importId } as const
  const references = referencesIn(tx, environmentId, known)
  const asked = { input: read.data, userType: read.data.userType, current: undefined, source }
  const wanted = await wantedAccount(tx, environmentId, asked, references)
  if (references.problems.length > 0) return { message: told(references.problems) }
  const by = { source, createdThrough: 'import' } as const
  const user = await insertAccount(tx, environmentId, { input: read.data, wanted, by }, { world, now: world.clock() })
  if (user === undefined) return { message: told(await takenNames(tx, environmentId, read.data)) }
  return { id: user.id, name: user.username }
}

function told(problems: readonly { readonly path: string; readonly message: string }[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
}
