/**
 * Work that goes on behind the requests: durable, in the tables of those whose work it is.
 *
 * Owns when it is looked for. Must not know what it is: a job finds its own work, takes it so that no other process
 * does, and can be cut off at any moment without losing it.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '#storage/database.ts'

export type Job = {
  readonly name: string
  /** Does what is due, a bounded piece of it, and says whether there may be more at once. */
  readonly once: (stop: AbortSignal) => Promise<'more' | 'idle'>
  /** Waits for what `once` has begun and not waited for. */
  readonly settle?: () => Promise<void>
}

export type RunningJobs = {
  /** Waits for what is under way, which is told to stop. */
  readonly stop: () => Promise<void>
}

/** What becomes due by the clock alone is found that late at most. */
const LOOK_EVERY_MS = 5000

/** Runs the jobs beside one another: at once when something in this process says that there is work, and now and then. */
export function startJobs(db: Database, log: Pick<FastifyBaseLogger, 'error'>, jobs: readonly Job[]): RunningJobs {
  const stopping = new AbortController()
  const loops = jobs.map((job) => runJob(db, log, job, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

async function runJob(db: Database, log: Pick<FastifyBaseLogger, 'error'>, job: Job, stop: AbortSignal): Promise<void> {
  const bell = makeBell(stop)
  const deaf = db.listen((signal) => {
    if (signal === 'work-waiting') bell.ring()
  })
  try {
    while (!stop.aborted) {
      const found = await job.once(stop).catch((error: unknown) => {
        log.error({ err: error, job: job.name }, 'a job failed; it is tried again')
        return 'idle' as const
      })
      if (found === 'idle') await bell.rungWithin(LOOK_EVERY_MS)
    }
  } finally {
    deaf()
    await job.settle?.()
  }
}

/** Remembers a ring that nobody was waiting for. */
function makeBell(stop: AbortSignal) {
  let rung = false
  let wake = (): void => {}
  const ring = (): void => {
    rung = true
    wake()
  }
  stop.addEventListener('abort', ring, { once: true })
  return {
    ring,
    rungWithin: (milliseconds: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(done, milliseconds)
        function done(): void {
          clearTimeout(timer)
          wake = () => {}
          rung = false
          resolve()
        }
        wake = done
        if (rung) done()
      }),
  }
}
