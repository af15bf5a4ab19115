// `node bench/desktop.ts`: from the click on Sign in to the desktop that is ready, in a real browser, for an agent who is
// signed in at the directory already: the window opens, goes through identity provider, AWS and Amazon Connect of the
// sandbox, and closes. In turn with amazon-connect-streams as its documentation shows it (it opens the window and loads
// the frame again by itself, with its own defaults), and with the window alone, which nobody can do without.
//
//   --write       puts the report into bench/RESULTS.md
//   --check       ends with 1 where the bar is missed
//   --rounds=12

import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseArgs } from 'node:util'
import { agentBrowser, closeAgentBrowser, startDesktopStage } from '../server/flows/desktop-stage.ts'
import { openDatabase } from '../server/src/storage/database.ts'
import { migrate } from '../server/src/storage/migrate.ts'
import { describeMachine } from './machine.ts'
import { putIntoResults, quantile, table } from './results.ts'

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '12' },
  },
})
/** Of the time that the library takes by itself. */
const BAR = 0.6
const rounds = Number.parseInt(options.rounds, 10)
const warmUp = 2

const endings: (() => unknown)[] = [closeAgentBrowser]
const here = { after: (end: () => unknown) => void endings.push(end) } as unknown as TestContext

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
try {
  const db = await openDatabase(`sqlite:${join(folder, 'sallyport.db')}`, { log: { warn: () => {} } })
  endings.push(() => db.close())
  await migrate(db)
  const sample = await serveSample()
  const stage = await startDesktopStage(here, db, { amazonConnect: { approvedOrigins: [sample.url] } })
  const approve = [stage.sallyport.url, sample.url]
  const { page, context } = await agentBrowser(here)
  await page.goto(`${stage.sandbox.url}/amazon-connect`)
  await approveOrigins(approve)
  await page.goto(`${stage.sandbox.url}/idp/app/amazon-connect`)
  await page.getByRole('button', { name: /Ada/ }).click()
  await page.getByText('Contact Control Panel').first().waitFor()

  const contenders = [
    { name: 'Sallyport’s desktop', time: () => desktop() },
    { name: 'amazon-connect-streams alone', time: () => streams() },
    { name: 'the window alone', time: () => windowAlone() },
  ] as const
  const samples: readonly number[][] = contenders.map(() => [])
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const [nth, { time }] of contenders.entries()) {
      await context.clearCookies({ name: 'sandbox_connect' })
      const took = await time()
      if (round >= warmUp) samples[nth]!.push(took)
    }
  }
  const medians = samples.map((taken) => quantile(taken, 0.5))
  const ratios = samples[0]!.map((value, nth) => value / samples[1]![nth]!)
  const ratio = quantile(ratios, 0.5)
  const ok = ratio <= BAR
  const report = [
    `- ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}; Chromium without a screen, ${rounds} rounds`,
    '',
    ...table(
      ['', 'seconds, median', 'quarters'],
      contenders.map(({ name }, nth) => [
        name,
        seconds(medians[nth]!),
        `${seconds(quantile(samples[nth]!, 0.25))}–${seconds(quantile(samples[nth]!, 0.75))}`,
      ]),
    ),
    '',
    `- desktop ÷ streams alone, as the median of the ratios within each round, ${ratio.toFixed(2)}, at most ${BAR}: ${ok ? 'ok' : 'MISSED'}`,
    `- desktop ÷ the window alone: ${(medians[0]! / medians[2]!).toFixed(2)}`,
  ].join('\n')
  process.stdout.write(`${report}\n`)
  if (options.write) putIntoResults('desktop', report)
  if (options.check && !ok) process.exitCode = 1

  async function approveOrigins(origins: readonly string[]): Promise<void> {
    await page.getByLabel(/Approved origins/).fill(origins.join('\n'))
    await page.getByRole('button', { name: /Save|Set/ }).click()
  }

  async function desktop(): Promise<number> {
    await page.goto(stage.agentUrl)
    const button = page.getByRole('button', { name: 'Sign in', exact: true })
    await button.waitFor()
    return taking(async () => {
      await button.click()
      await page.getByRole('heading', { name: 'Ada Lindqvist' }).waitFor()
    })
  }

  async function streams(): Promise<number> {
    const ask = new URLSearchParams({
      ccp: `${stage.sandbox.url}/ccp-v2/`,
      login: `${stage.sandbox.url}/idp/app/amazon-connect`,
    })
    await page.goto(`${sample.url}/?${ask}`)
    return taking(async () => {
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Ada Lindqvist' }).waitFor()
    })
  }

  async function windowAlone(): Promise<number> {
    const alone = await context.newPage()
    const took = await taking(async () => {
      await alone.goto(`${stage.sandbox.url}/idp/app/amazon-connect`)
      await alone.getByText('Contact Control Panel').first().waitFor()
    })
    await alone.close()
    return took
  }
} finally {
  for (const end of endings.reverse()) await end()
  rmSync(folder, { recursive: true })
}

/** In milliseconds. */
async function taking(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2)
}

/** The library in the fewest lines that its documentation has for single sign-on. */
async function serveSample(): Promise<{ readonly url: string }> {
  const library = readFileSync(
    new URL('../node_modules/amazon-connect-streams/release/connect-streams-min.js', import.meta.url),
  )
  const html = `<!doctype html><title>Sample</title><button id="sign-in">Sign in</button><h1 id="name"></h1>
<div id="ccp" style="width:320px;height:465px"></div><script src="/streams.js"></script><script>
const asked = new URLSearchParams(location.search)
document.getElementById('sign-in').addEventListener('click', () => {
  connect.core.initCCP(document.getElementById('ccp'), {
    ccpUrl: asked.get('ccp'), loginUrl: asked.get('login'), loginPopup: true, loginPopupAutoClose: true,
    softphone: { allowFramedSoftphone: true },
  })
  connect.agent((agent) => { document.getElementById('name').textContent = agent.getName() })
})
</script>`
  const server = createServer((request, response) => {
    const isLibrary = request.url === '/streams.js'
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isLibrary ? library : html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://localhost:${(server.address() as AddressInfo).port}` }
}
