/** `sallyport sessions …`: lists, ending, settings. Exit code 0 done, 1 refused, 2 called wrongly. */

import { progressBar } from '#admin/imports/progress-bar.ts'
import { type At, type Cli, commandLine, fail, inEnvironment } from '#admin/in-environment.ts'
import {
  beginEndingAll,
  changeSessionSettings,
  endOneSession,
  endSessionsOf,
  type SessionChange,
} from '#admin/sessions/session-changes.ts'
import { shownSession } from '#admin/sessions/session-shapes.ts'
import type { CommandArguments } from '#config/command.ts'
import { printable } from '#config/printable.ts'
import type { Id } from '#config/world.ts'
import { endAllHere } from '#logout/end-all.ts'
import { deviceInWords } from '#sessions/device-words.ts'
import { type ListedSession, listSessions, type SessionQuery } from '#sessions/list.ts'
import { idleEndOf } from '#sessions/own-sessions.ts'
import { findSessionSettings, type SessionSettings, sessionSettings } from '#sessions/settings.ts'
import { findUser, findUserById, type User } from '#users/users.ts'

const PAGE = 200
const TOLD_EVERY = 5000

export const sessionsOptions = {
  user: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

/** `sessions`: one a line, the newest first, page by page, so that there may be any number. */
export async function sessionsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'sessions', words: [] }, async (at) => {
    const { id } = at.place.environment
    const { user: named, all, json } = args.values
    const user = typeof named === 'string' ? await findNamed(cli, at, named) : undefined
    if (typeof named === 'string' && user === undefined) return noSuchUser(cli, at, named)
    const settings = await findSessionSettings(cli.db.read, id)
    const now = cli.world.clock()
    let after: SessionQuery['after']
    let page: readonly ListedSession[]
    do {
      const wanted = { userId: user?.id, state: all === true ? 'all' : 'open', after, limit: PAGE } as const
      page = await listSessions(cli.db.read, id, wanted, now)
      for (const one of page) {
        cli.out(json === true ? JSON.stringify(shownSession(one, settings)) : line(one, settings))
      }
      if (after === undefined && page.length === 0) cli.err(all === true ? 'No sessions.' : 'No open sessions.')
      after = page.at(-1)?.session
    } while (page.length === PAGE)
    return 0
  })
}

function line({ session, username, ended }: ListedSession, settings: SessionSettings): string {
  const idle = idleEndOf(session, settings)
  const end = ended === undefined ? `ends ${minute(idle ?? session.expiresAt)}` : `ended ${minute(ended.at)}`
  const by = ended?.why ?? (idle === undefined ? session.expiresWhy : 'idle')
  const parts = [session.id, username, deviceInWords(session.userAgent), session.address]
  parts.push(`opened ${minute(session.openedAt)}`, `seen ${minute(session.lastSeenAt)}`, `${end} (${by})`)
  return printable(parts.filter((part) => part !== undefined).join('  '))
}

const minute = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** `sessions end`: one of them. */
export async function endSessionCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'sessions end', words: ['ID'] }, async ({ place, where, words }) => {
    const [id = ''] = words
    const done = await cli.db.transaction((tx) => endOneSession(tx, changeAt(cli, place.environment.id), id))
    if (done === undefined)
      return fail(cli, 1, `${where} has no session ${id}. Its sessions: sallyport sessions ${where}`)
    const { username, ended } = done.session
    if (done.ended === 0 && ended !== undefined) {
      cli.out(printable(`The session of ${username} had ended already, ${minute(ended.at)} (${ended.why}).`))
    } else cli.out(printable(`The session of ${username} is ended. ${toldInWords(done.told)}`))
    return 0
  })
}

export const endAllOptions = { user: { type: 'string' } } as const

/** `sessions end-all`: of one person, or of the whole Environment, batch by batch. */
export async function endAllCommand(args: CommandArguments, cli: Cli): Promise<number> {
  return inEnvironment(args, cli, { command: 'sessions end-all', words: [] }, async (at) => {
    const named = args.values.user
    if (typeof named !== 'string') return endEvery(cli, at)
    const user = await findNamed(cli, at, named)
    if (user === undefined) return noSuchUser(cli, at, named)
    const { ended, told } = await cli.db.transaction((tx) =>
      endSessionsOf(tx, changeAt(cli, at.place.environment.id), user),
    )
    cli.out(printable(`${counted(ended)} of ${user.username} ended. ${toldInWords(told)}`))
    return 0
  })
}

