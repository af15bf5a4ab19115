import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeHtml, type Html, html } from '#http/html.ts'
import { page } from '#http/page.ts'

const wild = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ';', '#', '\0') }),
)

/** What a browser reads: our five references, and no others. */
function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&([^;]*);/g, (_, name) => named[name] ?? assert.fail(`&${name};`))
}

test('a value stays text: none of its < > " \' & survives, and it reads as it was', () => {
  fc.assert(
    fc.property(wild, (value) => {
      const written = html`${value}`.toString()
      assert.doesNotMatch(written, /[<>"']/)
      assert.equal(unescaped(written), value)
      assert.equal(escapeHtml(value), written)
    }),
    { seed: 20260301, numRuns: 2000 },
  )
})

test('a page has the same tags whatever its title, owner, script and values are', () => {
  const tags = (whole: string): string => whole.replace(/[^<>]+(?=<)/g, '').replace(/"[^"]*"/g, '""')
  const made = (value: string) =>
    page({ title: value, owner: value, script: value, body: html`<p class="${value}">${value}</p>` })
  const expected = tags(made('x'))
  fc.assert(
    fc.property(wild, (value) => assert.equal(tags(made(value)), expected)),
    { seed: 20260301, numRuns: 500 },
  )
})

test('what is HTML is not escaped again, and what is absent leaves nothing', () => {
  const b = html`<b>${'<'}</b>`
  const text = html`${b}|${[b, b]}|${undefined}|${false}|${0}|${''}|${[]}|`.toString()
  assert.equal(text, '<b>&lt;</b>|<b>&lt;</b><b>&lt;</b>|||0|||')
})

test('a list that holds text against its type is escaped as well', () => {
  const smuggled = ['<script>'] as unknown as readonly Html[]
  assert.equal(html`${smuggled}`.toString(), '&lt;script&gt;')
})
