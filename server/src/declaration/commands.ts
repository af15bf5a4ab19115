/**
 * The commands of the declaration. Each takes what it needs, tells people what it did, and returns the exit code of the
 * process.
 */

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Config } from '#config/config.ts'
import type { World } from '#config/world.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { SourceError, type Sources } from '#connections/sources.ts'
import { type AddedConnection, carryOut } from '#declaration/carry-out.ts'
import { PolicyChangedError } from '#declaration/carry-out-access.ts'
import { ClientChangedError } from '#declaration/carry-out-client.ts'
import { UserTakenError } from '#declaration/carry-out-user.ts'
import type { Plan } from '#declaration/change.ts'
import { readWanted, type Wanted } from '#declaration/declaration.ts'
import { describePlan } from '#declaration/describe.ts'
import { type PlacedProblem, pathText, readDocument } from '#declaration/document.ts'
import { declarationOf } from '#declaration/export.ts'
import { makePlan } from '#declaration/plan.ts'
import { readState } from '#declaration/state.ts'
import { fetchText, OutgoingError } from '#http/outgoing.ts'
import { type Database, isForeignKeyViolation, isUniqueViolation } from '#storage/database.ts'

/** Done, or nothing to do; it could not be done; the file is wrong. */
export const exitCodes = { done: 0, failed: 1, badFile: 2 } as const

export type Output = {
  /** A line of the result, for standard output. */
  readonly line: (text: string) => void
  /** A line of what went wrong, for standard error. */
  readonly problem: (text: string) => void
}

export type ApplyOptions = { readonly file: string; readonly dryRun: boolean; readonly prune: boolean }

export type ApplyWorld = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl' | 'allowPrivateHosts'>
  readonly out: Output
}

/** Makes the database say what the file says, all of it or nothing, and tells what that changes. */
export async function applyCommand(options: ApplyOptions, { db, world, config, out }: ApplyWorld): Promise<number> {
  const { file, dryRun, prune } = options
  const read = await readDeclaration(file, world, config)
  if (!read.ok) return refuse(read.lines, out)
  const { wanted } = read
  try {
    const { plan, added } = dryRun
      ? { plan: makePlan(await readState(db.read, { wanted, countUse: prune }), wanted, { prune }), added: [] }
      : await db.transaction(async (tx) => {
          const state = await readState(tx, { wanted, countUse: prune })
          const plan = makePlan(state, wanted, { prune })
          return { plan, added: plan.problems.length > 0 ? [] : await carryOut(tx, plan, state, world) }
        })
    if (plan.problems.length > 0) return refuse(plan.problems.map(read.describe), out)
    report(plan, added, { dryRun, config, out })
    return exitCodes.done
  } catch (error) {
    if (!isOvertaken(error)) throw error
    out.problem(
      'Somebody else changed the same things at the same time, and nothing was applied. Run the command again.',
    )
    return exitCodes.failed
  }
}

/** What the plan relied on is not so any more. */
function isOvertaken(error: unknown): boolean {
  return isUniqueViolation(error) || isForeignKeyViolation(error) || isChangedMeanwhile(error)
}

function isChangedMeanwhile(error: unknown): boolean {
  return [UserTakenError, ClientChangedError, PolicyChangedError].some((kind) => error instanceof kind)
}

/** Writes the declaration that leads to what is in the database. */
export async function exportCommand({ db, out }: Pick<ApplyWorld, 'db' | 'out'>): Promise<number> {
  out.line(declarationOf(await readState(db.read)).trimEnd())
  return exitCodes.done
}

type ReadDeclaration =
  | { readonly ok: true; readonly wanted: Wanted; readonly describe: (problem: PlacedProblem) => string }
  | { readonly ok: false; readonly lines: readonly string[] }

async function readDeclaration(file: string, world: World, config: ApplyWorld['config']): Promise<ReadDeclaration> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return { ok: false, lines: [`${file}: ${whyUnreadable(error)}`] }
  }
  const document = readDocument(text)
  const describe = (problem: PlacedProblem, place = document.placeOf(problem)): string => {
    const { path, message } = problem
    const where = [file, place.line, ...(place.column === undefined ? [] : [place.column])].join(':')
    return [where, ...(path.length === 0 ? [] : [pathText(path)]), message].join(': ')
  }
  if (document.problems.length > 0) {
    return { ok: false, lines: document.problems.map((problem) => describe(problem, problem)) }
  }
  const read = await readWanted(document.data, sourcesBeside(file, world, config))
  if (read.ok) return { ok: true, wanted: read.wanted, describe: (problem) => describe(problem) }
  const byLine = [...read.problems].sort((a, b) => document.placeOf(a).line - document.placeOf(b).line)
  return { ok: false, lines: byLine.map((problem) => describe(problem)) }
}

function sourcesBeside(file: string, { clock }: World, { allowPrivateHosts }: ApplyWorld['config']): Sources {
  return {
    now: clock(),
    readFile: async (path) => {
      try {
        return await readFile(resolve(dirname(file), path))
      } catch (error) {
        throw new SourceError(`The file ${path} ${whyUnreadable(error)}`)
      }
    },
    fetchMetadata: async (url) => {
      try {
        return await fetchText(url, {
          allowPrivateHosts,
          accept: 'application/samlmetadata+xml, application/xml, text/xml',
        })
      } catch (error) {
        throw error instanceof OutgoingError ? new SourceError(error.message, { cause: error }) : error
      }
    },
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${String(code ?? error)})`
}

function refuse(lines: readonly string[], out: Output): number {
  for (const line of lines) out.problem(line)
  out.problem(lines.length === 1 ? 'Nothing was applied.' : `${lines.length} problems; nothing was applied.`)
  return exitCodes.badFile
}

function report(
  plan: Plan,
  added: readonly AddedConnection[],
  { dryRun, config, out }: { dryRun: boolean; config: ApplyWorld['config']; out: Output },
): void {
  for (const line of describePlan(plan)) out.line(line)
  if (plan.changes.length === 0) return
  out.line(dryRun ? 'Nothing was applied, because this was a dry run.' : 'Applied.')
  for (const { label, ticket } of added) {
    const { ssoRequest, acs, metadata } = endpointsOf(config.publicUrl, ticket)
    out.line(`The new ${label}:`)
    out.line(`    Platform Authentication Service URL: ${ssoRequest}`)
    out.line(`    Assertion Consumer Service Endpoint: ${acs}`)
    out.line(`    Metadata for the identity provider:  ${metadata}`)
  }
}
