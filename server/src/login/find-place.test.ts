import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findPlace } from '#login/find-place.ts'
import { SigninRefused } from '#login/signin-refused.ts'
import { contextOf, makePlace, testWorld } from '#login/test-place.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

onEveryDatabase((kind, openFresh) => {
  test(`the ticket alone says which connection is meant, of which Environment and Company (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const place = await makePlace(db, ctx.world)
    assert.deepEqual(await findPlace(ctx, place.connection.ticket), place)
  })

  test(`what is no ticket of ours is refused with a reference, and belongs to nobody, so it has no record (${kind})`, async (t) => {
    const db = await openFresh(t)
    const ctx = contextOf(db, testWorld())
    const { ticket } = (await makePlace(db, ctx.world)).connection
    const wrong = [
      undefined,
      '',
      'unknownunknown',
      ticket.toUpperCase(),
      `${ticket} `,
      `${ticket}\n`,
      ticket.slice(1),
      '%',
      '\0',
      'x'.repeat(100_000),
    ]
    for (const text of wrong) {
      await assert.rejects(findPlace(ctx, text), (error) => {
        assert.ok(error instanceof SigninRefused && error.reason === 'ticket', String(error))
        assert.match(error.reference, /^\w{5}-\w{5}$/)
        const [check] = error.checks
        assert.deepEqual(
          { ...check, received: '' },
          {
            ...{ code: 'ticket', outcome: 'failed', about: 'message' },
            ...{ expected: 'the ticket of a connection', received: '' },
          },
        )
        assert.ok(check?.received && check.received.length < 100)
        return true
      })
    }
    assert.deepEqual(await db.read.selectFrom('signin_records').selectAll().execute(), [])
  })
})
