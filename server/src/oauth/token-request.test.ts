import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsedBefore, write, writeTogether, writeWhileSigning } from '#oauth/token-request.ts'
import type { Database, Handle } from '#storage/database.ts'

/** Notes what is written, and whether it stayed. */
function place() {
  const kept: string[] = []
  const logged: string[] = []
  const handle = {} as Handle
  const db = {
    transaction: async (work: (tx: Handle) => Promise<unknown>) => {
      const before = [...kept]
      try {
        return await work(handle)
      } catch (error) {
        kept.splice(0, kept.length, ...before)
        throw error
      }
    },
  } as Pick<Database, 'transaction'> as Database
  const log = { info: () => {}, warn: () => {}, error: (_about: object, text: string) => void logged.push(text) }
  const writes = (text: string) => write(handle, async () => void kept.push(text))
  return { ctx: { db, log: log as never }, kept, logged, writes, handle }
}

const request = (path = '/oauth/token') => ({ method: 'POST', path, status: 200, body: undefined as unknown })

test('what a token request writes is written at its end, together', async () => {
  const { ctx, kept, writes } = place()
  await writeTogether(ctx, request(), async () => {
    await writes('code used')
    await writes('token')
    assert.deepEqual(kept, [])
  })
  assert.deepEqual(kept, ['code used', 'token'])
})

test('a refused request uses nothing up', async () => {
  const { ctx, kept, writes } = place()
  const koa = request()
  await writeTogether(ctx, koa, async () => {
    await writes('code used')
    koa.status = 400
  })
  assert.deepEqual(kept, [])
})

test('a code that somebody else used at the same moment: invalid_grant, and nothing stays', async () => {
  const { ctx, kept, writes, handle, logged } = place()
  const koa = request()
  await writeTogether(ctx, koa, async () => {
    await writes('token')
    await write(handle, async () => {
      throw new UsedBefore()
    })
    writeWhileSigning()
    await new Promise((resolve) => setImmediate(resolve))
  })
  assert.deepEqual(
    [koa.status, koa.body],
    [400, { error: 'invalid_grant', error_description: 'grant request is invalid' }],
  )
  assert.deepEqual([kept, logged], [[], []])
})

test('what cannot be written is not given out', async () => {
  const { ctx, logged, handle } = place()
  const koa = { ...request(), body: { access_token: 'given' } as unknown }
  await writeTogether(ctx, koa, () =>
    write(handle, async () => {
      throw new Error('the disk is full')
    }),
  )
  assert.equal(koa.status, 500)
  assert.deepEqual(Object.keys(koa.body as object), ['error', 'error_description'])
  assert.equal(logged.length, 1)
})

test('while the ID token is signed all is written once, and nothing may come after it', async () => {
  const { ctx, kept, writes } = place()
  await writeTogether(ctx, request(), async () => {
    await writes('token')
    writeWhileSigning()
    writeWhileSigning()
    await assert.rejects(writes('late'))
    await new Promise((resolve) => setImmediate(resolve))
  })
  assert.deepEqual(kept, ['token'])
})

test('anywhere else each is written at once', async () => {
  const { ctx, kept, writes } = place()
  await writeTogether(ctx, request('/oauth/authorize'), async () => {
    await writes('grant')
    assert.deepEqual(kept, ['grant'])
  })
})
