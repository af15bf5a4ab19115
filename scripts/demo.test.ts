import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type DemoSettings, prepareDemo } from './demo.ts'

test('the first start writes the configuration, its addresses filled in, and applies it', async (t) => {
  const { settings, prepare, file } = demo(t)
  assert.deepEqual(await prepare(), ['metadata', `apply ${join(settings.data, 'demo.yaml')}`])
  assert.equal(file('demo.yaml'), `target: http://localhost:4000/x\nkept: ${placeholder('OTHER')}\n`)
  assert.equal(file('metadata.xml'), '<metadata/>')
})

test('a second start has nothing to do', async (t) => {
  const { prepare } = demo(t)
  await prepare()
  assert.deepEqual(await prepare(), [])
})

test('a changed demo file, another address, a lost database and lost keys are reasons to apply again', async (t) => {
  const { settings, prepare } = demo(t)
  await prepare()
  const moved = { ...settings, placeholders: { SALLYPORT_PUBLIC_URL: 'http://localhost:5000' } }
  assert.equal((await prepare(moved)).length, 2)
  await prepare()
  rmSync(join(settings.data, 'sallyport.db'))
  assert.equal((await prepare()).length, 2)
  rmSync(settings.sandboxData, { recursive: true })
  assert.equal((await prepare()).length, 2)
  writeFileSync(settings.template, 'target: elsewhere\n')
  assert.equal((await prepare()).length, 2)
})

test('a configuration that could not be applied is applied at the next start', async (t) => {
  const { settings, prepare } = demo(t)
  const fails = { sandboxMetadata: async () => '<metadata/>', apply: () => Promise.reject(new Error('refused')) }
  await assert.rejects(prepareDemo(settings, fails), /refused/)
  assert.equal((await prepare()).length, 2)
})

// A data folder, and a function that prepares it and tells which programs ran.
function demo(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const template = join(folder, 'template.yaml')
  writeFileSync(template, `target: ${placeholder('SALLYPORT_PUBLIC_URL')}/x\nkept: ${placeholder('OTHER')}\n`)
  const database = join(folder, 'sallyport.db')
  const settings: DemoSettings = {
    template,
    data: folder,
    databaseUrl: `sqlite:${database}`,
    placeholders: { SALLYPORT_PUBLIC_URL: 'http://localhost:4000' },
    sandboxData: join(folder, 'sandbox'),
  }
  const prepare = async (changed = settings) => {
    const ran: string[] = []
    await prepareDemo(changed, {
      sandboxMetadata: async () => {
        ran.push('metadata')
        mkdirSync(changed.sandboxData, { recursive: true })
        return '<metadata/>'
      },
      apply: async (file) => {
        ran.push(`apply ${file}`)
        writeFileSync(database, '')
        return ''
      },
    })
    return ran
  }
  return { settings, prepare, file: (name: string) => readFileSync(join(folder, name), 'utf8') }
}

function placeholder(name: string): string {
  return `\${${name}}`
}
