// What strangers try on the agent desktop: to make it believe them, and to sit before somebody else's.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { onOneDatabase } from '#storage/on-every-database.ts'
import { agentBrowser, closeAgentBrowser, ready, startDesktopStage } from './desktop-stage.ts'

after(closeAgentBrowser)

onOneDatabase((name, openFresh) => {
  test(`${name}: what another window says in the words of the panel is not heard`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t))
    const agent = await agentBrowser(t)
    const { page } = agent
    await page.goto(stage.agentUrl)
    const window = await agent.openWindow()
    await window.getByRole('button', { name: /Ada/ }).waitFor()
    await page.evaluate(`addEventListener('message', ({ data }) => (window.heard = data))`)
    await window.evaluate(`{
      const opener = window.opener
      for (const to of [opener, ...Array.from({ length: opener.length }, (_, nth) => opener[nth])]) {
        to.postMessage({ event: 'acknowledge', data: { id: 'x' } }, '*')
        to.postMessage({ event: 'agent::init', data: { id: 'x' } }, '*')
        to.postMessage({ event: 'terminated' }, '*')
      }
      opener.postMessage({ cookiesKept: false }, '*')
      opener.postMessage('the last', '*')
    }`)
    await page.waitForFunction(`window.heard === 'the last'`)
    await page.getByText('Waiting for the sign-in window').waitFor()
    assert.equal(await page.getByLabel('State').count(), 0)
    // Nor did it harm: the person goes on.
    await window.getByRole('button', { name: /Ada/ }).click()
    await ready(agent, 'Ada Lindqvist')
  })

  test(`${name}: a window that stays cannot send the desktop elsewhere`, async (t) => {
    const settings = { singleSignOn: { autoCloseWindow: false } }
    const stage = await startDesktopStage(t, await openFresh(t), { settings })
    const agent = await agentBrowser(t)
    await agent.page.goto(stage.agentUrl)
    const window = await agent.openWindow()
    await window.getByRole('button', { name: /Ada/ }).waitFor()
    assert.equal(await window.evaluate('opener'), null)
  })

  test(`${name}: a desktop whose person gave the browser to somebody else closes`, async (t) => {
    const stage = await startDesktopStage(t, await openFresh(t), { settings: { requireSignIn: true } })
    const agent = await agentBrowser(t)
    const { page, context } = agent
    await page.goto(stage.agentUrl)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /Ada/ }).click()
    await page.getByRole('link', { name: 'My sessions' }).waitFor()
    await agent.openWindow()
    await ready(agent, 'Ada Lindqvist')
    const looks = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    const answered = page.waitForResponse(/\/session(\?|$)/)
    await looks()
    assert.equal((await answered).status(), 200)
    await ready(agent, 'Ada Lindqvist')

    const other = await context.newPage()
    await context.clearCookies({ name: /idp|sandbox/ })
    await other.goto(`${stage.agentUrl}?again=1`)
    await other.getByRole('link', { name: 'Sign in' }).click()
    await other.getByRole('button', { name: /Grace/ }).click()
    await other.getByRole('link', { name: 'My sessions' }).waitFor()
    await looks()
    await page.getByRole('heading', { name: 'Your session here is over' }).waitFor()
    assert.equal(await page.getByLabel('State').count(), 0)
  })
})
