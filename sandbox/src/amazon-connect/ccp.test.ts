import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core'
import { chromiumArguments, findChromium } from '../../../scripts/chromium.ts'
import { freePort } from '../../peers/peer-process.ts'
import { createSandbox, createSandboxKey } from '../sandbox.ts'

// The page around the panel: Amazon's own library, and a list of what it was told.
const streams = readFileSync(createRequire(import.meta.url).resolve('amazon-connect-streams'))
const parentPage = (ccpUrl: string) => `<!doctype html><div id="ccp" style="width:400px;height:600px"></div>
<script src="/streams.js"></script>
<script>
var told = []
const { connect } = window
connect.core.initCCP(document.getElementById('ccp'), { ccpUrl: '${ccpUrl}', loginPopup: false, pageOptions: { showInactivityModal: false } })
connect.core.onInitialized(() => told.push('initialized'))
connect.agent((agent) => {
  window.agent = agent
  told.push('agent ' + agent.getName())
  agent.onStateChange(({ newState }) => told.push('state ' + newState))
})
connect.contact((contact) => {
  window.contact = contact
  told.push('contact ' + contact.getType())
  contact.onConnected(() => told.push('connected'))
  contact.onMissed(() => told.push('missed'))
  contact.onACW(() => told.push('after contact work'))
  contact.onDestroy(() => told.push('gone'))
  contact.onRefresh((now) => told.push('caller ' + now.getInitialConnection().getStatus().type))
})
const bus = connect.core.getEventBus()
bus.subscribe(connect.EventType.TERMINATED, () => told.push('terminated'))
bus.subscribe(connect.EventType.AUTH_FAIL, () => told.push('auth_fail'))
</script>`

const clock = () => new Date()
const chance = { bytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)) }
let browser: Browser
let parent: Server
let sandbox: FastifyInstance
let parentUrl: string
let publicUrl: string
let now = Date.now()
before(async () => {
  const executablePath = findChromium()
  assert.ok(executablePath, 'these tests need Chromium: npm test says how to install it')
  browser = await chromium.launch({ executablePath, args: [...chromiumArguments] })
  const port = await freePort()
  publicUrl = `http://localhost:${port}`
  parent = createServer((request, response) => {
    const isScript = request.url === '/streams.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? streams : parentPage(`${publicUrl}/ccp-v2/`))
  }).listen(0, '127.0.0.1')
  await once(parent, 'listening')
  parentUrl = `http://localhost:${(parent.address() as AddressInfo).port}`
  const key = await createSandboxKey({ clock, chance })
  sandbox = createSandbox({ clock: () => new Date(now), chance, publicUrl, sallyportUrl: parentUrl, ...key })
  await sandbox.listen({ port, host: '127.0.0.1' })
})
beforeEach(() => {
  now = Date.now()
})
after(async () => {
  await browser.close()
  parent.closeAllConnections()
  parent.close()
  await sandbox.close()
})

type Desk = { readonly context: BrowserContext; readonly page: Page; readonly panel: FrameLocator }

/** Signs Ada in, and opens the page around the panel. */
async function open(path = '/idp/app/amazon-connect'): Promise<Desk> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(publicUrl + path)
  await page.getByRole('button', { name: /Ada Lindqvist/ }).click()
  await page.waitForURL(`${publicUrl}/ccp-v2`)
  await page.goto(parentUrl)
  return { context, page, panel: page.frameLocator('iframe') }
}

/** Waits until the library was told so. */
async function told(page: Page, what: string): Promise<void> {
  await page.waitForFunction((word) => (globalThis as unknown as { told: string[] }).told.includes(word), what)
}

function call(page: Page, expression: string): Promise<void> {
  return page.evaluate(
    (source) => new Promise<void>((success, failure) => new Function('callbacks', source)({ success, failure })),
    expression,
  )
}

/** Names of the contact's own connections, for what a desktop does with them. */
const agentSide = 'contact.getAgentConnection()'

