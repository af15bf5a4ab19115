// Whatever sign-ins and LogoutRequests of one person do to one another, in two processes at once: where Success was said,
// no session lives that it was said of.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { endpointsOf } from '#connections/endpoints.ts'
import { signedAnswer, startApp, testBrowser } from '#login/test-browser.ts'
import { contextOf, makePlaces, publicUrl, testWorld, the } from '#login/test-place.ts'
import { ada, type Binding, logoutRequest, type Site, said, withLogout } from '#logout/test-logout.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'

/** The identity provider's answer is taken here; its session may have begun a while ago. */
type Take = { readonly kind: 'take'; readonly on: number; readonly index: string; readonly secondsAgo: number }
/** One whose answer was taken comes with its code. */
type GoOn = { readonly kind: 'go on'; readonly which: number }
type LogOut = {
  readonly kind: 'log out'
  readonly on: number
  readonly indexes: readonly string[]
  readonly binding: Binding
}
/** Each in one of two processes. */
type Step = { readonly process: number } & (Take | GoOn | LogOut)

const process = fc.nat(1)
/** Two connections are one and the same partner: what is asked through one holds for sign-ins through the other. */
const on = fc.nat(1)
const take = fc.record({
  kind: fc.constant('take' as const),
  process,
  on,
  index: fc.constantFrom('_1', '_2'),
  secondsAgo: fc.constantFrom(0, 1, 3),
})
const goOn = fc.record({ kind: fc.constant('go on' as const), process, which: fc.nat(9) })
const logOut = fc.record({
  kind: fc.constant('log out' as const),
  process,
  on,
  indexes: fc.constantFrom(['_1'], ['_2'], ['_2', '_3'], []),
  binding: fc.constantFrom<Binding>('soap', 'post', 'redirect'),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: take, weight: 3 },
  { arbitrary: goOn, weight: 5 },
  { arbitrary: logOut, weight: 2 },
)
/** What begins at the same moment, moment by moment. */
const moments = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 })

type SignIn = { readonly name: string; readonly index: string; readonly asserted: number }
type InFlight = SignIn & { readonly url: string; readonly cookie: string }
type Success = { readonly indexes: readonly string[]; readonly issued: number }

const isMeant = ({ indexes, issued }: Success, { index, asserted }: SignIn): boolean =>
  asserted <= issued && (indexes.length === 0 || indexes.includes(index))

const shared = { requestIssuer: 'https://sp.example' }
/** Both name the person ada; one of them knows her as another user. */
const connections = [
  { name: 'By name', ...withLogout({}, shared) },
  { name: 'By attribute', ...withLogout({}, { ...shared, userIdLocation: 'attribute', userIdAttribute: 'uid' }) },
]

