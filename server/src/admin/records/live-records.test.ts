import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { assertProblem, makeSecret, startApi } from '#admin/test-api.ts'
import { testBrowser } from '#login/test-browser.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

/** Reads a stream event by event. */
async function listen(t: TestContext, url: string, secret: string) {
  const stop = new AbortController()
  t.after(() => stop.abort())
  const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` }, signal: stop.signal })
  assert.equal(answer.status, 200)
  assert.match(String(answer.headers.get('content-type')), /^text\/event-stream/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end !== -1) {
        const event = text.slice(0, end)
        text = text.slice(end + 2)
        return event
      }
      const { value, done } = await reader.read()
      if (done) return undefined
      text += decoder.decode(value, { stream: true })
    }
  }
  return { next, stop: () => stop.abort() }
}

onEveryDatabase((kind, openFresh) => {
  test(`records are told as they finish, each once, and a neighbour’s are not (${kind})`, async (t) => {
    const { app, world, place, other, secret, neighbour, db } = await startApi(t, openFresh)
    await testBrowser(app, world).signIn(place)
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const url = `${address}/api/v1/environments/${place.environment.id}/records/live`
    const { next } = await listen(t, url, secret)
    assert.match(String(await next()), /event: open/)
    await testBrowser(app, world).signIn(other)
    await testBrowser(app, world).signIn(place, { person: 'bo' })
    world.passTime(1)
    await testBrowser(app, world).signIn(place, { assertion: { audience: 'https://other.example' } })
    const told = [await next(), await next()].map((event) =>
      JSON.parse(String(/^data: (.*)$/m.exec(String(event))?.[1])),
    )
    assert.deepEqual(
      told.map(({ outcome, subject }) => [outcome, subject]),
      [
        ['signed-in', 'bo'],
        ['refused', 'ada'],
      ],
    )
    const live = `/api/v1/environments/${place.environment.id}/records/live`
    assertProblem(await neighbour.get(live), 404, 'not-found')
    const { secret: reader } = await makeSecret(db, world, { environmentId: place.environment.id }, ['users:read'])
    assert.equal((await fetch(url, { headers: { authorization: `Bearer ${reader}` } })).status, 403)
    await app.close()
    assert.equal(await next(), undefined, 'a process that stops lets them go')
  })

  test(`of one who asks, only some are open at once (${kind})`, async (t) => {
    const { app, place, secret } = await startApi(t, openFresh)
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const url = `${address}/api/v1/environments/${place.environment.id}/records/live`
    const open = await Promise.all(Array.from({ length: 5 }, () => listen(t, url, secret)))
    await Promise.all(open.map(({ next }) => next()))
    assert.equal((await fetch(url, { headers: { authorization: `Bearer ${secret}` } })).status, 429)
  })
})
