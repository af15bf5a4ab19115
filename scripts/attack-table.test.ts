// SECURITY.md says which test tries which attack. Here both are held against one another: whatever a row names is there, and
// whatever is there under saml/cases/bad/ is named by a row.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { test } from 'node:test'

const root = dirname(import.meta.dirname)
const cases = 'saml/cases/bad/'

type Reference = { readonly path: string; readonly title: string | undefined }
type Row = { readonly attack: string; readonly rule: string; readonly references: readonly Reference[] }

/** The rows of every table `attack | rule | test` in a text; other tables are passed over. */
function readRows(text: string): readonly Row[] {
  const rows: Row[] = []
  let inside = false
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) inside = false
    else if (/^\| attack \| rule \| test \|$/.test(line)) inside = true
    else if (inside && !/^\|[ |-]+\|$/.test(line)) rows.push(readRow(line))
  }
  return rows
}

function readRow(line: string): Row {
  const cells = line.slice(1, -1).split('|')
  const [attack = '', rule = '', tests = ''] = cells.map((cell) => cell.trim())
  const references = [...tests.matchAll(/`([^`]+)`(?: “([^”]+)”)?/g)].map(([, path = '', title]) => ({ path, title }))
  assert.equal(cells.length, 3, `three columns: ${line}`)
  return { attack, rule, references }
}

// `a/{b,c}` → `a/b`, `a/c`: each of them must be there.
function alternatives(path: string): readonly string[] {
  const [, before, inner, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path) ?? []
  return inner === undefined ? [path] : inner.split(',').map((one) => `${before}${one}${after}`)
}

/** What is wrong with the rows, given the folders of cases and what can be read. */
function problems(
  rows: readonly Row[],
  folders: readonly string[],
  read: (path: string) => string | undefined,
): readonly string[] {
  const found: string[] = []
  const named = new Set<string>()
  for (const { attack, rule, references } of rows) {
    if (attack === '' || rule === '') found.push(`a row without attack or rule: ${attack}${rule}`)
    if (references.length === 0) found.push(`no test: ${attack}`)
    for (const { path, title } of references) {
      for (const one of alternatives(path)) {
        if (one.startsWith(cases)) {
          const matching = folders.filter((folder) => matchesGlob(cases + folder, one))
          if (matching.length === 0) found.push(`no such case: ${one}`)
          for (const folder of matching) named.add(folder)
          continue
        }
        const text = /\.test\.ts$/.test(one) ? read(one) : undefined
        if (text === undefined) found.push(`no such test file: ${one}`)
        else if (title === undefined) found.push(`which test of ${one}?`)
        else if (!text.includes(title)) found.push(`no such test in ${one}: ${title}`)
      }
    }
  }
  return [...found, ...folders.filter((folder) => !named.has(folder)).map((folder) => `in no row: ${cases}${folder}`)]
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

const security = readFileSync(join(root, 'SECURITY.md'), 'utf8')
const rows = readRows(security)
const folders = readdirSync(join(root, cases)).sort()

test('every attack in SECURITY.md has its tests, and every bad case its attack', () => {
  assert.ok(rows.length > 50, `${rows.length} rows`)
  assert.deepEqual(problems(rows, folders, readFile), [])
})

test('no attack stands in two rows', () => {
  const attacks = rows.map(({ attack }) => attack)
  assert.deepEqual(
    attacks.filter((attack, index) => attacks.indexOf(attack) < index),
    [],
  )
})

test('every CVE that a bad case is called after stands in SECURITY.md', () => {
  for (const folder of folders) {
    const { title } = JSON.parse(readFile(`${cases}${folder}/case.json`) ?? '{}') as { title: string }
    for (const [cve] of title.matchAll(/CVE-\d+-\d+/g)) assert.ok(security.includes(cve), `${cve} of ${folder}`)
  }
})

test('a table that does not agree is told', () => {
  const table = [
    '| who | what |',
    '| --- | --- |',
    '| x | y |',
    '',
    '| attack | rule | test |',
    '| --- | --- | --- |',
    '| one | r | `saml/cases/bad/a*`, `x.test.ts` “is there” |',
    '| two | r | `saml/cases/bad/{b,gone}`, `x.test.ts` “is not there”, `x.test.ts`, `y.test.ts` “z” |',
    '| three | r | |',
    '| four | | `saml/cases/bad/a1` |',
  ]
  const read = (path: string): string | undefined => (path === 'x.test.ts' ? "test('is there')" : undefined)
  assert.deepEqual(problems(readRows(table.join('\n')), ['a1', 'a2', 'b', 'c'], read), [
    'no such case: saml/cases/bad/gone',
    'no such test in x.test.ts: is not there',
    'which test of x.test.ts?',
    'no such test file: y.test.ts',
    'no test: three',
    'a row without attack or rule: four',
    'in no row: saml/cases/bad/c',
  ])
})
