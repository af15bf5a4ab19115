import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rootName, showXml } from '#explain/show-xml.ts'

const shown = (xml: string, redact = false): string => showXml(xml, { redact }).join('\n')

test('elements are indented; one that holds only text, or nothing, is a line', () => {
  const xml =
    '<?xml version="1.0"?><a:r xmlns:a="urn:a"><!-- c --><b>text &amp; more</b><c></c>\n <d/><e><f>1</f></e></a:r>'
  assert.equal(
    shown(xml),
    `<?xml version="1.0"?>
<a:r xmlns:a="urn:a">
  <!-- c -->
  <b>text &amp; more</b>
  <c></c>
  <d/>
  <e>
    <f>1</f>
  </e>
</a:r>`,
  )
})

test('a long tag has a line for each attribute, long base64 is broken into lines', () => {
  const long = 'x'.repeat(60)
  assert.equal(shown(`<a b="${long}" c='>${long}'/>`), `<a\n    b="${long}"\n    c='>${long}'/>`)
  assert.equal(shown(`<a>${'A'.repeat(150)}</a>`), `<a>\n  ${'A'.repeat(100)}\n  ${'A'.repeat(50)}\n</a>`)
})

test('on request the values of attributes and the names of persons are hidden, however they are written', () => {
  const values = [
    '<s:AttributeValue>secret</s:AttributeValue>',
    '<AttributeValue xsi:type="xs:string"><![CDATA[secret]]></AttributeValue>',
    '<x:AttributeValue><deep><deeper>secret</deeper> secret</deep></x:AttributeValue>',
    '<saml:NameID Format="f">secret</saml:NameID>',
    `<s:AttributeValue>${'secret'.repeat(50)}</s:AttributeValue>`,
    '<s:AttributeValue>secret',
  ]
  for (const value of values) {
    assert.match(shown(`<r>${value}</r>`), /secret|(c\s*r\s*e\s*t)/)
    assert.doesNotMatch(shown(`<r><q>open</q>${value}</r>`, true), /secret/, value)
    assert.match(shown(`<r><q>open</q>${value}</r>`, true), /<q>open<\/q>[\s\S]*\[redacted\]/)
  }
})

test('the name of the root, behind whatever stands before it', () => {
  const rows: readonly (readonly [xml: string, name: string | undefined])[] = [
    ['<samlp:Response ID="a"/>', 'Response'],
    ['\ufeff<?xml version="1.0"?><!-- <x> --><!DOCTYPE y>\n<LogoutRequest\n>', 'LogoutRequest'],
    ['no markup', undefined],
    ['<', undefined],
    ['', undefined],
  ]
  for (const [xml, name] of rows) assert.equal(rootName(xml), name, xml)
})

test('whatever the text, it is shown whole and soon: nothing is lost but white space', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    'a',
    ' ',
    '<a b="c">',
    '</a>',
    '?>',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const xml = pieces.join('')
      assert.equal(shown(xml).replace(/\s/g, ''), xml.replace(/\s/g, ''))
    }),
    { seed: 20260301, numRuns: 2000 },
  )
  const repeated = ['<', '<a "', '<!--', '<a>', "'<"].map((text) => text.repeat(50_000))
  for (const text of [
    ...repeated,
    `<${'a'.repeat(250_000)}>`,
    `<a ${'b="c" '.repeat(50_000)}>`,
    '<a> '.repeat(2_000_000),
  ]) {
    const start = performance.now()
    showXml(text, { redact: true })
    assert.ok(performance.now() - start < 5000, `${text.slice(0, 20)} takes too long`)
  }
})
