// The ways in which a session ends, each by its own road through the service: clients hear of all of them.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { the } from '#login/test-place.ts'
import { give, insertToldClient } from '#logout/test-clients.ts'
import { ask, inSession, ledger, pressLogOut, type Site, signIn, startSite } from '#logout/test-logout.ts'
import { saveSessionSettings } from '#sessions/settings.ts'
import type { Database } from '#storage/database.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

async function setStage(t: TestContext, db: Database): Promise<Site> {
  const site = await startSite(t, db)
  await insertToldClient(db, site.place.environment.id, 'app')
  return site
}

/** The client is given something in the session that was opened last. */
async function giveInLast({ db, place }: Site): Promise<string> {
  const rows = await db.read.selectFrom('sessions').select('chain_id').where('ended_at', 'is', null).execute()
  const known = new Set(
    (await db.read.selectFrom('oauth_artifacts').select('chain_id').execute()).map((row) => row.chain_id),
  )
  const chainId = the(rows.find(({ chain_id }) => !known.has(chain_id))?.chain_id ?? undefined)
  await give(db, place.environment.id, { chainId, clientId: 'app' })
  return chainId
}

const told = async (site: Site) => (await ledger(site, 'to-client')).map(({ chainId, why }) => [chainId, why])

onEveryDatabase((kind, openFresh) => {
  test(`a LogoutRequest of the identity provider is told to the clients (${kind})`, async (t) => {
    const site = await setStage(t, await openFresh(t))
    await signIn(site)
    const chain = await giveInLast(site)
    assert.equal((await ask(site)).status, 'Success')
    assert.deepEqual(await told(site), [[chain, 'identity-provider']])
  })

  test(`the button, with a connection that tells its identity provider through the browser (${kind})`, async (t) => {
    const site = await setStage(t, await openFresh(t))
    const browser = await signIn(site)
    const chain = await giveInLast(site)
    await pressLogOut(browser)
    await pressLogOut(browser)
    assert.deepEqual(await told(site), [[chain, 'logged-out']], 'once')
  })

  test(`signing in again in the same browser: no end for the same person, one by another (${kind})`, async (t) => {
    const site = await setStage(t, await openFresh(t))
    const browser = await signIn(site)
    const chain = await giveInLast(site)
    await browser.signIn(site.place)
    assert.deepEqual(await told(site), [])
    await browser.signIn(site.place, inSession('_other', 'grace'))
    assert.deepEqual(await told(site), [[chain, 'replaced']])
  })

  test(`one sign-in too many is told of the oldest session (${kind})`, async (t) => {
    const site = await setStage(t, await openFresh(t))
    const limit = { enabled: true, maximum: 1 }
    const settings = { idleMinutes: 0, lifetimeMinutes: 60, limit }
    await saveSessionSettings(site.db.write, site.place.environment.id, settings, site.world.clock())
    await signIn(site)
    const chain = await giveInLast(site)
    await signIn(site, inSession('_second'))
    assert.deepEqual(await told(site), [[chain, 'limit']])
  })
})
