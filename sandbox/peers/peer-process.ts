/**
 * One peer as a process of its own: a free port, a work folder, the start, the wait until it answers, and an end that
 * leaves nothing behind. It knows nothing of SAML, nor which program it runs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export type PeerCommand = {
  readonly command: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Answers with status 200 as soon as the peer is ready. */
  readonly readyUrl: string
}

export type RunningPeer = {
  /** What `readyUrl` answered. */
  readonly readyBody: string
  /** The last it wrote, for the message of a failing test. */
  output(): string
  stop(): Promise<void>
}

const startsWithin = 20_000
const endsWithin = 5_000
const pollEvery = 50
const longestOutput = 10_000

/**
 * Runs "$@" with the work folder as "$0", and ends it when our end of the pipe on standard input closes: so a peer dies
 * with the process that started it, even when that one was killed and could not say goodbye. The shell outlives SIGTERM
 * to collect its children.
 */
const guard = `
exec 3<&0
trap : TERM
"$@" 3<&- </dev/null & peer=$!
{ trap - TERM; read -r _ <&3; kill -KILL $peer; rm -rf "$0"; } & watcher=$!
exec 3<&- </dev/null
wait $peer; status=$?
while kill -0 $peer 2>/dev/null; do wait $peer; done
kill $watcher 2>/dev/null
wait $watcher
exit $status
`

export async function makeWorkFolder(kind: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `sallyport-peer-${kind}-`))
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Starts the peer and waits until it is ready; on failure the error ends with what the peer had to say. */
export async function runPeer(workFolder: string, peer: PeerCommand): Promise<RunningPeer> {
  const child = spawn('/bin/sh', ['-c', guard, workFolder, peer.command, ...peer.arguments], {
    cwd: workFolder,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...peer.environment },
    detached: true, // a process group of its own, which `stop` ends as a whole
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (text: string) => {
    output = (output + text).slice(-longestOutput)
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  const stop = async () => {
    await endGroup(child)
    await rm(workFolder, { recursive: true, force: true })
  }
  try {
    await once(child, 'spawn')
    return { readyBody: await untilReady(child, peer.readyUrl), output: () => output, stop }
  } catch (error) {
    await stop()
    throw new Error(`${peer.command} did not start: ${String(error)}\n${output}`)
  }
}

/** Waits as long as nobody listens; the first answer counts, whatever it is. */
async function untilReady(child: ChildProcess, url: string): Promise<string> {
  const deadline = AbortSignal.timeout(startsWithin)
  while (!deadline.aborted) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended, status ${child.exitCode}`)
    const response = await fetch(url, { signal: deadline, headers: { connection: 'close' } }).catch(() => undefined)
    if (response?.ok) return response.text()
    if (response) throw new Error(`${url} answered with status ${response.status}`)
    await wait(pollEvery)
  }
  throw new Error(`not ready within ${startsWithin / 1000} seconds`)
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    signalGroup(child.pid, signal)
    const deadline = AbortSignal.timeout(endsWithin)
    while (!deadline.aborted) {
      if (!signalGroup(child.pid, 0)) return
      await wait(pollEvery)
    }
  }
  throw new Error(`process group ${child.pid} does not end`)
}

/** False when no process of the group is left. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}
