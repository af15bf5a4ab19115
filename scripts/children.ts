// The child processes of `npm start`: starting them, waiting until they answer, noticing their end, stopping them all.
// It knows neither what they are nor what is told about them.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export type Program = {
  readonly name: string
  readonly command: readonly string[] // arguments of Node
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Where its output goes; the terminal when absent. */
  readonly log?: string
}

/** `ended` resolves to how it ended, in words (`exit code 1`). */
export type Child = { readonly name: string; readonly log?: string; readonly ended: Promise<string> }

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL') // whatever happened here, nothing stays behind
})

/** Starts a program that stays. */
export function startProgram({ name, command, cwd, env, log }: Program): Child {
  const output = log === undefined ? 'inherit' : openSync(log, 'w')
  const child = track(
    // A process group of its own (Windows has none): Ctrl-C reaches this process only, which then stops the others.
    spawn(process.execPath, command, {
      cwd,
      env,
      stdio: ['ignore', output, output],
      detached: process.platform !== 'win32',
    }),
  )
  if (typeof output === 'number') closeSync(output)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  return { name, ended, ...(log === undefined ? {} : { log }) }
}

/** Runs a program to its end; resolves to what it printed, rejects with what it said when it failed. */
export function runProgram({ name, command, cwd, env }: Program): Promise<string> {
  const child = track(spawn(process.execPath, command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }))
  let output = ''
  let errors = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${name} failed:\n${`${output}${errors}`.trim()}`))
    })
  })
}

/** Waits until an address answers with success. Says so, or what happened instead. */
export async function waitUntilReady(url: string, child: Child, seconds: number): Promise<'ready' | string> {
  let end: string | undefined
  child.ended.then((how) => {
    end = how
  })
  const deadline = performance.now() + seconds * 1000
  while (performance.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return 'ready'
    if (end !== undefined) return `ended: ${end}`
    await sleep(25)
  }
  return `did not answer within ${seconds} seconds`
}

/** Asks every child to stop and waits for all of them; kills those that take longer than ten seconds. */
export async function stopAll(): Promise<void> {
  const ends = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of running) child.kill('SIGTERM')
  const impatience = setTimeout(killAll, 10_000)
  await Promise.all(ends)
  clearTimeout(impatience)
}

export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

export function lastLines({ log }: Child, count = 15): string {
  return log === undefined ? '' : readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

function track(child: ChildProcess): ChildProcess {
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', () => running.delete(child))
  return child
}