async function endEvery(cli: Cli, { place, where }: At): Promise<number> {
  const change = changeAt(cli, place.environment.id)
  let told = 0
  const done = await endAllHere(
    cli,
    (leasedUntil) => cli.db.transaction((tx) => beginEndingAll(tx, change, leasedUntil)),
    ({ ended, total }) => {
      cli.status?.(progressBar(ended, total, `${ended} of ${total} sessions`))
      if (cli.status !== undefined || ended - told < TOLD_EVERY) return
      told = ended
      cli.err(`… ${ended} of ${total} sessions`)
    },
  )
  cli.status?.('')
  if (done.finishedAt === undefined) {
    cli.err(`${counted(done.ended)} of ${where} ended so far; the service has taken over and ends the others.`)
    return 0
  }
  cli.out(`${counted(done.ended)} of ${where} ended. Identity providers that are told, are told by the service.`)
  return 0
}

export const sessionSettingsOptions = {
  'idle-minutes': { type: 'string' },
  'lifetime-minutes': { type: 'string' },
  limit: { type: 'string' },
  'no-limit': { type: 'boolean' },
} as const

/** `sessions settings`: shows them, and changes those that are given. */
export async function sessionSettingsCommand(args: CommandArguments, cli: Cli): Promise<number> {
  const { values } = args
  if (values.limit !== undefined && values['no-limit'] === true)
    return fail(cli, 2, 'sessions settings takes --limit N or --no-limit, not both')
  return inEnvironment(args, cli, { command: 'sessions settings', words: [] }, async ({ place, where }) => {
    const { id } = place.environment
    const wanted = (former: SessionSettings) =>
      sessionSettings.safeParse({
        idleMinutes: numberOf(values['idle-minutes'], former.idleMinutes),
        lifetimeMinutes: numberOf(values['lifetime-minutes'], former.lifetimeMinutes),
        limit: {
          enabled: values['no-limit'] !== true && (values.limit !== undefined || former.limit.enabled),
          maximum: numberOf(values.limit, former.limit.maximum),
        },
      })
    const read = wanted(await findSessionSettings(cli.db.read, id))
    if (!read.success)
      return fail(cli, 2, read.error.issues.map(({ path, message }) => problem(path, message)).join('\n'))
    if (Object.keys(values).length > 0) {
      await cli.db.transaction((tx) => changeSessionSettings(tx, changeAt(cli, id), read.data))
    }
    for (const sentence of settingsInWords(where, read.data)) cli.out(sentence)
    return 0
  })
}

const optionOf: Readonly<Record<string, string>> = {
  idleMinutes: '--idle-minutes',
  lifetimeMinutes: '--lifetime-minutes',
  limit: '--limit',
}

/** What is no number is judged as such by the schema. */
function numberOf(typed: CommandArguments['values'][string], former: number): number {
  if (typed === undefined) return former
  return typeof typed === 'string' && typed.trim() !== '' ? Number(typed) : Number.NaN
}

function problem([field]: readonly PropertyKey[], message: string): string {
  const said = message.startsWith('must') ? message : 'must be a whole number'
  return `${optionOf[String(field)] ?? String(field)} ${said}.`
}

function settingsInWords(where: string, { idleMinutes, lifetimeMinutes, limit }: SessionSettings): readonly string[] {
  const idle =
    idleMinutes === 0 ? 'never because nothing is done' : `after ${idleMinutes} minutes in which nothing is done`
  const most = `One person may have ${limit.maximum === 1 ? 'one session' : `${limit.maximum} sessions`}`
  return [
    `Sessions of ${where} end ${idle}, and ${lifetimeMinutes} minutes after the sign-in.`,
    limit.enabled ? `${most}; a further sign-in ends the oldest.` : 'One person may have any number of sessions.',
  ]
}

function findNamed({ db }: Cli, { place }: At, named: string): Promise<User | undefined> {
  const { id } = place.environment
  const byName = findUser(db.read, id, { kind: 'username', value: named })
  return byName.then((found) => found ?? findUserById(db.read, id, named as Id<'user'>))
}

function noSuchUser(cli: Cli, { where }: At, named: string): number {
  return fail(cli, 1, printable(`No user of ${where} is called ${named}. Names are compared exactly.`))
}

function changeAt({ world }: Cli, environmentId: Id<'env'>): SessionChange {
  return { environmentId, source: commandLine, world, now: world.clock() }
}

function counted(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`
}

function toldInWords(told: number): string {
  if (told === 0) return 'No identity provider is told.'
  return `The identity provider is told of ${told === 1 ? 'one' : told}: sallyport logouts shows what comes of it.`
}
