// Sallyport as a process of its own, for what only a process can show: being killed, being started again, the command line.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../', import.meta.url))
const main = `${repository}server/src/main.ts`

export type Environment = Readonly<Record<string, string>>

/** Runs a command to its end. */
export async function sallyport(
  words: readonly string[],
  env: Environment = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [main, ...words], { env: { ...cleanEnvironment(), ...env } })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data) => {
    output.out += data
  })
  child.stderr.on('data', (data) => {
    output.err += data
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

export type Running = {
  readonly child: ChildProcess
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
  /** What it has written so far. */
  readonly output: () => string
}

/** Starts a program of ours and waits until `url` answers 200. It ends with the test at the latest. */
export async function startProcess(
  t: TestContext,
  {
    script = main,
    words = ['start'],
    env,
    url,
  }: { script?: string; words?: readonly string[]; env: Environment; url: string },
): Promise<Running> {
  const child = spawn(process.execPath, [script, ...words], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      output += data
    })
  }
  const ended = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await ended
  }
  t.after(() => kill('SIGTERM'))
  for (;;) {
    assert.equal(child.exitCode, null, `it ended early:\n${output}`)
    const ready = await fetch(url).then(
      (response) => response.status === 200,
      () => false,
    )
    if (ready) return { child, kill, output: () => output }
    await delay(20)
  }
}

/** Without variables of ours that happen to be set where the tests run. */
function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SALLYPORT|SANDBOX)_/.test(name)))
}
