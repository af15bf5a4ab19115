import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { lastLines, runProgram, startProgram, stopAll, waitUntilReady } from './children.ts'

const nobodyThere = 'http://127.0.0.1:9/' // the discard port: nobody listens

test('a program that ends before it answers is reported with its last lines', async (t) => {
  const child = startProgram(program(t, "console.log('one'); console.error('two'); process.exitCode = 3"))
  assert.equal(await waitUntilReady(nobodyThere, child, 20), 'ended: exit code 3')
  assert.equal(lastLines(child), 'one\ntwo')
  assert.equal(lastLines(child, 1), 'two')
})

test('a program that does not answer is not waited for without end', async (t) => {
  const child = startProgram(program(t, 'setInterval(() => {}, 1000)'))
  assert.equal(await waitUntilReady(nobodyThere, child, 0.2), 'did not answer within 0.2 seconds')
  await stopAll()
  assert.equal(await child.ended, 'signal SIGTERM')
})

test('stopping waits until every program has ended in its own way', async (t) => {
  const farewell =
    "process.on('SIGTERM', () => { console.log('stopped'); process.exit(0) }); setInterval(() => {}, 1000)"
  const ready = "; console.log('up')"
  const children = [1, 2].map(() => startProgram(program(t, farewell + ready)))
  for (const child of children) await untilLogged(child, 'up')
  await stopAll()
  for (const child of children) {
    assert.equal(await child.ended, 'exit code 0')
    assert.equal(lastLines(child), 'up\nstopped')
  }
})

test('a program that is run to its end gives its output, or what it complained of', async (t) => {
  assert.equal(await runProgram(program(t, "console.log('printed')")), 'printed\n')
  await assert.rejects(runProgram(program(t, "console.error('why'); process.exitCode = 1")), /a program failed:\nwhy$/)
})

function program(t: TestContext, code: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-children-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return { name: 'a program', command: ['-e', code], cwd: folder, env: process.env, log: join(folder, 'log') }
}

async function untilLogged(child: Parameters<typeof lastLines>[0], text: string): Promise<void> {
  while (!lastLines(child).includes(text)) await new Promise((resolve) => setImmediate(resolve))
}
