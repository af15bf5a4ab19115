// The table of AgileApps, “SSO and SLO with session management enabled”, row by row: people at real browsers, and
// identity providers that none of us wrote.

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PeerKind, peerInstalled } from '@sallyport/sandbox/peers/peer.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { closeBrowser, type Visitor, visitor } from './browser.ts'
import { type Partners, startPartners } from './logout-with-peer.ts'

after(closeBrowser)

const off = '{ enabled: false }'
const front = '{ enabled: true, method: front-channel }'
const back = '{ enabled: true, method: back-channel }'

/** One person at several browsers. */
type Person = {
  /** Signs in, in a browser of their own each. */
  readonly browsers: (count: number) => Promise<readonly Visitor[]>
  readonly isSignedIn: (at: Visitor) => Promise<boolean>
  /** What the start page says to somebody who is not signed in. */
  readonly told: (at: Visitor) => Promise<string>
  readonly isKnownThere: (at: Visitor) => Promise<boolean>
  readonly logOut: (at: Visitor) => Promise<string>
  /** From the list of sessions, the session of another browser: the one that is `place` from the top. */
  readonly endOther: (at: Visitor, place: number) => Promise<void>
  readonly logOutAll: (at: Visitor) => Promise<void>
  /** Waits until everything that is to be told has been. */
  readonly allTold: () => Promise<void>
}

function personAt(t: TestContext, { peer, startUrl, landingUrl, ledger }: Partners): Person {
  const fill = async ({ page }: Visitor): Promise<void> => {
    await page.locator(`input[name=${peer.login.userField}]`).fill('alice')
    await page.locator(`input[name=${peer.login.passwordField}]`).fill('alice-pw')
    await page.keyboard.press('Enter')
  }
  const settled = async ({ page }: Visitor): Promise<'asked' | 'in'> => {
    const form = page.locator(`input[name=${peer.login.passwordField}]`).waitFor()
    const landed = page.waitForURL(landingUrl)
    return Promise.any([form.then(() => 'asked' as const), landed.then(() => 'in' as const)])
  }
  const signIn = async (): Promise<Visitor> => {
    const at = await visitor(t)
    await at.page.goto(startUrl)
    if ((await settled(at)) === 'asked') await fill(at)
    await at.page.waitForURL(landingUrl)
    assert.match(await at.read(), /You are signed in/)
    return at
  }
  return {
    browsers: async (count) => {
      const signedIn: Visitor[] = []
      for (let one = 0; one < count; one++) signedIn.push(await signIn())
      return signedIn
    },
    isSignedIn: async (at) => {
      const response = await at.page.request.get(`${landingUrl}/session`)
      return response.status() === 200
    },
    told: async (at) => {
      await at.page.goto(landingUrl)
      return at.read()
    },
    isKnownThere: async (at) => {
      await at.page.goto(startUrl)
      return (await settled(at)) === 'in'
    },
    logOut: async (at) => {
      await at.page.goto(landingUrl)
      await at.page.getByRole('button', { name: 'Log out' }).click()
      await at.page.waitForURL(/\/logged-out/)
      return at.read()
    },
    endOther: async (at, place) => {
      await at.page.goto(`${landingUrl}/account/sessions`)
      await at.page.getByRole('listitem').nth(place).getByRole('button', { name: 'Log out' }).click()
      await at.page.getByText('1 session was ended').waitFor()
    },
    logOutAll: async (at) => {
      await at.page.goto(`${landingUrl}/account/sessions`)
      await at.page.getByRole('button', { name: 'Log out all' }).click()
      await at.page
        .getByRole('main')
        .getByRole('button', { name: /^Log out/ })
        .click()
      await at.page.getByRole('link', { name: /Sign in/ }).waitFor()
    },
    allTold: async () => {
      const end = Date.now() + 20_000
      while ((await ledger()).some(({ finishedAt }) => finishedAt === undefined)) {
        assert.ok(Date.now() < end, 'it was not told within 20 seconds')
        await delay(20)
      }
    },
  }
}

type Row = { readonly singleLogout: string; readonly limit?: number; readonly story: (person: Person) => Promise<void> }

