// Every code has its explanation, fit to be shown, and every code is one that something can fail with.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { explanations } from './explanations.ts'

const entries = Object.entries(explanations)

for (const [code, { title, section, sentence, cure }] of entries) {
  test(`${code}: has its title, its section, a sentence and a cure`, () => {
    for (const text of [title, section, sentence, cure]) {
      assert.ok(text.length > 3 && text === text.trim() && !/ {2}|\n/.test(text), text)
      assert.match(text, /^[A-Z]/, 'begins like a sentence')
      assert.doesNotMatch(text, /'/, 'the apostrophe of print')
    }
    for (const text of [sentence, cure]) assert.match(text, /[^.]\.$/, 'sentences end with a full stop')
    for (const text of [title, section]) assert.doesNotMatch(text, /\.$/, 'titles end without')
    assert.match(section, /\d|Sallyport|SAML/, 'names a section, or says whose rule it is')
    assert.notEqual(sentence, cure)
  })
}

test('titles and sentences are told apart: no two codes say the same', () => {
  for (const part of ['title', 'sentence'] as const) {
    assert.equal(new Set(entries.map(([, explanation]) => explanation[part])).size, entries.length)
  }
})

test('no code is without use', () => {
  const folder = join(import.meta.dirname, '..')
  const sources = globSync('**/*.ts', { cwd: folder })
    .filter((file) => !/(^|[\\/])(checks|explanations|xml-error)\.ts$|\.test\.ts$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  for (const [code] of entries) {
    assert.ok(
      sources.some((source) => source.includes(`'${code}'`)),
      `${code} is explained, but nothing fails with it`,
    )
  }
})
