// Everything that can stand between an agent and the panel, provoked: what the desktop says, and that it comes to an end.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { insertToken } from '#admin/tokens/tokens.ts'
import type { Database } from '#storage/database.ts'
import { onOneDatabase } from '#storage/on-every-database.ts'
import {
  type Agent,
  agentBrowser,
  closeAgentBrowser,
  type DesktopStage,
  ready,
  startDesktopStage,
} from './desktop-stage.ts'
import { violations } from './portal-stage.ts'

/** Sooner than anybody would be told in earnest. */
const soon = { stuckAfterSeconds: 1 }

after(closeAgentBrowser)

onOneDatabase((name, openFresh) => {
  test(`${name}: the browser blocks the window`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    // A script presses the button: no person did, so the browser’s own blocker does its work.
    await page.addInitScript(pressesSignIn)
    await page.goto(stage.agentUrl)
    await told(page, 'Your browser blocked the sign-in window', 'window-blocked')
    assert.equal(agent.context.pages().length, 1)
    assert.deepEqual(await violations(page), [])
    await signsInAfterAll(agent)
  })

  test(`${name}: administrators hear of what stood in the way, once, and of the sign-in after it`, async (t) => {
    const db = await openFresh(t)
    const stage = await startDesktopStage(t, db)
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.addInitScript(pressesSignIn)
    const answers: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/desktop-reports')) answers.push(response.status())
    })
    const first = page.waitForResponse('**/desktop-reports')
    await page.goto(stage.agentUrl)
    await first
    const second = page.waitForResponse('**/desktop-reports')
    await signsInAfterAll(agent)
    await second
    assert.deepEqual(answers, [204, 204])
    const { signIns, averageMilliseconds, troubles } = await reportsOf(stage, db)
    assert.deepEqual([signIns, troubles.map(({ code, count }) => [code, count])], [1, [['window-blocked', 1]]])
    assert.ok(averageMilliseconds > 0 && averageMilliseconds % 100 === 0, `${averageMilliseconds}`)
    assert.deepEqual(agent.complaints, [])
  })

  test(`${name}: the person closes the window`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await agent.openWindow()
    await window.close()
    await told(agent.page, 'The sign-in window was closed too early', 'window-closed')
    await signsInAfterAll(agent)
  })

  test(`${name}: nothing happens for a while, and the person says what they see`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: soon })
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.goto(stage.agentUrl)
    const window = await agent.openWindow()
    await told(page, 'This takes longer than it should', 'stuck')
    assert.deepEqual(await violations(page), [])
    await says(page, 'My company’s sign-in page')
    await told(page, 'Your company’s sign-in page still waits for you', 'not-finished')
    await says(page, 'An error of AWS')
    await told(page, 'AWS did not take the sign-in', 'refused-by-aws')
    // It went on all the while.
    await window.getByRole('button', { name: /Ada/ }).click()
    await ready(agent, 'Ada Lindqvist')
  })

  test(`${name}: the desktop’s origin is not approved`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), {
      settings: soon,
      amazonConnect: { approvedOrigins: [] },
    })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await signInIn(agent, 'Ada')
    await window.getByRole('heading', { name: 'Contact Control Panel' }).waitFor()
    await told(agent.page, 'This takes longer than it should', 'stuck')
    await says(agent.page, 'The Contact Control Panel')
    await told(agent.page, 'Amazon Connect does not show itself on this page', 'origin-not-approved')
    // The address that the administrator needs, to the letter.
    await agent.page.getByText(`Approved origins, and add ${stage.sallyport.url} `).waitFor()
  })

  test(`${name}: cookies of other sites are held back`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), elsewhere)
    const agent = await agentBrowser(t, { cookies: 'held-back' })
    await agent.page.goto(stage.agentUrl)
    await signInIn(agent, 'Ada')
    await told(agent.page, 'Your browser holds back Amazon Connect’s cookies', 'cookies-blocked')
    await agent.page.getByText(`Allow third-party cookies for ${stage.sandbox.url} in the settings`).waitFor()
  })

  test(`${name}: the instance is on another site, and its cookies are kept`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), elsewhere)
    const agent = await agentBrowser(t, { cookies: 'kept' })
    await agent.page.goto(stage.agentUrl)
    await signInIn(agent, 'Ada')
    await ready(agent, 'Ada Lindqvist')
  })

  test(`${name}: RelayState leads to another page of AWS`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: soon })
    const relayState = encodeURIComponent('https://us-east-1.console.aws.amazon.com/ec2/home')
    await stage.set({ singleSignOn: { url: `${stage.sandbox.url}/idp/app/amazon-connect?RelayState=${relayState}` } })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await signInIn(agent, 'Ada')
    await window.getByText('AWS Management Console').first().waitFor()
    await says(agent.page, 'The AWS console')
    await told(agent.page, 'The sign-in ends on the wrong page', 'wrong-page')
  })

  test(`${name}: Amazon Connect does not know the person`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: soon })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await signInIn(agent, 'Katherine')
    await window.getByText('has not been onboarded').waitFor()
    await says(agent.page, 'has not been onboarded')
    await told(agent.page, 'Amazon Connect does not know you', 'not-in-amazon-connect')
    await agent.page.getByText('exactly what your identity provider sends as RoleSessionName').waitFor()
  })

  test(`${name}: an instance with SAML, and single sign-on was not switched on here`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), {
      settings: { ...soon, singleSignOn: { enabled: false } },
    })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await agent.openWindow()
    await window.getByText('Session Expired').first().waitFor()
    await says(agent.page, 'Session Expired')
    await told(agent.page, 'The window opens a page that cannot sign you in', 'direct-login')
  })

  test(`${name}: the panel shows itself, but does not answer`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: soon })
    const agent = await agentBrowser(t)
    await agent.page.route('**/ccp-v2/', (route) => route.fulfill({ contentType: 'text/html', body: 'a panel' }))
    await agent.page.goto(stage.agentUrl)
    await signInIn(agent, 'Ada')
    await says(agent.page, 'The Contact Control Panel')
    await told(agent.page, 'The panel is there, but does not answer', 'panel-silent')
  })

  test(`${name}: Amazon Connect has somebody else signed in`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.goto(`${stage.agentUrl}?again=1`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /Ada/ }).click()
    await page.getByRole('link', { name: 'My account' }).waitFor()
    await agent.context.clearCookies({ name: 'sandbox_idp' })
    await signInIn(agent, 'Grace')
    await told(page, 'Amazon Connect has somebody else signed in', 'other-agent')
    await page.getByText('Amazon Connect knows grace, but you are ada.').waitFor()
    await page.getByRole('button', { name: 'Log out of Amazon Connect' }).click()
    await told(page, 'You are logged out of Amazon Connect', 'logged-out')
    await agent.context.clearCookies({ name: 'sandbox_idp' })
    await signsInAfterAll(agent)
  })

  test(`${name}: the session of Amazon Connect ends, and the person goes on with one click`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    // Ten hours, without waiting for them.
    await page.clock.install()
    await page.goto(stage.agentUrl)
    await signInIn(agent, 'Ada')
    await ready(agent, 'Ada Lindqvist')
    await page.clock.fastForward('10:00:01')
    await told(page, 'Your Amazon Connect session is over', 'session-expired')
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')
  })

  test(`${name}: the agent may not use the panel`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.route('**/ccp-v2/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: "<script>parent.postMessage({event: 'access_denied'}, '*')</script>",
      }),
    )
    await page.goto(stage.agentUrl)
    await told(page, 'You may not use the panel', 'access-denied')
  })

  test(`${name}: the window cannot be closed from here, because a page in it cut the tie`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { amazonConnect: { coop: true } })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    await signInIn(agent, 'Ada')
    await ready(agent, 'Ada Lindqvist')
    await agent.page.getByText('If the sign-in window is still open, close it').waitFor()
    assert.deepEqual(await violations(agent.page), [])
  })

  test(`${name}: what never comes to an end is given up after five minutes, and was loaded few times`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: { stuckAfterSeconds: 120 } })
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.clock.install()
    await page.goto(stage.agentUrl)
    await agent.openWindow()
    let loads = 0
    page.on('request', (request) => {
      if (request.url().endsWith('/ccp-v2/')) loads++
    })
    await page.clock.runFor('06:00')
    await told(page, 'This takes longer than it should', 'stuck')
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    assert.ok(loads <= 60, `${loads} loads`)
    const before = loads
    await page.clock.runFor('06:00')
    assert.equal(loads, before)
  })
})

