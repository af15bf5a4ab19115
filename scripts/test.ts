// `npm test`: the checks, then every test. `npm test -- server/flows` runs the test files whose path contains
// `server/flows`, without the checks; what begins with a dash goes to node's test runner (`--test-name-pattern=logout`).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { buildPages } from './build-pages.ts'
import { check } from './check.ts'
import { ensureChromium } from './chromium.ts'
import { onStop } from './stop-signals.ts'

const root = dirname(import.meta.dirname)
const options = process.argv.slice(2).filter((word) => word.startsWith('-'))
const filters = process.argv.slice(2).filter((word) => !word.startsWith('-'))

const files = findTestFiles(filters)
if (files.length === 0) {
  console.error(`No test file has ${filters.join(' or ')} in its path.`)
  process.exit(1)
}
const chromium = ensureChromium() // without one, the tests that need it say so
// Here once, or several test files would build the portal at the same time.
const built = filters.length > 0 || (await buildPortal())
const checked = filters.length > 0 || (await check())
if (!checked) console.error('\nThe checks failed. The tests run all the same; npm test fails in the end.\n')
const code = await runTests()
process.exitCode = checked && built ? code : 1

function findTestFiles(parts: readonly string[]): string[] {
  const all = globSync('{saml,server,admin,desktop,sandbox,scripts}/**/*.test.ts', {
    cwd: root,
    exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path),
  })
  const paths = all.map((path) => path.replaceAll('\\', '/')).sort()
  return parts.length === 0
    ? paths
    : paths.filter((path) => parts.some((part) => path.includes(part.replace(/^\.\//, ''))))
}

async function buildPortal(): Promise<boolean> {
  try {
    await buildPages()
    return true
  } catch (error) {
    console.error(`The pages cannot be built:\n${(error as Error).message}`)
    return false
  }
}

/** Every file is a process: what one has compiled the next one need not, and databases in memory wait for no disk. */
function quickSurroundings(): Readonly<Record<string, string>> {
  const memory = '/dev/shm'
  const isUsable = existsSync(memory) && statfsSync(memory).bavail * statfsSync(memory).bsize > 2 ** 30
  return {
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
    ...(isUsable ? { TMPDIR: memory } : {}),
  }
}

async function runTests(): Promise<number> {
  const quick = quickSurroundings()
  const runner = [
    '--test',
    '--test-global-setup=scripts/test-setup.ts',
    // The runner's last lines are its totals in both; the specification reads better, the protocol is for machines.
    `--test-reporter=${process.stdout.isTTY ? 'spec' : 'tap'}`,
    // Node leaves one processor idle, which on a machine with two would mean one file after the other.
    `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
    // What hangs is to fail: a test after two minutes, a test file after ten.
    '--test-timeout=120000',
    '--import=./scripts/test-limit.ts',
    ...options,
  ]
  const child = spawn(process.execPath, [...runner, ...files], {
    cwd: root,
    env: { ...quick, ...process.env, ...(chromium ? { SALLYPORT_CHROMIUM: chromium } : {}) },
    stdio: 'inherit',
  })
  // Told to stop, the runner stops its tests and the database; this process waits for it. Ctrl-C reaches both by itself.
  onStop((signal) => {
    if (signal !== 'SIGINT') child.kill('SIGTERM')
  })
  const [exitCode] = await once(child, 'close')
  return exitCode ?? 1
}
