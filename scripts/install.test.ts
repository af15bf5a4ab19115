// Runs install.mjs in pretend checkouts, with a pretend npm that notes which Node it was started on.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'

const lock = '{ "packages": { "": {}, "node_modules/one": { "version": "1.0.0" } } }'

test('nothing is installed when node_modules belongs to the lock file', (t) => {
  const checkout = makeCheckout(t)
  writeFileSync(checkout.stamp, createHash('sha256').update(lock).digest('hex'))
  const run = checkout.run()
  assert.deepEqual([run.status, run.stdout, existsSync(checkout.note)], [0, '', false])
})

test('a changed lock file leads to npm ci, and the lock file is remembered', (t) => {
  const checkout = makeCheckout(t)
  writeFileSync(checkout.stamp, 'the hash of another lock file')
  const first = checkout.run()
  assert.equal(first.status, 0, first.stderr)
  assert.match(readFileSync(checkout.note, 'utf8'), / ci .*--include=dev/)
  rmSync(checkout.note)
  assert.equal(checkout.run().status, 0)
  assert.equal(existsSync(checkout.note), false)
})

test('npm never runs on the Node that npm ci is about to delete', { skip: process.platform === 'win32' }, (t) => {
  const checkout = makeCheckout(t)
  const run = checkout.run({ npm_node_execpath: join(checkout.root, 'node_modules/.bin/node') })
  assert.equal(run.status, 0, run.stderr)
  assert.match(readFileSync(checkout.note, 'utf8'), /^outer /)
})

test('an install made by hand is recognised and not repeated', (t) => {
  const checkout = makeCheckout(t)
  writeFileSync(join(checkout.root, 'node_modules/.package-lock.json'), lock)
  assert.equal(checkout.run().status, 0)
  assert.equal(existsSync(checkout.note), false)
  writeFileSync(join(checkout.root, 'node_modules/.package-lock.json'), lock.replace('1.0.0', '0.9.0'))
  rmSync(checkout.stamp)
  assert.equal(checkout.run().status, 0)
  assert.equal(existsSync(checkout.note), true)
})

test('an install that fails ends with one sentence on what to do, and is tried again next time', (t) => {
  const checkout = makeCheckout(t)
  const run = checkout.run({ NPM_RESULT: '1' })
  assert.equal(run.status, 1)
  assert.match(run.stderr, /could not be installed: .* run the same command again\.\n$/)
  assert.equal(existsSync(checkout.stamp), false)
  assert.equal(checkout.run().status, 0)
  assert.equal(existsSync(checkout.stamp), true)
})

// A checkout whose node_modules holds a Node of its own, and a path on which another Node, `outer`, comes second.
function makeCheckout(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-install-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const bin = join(root, 'node_modules/.bin')
  const outer = join(root, 'outer')
  const note = join(root, 'npm-was-here')
  for (const folder of [bin, outer, join(root, 'scripts')]) mkdirSync(folder, { recursive: true })
  cpSync(join(import.meta.dirname, 'install.mjs'), join(root, 'scripts/install.mjs'))
  writeFileSync(join(root, 'package-lock.json'), lock)
  for (const [folder, name] of [
    [bin, 'inner'],
    [outer, 'outer'],
  ] as const) {
    // biome-ignore format: a table
    writeFileSync(join(folder, 'node'), `#!/bin/sh\nRUNS_ON=${name} exec '${process.execPath}' "$@"\n`)
    chmodSync(join(folder, 'node'), 0o755)
  }
  writeFileSync(
    join(root, 'npm-cli.js'),
    `require('node:fs').writeFileSync(${JSON.stringify(note)}, [process.env.RUNS_ON, ...process.argv.slice(2)].join(' '))
     process.exit(Number(process.env.NPM_RESULT ?? 0))`,
  )
  const run = (env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(root, 'scripts/install.mjs')], {
      encoding: 'utf8',
      env: { PATH: [bin, outer, process.env.PATH].join(delimiter), npm_execpath: join(root, 'npm-cli.js'), ...env },
    })
  return { root, note, stamp: join(root, 'node_modules/.sallyport-lock'), run }
}
