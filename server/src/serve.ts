// The command `start`: opens the database, listens, sweeps now and then, and stops when it is told to.

import { pino } from 'pino'
import { sweepDecisions } from '#access/recorded.ts'
import { firstRunUrl } from '#administrators/first-run.ts'
import { sweepAdministrators } from '#administrators/sweep.ts'
import { createApp } from '#app.ts'
import type { CliWorld } from '#cli-world.ts'
import type { Config } from '#config/config.ts'
import { secretFor } from '#config/secret-file.ts'
import { sweepDesktopReports } from '#connect/desktop-reports.ts'
import { sweepInspections } from '#connect/inspections.ts'
import { startJobs } from '#jobs/jobs.ts'
import { sweepLogins } from '#login/sweep.ts'
import { countAttempts } from '#logout/attempt-counts.ts'
import { deliveryJob } from '#logout/deliveries.ts'
import { endAllJob } from '#logout/end-all.ts'
import { sweepLogouts } from '#logout/sweep.ts'
import { tellClients } from '#logout/tell-clients.ts'
import { mailerOf } from '#mail/mail.ts'
import { sweepOauth } from '#oauth/sweep.ts'
import { sweepPasswords } from '#passwords/attempts.ts'
import { sweepSessions } from '#sessions/sweep.ts'
import { sweepRecords } from '#signin-records/sweep.ts'
import { openDatabase, sqliteFile } from '#storage/database.ts'
import { migrate } from '#storage/migrate.ts'

const SWEEP_EVERY_MS = 10 * 60 * 1000

/** Serves until it is told to stop. Returns the exit code. */
export async function serve(cli: Pick<CliWorld, 'world' | 'onStop' | 'err'>, config: Config): Promise<number> {
  const log = pino({ level: config.logLevel, redact: ['req.headers.cookie', 'req.headers.authorization'] })
  for (const notice of config.notices) log.warn(notice)
  const databaseUrl = config.databaseUrl.reveal()
  const db = await openDatabase(databaseUrl, { log })
  try {
    const migrated = await migrate(db)
    if (migrated.length > 0) log.info({ migrated }, 'the database was brought up to date')
    const secret = secretFor(config.secret, sqliteFile(databaseUrl) ?? '', cli.world.chance)
    const attempts = countAttempts()
    const app = await createApp({ db, world: cli.world, config, secret, mailer: mailerOf(config, log), attempts, log })
    const stopped = new Promise<void>((resolve) => cli.onStop(resolve))
    const sweep = setInterval(() => {
      const now = cli.world.clock()
      const { chance } = cli.world
      sweepLogins(db.write, now)
        .then(() => sweepPasswords(db.write, now))
        .then(() => sweepSessions(db, now, (tx, id, ended) => tellClients(tx, id, ended, { chance, now })))
        .then(() => sweepLogouts(db, now))
        .then(() => sweepDecisions(db, now))
        .then(() => sweepOauth(db.write, now))
        .then(() => sweepAdministrators(db.write, now))
        .then(() => sweepRecords(db.write, now))
        .then(() => sweepInspections(db.write, now))
        .then(() => sweepDesktopReports(db.write, now))
        .catch((error: unknown) => log.error({ err: error }, 'sweeping failed'))
    }, SWEEP_EVERY_MS)
    const jobs = startJobs(db, log, [
      deliveryJob({ db, world: cli.world, config, secret, attempts, log }),
      endAllJob({ db, world: cli.world }),
    ])
    try {
      await app.listen({ host: config.host, port: config.port })
      log.info({ publicUrl: config.publicUrl }, 'serving')
      const firstRun = await firstRunUrl(db, cli.world, config.publicUrl)
      if (firstRun !== undefined)
        log.warn({ firstRun }, 'nobody administers this place yet: open this link, which is good once and for a day')
      await stopped
      log.info('stopping')
    } finally {
      clearInterval(sweep)
      await app.close()
      await jobs.stop()
    }
    return 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    cli.err(`Port ${config.port} of ${config.host} is in use. Stop what uses it, or set SALLYPORT_PORT.`)
    return 1
  } finally {
    await db.close()
  }
}
