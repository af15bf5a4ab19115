// An agent before the desktop: Sallyport with an Amazon Connect instance in the sandbox, and a browser that behaves like
// those that people have.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { SandboxSettings } from '@sallyport/sandbox'
import { type Browser, type BrowserContext, chromium, type LaunchOptions, type Page } from 'playwright-core'
import { type AmazonConnectSettings, saveAmazonConnect } from '#connect/settings.ts'
import { endSessions } from '#sessions/ends.ts'
import type { Database } from '#storage/database.ts'
import { buildPages } from '../../scripts/build-pages.ts'
import { chromiumArguments, findChromium } from '../../scripts/chromium.ts'
import { createsUsers, oneConnection, type Sallyport, type Sandbox, startSallyport, startSandbox } from './sallyport.ts'

export const instanceId = '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b'

export type DesktopStage = {
  readonly sallyport: Sallyport
  readonly sandbox: Sandbox
  /** The User/Agent URL. */
  readonly agentUrl: string
  readonly set: (change: Change) => Promise<void>
  /** As an administrator does it: every session at Sallyport. */
  readonly endSessions: () => Promise<void>
}

type Change = {
  readonly [Key in keyof AmazonConnectSettings]?: Partial<AmazonConnectSettings[Key]> | AmazonConnectSettings[Key]
}

export async function startDesktopStage(
  t: TestContext,
  db: Database,
  {
    settings = {},
    host,
    amazonConnect,
  }: { readonly settings?: Change; readonly host?: string } & Pick<SandboxSettings, 'amazonConnect'> = {},
): Promise<DesktopStage> {
  await buildPages()
  const sallyport = await startSallyport(t, db)
  const sandbox = await startSandbox(t, sallyport, {
    ...(host === undefined ? {} : { host }),
    ...(amazonConnect === undefined ? {} : { amazonConnect }),
  })
  await sallyport.apply(oneConnection(`${sandbox.url}/app/`, [createsUsers]), { 'metadata.xml': sandbox.metadataXml })
  const environmentId = await sallyport.environmentId()
  let now: AmazonConnectSettings = {
    instance: { url: sandbox.url, region: 'us-east-1', id: instanceId, accountId: '123456789012' },
    ccpVersion: 'v2',
    singleSignOn: { enabled: true, url: `${sandbox.url}/idp/app/amazon-connect`, autoCloseWindow: true },
    requireSignIn: false,
    agentName: 'username',
    stuckAfterSeconds: 10,
    federation: {
      product: 'generic',
      providerName: 'SandboxDirectory',
      roleName: 'AmazonConnectAgent',
      sessionSeconds: 36_000,
      metadata: null,
      destination: null,
    },
  }
  const set = async (change: Change): Promise<void> => {
    const parts = Object.entries(change).map(([key, value]) => {
      const before = now[key as keyof AmazonConnectSettings]
      return [key, typeof before === 'object' ? { ...before, ...(value as object) } : value]
    })
    now = { ...now, ...Object.fromEntries(parts) }
    await saveAmazonConnect(db.write, environmentId, now, new Date())
  }
  await set(settings)
  const endAll = async (): Promise<void> => {
    const rows = await db.read.selectFrom('sessions').select('id').where('environment_id', '=', environmentId).execute()
    const ids = rows.map(({ id }) => id)
    await db.write.transaction().execute(async (tx) => {
      await endSessions(tx, environmentId, { ids }, { why: 'ended-by-administrator', now: sallyport.world.clock() })
    })
  }
  return { sallyport, sandbox, agentUrl: `${sallyport.url}/acme/production`, set, endSessions: endAll }
}

export type Agent = {
  readonly page: Page
  readonly context: BrowserContext
  /** Presses Sign in, and answers the window that opens. */
  readonly openWindow: () => Promise<Page>
  /** What the browser complained about. */
  readonly complaints: readonly string[]
}

/**
 * A browser that behaves as people’s do: windows that nobody asked for are blocked (Playwright lets every window open). With
 * `cookies` it has a profile of its own, in which cookies of other sites are kept or held back.
 */
export async function agentBrowser(
  t: TestContext,
  { cookies, look = {} }: { readonly cookies?: 'kept' | 'held-back'; readonly look?: object } = {},
): Promise<Agent> {
  const context = cookies === undefined ? await newContext(look) : await profileWith(t, cookies, look)
  t.after(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const complaints: string[] = []
  page.on('console', (message) => {
    // The instance’s login page lies in no frame, and the browser says so each time.
    if (message.type() === 'error' && !message.text().includes('"frame-ancestors')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return {
    page,
    context,
    complaints,
    openWindow: async () => {
      const opened = context.waitForEvent('page')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      return opened
    },
  }
}

/** The desktop shows who is signed in to Amazon Connect. */
export async function ready({ page }: Agent, name: string): Promise<void> {
  await page.getByRole('heading', { name }).waitFor()
}

/** The sign-in window is gone, or still there and at the panel. */
export async function isFinished(window: Page, closed: boolean): Promise<void> {
  if (closed && !window.isClosed()) await window.waitForEvent('close')
  if (!closed) await window.getByText('Contact Control Panel').first().waitFor()
  assert.equal(window.isClosed(), closed)
}

/** A customer calls: the sandbox's panel makes them. */
export async function ringFromPanel(page: Page): Promise<void> {
  const panel = page.frames().find((frame) => frame.url().includes('/ccp-v2'))
  assert.ok(panel, 'the panel is not there')
  await panel.locator('#ring').dispatchEvent('click')
}

let running: Promise<Browser> | undefined

async function newContext(look: object): Promise<BrowserContext> {
  running ??= chromium.launch(launching())
  return (await running).newContext(look)
}

async function profileWith(t: TestContext, cookies: 'kept' | 'held-back', look: object): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'sallyport-agent-'))
  mkdirSync(join(profile, 'Default'))
  const held = cookies === 'held-back'
  const preferences = { profile: { block_third_party_cookies: held, cookie_controls_mode: held ? 1 : 0 } }
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences))
  const context = await chromium.launchPersistentContext(profile, { ...launching(), ...look })
  t.after(async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
  return context
}

function launching(): LaunchOptions {
  const executablePath = findChromium()
  assert.ok(executablePath, 'these tests need Chromium: npm test says how to install it')
  return { executablePath, args: [...chromiumArguments], ignoreDefaultArgs: ['--disable-popup-blocking'] }
}

/** To be called in an `after` of the file: no browser stays behind. */
export async function closeAgentBrowser(): Promise<void> {
  await (await running)?.close()
  running = undefined
}
