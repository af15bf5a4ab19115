import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionInPlace } from '#connections/connections.ts'
import { insertPendingLogin } from '#login/pending-logins.ts'
import { sweepLogins } from '#login/sweep.ts'
import { after, makeNeighbours, now, testWorld } from '#login/test-place.ts'
import { useAssertion } from '#login/used-assertions.ts'
import { insertVerifiedResponse } from '#login/verified-responses.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

const hour = 3_600_000

/** One of each kind of row, named for when it expires. */
async function leave(db: Database, { environment, connection }: ConnectionInPlace, expiry: number): Promise<void> {
  const name = `${connection.id} ${expiry}`
  const common = { connectionId: connection.id, recordId: 'rec_a', done: undefined } as const
  const times = { createdAt: after(expiry - 1000), expiresAt: after(expiry) }
  await insertPendingLogin(db.write, environment.id, {
    ...{ ...common, ...times, requestId: name, relayStateHash: name, browserHash: '' },
  })
  await useAssertion(db.write, environment.id, { connectionId: connection.id, id: name, until: after(expiry) })
  const response = { ...common, ...times, codeHash: name, browserHash: undefined, person: { attributes: [] } }
  await insertVerifiedResponse(db.write, environment.id, response)
}

async function left(db: Database) {
  const expiries = (rows: readonly { expires_at: number }[]) =>
    rows.map(({ expires_at }) => expires_at - now.getTime()).sort((a, b) => a - b)
  return {
    pending: expiries(await db.read.selectFrom('pending_logins').select('expires_at').execute()),
    assertions: expiries(await db.read.selectFrom('used_assertions').select('expires_at').execute()),
    responses: expiries(await db.read.selectFrom('verified_responses').select('expires_at').execute()),
  }
}

onEveryDatabase((kind, openFresh) => {
  test(`sweeping removes what has expired, an hour later what was begun, in every Environment, and nothing else (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine, other } = await makeNeighbours(db, testWorld())
    for (const place of [mine, other]) {
      for (const expiry of [-hour - 1, -hour, -1, 0, 1]) await leave(db, place, expiry)
    }
    await sweepLogins(db.write, now)
    assert.deepEqual(await left(db), {
      pending: [-hour, -hour, -1, -1, 0, 0, 1, 1],
      assertions: [0, 0, 1, 1],
      responses: [0, 0, 1, 1],
    })
    await sweepLogins(db.write, after(3 * hour))
    assert.deepEqual(await left(db), { pending: [], assertions: [], responses: [] })
  })

  test(`an assertion is remembered as long as it could be presented (Profiles 4.1.4.5) (${kind})`, async (t) => {
    const db = await openFresh(t)
    const { mine } = await makeNeighbours(db, testWorld())
    const assertion = { connectionId: mine.connection.id, id: '_a', until: after(1000) }
    await useAssertion(db.write, mine.environment.id, assertion)
    await sweepLogins(db.write, after(1000))
    assert.equal(await useAssertion(db.write, mine.environment.id, assertion), false)
  })
})
