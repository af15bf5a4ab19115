// `npm start`: Sallyport, the sandbox beside it, and a demo Company, ready to be tried. Data, ports and addresses come
// from the environment (see readSettings). In production only `sallyport start` runs; nothing here is needed then.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join, relative, resolve } from 'node:path'
import {
  type Child,
  killAll,
  lastLines,
  type Program,
  runProgram,
  startProgram,
  stopAll,
  waitUntilReady,
} from './children.ts'
import { prepareDemo } from './demo.ts'
import { onStop } from './stop-signals.ts'

const root = dirname(import.meta.dirname)
const secondsToStart = 30

let stopping = false
let interrupted = Number.POSITIVE_INFINITY
onStop((signal) => {
  // Ctrl-C once more means: at once. Within a second it is the same Ctrl-C, which npm passes on as well.
  if (signal === 'SIGINT' && performance.now() - interrupted > 1000) killAll()
  if (!stopping) interrupted = performance.now()
  void stop(0)
})

const settings = readSettings(process.env)
await requireFreePort('SALLYPORT_PORT', settings.sallyport.port)
await requireFreePort('SANDBOX_PORT', settings.sandbox.port)
mkdirSync(settings.data, { recursive: true, mode: 0o700 }) // it will hold keys
await Promise.all([buildPages(), bringDemo()])
const firstRun = await firstRunLink()
const sallyport = startProgram(program('Sallyport', ['server/src/main.ts', 'start'], 'sallyport.log'))
const sandbox = startProgram(program('The sandbox', ['sandbox/src/main.ts'], 'sandbox.log'))
await Promise.all([
  requireReady(sallyport, `http://localhost:${settings.sallyport.port}/readyz`),
  requireReady(sandbox, `http://localhost:${settings.sandbox.port}/healthz`),
])
console.log(welcome())
for (const child of [sallyport, sandbox]) {
  child.ended.then((how) => giveUp(`${child.name} ended (${how}).`, child))
}

type Settings = ReturnType<typeof readSettings>

function readSettings(env: NodeJS.ProcessEnv) {
  const port = (name: string, otherwise: number) => {
    const text = env[name] || `${otherwise}`
    const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
    if (number < 1 || number > 65_535) fail(`${name} must be a port number from 1 to 65535, not "${text}".`)
    return number
  }
  const server = (name: string, otherwise: number) => {
    const url = env[`${name}_PUBLIC_URL`]?.replace(/\/$/, '')
    // Without a proxy in between, the port of the public address is the port to listen on.
    const own = url && URL.canParse(url) && url.startsWith('http:') ? Number(new URL(url).port || 80) : otherwise
    const number = port(`${name}_PORT`, own)
    return { port: number, url: url || `http://localhost:${number}` }
  }
  const data = resolve(root, env.SALLYPORT_DATA || 'data')
  const sallyport = server('SALLYPORT', 3000)
  const sandbox = server('SANDBOX', 3001)
  if (sallyport.port === sandbox.port) fail('SALLYPORT_PORT and SANDBOX_PORT must differ.')
  return {
    data,
    sallyport,
    sandbox,
    databaseUrl: env.SALLYPORT_DATABASE_URL || `sqlite:${join(data, 'sallyport.db')}`,
    sandboxData: resolve(root, env.SANDBOX_DATA || join(data, 'sandbox')),
    logToTerminal: env.LOG === '1',
  }
}

function program(name: string, command: readonly string[], log: string): Program {
  const env = {
    // The sandbox is on this machine, and Sallyport tells it of logouts from server to server.
    SALLYPORT_ALLOW_PRIVATE_HOSTS: new URL(settings.sandbox.url).host,
    ...process.env,
    SALLYPORT_PUBLIC_URL: settings.sallyport.url,
    SALLYPORT_PORT: `${settings.sallyport.port}`,
    SALLYPORT_DATABASE_URL: settings.databaseUrl,
    SANDBOX_PUBLIC_URL: settings.sandbox.url,
    SANDBOX_PORT: `${settings.sandbox.port}`,
    SANDBOX_DATA: settings.sandboxData,
  }
  return { name, command, cwd: root, env, ...(settings.logToTerminal ? {} : { log: join(settings.data, log) }) }
}

