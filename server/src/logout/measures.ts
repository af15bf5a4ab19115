import type { Database } from '#storage/database.ts'

/** What is not done yet, in all Environments together: for whoever runs the service. */
export type LogoutMeasures = {
  /** LogoutRequests and logout tokens that are to be sent from server to server. */
  readonly waiting: number
  /** When the session ended that somebody has not heard of for the longest time. */
  readonly oldestWaitingSince: Date | undefined
  /** Identity providers that did not answer the last time. */
  readonly providersPaused: number
  /** Clients that did not answer the last time. */
  readonly clientsPaused: number
  /** Logout All of an Environment, asked for and not through. */
  readonly endingsUnfinished: number
}

/** Each query goes through what waits, or looks once into each Environment: never through the ledger. */
export async function measureLogouts({ read: db }: Pick<Database, 'read'>): Promise<LogoutMeasures> {
  const { waiting } = await db
    .selectFrom('logouts')
    .select((e) => e.fn.countAll().as('waiting'))
    .where('next_attempt_at', 'is not', null)
    .executeTakeFirstOrThrow()
  const { since } = await db
    .selectFrom(
      db
        .selectFrom('environments')
        .select((e) =>
          e
            .selectFrom('logouts')
            .select('created_at')
            .whereRef('logouts.environment_id', '=', 'environments.id')
            .where('state', '=', 'waiting')
            .orderBy('created_at')
            .limit(1)
            .as('since'),
        )
        .as('oldest'),
    )
    .select((e) => e.fn.min('since').as('since'))
    .executeTakeFirstOrThrow()
  const { providers, clients } = await db
    .selectFrom('logout_pauses')
    .select((e) => [e.fn.count('connection_id').as('providers'), e.fn.count('client_id').as('clients')])
    .executeTakeFirstOrThrow()
  const { unfinished } = await db
    .selectFrom('session_endings')
    .select((e) => e.fn.countAll().as('unfinished'))
    .where('finished_at', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    waiting: Number(waiting),
    oldestWaitingSince: since === null ? undefined : new Date(Number(since)),
    providersPaused: Number(providers),
    clientsPaused: Number(clients),
    endingsUnfinished: Number(unfinished),
  }
}