describe('the Contact Control Panel, with Amazon’s own library around it', () => {
  test('says who is signed in, and takes another state', async () => {
    const { context, page, panel } = await open()
    await told(page, 'initialized')
    await told(page, 'agent Ada Lindqvist')
    await call(page, 'agent.setState(agent.getAgentStates().find(({ name }) => name === "Break"), callbacks)')
    await told(page, 'state Break')
    await panel.getByText('Break').waitFor()
    await context.close()
  })

  test('rings, and a call is accepted, held, taken up again, hung up and closed', async () => {
    const { context, page, panel } = await open()
    await told(page, 'initialized')
    await panel.getByRole('button', { name: 'Ring me' }).click()
    await told(page, 'contact voice')
    await call(page, 'contact.accept(callbacks)')
    await told(page, 'connected')
    await call(page, `${agentSide}.hold(callbacks)`)
    await panel.getByText('on hold').waitFor()
    await call(page, `${agentSide}.resume(callbacks)`)
    await panel.getByText('connected').waitFor()
    await call(page, `${agentSide}.destroy(callbacks)`)
    await told(page, 'after contact work')
    await call(page, 'contact.clear(callbacks)')
    await told(page, 'gone')
    await context.close()
  })

  test('rejects a call, and has buttons of its own for people', async () => {
    const { context, page, panel } = await open()
    await told(page, 'initialized')
    await panel.getByRole('button', { name: 'Ring me' }).click()
    await told(page, 'contact voice')
    await call(page, 'contact.reject(callbacks)')
    await told(page, 'missed')
    await panel.getByRole('button', { name: 'Close' }).click()
    await told(page, 'gone')
    await context.close()
  })

  test('shows the same agent in a window of its own', async () => {
    const { context, page } = await open()
    await told(page, 'initialized')
    const window = await context.newPage()
    await window.goto(`${publicUrl}/ccp-v2/`)
    await window.getByRole('button', { name: 'Ring me' }).click()
    await told(page, 'contact voice')
    await window.getByRole('button', { name: 'Accept' }).click()
    await told(page, 'connected')
    await context.close()
  })

  test('says that the session has ended, on purpose or after ten hours', async () => {
    const { context, page, panel } = await open()
    await told(page, 'initialized')
    await panel.getByRole('button', { name: 'Session ends now' }).click()
    await told(page, 'auth_fail')
    await context.close()

    const late = await open()
    await told(late.page, 'initialized')
    now += 10 * 60 * 60 * 1000
    await late.panel.getByRole('button', { name: 'Ring me' }).click()
    await told(late.page, 'auth_fail')
    await late.context.close()
  })

  test('logs out when it is told to, and the cookie is gone', async () => {
    const { context, page } = await open()
    await told(page, 'initialized')
    await page.evaluate('connect.core.getUpstream().sendUpstream(connect.EventType.TERMINATE)')
    await told(page, 'terminated')
    const names = (await context.cookies(publicUrl)).map(({ name }) => name)
    assert.ok(!names.includes('sandbox_connect'), names.join())
    await context.close()
  })

  test('is not shown where the origin around it is not approved, and is once it is', async () => {
    const { context, page } = await open()
    await told(page, 'initialized')
    await approve('https://another.example')
    const refused = page.waitForEvent('console', (message) => /frame-ancestors https:/.test(message.text()))
    await page.reload()
    await refused
    assert.equal(await page.evaluate('told.length'), 0)
    await approve(parentUrl)
    await page.reload()
    await told(page, 'initialized')
    await context.close()
  })
})

async function approve(origin: string): Promise<void> {
  const fields = { 'approved-origins': origin, identity: 'saml', 'session-hours': '10', user: 'ada' }
  const answer = await sandbox.inject({
    method: 'POST',
    url: '/amazon-connect',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
  assert.equal(answer.statusCode, 303)
}
