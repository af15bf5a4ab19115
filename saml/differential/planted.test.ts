// Every mistake of the list is planted into a copy of the core, and the tests must notice.

import assert from 'node:assert/strict'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { inFolder, type Ran, run, skipWithout } from './peers.ts'
import { type Change, mistakes } from './planted.ts'
import { long } from './size.ts'

const saml = dirname(import.meta.dirname)

function copyInto(folder: string): string {
  const copy = join(folder, 'saml')
  for (const part of ['package.json', 'src', 'cases', 'differential']) {
    cpSync(join(saml, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(dirname(saml), 'node_modules'), join(folder, 'node_modules'))
  return copy
}

/** The rows whose text is not in the code any more, or more than once. */
function stale(): string[] {
  const fits = ({ file, from }: Change): boolean => readFileSync(join(saml, file), 'utf8').split(from).length === 2
  return mistakes.filter((one) => !fits(one) || (one.also && !fits(one.also))).map(({ name }) => name)
}

test('Sallyport: the list of mistakes fits the code', () => {
  assert.deepEqual(stale(), [])
})

/** Makes the change, and returns what undoes it. */
function plant(copy: string, { file, from, to }: Change): () => void {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  assert.equal(text.split(from).length, 2, `${file} has exactly one ${JSON.stringify(from)}`)
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  return () => writeFileSync(path, text)
}

// Without the variables of this run: a test runner inside of another would run nothing, and the short run is enough.
function runTests(copy: string, files: readonly string[]): Promise<Ran> {
  const inherited = { NODE_TEST_CONTEXT: undefined, SALLYPORT_LONG: undefined, SALLYPORT_SEED: undefined }
  // How long something takes depends on what else the machine does; that is not how a mistake is to be noticed.
  const options = ['--test', '--test-reporter=tap', '--test-skip-pattern=take no long time']
  return run(process.execPath, [...options, ...files], copy, inherited)
}

function count(stdout: string, what: 'pass' | 'fail'): number {
  return Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0)
}

test('Sallyport: every planted mistake is noticed', {
  skip: (!long && 'npm run test:long plants them') || skipWithout('xmlsec1'),
  timeout: 3_600_000,
}, async (t) => {
  await inFolder(async (folder) => {
    const copy = copyInto(folder)
    const files = [...new Set(mistakes.flatMap(({ noticedBy }) => noticedBy))]
    const sound = await runTests(copy, files)
    // Otherwise a failure would say nothing.
    assert.ok(sound.status === 0 && count(sound.stdout, 'pass') > 0, `without a mistake: ${sound.stdout.slice(-5000)}`)
    const unnoticed: string[] = []
    for (const mistake of mistakes) {
      const undo = [mistake, mistake.also].flatMap((change) => (change === undefined ? [] : [plant(copy, change)]))
      const { stdout } = await runTests(copy, mistake.noticedBy)
      for (const back of undo.reverse()) back()
      const [passed, failed] = [count(stdout, 'pass'), count(stdout, 'fail')]
      const first = /^not ok \d+ - (.*)$/m.exec(stdout)?.[1] ?? ''
      t.diagnostic(`${mistake.name} | ${failed} of ${passed + failed} tests | ${first}`)
      // A core that does not even start would fail everywhere.
      if (failed === 0 || passed === 0) unnoticed.push(mistake.name)
    }
    assert.deepEqual(unnoticed, [])
    t.diagnostic(`${mistakes.length} mistakes, all of them noticed`)
  })
})
