// A test of a connection does all that a sign-in does, in a transaction that is undone: what it tells is what would happen.

import type { ConnectionInPlace } from '#connections/connections.ts'
import { accountChanges } from '#login/account-changes.ts'
import { identityOf } from '#login/decide.ts'
import { type Entering, enter } from '#login/enter.ts'
import type { LoginContext } from '#login/login.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import { finishTest, type TestResult } from '#login/signin-tests.ts'
import type { VerifiedResponse } from '#login/verified-responses.ts'
import { findRecordById, finishRecord } from '#signin-records/signin-records.ts'
import type { Database, Handle } from '#storage/database.ts'
import { type Account, findAccount } from '#users/accounts.ts'
import { findUser } from '#users/users.ts'

export type Rehearsed =
  | { readonly checks: readonly AnyCheck[]; readonly result: TestResult }
  | { readonly refused: readonly AnyCheck[] }

/** What would come of it. Leaves nothing behind. */
export async function rehearse(ctx: LoginContext, place: ConnectionInPlace, entering: Entering): Promise<Rehearsed> {
  const { environment, connection } = place
  const { key } = identityOf(entering.person, connection)
  const account = async (tx: Handle): Promise<Account | undefined> => {
    const user = key && (await findUser(tx, environment.id, key))
    return user && findAccount(tx, environment.id, user.id)
  }
  const seen: { before?: Account | undefined; after?: Account | undefined; checks: readonly AnyCheck[] } = {
    checks: [],
  }
  const look = async (tx: Handle, work: () => Promise<unknown>): Promise<void> => {
    seen.before = await account(tx)
    await work()
    seen.after = await account(tx)
    seen.checks = (await findRecordById(tx, environment.id, entering.recordId))?.details.checks as readonly AnyCheck[]
  }
  const entered = await enter({ ...ctx, db: undoing(ctx.db, look) }, place, { ...entering, rehearsed: true })
  if ('refused' in entered) return entered
  const { person } = entering
  const { before, after, checks } = seen
  const does = before === undefined ? 'create' : accountChanges(before, after).length > 0 ? 'change' : 'nothing'
  const username = after?.user.username ?? ''
  const { syncFault } = entered
  return {
    checks,
    result: {
      person,
      account: { does, username, changes: accountChanges(before, after) },
      ...(syncFault === undefined ? {} : { syncFault }),
    },
  }
}

/** Ends the test and its record, which has been open until now. */
export async function finishRehearsal(
  ctx: LoginContext,
  { environment }: ConnectionInPlace,
  { recordId, testId }: Pick<VerifiedResponse, 'recordId' | 'testId'>,
  { checks, result }: Extract<Rehearsed, { result: TestResult }>,
): Promise<void> {
  const now = ctx.world.clock()
  await ctx.db.transaction(async (tx) => {
    const known = (await findRecordById(tx, environment.id, recordId))?.details.checks.length ?? 0
    await finishRecord(tx, environment.id, recordId, { outcome: 'tested', checks: checks.slice(known) }, now)
    if (testId === undefined) return
    const end = { id: testId, outcome: 'passed', recordId, result } as const
    await finishTest(tx, environment.id, end, { secret: ctx.secret, chance: ctx.world.chance, now })
  })
}

/** The same database, where every transaction is undone when its work is done. */
export function undoing(db: Database, look: (tx: Handle, work: () => Promise<unknown>) => Promise<void>): Database {
  return {
    ...db,
    transaction: async (work) => {
      const undone = new Undone()
      let result: { readonly value: Awaited<ReturnType<typeof work>> } | undefined
      await db
        .transaction(async (tx) => {
          await look(tx, async () => {
            result = { value: await work(tx) }
          })
          throw undone
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error
        })
      if (result === undefined) throw new TypeError('nothing was done')
      return result.value
    },
  }
}

class Undone extends Error {}
