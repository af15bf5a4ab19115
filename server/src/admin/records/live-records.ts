// Sign-in records as they finish, as server-sent events (WHATWG HTML section 9.2).

import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { ApiProblem } from '#admin/problems.ts'
import { type Sight, shownRecords } from '#admin/records/record-view.ts'
import type { Id } from '#config/world.ts'
import { finishedSince } from '#signin-records/list.ts'
import type { Database } from '#storage/database.ts'

/** So that proxies do not take a quiet place for a dead one; other processes’ records are found that late at most. */
const BEAT_MS = 15_000

/** The browser comes again by itself, and is asked once more who it is. No sooner, or a page left open would keep a session alive. */
const LONGEST_MS = 30 * 60 * 1000

/** Clocks differ, and what began to be written first may be seen last. */
const OVERLAP_MS = 10_000
const AT_ONCE = 200
const MOST = 200
const MOST_OF_ONE = 5

/** Where sign-ins come close together, they are told together. */
const PAUSE_MS = 250

/** Whoever reads so slowly is let go. */
const MOST_UNREAD = 1024 * 1024

const openStreams = new WeakMap<Database, Map<Readable, string>>()

type Asked = {
  readonly database: Database
  readonly environmentId: Id<'env'>
  /** Of whoever asks. */
  readonly askerId: string
  readonly sight: Sight
  readonly now: Date
}

/** @throws ApiProblem where too many are open */
export function liveRecords({ database, environmentId, askerId, sight, now }: Asked): Readable {
  const open = openOf(database)
  demandRoom(open, askerId)
  let since = new Date(now.getTime() - OVERLAP_MS)
  let seen: ReadonlySet<string> | undefined
  const look = onceAtATime(async () => {
    const found = await finishedSince(database.read, environmentId, { since, limit: AT_ONCE })
    // What was there before is not news.
    const fresh = seen === undefined ? [] : found.filter(({ id }) => !seen?.has(id))
    seen = new Set(found.map(({ id }) => id))
    const last = found.at(-1)?.finishedAt
    if (last !== undefined) since = new Date(Math.max(since.getTime(), last.getTime() - OVERLAP_MS))
    for (const record of await shownRecords(database.read, environmentId, fresh, sight))
      push(`id: ${record.reference}\nevent: record\ndata: ${JSON.stringify(record)}\n\n`)
  })
  const push = (text: string): void => {
    if (stream.destroyed) return
    if (stream.readableLength > MOST_UNREAD) stream.destroy()
    else stream.push(text)
  }
  const tell = (): void => void look().catch((error: Error) => stream.destroy(error))
  const deaf = database.listen((signal) => {
    if (signal === 'sign-in-finished') tell()
  })
  const beat = setInterval(() => {
    push(': still here\n\n')
    tell()
  }, BEAT_MS)
  const end = setTimeout(() => stream.push(null), LONGEST_MS)
  const stream = new Readable({
    read: () => {},
    destroy: (error, done) => {
      deaf()
      clearInterval(beat)
      clearTimeout(end)
      open.delete(stream)
      done(error)
    },
  })
  open.set(stream, askerId)
  look().then(
    () => push('retry: 3000\nevent: open\ndata: {}\n\n'),
    (error: Error) => stream.destroy(error),
  )
  return stream
}

/** A process that is told to stop does not wait for those who only listen. */
export function endLiveRecords(database: Database): void {
  for (const stream of openOf(database).keys()) stream.push(null)
}

function openOf(database: Database): Map<Readable, string> {
  const open = openStreams.get(database) ?? new Map()
  openStreams.set(database, open)
  return open
}

function demandRoom(open: ReadonlyMap<Readable, string>, askerId: string): void {
  const mine = [...open.values()].filter((id) => id === askerId).length
  if (open.size < MOST && mine < MOST_OF_ONE) return
  throw new ApiProblem('too-many-requests', 'Too many pages show records live already. Close some of them.')
}

/** Asked while it is at work, it does it once more, and only once. */
function onceAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let again = false
  return async () => {
    again = true
    running ??= (async () => {
      while (again) {
        again = false
        await work()
        if (again) await delay(PAUSE_MS)
      }
    })().finally(() => {
      running = undefined
    })
    return running
  }
}
