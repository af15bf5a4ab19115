// A person at a browser: Chromium, told what to do in words.

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromiumArguments, findChromium } from '../../scripts/chromium.ts'

export type Visitor = {
  readonly page: Page
  /** Picks a person on the sandbox's sign-in page. */
  readonly signInAs: (name: string) => Promise<void>
  /** What the page says, without its frame. */
  readonly read: () => Promise<string>
  /** What the browser complained about: a page that breaks its own content security policy shows here. */
  readonly complaints: readonly string[]
}

let running: Promise<Browser> | undefined

/** A new browser profile: no cookies, no history. */
export async function visitor(
  t: TestContext,
  options: Pick<BrowserContextOptions, 'javaScriptEnabled' | 'viewport'> = {},
): Promise<Visitor> {
  running ??= launch()
  const browser = await running
  const context = await browser.newContext(options)
  t.after(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('the server responded with a status of')) {
      complaints.push(message.text())
    }
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return {
    page,
    complaints,
    read: async () => (await page.locator('main').textContent()) ?? '',
    signInAs: async (name) => {
      await page.getByRole('button', { name: new RegExp(name) }).click()
    },
  }
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium()
  assert.ok(executablePath, 'these tests need Chromium: npm test says how to install it')
  return chromium.launch({ executablePath, args: [...chromiumArguments] })
}

/** To be called in an `after` of the file: no browser stays behind. */
export async function closeBrowser(): Promise<void> {
  await (await running)?.close()
  running = undefined
}