const rows: Readonly<Record<string, Row>> = {
  'SLO OFF, session limit OFF: only the session here ends, and people sign in as often as they like': {
    singleLogout: off,
    story: async ({ browsers, isSignedIn, isKnownThere, logOut }) => {
      const [a, b, c] = (await browsers(3)) as [Visitor, Visitor, Visitor]
      assert.match(await logOut(a), /You are logged out of Acme\. Your company’s sign-in page may still know you/)
      assert.deepEqual([await isSignedIn(a), await isSignedIn(b), await isSignedIn(c)], [false, true, true])
      assert.equal(await isKnownThere(a), true)
    },
  },
  'SLO OFF, session limit ON: at the limit the oldest session is logged out': {
    singleLogout: off,
    limit: 2,
    story: async ({ browsers, isSignedIn, isKnownThere, told }) => {
      const [a, b, c] = (await browsers(3)) as [Visitor, Visitor, Visitor]
      assert.deepEqual([await isSignedIn(a), await isSignedIn(b), await isSignedIn(c)], [false, true, true])
      assert.match(await told(a), /signed in .*(elsewhere|another)/i)
      assert.equal(await isKnownThere(a), true)
    },
  },
  'SLO ON (front channel), session limit OFF: from the list of sessions only the session here ends; Log out ends both':
    {
      singleLogout: front,
      story: async ({ browsers, isSignedIn, isKnownThere, endOther, logOut }) => {
        const [a, b] = (await browsers(2)) as [Visitor, Visitor]
        await endOther(b, 1)
        assert.deepEqual([await isSignedIn(a), await isSignedIn(b)], [false, true])
        assert.equal(await isKnownThere(a), true, 'the identity provider was not told')
        assert.match(await logOut(b), /You are logged out of Acme and of your company’s sign-in page/)
        assert.equal(await isKnownThere(b), false)
      },
    },
  'SLO ON (back channel), session limit OFF: the session there ends with the one here': {
    singleLogout: back,
    story: async ({ browsers, isSignedIn, isKnownThere, endOther, logOut, allTold }) => {
      const [a, b] = (await browsers(2)) as [Visitor, Visitor]
      await endOther(b, 1)
      assert.deepEqual([await isSignedIn(a), await isSignedIn(b)], [false, true])
      await allTold()
      assert.equal(await isKnownThere(a), false)
      await logOut(b)
      await b.page.getByText('You are logged out of Acme and of your company’s sign-in page.').waitFor()
      assert.equal(await isKnownThere(b), false)
    },
  },
  'SLO ON (front channel), session limit ON: the oldest session here ends, not the one there; Logout All ends those here only':
    {
      singleLogout: front,
      limit: 2,
      story: async ({ browsers, isSignedIn, isKnownThere, logOutAll }) => {
        const [a, b, c] = (await browsers(3)) as [Visitor, Visitor, Visitor]
        assert.deepEqual([await isSignedIn(a), await isSignedIn(b), await isSignedIn(c)], [false, true, true])
        await logOutAll(c)
        assert.deepEqual([await isSignedIn(b), await isSignedIn(c)], [false, false])
        for (const at of [a, b, c]) assert.equal(await isKnownThere(at), true)
      },
    },
  'SLO ON (back channel), session limit ON: the oldest session ends here and there; Logout All ends all, here and there':
    {
      singleLogout: back,
      limit: 2,
      story: async ({ browsers, isSignedIn, isKnownThere, logOutAll, allTold }) => {
        const [a, b, c] = (await browsers(3)) as [Visitor, Visitor, Visitor]
        assert.deepEqual([await isSignedIn(a), await isSignedIn(b), await isSignedIn(c)], [false, true, true])
        await allTold()
        assert.equal(await isKnownThere(a), false)
        await logOutAll(c)
        assert.deepEqual([await isSignedIn(b), await isSignedIn(c)], [false, false])
        await allTold()
        for (const at of [b, c]) assert.equal(await isKnownThere(at), false)
      },
    },
}

// Each database with one of them: the two are told apart nowhere else in this story.
const peerOf: Readonly<Record<'sqlite' | 'postgres', PeerKind>> = { sqlite: 'lemonldap-ng', postgres: 'pysaml2' }

onEveryDatabase((database, openFresh) => {
  const kind = peerOf[database]
  const skip = !peerInstalled(kind) && process.env.SALLYPORT_REQUIRE_PEERS !== '1'
  const why = skip ? `${kind} is not installed: bash sandbox/peers/install.sh` : false
  test(`the table of scenarios, with ${kind} (${database})`, { skip: why }, async (t) => {
    const partners = await startPartners(t, await openFresh(t), kind)
    for (const [name, { story, ...declared }] of Object.entries(rows)) {
      await t.test(name, async (inner) => {
        await partners.declare(declared)
        await story(personAt(inner, partners))
        await partners.sallyport.db.write
          .updateTable('sessions')
          .set({ ended_at: 0 })
          .where('ended_at', 'is', null)
          .execute()
      })
    }
  })
})
