// The agent desktop, from the User/Agent URL to the first call: one click, no second sign-in.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onOneDatabase } from '#storage/on-every-database.ts'
import {
  type Agent,
  agentBrowser,
  closeAgentBrowser,
  isFinished,
  ready,
  ringFromPanel,
  startDesktopStage,
} from './desktop-stage.ts'
import { violations } from './portal-stage.ts'

after(closeAgentBrowser)

onOneDatabase((name, openFresh) => {
  for (const autoCloseWindow of [true, false]) {
    const closes = autoCloseWindow ? 'the window closes itself' : 'the window stays, as it was told'

    test(`${name}: single sign-on: the directory asks, once; ${closes}`, async (t) => {
      const stage = await startDesktopStage(t, await openFresh(t), { settings: { singleSignOn: { autoCloseWindow } } })
      const agent = await agentBrowser(t)
      await agent.page.goto(stage.agentUrl)
      const window = await agent.openWindow()
      await window.getByRole('button', { name: /Ada/ }).click()
      await ready(agent, 'Ada Lindqvist')
      await isFinished(window, autoCloseWindow)
      assert.deepEqual(agent.complaints, [])
    })

    test(`${name}: single sign-on: signed in at the directory already, so nothing is asked; ${closes}`, async (t) => {
      const stage = await startDesktopStage(t, await openFresh(t), { settings: { singleSignOn: { autoCloseWindow } } })
      const agent = await agentBrowser(t)
      await signInAtDirectory(agent, stage.sandbox.url)
      await agent.page.goto(stage.agentUrl)
      const asked: string[] = []
      agent.context.on('request', (request) => {
        if (request.url().includes('/idp/')) asked.push(`${request.method()} ${new URL(request.url()).pathname}`)
      })
      const window = await agent.openWindow()
      await ready(agent, 'Ada Lindqvist')
      await isFinished(window, autoCloseWindow)
      assert.deepEqual(asked, ['GET /idp/app/amazon-connect'])
    })

    test(`${name}: without single sign-on the instance asks for a password; ${closes}`, async (t) => {
      const stage = await startDesktopStage(t, await openFresh(t), {
        settings: { singleSignOn: { enabled: false, autoCloseWindow } },
        amazonConnect: { identity: 'connect' },
      })
      const agent = await agentBrowser(t)
      await agent.page.goto(stage.agentUrl)
      const window = await agent.openWindow()
      await window.getByLabel('Username').fill('grace')
      await window.getByLabel('Password').fill('anything')
      await window.getByRole('button', { name: /Sign in|Log in/ }).click()
      await ready(agent, 'Grace Okafor')
      await isFinished(window, autoCloseWindow)
    })
  }

  test(`${name}: whoever is signed in to Amazon Connect already sees the desktop at once, and no window`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    await agent.page.goto(`${stage.sandbox.url}/idp/app/amazon-connect`)
    await agent.page.getByRole('button', { name: /Ada/ }).click()
    await agent.page.getByText('Contact Control Panel').first().waitFor()
    await agent.page.goto(stage.agentUrl)
    await ready(agent, 'Ada Lindqvist')
    assert.equal(agent.context.pages().length, 1)
  })

  test(`${name}: the state is picked, a call is taken, held, taken up again, ended and closed, by keyboard alone`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    await signInAtDirectory(agent, stage.sandbox.url)
    await page.goto(stage.agentUrl)
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')
    assert.deepEqual(await violations(page), [])

    await page.getByLabel('State').selectOption('Lunch')
    await page.getByText('Choose a state in which you take contacts').waitFor()
    await page.getByLabel('State').selectOption('Available')
    await page.getByText('You get the next contact').waitFor()

    await ringFromPanel(page)
    const contact = page.getByRole('listitem').filter({ hasText: '+15550100' })
    await contact.getByText('Ringing').waitFor()
    assert.deepEqual(await violations(page), [])
    const press = async (button: string, then: string) => {
      await contact.getByRole('button', { name: button, exact: true }).focus()
      await page.keyboard.press('Enter')
      await contact.getByText(then).waitFor()
    }
    await press('Accept', 'Connected')
    // Nobody on the line is cut off by a slip.
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await page.getByRole('dialog').getByText('You have an open contact').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.getByRole('button', { name: 'Stay' }).click()
    await press('Hold', 'On hold')
    await press('Resume', 'Connected')
    await press('Hang up', 'After contact work')
    await contact.getByRole('button', { name: 'Close contact' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('No contacts').waitFor()

    await ringFromPanel(page)
    await press('Reject', 'Missed')
    assert.deepEqual(agent.complaints, [])
  })

  test(`${name}: where agents sign in here first, their session, its end and the rules of access hold for them`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: { requireSignIn: true } })
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.goto(stage.agentUrl)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /Ada/ }).click()
    await page.getByRole('heading', { name: 'Agent desktop' }).waitFor()
    await page.getByRole('link', { name: 'My sessions' }).waitFor()
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')

    // Somebody ends the session elsewhere; the desktop looks when the agent comes back to it.
    await stage.endSessions()
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.getByRole('heading', { name: 'Your session here is over' }).waitFor()
    // Amazon Connect was left, too.
    const other = await agent.context.newPage()
    await other.goto(`${stage.sandbox.url}/ccp-v2/`)
    assert.match(other.url(), /\/login$/)
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Sign in to Production' }).waitFor()
  })

  test(`${name}: whoever logs out is signed out in both places, and stays so`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    await signInAtDirectory(agent, stage.sandbox.url)
    await page.clock.install()
    await page.goto(stage.agentUrl)
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')
    // The panel leaves, too, and shows the login page of the instance.
    const left = page.waitForResponse(/\/login$/)
    await page.getByRole('button', { name: 'Log out' }).click()
    await left
    await page.getByRole('heading', { name: 'You are logged out of Amazon Connect' }).waitFor()
    // Ten minutes go by, with a living session at the directory: no window opens, nothing is loaded.
    const loaded: string[] = []
    agent.context.on('request', (request) => loaded.push(request.url()))
    await page.clock.fastForward('10:00')
    await page.getByRole('heading', { name: 'You are logged out of Amazon Connect' }).waitFor()
    assert.deepEqual([agent.context.pages().filter((one) => !one.isClosed()).length, loaded], [1, []])
    // The next click signs in again, without loading the page anew.
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')
  })
})

/** As in the morning: some other application asked who they are. */
async function signInAtDirectory({ page }: Agent, sandboxUrl: string): Promise<void> {
  await page.goto(`${sandboxUrl}/idp/app/amazon-connect`)
  await page.getByRole('button', { name: /Ada/ }).click()
  await page.getByText('Contact Control Panel').first().waitFor()
  // Of the directory's session the cookie stays; that of Amazon Connect goes.
  await page.context().clearCookies({ name: 'sandbox_connect' })
}