async function buildPages(): Promise<void> {
  try {
    await runProgram(program('Building the pages', ['scripts/build-pages.ts'], ''))
  } catch (error) {
    await giveUp((error as Error).message)
  }
}

async function bringDemo(): Promise<void> {
  const template = join(root, 'sandbox/demo/sallyport.yaml')
  const placeholders = { SALLYPORT_PUBLIC_URL: settings.sallyport.url, SANDBOX_PUBLIC_URL: settings.sandbox.url }
  const run = (name: string, ...command: string[]) => runProgram(program(name, command, ''))
  try {
    await prepareDemo(
      { ...settings, template, placeholders },
      {
        sandboxMetadata: () => run("Writing the sandbox's metadata", 'sandbox/src/main.ts', 'metadata'),
        apply: (file) => run('Applying the demo configuration', 'server/src/main.ts', 'apply', '-f', file),
      },
    )
  } catch (error) {
    await giveUp((error as Error).message)
  }
}

// While nobody administers the place, a link of which the first visitor becomes its administrator.
async function firstRunLink(): Promise<string | undefined> {
  const command = ['server/src/main.ts', 'admin', 'first-run']
  // It fails where there is an administrator; anything else that is wrong shows when the service starts.
  const printed = await runProgram(program('Making the first link', command, '')).catch(() => '')
  return printed.trim() || undefined
}

// A port on which somebody answers is in use. Asked first, because a child that dies of it says so less plainly.
async function requireFreePort(variable: string, port: number): Promise<void> {
  const answers = (host: string) =>
    new Promise<boolean>((found) => {
      const socket = connect({ host, port })
      socket.once('connect', () => found(true)).once('error', () => found(false))
      socket.once('connect', () => socket.destroy())
    })
  const inUse = (await answers('127.0.0.1')) || (await answers('::1'))
  if (inUse) fail(`Port ${port} is in use: stop what uses it, or choose another port with ${variable}.`)
}

async function requireReady(child: Child, url: string): Promise<void> {
  const outcome = await waitUntilReady(url, child, secondsToStart)
  if (outcome !== 'ready') await giveUp(`${child.name} did not start (${outcome}).`, child)
}

function welcome(): string {
  const { sallyport, sandbox, data, logToTerminal }: Settings = settings
  const place = (name: string) => shown(join(data, name))
  const logs = logToTerminal
    ? 'this terminal'
    : `${place('sallyport.log')}, ${place('sandbox.log')}  (LOG=1: here instead)`
  return `
Sallyport is running, with a pretend identity provider (the sandbox) beside it. Open:

  ${sallyport.url}/acme/production   the agent desktop of the demo Company: press Sign in
  ${sallyport.url}/acme/test         the same Company's test Environment, without Amazon Connect
  ${firstRun ?? `${sallyport.url}/admin`}   the administration portal${firstRun ? ': makes you its first administrator, once' : ''}
  ${sandbox.url}/   the sandbox: who can sign in there, and more to try
  ${sallyport.url}/readyz   whether Sallyport can work

  Data: ${place('')}
  Log:  ${logs}

Ctrl-C stops everything.
`
}

// Something ended that should not have: tells what, stops the rest.
async function giveUp(sentence: string, child?: Child): Promise<void> {
  if (stopping) return new Promise(() => {}) // it ended because it was told to; stop() finishes this process
  const lines = child ? lastLines(child) : ''
  console.error(lines ? `${sentence} Its last lines, from ${shown(child?.log ?? '')}:\n${lines}` : sentence)
  await stop(1)
}

function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  await stopAll()
  process.exit(code)
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
