import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { ImportUnderWay, type Refused, runImport } from '#admin/imports/imports.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { ApiProblem } from '#admin/problems.ts'
import { strictObject } from '#connections/strict-object.ts'

/** So many refused lines are told; the number of all is told anyway. */
const TOLD = 10_000

const report = z
  .object({
    id: z.string().nullable().describe('Null for a dry run'),
    created: z.int(),
    refused: z.int(),
    resumedAfter: z.int().describe('The line after which an earlier import of this file had stopped; 0 for a new one'),
    finishedBefore: z.boolean().describe('All of this file was imported before, and nothing was done now'),
    problems: z.array(z.object({ line: z.int(), message: z.string() })).describe(`The first ${TOLD} refused lines`),
  })
  .meta({ id: 'ImportReport' })

/** What a file of users is sent as, with an example. */
export const fileTypes = {
  'text/csv':
    'username,email,team,teams,application,roles\nada,ada@acme.example,Networking,Agents_::_Billing,Service Desk,Manager\n',
  'application/jsonl': '{"username":"ada","email":"ada@acme.example","team":"Networking"}\n',
} as const

/** A file on its way in; the body's type says what it is. */
export type FileBody = { readonly type: keyof typeof fileTypes; readonly stream: Readable }

const example = {
  id: 'imp_k4vq2m7xw3nphz5tb6ay',
  created: 1,
  refused: 1,
  resumedAfter: 0,
  finishedBefore: false,
  problems: [{ line: 3, message: 'team: there is no Team “Netwrking”; did you mean “Networking”?' }],
}

const flag = z.enum(['true', 'false']).default('false').describe('Tells what would be refused, and changes nothing')

export const importOperations: readonly Operation[] = [
  operation({
    id: 'importUsers',
    method: 'POST',
    path: 'imports',
    tag: 'Users',
    summary: 'Makes many users from a file; sent again, an import that broke off goes on where it stopped',
    scope: 'users:write',
    query: strictObject({ dryRun: flag }),
    body: z.custom<FileBody>(),
    bodyTypes: fileTypes,
    answer: { status: 200, schema: report, example },
    problems: ['import-under-way'],
    ownTransactions: true,
    run: async ({ database, world, environment, query, body }) => {
      const problems: Refused[] = []
      const onRefused = (refused: Refused): void => {
        if (problems.length < TOLD) problems.push(refused)
      }
      const format = body.type === 'text/csv' ? 'csv' : 'jsonl'
      const to = { db: database, world, environmentId: environment.id }
      const done = await inFile(body.stream, (file) =>
        runImport(to, { file, format, dryRun: query.dryRun === 'true', onRefused }),
      ).catch((error: unknown) => {
        if (!(error instanceof ImportUnderWay)) throw error
        throw new ApiProblem('import-under-way', `${error.message} Wait until that import is done.`)
      })
      return { body: { ...done, id: done.id ?? null, problems } }
    },
  }),
]

/** Whole on the disk before it begins: what breaks off on the way here changes nothing, and memory stays small. */
async function inFile<T>(stream: Readable, work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-import-'))
  try {
    const file = join(folder, 'users')
    await pipeline(stream, createWriteStream(file, { mode: 0o600 }))
    return await work(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}
