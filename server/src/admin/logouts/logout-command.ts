/** `sallyport logouts`: the ledger of single logout. Exit code 0 done, 1 refused, 2 called wrongly. */

import { type At, type Cli, fail, inEnvironment } from '#admin/in-environment.ts'
import { shownLogout, shownWithAttempts } from '#admin/logouts/logout-operations.ts'
import type { CommandArguments } from '#config/command.ts'
import { printable } from '#config/printable.ts'
import { findLogout, type LedgerEntry, type LogoutQuery, listLogouts } from '#logout/ledger.ts'
import { type Attempt, listAttempts } from '#logout/logouts.ts'
import { endedForAdministrator } from '#sessions/session-words.ts'

const PAGE = 200

export const logoutsOptions = { waiting: { type: 'boolean' }, json: { type: 'boolean' } } as const

/** `logouts`: an entry a line, or with its ID one of them with every attempt. */
export async function logoutsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const words = args.positionals.length > 1 ? ['ID'] : []
  const { waiting, json } = args.values
  return inEnvironment(args, cli, { command: 'logouts', words }, async (at) => {
    const [id] = at.words
    return id === undefined
      ? listAll(cli, at, { waiting: waiting === true, json: json === true })
      : showOne(cli, at, id, json === true)
  })
}

async function listAll(
  { db, out, err }: Cli,
  { place }: At,
  { waiting, json }: { readonly waiting: boolean; readonly json: boolean },
): Promise<number> {
  let after: LogoutQuery['after']
  let page: readonly LedgerEntry[]
  do {
    const state = waiting ? ('waiting' as const) : undefined
    page = await listLogouts(db.read, place.environment.id, { state, after, limit: PAGE })
    for (const entry of page) out(json ? JSON.stringify(shownLogout(entry)) : line(entry))
    if (after === undefined && page.length === 0) err(waiting ? 'No logouts are waiting.' : 'No logouts yet.')
    after = page.at(-1)?.logout
  } while (page.length === PAGE)
  return 0
}

function line({ logout, username, partnerName }: LedgerEntry): string {
  const { id, createdAt, direction, binding, state, attempts, nextAttemptAt } = logout
  const sign = direction === 'from-provider' ? 'from' : 'to'
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  const next = nextAttemptAt === undefined ? '' : `, next ${second(nextAttemptAt)}`
  const whom = username ?? logout.userId ?? '-'
  const parts = [second(createdAt), id, state, `${sign} ${partnerName} by ${binding}`, whom, `${tried}${next}`]
  return printable(parts.join('  '))
}

const second = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`

async function showOne(cli: Cli, { place, where }: At, id: string, json: boolean): Promise<number> {
  const { db, out } = cli
  const entry = await findLogout(db.read, place.environment.id, id)
  if (entry === undefined)
    return fail(cli, 1, printable(`${where} has no logout ${id}. Its ledger: sallyport logouts ${where}`))
  const attempts = await listAttempts(db.read, place.environment.id, entry.logout.id)
  if (json) out(JSON.stringify(shownWithAttempts(entry, attempts), null, 2))
  else for (const text of [line(entry), ...facts(entry), ...attempts.flatMap(attemptLines)]) out(printable(text))
  return 0
}

function facts({ logout }: LedgerEntry): readonly string[] {
  const { why, sessionId, messageId, endedSessions, finishedAt } = logout
  return [
    `  why       ${endedForAdministrator(why)}`,
    `  sessions  ${endedSessions}${sessionId === undefined ? '' : ` (${sessionId})`}`,
    ...(messageId === undefined ? [] : [`  message   ${messageId}`]),
    ...(finishedAt === undefined ? [] : [`  finished  ${second(finishedAt)}`]),
  ]
}

const signs: Readonly<Record<Attempt['outcome'], string>> = { done: '✓', partial: '–', refused: '✗', failed: '✗' }

function attemptLines({ number, at, outcome, details }: Attempt): readonly string[] {
  const { code, sentence, cure, expected, received, tookMs } = details
  const took = tookMs === undefined ? '' : `, ${tookMs} ms`
  return [
    `${signs[outcome]} attempt ${number}, ${second(at)}${took}: ${outcome}${code === undefined ? '' : ` (${code})`}`,
    `    ${sentence}`,
    ...(expected === undefined ? [] : [`    expected  ${expected}`]),
    ...(received === undefined ? [] : [`    received  ${received}`]),
    ...(cure === undefined ? [] : [`    → ${cure}`]),
  ]
}
