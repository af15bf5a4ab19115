// What the reader refuses, and what tree it makes of what it accepts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits } from './limits.ts'
import { readXml } from './read.ts'
import { attributeOf, childElements, textOf, type XmlElement } from './tree.ts'
import { XmlError, type XmlErrorCode } from './xml-error.ts'

function refusal(input: string | Uint8Array): XmlErrorCode | 'accepted' {
  try {
    readXml(input)
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof XmlError, `only errors of our own kind: ${error}`)
    return error.code
  }
}

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const show = (input: string | Uint8Array): string => JSON.stringify(String(input).slice(0, 50))

const refused: Readonly<Record<XmlErrorCode, readonly (readonly [string, ...(string | Uint8Array)[]])[]>> = {
  'xml-doctype': [
    ['Sallyport: no DOCTYPE, whatever it holds', '<!DOCTYPE a><a/>', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['Sallyport: no DOCTYPE in any case of letters', '<!doctype a><a/>', '<!DocType a []><a/>', '<!DOCTYPEa><a/>'],
    ['Sallyport: no DOCTYPE after a comment', '<!-- --><!DOCTYPE a><a/>'],
    ['Sallyport: no DOCTYPE after a declaration', '<?xml version="1.0"?>\n<!DOCTYPE a><a/>'],
    ['Sallyport: no DOCTYPE inside or after the root', '<a><!DOCTYPE a></a>', '<a/><!DOCTYPE a>'],
    ['Sallyport: entities are refused with their DOCTYPE', '<!DOCTYPE a [<!ENTITY x "&x;&x;">]><a>&x;</a>'],
  ],
  'xml-processing-instruction': [
    ['Sallyport: no processing instruction anywhere', '<?x?><a/>', '<a><?x y?></a>', '<a/><?x?>', '<a><?x</a>'],
    ['XML 1.0 §2.8: a second declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>'],
    ['XML 1.0 §2.8: a declaration that is not at the very start', ' <?xml version="1.0"?><a/>'],
    ['XML 1.0 §2.6: the target XML in other letters', '<?XML version="1.0"?><a/>', '<?xml?><a/>', '<?xml-x y?><a/>'],
  ],
  'message-encoding': [
    [
      'XML 1.0 §4.3.3: UTF-16 with a byte order mark',
      bytes([0xff, 0xfe], Buffer.from('<a/>', 'utf16le').toJSON().data),
    ],
    ['XML 1.0 §4.3.3: UTF-16, big end first', bytes([0xfe, 0xff, 0, 0x3c, 0, 0x61, 0, 0x2f, 0, 0x3e])],
    ['XML 1.0 §4.3.3: a declared encoding other than UTF-8', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['XML 1.0 §4.3.3: UTF-7 is declared', '<?xml version="1.0" encoding="UTF-7"?><a/>'],
    ['XML 1.0 §4.3.3: UTF-16 is declared in UTF-8', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['RFC 3629 §3: bytes that are not UTF-8', bytes('<a>', [0xe9], '</a>'), bytes('<a>', [0xc3], '</a>')],
    ['RFC 3629 §3: overlong forms of <', bytes([0xc0, 0xbc], 'a/>'), bytes('<a>', [0xe0, 0x80, 0xaf], '</a>')],
    ['RFC 3629 §3: surrogates in UTF-8', bytes('<a>', [0xed, 0xa0, 0x80], '</a>')],
    ['RFC 3629 §3: beyond U+10FFFF', bytes('<a>', [0xf4, 0x90, 0x80, 0x80], '</a>')],
    ['XML 1.0 §2.2: a lone surrogate in text', '<a>\ud800</a>', '<a b="\udc00"/>', '<a>\ud83d</a>'],
  ],
  'xml-namespaces': [
    ['Namespaces §5: an undeclared prefix', '<x:a/>', '<a x:b=""/>', '<y:a xmlns:x="urn:x"/>'],
    ['Namespaces §5: a prefix is not declared beside its element', '<a><b xmlns:x="urn:x"/><x:c/></a>'],
    ['Namespaces §5: a prefix cannot be undeclared', '<a xmlns:x=""/>', '<a xmlns:x="urn:x"><b xmlns:x=""/></a>'],
    ['Namespaces §3: xml is not bound to another name', '<a xmlns:xml="urn:x"/>'],
    ['Namespaces §3: no other prefix is bound to that of xml', '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>'],
    ['Namespaces §3: that of xml is no default', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    [
      'Namespaces §3: xmlns is not declared',
      '<a xmlns:xmlns="urn:x"/>',
      '<a xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>',
    ],
    ['Namespaces §3: nothing is bound to that of xmlns', '<a xmlns:x="http://www.w3.org/2000/xmlns/"/>'],
    ['Namespaces §3: that of xmlns is no default', '<a xmlns="http://www.w3.org/2000/xmlns/"/>'],
    ['Namespaces §3: no element has the prefix xmlns', '<xmlns:a/>', '<a xmlns:x="urn:x"><xmlns:x/></a>'],
    [
      'C14N 1.0 §1.3: no relative namespace',
      '<a xmlns="b"/>',
      '<a xmlns:x="../b"/>',
      '<a xmlns=" urn:x"/>',
      '<a xmlns="//b"/>',
    ],
    [
      'Namespaces §2: a namespace has the characters of a URI (RFC 3986 §2)',
      '<a xmlns="urn:a b"/>',
      '<a xmlns="urn:é"/>',
      '<a xmlns:x="urn:>"/>',
      '<a xmlns:x="urn:&lt;"/>',
      '<a xmlns:x="urn:&quot;"/>',
      '<a xmlns:x="urn:a%2"/>',
      '<a xmlns:x="urn:%zz"/>',
      '<a xmlns:x="urn:{}"/>',
    ],
  ],
  'xml-limits': [
    ['Sallyport: 65 elements deep', `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`, `${'<a>'.repeat(64)}<b/>`],
    ['Sallyport: 65 attributes of one element', `<a${numbered(65, (i) => ` b${i}=""`)}/>`],
    ['Sallyport: 65 namespace declarations of one element', `<a${numbered(65, (i) => ` xmlns:b${i}="urn:x"`)}/>`],
    ['Sallyport: 65 namespace declarations in scope', declaring(5, 13)],
    [
      'Sallyport: a name of 257 characters',
      `<${'a'.repeat(257)}/>`,
      `<a ${'b'.repeat(257)}=""/>`,
      `<a>${'<b'.padEnd(300, 'b')}`,
    ],
  ],
  'message-size': [
    ['Sallyport: a byte more than 256 KiB', `<a>${'b'.repeat(256 * 1024 - 6)}</a>`],
    ['Sallyport: the limit counts bytes and not characters', `<a>${'é'.repeat(128 * 1024)}</a>`],
    ['Sallyport: the limit counts bytes and not characters, in bytes too', bytes(`<a>${'é'.repeat(128 * 1024)}</a>`)],
  ],
  'xml-well-formed': [
    ['XML 1.0 §2.1: nothing', '', ' \n', '<!-- -->', '<?xml version="1.0"?>'],
    ['XML 1.0 §2.1: two roots', '<a/><b/>', '<a></a><a></a>'],
    ['XML 1.0 §2.1: text outside the root', 'x<a/>', '<a/>x', '<a/>&#x20;', '<a/><![CDATA[]]>', '\u00a0<a/>', '</a>'],
    [
      'XML 1.0 §2.1: a byte order mark that is not the first thing',
      ' \ufeff<a/>',
      bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], '<a/>'),
    ],
    [
      'XML 1.0 §2.1: not closed',
      '<a>',
      '<a><b></a>',
      '<a><b/>',
      '<a',
      '<a ',
      '<',
      '<a b',
      '<a b=',
      '<a b="',
      '<a b=""',
      '<a/',
    ],
    [
      'XML 1.0 §3: closed by another name',
      '<a></b>',
      '<a><b></a></b>',
      '<a></A>',
      '<ab></a>',
      '<a></ab>',
      '<a></a></a>',
    ],
    ['XML 1.0 §3: closed by another prefix of the same namespace', '<x:a xmlns:x="urn:x" xmlns:y="urn:x"></y:a>'],
    [
      'XML 1.0 §3.1: an end tag with more than its name',
      '<a></a b>',
      '<a></a b="">',
      '<a></ a>',
      '<a></a',
      '<a></a/>',
      '</>',
    ],
    ['XML 1.0 §3.1: an attribute twice', '<a b="" b=""/>', "<a b='1' c='' b='1'/>"],
    ['Namespaces §6.3: an attribute twice by its expanded name', '<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="" y:b=""/>'],
    [
      'Namespaces §6.3: declared after the attribute, all the same',
      '<a x:b="" y:b="" xmlns:x="urn:x" xmlns:y="urn:x"/>',
    ],
    ['XML 1.0 §3.1: a declaration twice', '<a xmlns="urn:x" xmlns="urn:x"/>', '<a xmlns:x="urn:x" xmlns:x="urn:y"/>'],
    ['XML 1.0 §3.1: < in an attribute', '<a b="<"/>', '<a xmlns="urn:<"/>', '<a><b c="<d/>"/></a>'],
    ['XML 1.0 §3.1: no white space between attributes', '<a b=""c=""/>', `<a b=''c=''/>`, '<a b=""xmlns="urn:x"/>'],
    [
      'XML 1.0 §3.1: no value or no quotation marks',
      '<a b/>',
      '<a b=c/>',
      "<a b=c'/>",
      '<a b c"d"/>',
      '<a b c="d"/>',
      '<a b= />',
      '<a b="c\'/>',
      '<a "b"/>',
      '<a =""/>',
    ],
    [
      'XML 1.0 §3.1: a stray stroke or mark',
      '<a/ >',
      '<a/b=""/>',
      '<a b=""/ >',
      '<a //>',
      '<a <b/></a>',
      '<a<b/>',
      '< a/>',
      '<>',
      '<a b=""" />',
    ],
    [
      'XML 1.0 §2.3: bad names',
      '<1a/>',
      '<-a/>',
      '<.a/>',
      '<a 1b=""/>',
      '<a,b/>',
      '<a&amp;/>',
      '<\u00b7a/>',
      '<a\u00d7/>',
      '<\u2028/>',
    ],
    [
      'Namespaces §4: colons',
      '<a:b:c xmlns:a="urn:x"/>',
      '<:a/>',
      '<a:/>',
      '<:/>',
      '<a :b=""/>',
      '<a xmlns:="urn:x"/>',
      '<a xmlns:x:y="urn:x"/>',
    ],
    ['XML 1.0 §2.4: ]]> in text', '<a>]]></a>', '<a>x]]>y</a>', '<a><b/>]]></a>', '<a>]]]></a>'],
    [
      'XML 1.0 §4.1: references to what is no Char',
      '<a>&#0;</a>',
      '<a>&#xD800;</a>',
      '<a>&#xDFFF;</a>',
      '<a>&#8;</a>',
      '<a b="&#xFFFE;"/>',
    ],
    [
      'XML 1.0 §4.1: references beyond Unicode',
      '<a>&#x110000;</a>',
      '<a>&#xFFFFFFFF;</a>',
      '<a>&#99999999;</a>',
      '<a>&#x100000041;</a>',
    ],
    [
      'XML 1.0 §4.1: undeclared entities',
      '<a>&nbsp;</a>',
      '<a b="&copy;"/>',
      '<a>&AMP;</a>',
      '<a>&constructor;</a>',
      '<a>&__proto__;</a>',
    ],
    [
      'XML 1.0 §4.1: broken references',
      '<a>&</a>',
      '<a>&amp</a>',
      '<a>& amp;</a>',
      '<a>&;</a>',
      '<a b="&amp"/>',
      '<a>&amp<b/>;</a>',
      '<a>&#;</a>',
      '<a>&#x;</a>',
      '<a>&#X41;</a>',
      '<a>&#4 1;</a>',
      '<a>&#-65;</a>',
      '<a>&#xG;</a>',
      '<a>&#\u0661;</a>',
    ],
    ['XML 1.0 §4.1: a reference does not cross a section', '<a>&am<![CDATA[p;]]></a>', '<a>&lt<!-- -->;</a>'],
    [
      'XML 1.0 §2.2: control characters',
      '<a>\u0000</a>',
      '<a>\u0008</a>',
      '<a b="\u000b"/>',
      '<a>\f</a>',
      '<a>\u001f</a>',
      '<a><!-- \u0001 --></a>',
      '<a><![CDATA[\u0000]]></a>',
      '<a>\ufffe</a>',
      '<a>\uffff</a>',
    ],
    ['XML 1.0 §4.3.3: UTF-16 without a byte order mark holds NUL', Buffer.from('<a/>', 'utf16le')],
    [
      'XML 1.0 §2.5: -- in a comment',
      '<a><!-- -- --></a>',
      '<a><!-- ---></a>',
      '<!-----><a/>',
      '<a><!-- --',
      '<a><!--',
      '<a><!-->',
      '<a><!- - --></a>',
    ],
    [
      'XML 1.0 §2.7: CDATA sections that are none',
      '<a><![CDATA[</a>',
      '<a><![cdata[]]></a>',
      '<a><![CDATA []]></a>',
      '<![CDATA[<a/>]]>',
      '<a><![CDATA[x]]>]]></a>',
    ],
    [
      'XML 1.0 §2.8: markup of a DTD',
      '<a><!ENTITY x "y"></a>',
      '<!ELEMENT a ANY><a/>',
      '<a><!ATTLIST a></a>',
      '<a><!></a>',
      '<a><!',
      '<a><![INCLUDE[]]></a>',
    ],
    [
      'XML 1.0 §2.8: XML 1.1',
      '<?xml version="1.1"?><a/>',
      '<?xml version="1.1" encoding="UTF-8"?><a/>',
      '<?xml version="2.0"?><a/>',
    ],
    [
      'XML 1.0 §2.8: a broken declaration',
      '<?xml encoding="UTF-8"?><a/>',
      '<?xml version=1.0?><a/>',
      '<?xml version="1.0" ><a/>',
      '<?xml version="1.0"encoding="UTF-8"?><a/>',
      '<?xml version="1.0" standalone="maybe"?><a/>',
      '<?xml version="1.0" standalone="no" encoding="UTF-8"?><a/>',
      '<?xml version="1.0" x="y"?><a/>',
      '<?xml version="1.0\'?><a/>',
      '<?xml ?><a/>',
    ],
    [
      'XML 1.0 §2.3: what is no white space of XML',
      '<a\u00a0b=""/>',
      '<a b\u3000=""/>',
      '<?xml version="1.0"\u00a0?><a/>',
      '<?xml version\u2003="1.0"?><a/>',
      '<a></a\u00a0>',
    ],
  ],
}

function numbered(count: number, write: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => write(index)).join('')
}

// Elements one in another, each with as many declarations of its own.
function declaring(depth: number, each: number): string {
  const open = numbered(depth, (d) => `<a${numbered(each, (i) => ` xmlns:b${d}-${i}="urn:x"`)}>`)
  return open + '</a>'.repeat(depth)
}

for (const [code, rows] of Object.entries(refused)) {
  for (const [requirement, ...inputs] of rows) {
    test(`${requirement} (${code})`, () => {
      for (const input of inputs) assert.equal(refusal(input), code, show(input))
    })
  }
}

type Plain = {
  name: string
  attributes: readonly (readonly [string, string])[]
  comment: boolean
  children: (Plain | string)[]
}

// Expanded names in braces; attributes sorted, because their order says nothing (XML 1.0 §3.1).
function plain(element: XmlElement): Plain {
  const expanded = ({ namespace, local }: { namespace: string; local: string }): string => `{${namespace}}${local}`
  return {
    name: expanded(element),
    attributes: element.attributes
      .map((one) => [expanded(one), one.value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    comment: element.hasComment,
    children: element.children.map((child) => (typeof child === 'string' ? child : plain(child))),
  }
}

const texts: readonly (readonly [string, string, string | undefined])[] = [
  ['XML 1.0 §2.7: CDATA is text and is joined with its neighbours', 'a<![CDATA[<&]]>b&gt;<![CDATA[]]>', 'a<&b>'],
  [
    'XML 1.0 §2.7: what a CDATA section holds is not markup',
    '<![CDATA[<!-- x --><b/>&amp;]] ]]>',
    '<!-- x --><b/>&amp;]] ',
  ],
  ['XML 1.0 §2.5: a comment is remembered, so the text has no one reading', 'ada<!-- -->.example', undefined],
  ['XML 1.0 §2.5: an empty comment too', '<!---->', undefined],
  ['XML 1.0 §2.11: every line ends in one line feed', 'a\r\nb\rc\nd\r\n\re', 'a\nb\nc\nd\n\ne'],
  ['XML 1.0 §2.11: in CDATA too', '<![CDATA[a\r\nb\rc]]>\r', 'a\nb\nc\n'],
  ['XML 1.0 §2.11: a carriage return by reference stays', 'a&#xD;b&#13;&#10;', 'a\rb\r\n'],
  ['XML 1.0 §4.6: the five entities', '&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
  ['XML 1.0 §4.1: what a reference yields is not read again', '&amp;lt;&#38;amp;', '&lt;&amp;'],
  [
    'XML 1.0 §4.1: references to characters',
    '&#65;&#x41;&#x0000041;&#x1F600;&#xFFFD;&#x10FFFF;&#9;',
    'AAA😀\ufffd\u{10ffff}\t',
  ],
  ['XML 1.0 §2.2: astral characters', '😀𐐀\u{1fffe}', '😀𐐀\u{1fffe}'],
  ['XML 1.0 §2.4: > and ]] are text', '> ]] ]>', '> ]] ]>'],
  ['XML 1.0 §2.4: ]]> may be spelled', ']]&gt;<![CDATA[]]]]><![CDATA[>]]>', ']]>]]>'],
  ['XML 1.0 §2.10: white space is kept', ' \n\t a ', ' \n\t a '],
  [
    'XML 1.0 §2.2: C1 controls, byte order mark and line separators are text',
    '\u0085\ufeff\u2028',
    '\u0085\ufeff\u2028',
  ],
]

for (const [requirement, content, expected] of texts) {
  test(requirement, () => assert.equal(textOf(readXml(`<a>${content}</a>`)), expected))
}

const attributeValues: readonly (readonly [string, string, string])[] = [
  ['XML 1.0 §3.3.3: white space becomes spaces', '"a\tb\nc\rd"', 'a b c d'],
  ['XML 1.0 §3.3.3: the end of a line is one space', '"a\r\nb\n\r"', 'a b  '],
  ['XML 1.0 §3.3.3: white space by reference is kept', '"&#xA;&#9;&#13;&#x20;"', '\n\t\r '],
  ['XML 1.0 §3.3.3: no other normalisation without a DTD', '"  a  b  "', '  a  b  '],
  ['XML 1.0 §2.3: the other quotation mark is text', `'"&apos;>'`, `"'>`],
  ['XML 1.0 §3.1: space around the equals sign', ' \n=\t"x"', 'x'],
]

for (const [requirement, value, expected] of attributeValues) {
  const source = value.includes('=') ? `<a b${value}/>` : `<a b=${value}/>`
  test(requirement, () => assert.equal(attributeOf(readXml(source), 'b'), expected))
}

const trees: readonly (readonly [string, string, string])[] = [
  [
    'Namespaces §6.1: the default namespace is inherited by elements',
    '<a xmlns="urn:x"><b/></a>',
    '{urn:x}a({urn:x}b())',
  ],
  [
    'Namespaces §6.1: xmlns="" undeclares it',
    '<a xmlns="urn:x"><b xmlns=""><c/></b><d/></a>',
    '{urn:x}a({}b({}c()){urn:x}d())',
  ],
  ['Namespaces §6.2: attributes without prefix are in no namespace', '<a xmlns="urn:x" b="1"/>', '{urn:x}a[{}b=1]()'],
  [
    'Namespaces §6.3: same local name, other namespaces',
    '<a xmlns:x="urn:x" xmlns:y="urn:y" b="0" x:b="1" y:b="2"/>',
    '{}a[{urn:x}b=1,{urn:y}b=2,{}b=0]()',
  ],
  [
    'Namespaces §6.1: a prefix is declared after its use in the tag',
    '<x:a x:b="1" xmlns:x="urn:x"/>',
    '{urn:x}a[{urn:x}b=1]()',
  ],
  [
    'Namespaces §6.1: a prefix is bound anew inside',
    '<x:a xmlns:x="urn:x"><x:b xmlns:x="urn:y"/><x:c/></x:a>',
    '{urn:x}a({urn:y}b(){urn:x}c())',
  ],
  [
    'Namespaces §3: xml is bound by definition',
    '<a xml:lang="de"/>',
    '{}a[{http://www.w3.org/XML/1998/namespace}lang=de]()',
  ],
  [
    'Namespaces §3: xml may be declared as what it is',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:id="b"/>',
    '{}a[{http://www.w3.org/XML/1998/namespace}id=b]()',
  ],
  ['XML 1.0 §2.3: names of all scripts', '<名 é="1" 𐐀-.·="2"/>', '{}名[{}é=1,{}𐐀-.·=2]()'],
  [
    'XML 1.0 §2.3: names of the language we are written in',
    '<__proto__ constructor="1" toString=""/>',
    '{}__proto__[{}constructor=1,{}toString=]()',
  ],
  [
    'XML 1.0 §2.8: a declaration, comments and white space around the root',
    "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<!-- -->\n<a/>\n<!-- -->\n",
    '{}a()',
  ],
  ['XML 1.0 §2.5: marks that a comment may hold', '<!---> < & ]]> <!DOCTYPE a> - --><a/>', '{}a()'],
  ['XML 1.0 §3.1: white space inside tags', '<a  b="1"\n\tc="2"\r\n><d /></a \n>', '{}a[{}b=1,{}c=2]({}d())'],
]

for (const [requirement, source, expected] of trees) {
  test(requirement, () => {
    const write = ({ name, attributes, children }: Plain): string => {
      const list = attributes.map(([key, value]) => `${key}=${value}`).join()
      return `${name}${list && `[${list}]`}(${children.map((child) => (typeof child === 'string' ? child : write(child))).join('')})`
    }
    assert.equal(write(plain(readXml(source))), expected)
    assert.equal(write(plain(readXml(Buffer.from(source)))), expected, 'the same from bytes')
  })
}

test('XML 1.0 §4.3.3: one byte order mark before UTF-8 is tolerated, whatever was read before', () => {
  for (let round = 0; round < 3; round++) {
    assert.equal(readXml(bytes([0xef, 0xbb, 0xbf], '<a/>')).local, 'a')
    assert.equal(refusal(bytes('<a>', [0xe2, 0x82])), 'message-encoding')
    assert.equal(readXml(bytes('<a>€</a>')).children[0], '€')
  }
})

test('Sallyport: at its limits a document is read', () => {
  const full = `<a>${'b'.repeat(256 * 1024 - 7)}</a>`
  assert.equal(Buffer.byteLength(full), defaultLimits.bytes)
  for (const source of [
    full,
    '<a>'.repeat(64) + '</a>'.repeat(64),
    `${'<a>'.repeat(63)}${'<b/>'.repeat(10)}${'</a>'.repeat(63)}`,
    `<a${numbered(64, (i) => ` b${i}=""`)}${numbered(64, (i) => ` xmlns:b${i}="urn:x"`)}/>`,
    declaring(4, 16),
    `<a>${numbered(100, () => '<b xmlns:x="urn:x" xmlns:y="urn:y"/>')}</a>`,
    `<${'a'.repeat(256)} ${'b'.repeat(256)}=""/>`,
  ]) {
    assert.equal(refusal(source), 'accepted', show(source))
    assert.equal(refusal(Buffer.from(source)), 'accepted', show(source))
  }
})

test('an element knows where it stands in the source, and its parent', () => {
  const source = '<?xml version="1.0"?><a b=">"><c/><!-- --><d>é😀</d ></a>'
  const root = readXml(source)
  const slices = childElements(root).map((child) => [
    source.slice(child.start, child.end),
    source.slice(child.contentStart, child.end),
  ])
  assert.deepEqual(slices, [
    ['<c/>', ''],
    ['<d>é😀</d >', 'é😀</d >'],
  ])
  assert.equal(source.slice(root.start, root.contentStart), '<a b=">">')
  assert.equal(root.end, source.length)
  assert.ok(childElements(root).every((child) => child.parent === root))
})

test('a refusal says where: line and column', () => {
  assert.throws(() => readXml('<a>\n  <b>\n</a>'), {
    code: 'xml-well-formed',
    line: 3,
    column: 1,
    message: /<b>.*line 3, column 1/,
  })
  assert.throws(() => readXml('<a>\n <?x?></a>'), { line: 2, column: 2 })
})
