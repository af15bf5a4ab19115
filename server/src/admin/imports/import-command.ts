/** `sallyport users import`: many users from a file. */

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { ImportUnderWay, runImport } from '#admin/imports/imports.ts'
import { progressBar } from '#admin/imports/progress-bar.ts'
import { findEnvironment } from '#companies/environments.ts'
import type { CommandArguments, CommandWorld } from '#config/command.ts'
import type { Database } from '#storage/database.ts'

export const importOptions = { environment: { type: 'string' }, 'dry-run': { type: 'boolean' } } as const

type Cli = CommandWorld & { readonly db: Database }

const TOLD_EVERY = 5000

/** Refused lines go to standard output, what is going on to standard error. 0: all imported; 1: not all; 2: called wrongly. */
export async function importCommand(
  { positionals, values }: CommandArguments,
  { db, world, out, err, status }: Cli,
): Promise<number> {
  const [file, ...more] = positionals
  const format = file?.endsWith('.csv') ? 'csv' : file?.match(/\.(jsonl|ndjson)$/) ? 'jsonl' : undefined
  const [companySlug = '', environmentSlug = ''] = String(values.environment ?? '').split('/')
  const place = await findEnvironment(db.read, { companySlug, environmentSlug })
  if (file === undefined || more.length > 0 || format === undefined) {
    err('users import needs one file, whose name ends in .csv or .jsonl')
    return 2
  }
  if (place === undefined) {
    err('users import needs --environment COMPANY/ENVIRONMENT, of one that exists')
    return 2
  }
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    err(`${file} cannot be read. Check its name, and that it is a file.`)
    return 2
  }
  const dryRun = values['dry-run'] === true
  const all = status === undefined ? 0 : await countLines(file)
  let told = 0
  try {
    const report = await runImport(
      { db, world, environmentId: place.environment.id },
      {
        file,
        format,
        dryRun,
        onRefused: ({ line, message }) => {
          status?.('')
          out(`${file}:${line}: ${message}`)
        },
        onProgress: ({ lines, created, refused }) => {
          status?.(progressBar(lines, all, `line ${lines} of ${all}: ${created} users, ${refused} refused`))
          if (status !== undefined) return
          if (lines - told < TOLD_EVERY) return
          told = lines
          err(`… line ${lines}: ${created} users, ${refused} refused`)
        },
      },
    )
    status?.('')
    if (report.finishedBefore) err('This file was imported before, and nothing is left to do.')
    else if (report.resumedAfter > 0) err(`Went on after line ${report.resumedAfter}, where the import had stopped.`)
    const { created, refused } = report
    err(`${dryRun ? 'A dry run, nothing was changed: ' : ''}${created} users imported, ${refused} lines refused.`)
    return refused > 0 ? 1 : 0
  } catch (error) {
    status?.('')
    if (!(error instanceof ImportUnderWay)) throw error
    err(`${error.message} Wait until that import is done.`)
    return 1
  }
}

async function countLines(file: string): Promise<number> {
  let lines = 0
  let open = false
  for await (const chunk of createReadStream(file)) {
    const bytes = chunk as Buffer
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++
    open = bytes.at(-1) !== 10
  }
  // The last line may have no end.
  return open ? lines + 1 : lines
}