/** An Environment of its own, and what was done in it. The sites differ in their process alone. */
async function stage(sites: readonly Omit<Site, 'place' | 'places'>[], company: string) {
  const { db, world } = the(sites[0])
  const places = await makePlaces(db, world, { company, connections })
  const env = the(places[0]).environment.id
  const siteOf = (process: number, nth: number): Site => ({ ...the(sites[process]), places, place: the(places[nth]) })
  const inFlight: InFlight[] = []
  /** By the User-Agent of their browsers, which the session shows. */
  const signIns = new Map<string, SignIn>()
  const successes: Success[] = []
  const count = { opened: 0, refused: 0, succeeded: 0 }

  const takeAnswer = async (process: number, { on, index, secondsAgo }: Take): Promise<void> => {
    const { app, place } = siteOf(process, on)
    const name = `browser ${signIns.size}`
    const signIn = { name, index, asserted: world.clock().getTime() - secondsAgo * 1000 }
    signIns.set(name, signIn)
    const browser = testBrowser(app, world)
    const { requestId, relayState } = await browser.begin(place)
    const attributes = Object.entries({ uid: 'ada.1', email: `ada.${on}@acme.example` })
    const assertion = {
      nameId: ada,
      sessionIndex: index,
      issueInstant: new Date(signIn.asserted),
      attributes: attributes.map(([name, value]) => ({ name, values: [value] })),
    }
    const SAMLResponse = signedAnswer(place, world, { inResponseTo: requestId, assertion })
    const { acs } = endpointsOf(publicUrl, place.connection.ticket)
    const { statusCode, headers, body } = await browser.post(acs, { SAMLResponse, RelayState: relayState })
    assert.equal(statusCode, 303, body)
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    inFlight.push({ ...signIn, url: (headers.location ?? '').replace(publicUrl, ''), cookie })
  }

  const goOnWith = async (process: number, { which }: GoOn): Promise<void> => {
    const [one] = inFlight.splice(which % Math.max(1, inFlight.length), 1)
    if (one === undefined) return
    const isLoggedOut = successes.some((each) => isMeant(each, one))
    const headers = { cookie: one.cookie, 'user-agent': one.name }
    const { statusCode, body } = await the(sites[process]).app.inject({ url: one.url, headers })
    count[statusCode === 303 ? 'opened' : 'refused']++
    if (statusCode === 303) return assert.ok(!isLoggedOut, 'opened after Success was said of it')
    assert.equal(statusCode, 403)
    assert.match(body, /<p>Your company’s sign-in page logged you out while you were on the way here\.<\/p>/)
  }

  const requestLogout = async (process: number, { on, indexes, binding }: LogOut): Promise<void> => {
    const site = siteOf(process, on)
    const success = { indexes, issued: world.clock().getTime() }
    const { http } = logoutRequest(site, { request: { sessionIndexes: indexes }, binding })
    assert.equal((await said(site, await site.app.inject(http))).status, 'Success')
    successes.push(success)
    count.succeeded++
    await noneLives([success])
  }

  const noneLives = async (of: readonly Success[] = successes): Promise<void> => {
    const all = db.read.selectFrom('sessions').select('user_agent').where('environment_id', '=', env)
    const open = await all.where('ended_at', 'is', null).execute()
    const lives = open.filter(({ user_agent }) =>
      of.some((success) => isMeant(success, the(signIns.get(user_agent ?? '')))),
    )
    assert.deepEqual(lives, [], 'Success was said of it')
  }

  /** Every refusal says why, and has its reason: a request that means it. */
  const refusals = async (): Promise<void> => {
    const records = db.read.selectFrom('signin_records').select('reason').where('environment_id', '=', env)
    const reasons = (await records.where('outcome', '=', 'refused').execute()).map(({ reason }) => reason)
    assert.deepEqual(reasons, Array(count.refused).fill('session-lives'))
    const meant = [...signIns.values()].filter((one) => successes.some((success) => isMeant(success, one)))
    assert.ok(count.refused <= meant.length, 'somebody was refused whom no request meant')
  }

  const play = (one: Step): Promise<void> => {
    if (one.kind === 'take') return takeAnswer(one.process, one)
    return one.kind === 'go on' ? goOnWith(one.process, one) : requestLogout(one.process, one)
  }
  return { play, noneLives, refusals, count }
}

onEveryDatabase((kind, _openFresh, makeFresh) => {
  test(`Core 3.7.3.1, 3.7.3.2: never Success while a session lives, whatever comes between and at the same moment (${kind})`, async (t) => {
    const { db, openAgain } = await makeFresh(t)
    const world = testWorld()
    const processes = [db, await openAgain()]
    const sites = await Promise.all(
      processes.map(async (each) => ({ db: each, world, app: await startApp(t, contextOf(each, world)) })),
    )
    const total = { opened: 0, refused: 0, succeeded: 0 }
    let runs = 0
    await fc.assert(
      fc.asyncProperty(moments, async (sequence) => {
        const { play, noneLives, refusals, count } = await stage(sites, `c${runs++}`)
        for (const moment of sequence) {
          world.passTime(1000)
          await Promise.all(moment.map(play))
          await noneLives()
        }
        await refusals()
        for (const what of ['opened', 'refused', 'succeeded'] as const) total[what] += count[what]
      }),
      { numRuns: 20, seed: 20260301 },
    )
    assert.ok(total.opened > 20 && total.refused > 5 && total.succeeded > 20, JSON.stringify(total))
  })
})
