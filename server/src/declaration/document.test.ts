import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathText, readDocument } from '#declaration/document.ts'

const text = `companies:
  - slug: acme
    name: &name Acme
    environments:
      - slug: production
        name: *name
      - { slug: test, name: Test }
`

test('a place in the data has its line', () => {
  const { data, lineOf } = readDocument(text)
  assert.equal(
    (data as { companies: { environments: { name: string }[] }[] }).companies[0]?.environments[0]?.name,
    'Acme',
  )
  assert.equal(lineOf(['companies', 0, 'name']), 3)
  assert.equal(lineOf(['companies', 0, 'environments', 0, 'name']), 6)
  assert.equal(lineOf(['companies', 0, 'environments', 1, 'name']), 7)
})

test('a place that is not in the text has the line of what is around it', () => {
  const { lineOf } = readDocument(text)
  assert.equal(lineOf(['companies', 0, 'environments', 0, 'targets', 3]), 5)
  assert.equal(lineOf([]), 1)
  assert.equal(readDocument('').lineOf(['companies']), 1)
})

test('what is no YAML is told with its line: syntax, a key twice, an unknown tag', () => {
  for (const [wrong, line] of [
    ['a: 1\nb: [', 2],
    ['a: 1\na: 2', 2],
    ['a:\n  !secret x', 2],
  ] as const) {
    const { data, problems } = readDocument(wrong)
    assert.equal(data, undefined)
    assert.equal(problems[0]?.line, line, JSON.stringify(problems))
  }
})

test('aliases that multiply without end are refused', () => {
  const lines = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? 'x'
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(', ')
      }]`,
  )
  assert.match(readDocument(lines.join('\n')).problems[0]?.message ?? '', /alias/)
})

test('a path is written as in a program', () => {
  assert.equal(pathText(['companies', 0, 'environments', 1, 'name']), 'companies[0].environments[1].name')
})