const pressesSignIn = `new MutationObserver((_, observer) => {
  const button = document.querySelector('.sign-in button')
  if (button === null) return
  observer.disconnect()
  setTimeout(() => button.click())
}).observe(document, { childList: true, subtree: true })`

/** In earnest the instance is always on another site. */
const elsewhere = {
  settings: soon,
  host: 'ccp.localhost',
  amazonConnect: { crossSite: true },
} as const satisfies Parameters<typeof startDesktopStage>[2]

type Reports = {
  readonly signIns: number
  readonly averageMilliseconds: number
  readonly troubles: readonly { readonly code: string; readonly count: number }[]
}

/** What the API shows to administrators. */
async function reportsOf({ sallyport }: DesktopStage, db: Database): Promise<Reports> {
  const now = sallyport.world.clock()
  const token = {
    name: 'Reports',
    scopes: ['amazon-connect:read'],
    expiresAt: new Date(now.getTime() + 60_000),
  } as const
  const { secret } = await insertToken(db.write, token, { chance: sallyport.world.chance, now })
  const below = `${sallyport.url}/api/v1/environments/${await sallyport.environmentId()}`
  const headers = { authorization: `Bearer ${secret}` }
  return (await (await fetch(`${below}/amazon-connect/desktop-reports`, { headers })).json()) as Reports
}

async function told(page: Page, title: string, code: string): Promise<void> {
  await page.getByRole('heading', { name: title }).waitFor()
  await page.locator('code', { hasText: new RegExp(`^${code}$`) }).waitFor()
}

async function says(page: Page, sight: string): Promise<void> {
  await page.getByRole('radio', { name: sight }).check()
}

async function signInIn(agent: Agent, person: string): Promise<Page> {
  const window = await agent.openWindow()
  await window.getByRole('button', { name: new RegExp(person) }).click()
  return window
}

/** What was wrong is mended, and the next click leads to the desktop. */
async function signsInAfterAll(agent: Agent): Promise<void> {
  await signInIn(agent, 'Ada')
  await ready(agent, 'Ada Lindqvist')
}
