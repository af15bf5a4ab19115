// The canonical form: the examples of the recommendations, each rule by itself, and what two other implementations make of
// documents that nobody thought out.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readXml } from '../xml/read.ts'
import { attributeOf, childElements, walk, type XmlElement } from '../xml/tree.ts'
import { type Canonicalization, canonicalize as canonicalizeByCopying } from './exclusive.ts'
import { canonicalizePlainly } from './plain.ts'

// Whatever is canonicalized here is canonicalized both ways.
function canonicalize(apex: XmlElement, options: Canonicalization = {}): string {
  const canonical = canonicalizeByCopying(apex, options)
  assert.equal(canonical, canonicalizePlainly(apex, options), apex.source)
  return canonical
}

function firstNamed(root: XmlElement, local: string): XmlElement {
  const found: XmlElement[] = []
  walk(root, (element) => {
    if (element.local === local) found.push(element)
  })
  return found[0] ?? assert.fail(`no ${local}`)
}

const pdu = `<n0:pdu xmlns:n0='http://a.example' xmlns:n1="http://b.example"><n1:elem1>content</n1:elem1></n0:pdu>`
const elem2 = `<n1:elem2 xmlns:n1="http://example.net" xml:lang="en">
    <n3:stuff xmlns:n3="ftp://example.org"/>
  </n1:elem2>`
const inLocal = `<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org">${elem2}</n0:local>`
const inPdu = `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain">${elem2}</n2:pdu>`
const elem2Canonical = elem2.replace('"/>', '"></n3:stuff>')

const tags = `<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>`
const tagsInclusive = `<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>`

const references = `<doc>
   <text>First line&#x0d;&#10;Second line</text>
   <value>&#x32;</value>
   <compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>
   <compute expr='value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"'>valid</compute>
   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>
</doc>`
const referencesCanonical = `<doc>
   <text>First line&#xD;
Second line</text>
   <value>2</value>
   <compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>
   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute>
   <norm attr=" '    &#xD;&#xA;&#x9;   ' "></norm>
</doc>`

const white = `<doc>
   <clean>   </clean>
   <dirty>   A   B   </dirty>
   <mixed>
      A
      <clean>   </clean>
      B
      <dirty>   A   B   </dirty>
      C
   </mixed>
</doc>`

// Requirement, document, canonical form, and what to canonicalize: an element by its local name (the root when left out).
type Row = readonly [string, string, string, { readonly of?: string; readonly prefixes?: readonly string[] }?]

const rows: readonly Row[] = [
  ['C14N 1.0 §3.2: white space is kept', white, white],
  ['C14N 1.0 §3.3: tags, with every prefix inclusive', tags, tagsInclusive, { prefixes: ['', 'a', 'b'] }],
  [
    'xml-exc-c14n §1.1: the same tags, without the namespaces that nobody uses',
    tags,
    tagsInclusive.replace('e6 xmlns:a="http://www.w3.org"', 'e6').replace(/e9 [^>]*/, 'e9'),
  ],
  ['C14N 1.0 §3.4: references and CDATA', references, referencesCanonical],
  ['C14N 1.0 §3.6: characters are written as such', '<doc>&#169;</doc>', '<doc>©</doc>'],
  [
    'C14N 1.0 §3.1: comments, the declaration and what surrounds the root are left out',
    '<?xml version="1.0"?>\n<!-- a -->\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<!-- Comment 3 -->\n',
    '<doc>Hello, world!</doc>',
  ],
  [
    'xml-exc-c14n §2.1: what only the context uses stays outside',
    pdu,
    '<n1:elem1 xmlns:n1="http://b.example">content</n1:elem1>',
    { of: 'elem1' },
  ],
  ['xml-exc-c14n §2.2: taken out of its first envelope', inLocal, elem2Canonical, { of: 'elem2' }],
  ['xml-exc-c14n §2.2: taken out of the second, it is the same', inPdu, elem2Canonical, { of: 'elem2' }],
  [
    'xml-exc-c14n §2.2: with inclusive prefixes it is what its envelope makes of it',
    inLocal,
    `<n1:elem2 xmlns:n1="http://example.net" xmlns:n3="ftp://example.org" xml:lang="en">
    <n3:stuff></n3:stuff>
  </n1:elem2>`,
    { of: 'elem2', prefixes: ['n0x', 'n3'] },
  ],
  [
    'xml-exc-c14n §2.2: an inclusive prefix that is not declared says nothing',
    inPdu,
    elem2Canonical,
    { of: 'elem2', prefixes: ['zz', ''] },
  ],
  [
    'xml-exc-c14n §2.2: #default takes the default namespace with it',
    '<a xmlns="urn:x" xmlns:p="urn:p"><p:b><p:c/></p:b></a>',
    '<p:b xmlns="urn:x" xmlns:p="urn:p"><p:c></p:c></p:b>',
    { of: 'b', prefixes: [''] },
  ],
  [
    'xml-exc-c14n §2.2: #default follows where it is undeclared',
    '<a xmlns="urn:x" xmlns:p="urn:p"><p:b><p:c xmlns=""><p:d/></p:c></p:b></a>',
    '<p:b xmlns="urn:x" xmlns:p="urn:p"><p:c xmlns=""><p:d></p:d></p:c></p:b>',
    { of: 'b', prefixes: [''] },
  ],
  [
    'xml-exc-c14n §2.2: an inclusive prefix that is bound anew is rendered anew, and only there',
    '<a xmlns:p="urn:1"><b><c xmlns:p="urn:2"><d/></c><e xmlns:p="urn:1"/></b></a>',
    '<b xmlns:p="urn:1"><c xmlns:p="urn:2"><d></d></c><e></e></b>',
    { of: 'b', prefixes: ['p', 'p'] },
  ],
  [
    'xml-exc-c14n §2.2: an inclusive prefix that is declared below the apex',
    '<a><b><c xmlns:p="urn:p"><d/></c><d xmlns:p="urn:p" xmlns:q="urn:q"/></b></a>',
    '<b><c xmlns:p="urn:p"><d></d></c><d xmlns:p="urn:p"></d></b>',
    { of: 'b', prefixes: ['p'] },
  ],
  [
    'xml-exc-c14n §3: a namespace is declared where it is used, each time anew',
    '<a xmlns:p="urn:p"><p:b/><p:b/></a>',
    '<a><p:b xmlns:p="urn:p"></p:b><p:b xmlns:p="urn:p"></p:b></a>',
  ],
  [
    'xml-exc-c14n §3: what an output ancestor declared is not declared again',
    '<p:a xmlns:p="urn:p"><b><p:c xmlns:p="urn:p" p:d=""/></b></p:a>',
    '<p:a xmlns:p="urn:p"><b><p:c p:d=""></p:c></b></p:a>',
  ],
  [
    'xml-exc-c14n §1.1: a prefix in an attribute is used',
    '<a xmlns:p="urn:p" xmlns:q="urn:q" p:b="q:x"/>',
    '<a xmlns:p="urn:p" p:b="q:x"></a>',
  ],
  [
    'xml-exc-c14n §3: the default namespace is undeclared where an element leaves it',
    '<a xmlns="urn:x"><b xmlns=""><c/></b></a>',
    '<a xmlns="urn:x"><b xmlns=""><c></c></b></a>',
  ],
  [
    'xml-exc-c14n §3: it is not undeclared where none was rendered',
    '<a xmlns="urn:x"><b xmlns=""/></a>',
    '<b></b>',
    { of: 'b' },
  ],
  [
    'xml-exc-c14n §3: nor by an element with prefix between',
    '<a xmlns="urn:x"><p:b xmlns:p="urn:p" xmlns=""><c/></p:b></a>',
    '<a xmlns="urn:x"><p:b xmlns:p="urn:p"><c xmlns=""></c></p:b></a>',
  ],
  [
    'xml-exc-c14n §2: xml: attributes of the context are not taken along',
    '<a xml:lang="de" xml:base="http://x"><b/></a>',
    '<b></b>',
    { of: 'b' },
  ],
  [
    'C14N 1.0 §2.3: xml is never declared',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="de"/>',
    '<a xml:lang="de"></a>',
    { prefixes: ['xml'] },
  ],
  [
    'C14N 1.0 §2.2: attributes by namespace, then by local name, and not by prefix',
    '<a xmlns:z="urn:1" xmlns:y="urn:2" y:a="4" z:b="3" z:a="2" b="1" a="0"/>',
    '<a xmlns:y="urn:2" xmlns:z="urn:1" a="0" b="1" z:a="2" z:b="3" y:a="4"></a>',
  ],
  [
    'C14N 1.0 §2.2: xml: attributes stand where their namespace puts them',
    '<a xmlns:p="a:b" xmlns:q="urn:q" q:a="" xml:a="" p:a="" a=""/>',
    '<a xmlns:p="a:b" xmlns:q="urn:q" a="" p:a="" xml:a="" q:a=""></a>',
  ],
  [
    'C14N 1.0 §2.2: declarations by prefix, the default one first',
    '<b:a xmlns:c="urn:1" xmlns:b="urn:2" xmlns="urn:3" c:d=""/>',
    '<b:a xmlns="urn:3" xmlns:b="urn:2" xmlns:c="urn:1" c:d=""></b:a>',
    { prefixes: [''] },
  ],
  ['C14N 1.0 §2.2: another order, where nothing else is to do', '<a b="1" a="2"></a>', '<a a="2" b="1"></a>'],
  ['C14N 1.0 §2.2: the same with other letters', '<a é="1" b="2"></a>', '<a b="2" é="1"></a>'],
  ['C14N 1.0 §2.2: the same beyond the BMP', '<a 𐐀="1" \ufdf0="2"></a>', '<a \ufdf0="2" 𐐀="1"></a>'],
  [
    'C14N 1.0 §2.2: the same with prefixes, after those without',
    '<p:a xmlns:p="urn:p"><b p:a="1" c="2"></b><b c="1" p:a="2"></b><b p:b="1" p:a="2"></b></p:a>',
    '<p:a xmlns:p="urn:p"><b c="2" p:a="1"></b><b c="1" p:a="2"></b><b p:a="2" p:b="1"></b></p:a>',
  ],
  [
    'C14N 1.0 §2.2: the same with prefixes whose namespaces are in another order',
    '<q:a xmlns:q="urn:1" xmlns:p="urn:2" p:x="0"><b p:a="1" q:b="2"></b><b q:b="1" p:a="2"></b></q:a>',
    '<q:a xmlns:p="urn:2" xmlns:q="urn:1" p:x="0"><b q:b="2" p:a="1"></b><b q:b="1" p:a="2"></b></q:a>',
  ],
  [
    'C14N 1.0 §2.2: the order of code points, not of UTF-16',
    '<a 𐐀="3" \ufdf0="2" z="1"/>',
    '<a z="1" \ufdf0="2" 𐐀="3"></a>',
  ],
  [
    'C14N 1.0 §2.2: the first and the last of the surrogates are surrogates',
    '<a \u{103ff}="3" \u{10000}="2" \ufdf0="1"/>',
    '<a \ufdf0="1" \u{10000}="2" \u{103ff}="3"></a>',
  ],
  [
    'C14N 1.0 §2.2: the order of code points among namespaces',
    '<a xmlns:p="urn:a" xmlns:q="urn:B" p:a="" q:a=""/>',
    '<a xmlns:p="urn:a" xmlns:q="urn:B" q:a="" p:a=""></a>',
  ],
  ['C14N 1.0 §2.2: a name comes before those that it begins', '<a bb="" b="" b-=""/>', '<a b="" b-="" bb=""></a>'],
  [
    'C14N 1.0 §2.3: what is escaped in text',
    '<a>&lt;&gt;&amp;"\'&#xD;&#9;&#10;</a>',
    '<a>&lt;&gt;&amp;"\'&#xD;\t\n</a>',
  ],
  [
    'C14N 1.0 §2.3: what is escaped in attributes',
    '<a b="&lt;>&amp;&quot;\'&#xD;&#9;&#10;"/>',
    '<a b="&lt;>&amp;&quot;\'&#xD;&#x9;&#xA;"></a>',
  ],
  ['C14N 1.0 §2.3: what is escaped in namespaces', '<a xmlns="urn:&#38;&amp;"/>', '<a xmlns="urn:&amp;&amp;"></a>'],
]

for (const [requirement, source, canonical, { of, prefixes = [] } = {}] of rows) {
  test(requirement, () => {
    const root = readXml(source)
    assert.equal(
      canonicalize(of === undefined ? root : firstNamed(root, of), { inclusivePrefixes: prefixes }),
      canonical,
    )
  })
}

test('XML Signature §6.6.4: the element to omit is left out with all it holds, and nothing else', () => {
  const root = readXml('<a> <b><c/></b>x<b><c/></b> </a>')
  const [first, second] = childElements(root)
  assert.equal(canonicalize(root, { omit: first as XmlElement }), '<a> x<b><c></c></b> </a>')
  assert.equal(canonicalize(root, { omit: second as XmlElement }), '<a> <b><c></c></b>x </a>')
})

test('Sallyport: a long list of inclusive prefixes and many declarations take no long time', () => {
  const declared = Array.from({ length: 60 }, (_, i) => ` xmlns:p${i}="a:"`).join('')
  const inclusivePrefixes = Array.from({ length: 32 }, (_, i) => `q${i}`)
  for (const unit of ['<a/>', '<a xmlns:q="a:"/>']) {
    const root = readXml(`<a${declared}>${unit.repeat(Math.floor(250_000 / unit.length))}</a>`)
    const start = performance.now()
    canonicalizeByCopying(root, { inclusivePrefixes })
    assert.ok(performance.now() - start < 2000)
  }
})

// Documents of chance: names, prefixes that are bound again and again, and every character that is escaped somewhere.
// Namespaces are plain ASCII without &: libxml2, which both peers use, takes no IRI and does not escape & there.
const uri = fc.constantFrom('urn:a', 'urn:b', 'http://example.org/?a=1;b=2', 'urn:c', 'URN:C')
const prefix = fc.constantFrom('a', 'b', 'Z', 'é', '𐐀', '\ufdf0')
const local = fc.constantFrom('x', 'y', 'item', 'é', '\ufdf0', '𐐀', 'a-b', 'a.b')
const text = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\t', '&#13;', '&lt;', '&gt;', '&amp;', '"', "'", 'é', '😀', ']'),
  maxLength: 8,
})
const value = fc.string({
  unit: fc.constantFrom('a', ' ', '&#9;', '&#10;', '&#13;', '&lt;', '>', '&amp;', '&quot;', "'", 'é', '😀'),
  maxLength: 6,
})
const declaration = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(prefix, uri).map(([p, u]) => [`xmlns:${p}`, u] as const) },
  { weight: 1, arbitrary: fc.option(uri, { nil: '' }).map((u) => ['xmlns', u] as const) },
)
const markup = fc.letrec<{ node: string; children: string }>((tie) => ({
  children: fc.array(fc.oneof({ maxDepth: 5 }, text, tie('node')), { maxLength: 4 }).map((list) => list.join('')),
  node: fc
    .record({
      name: fc.tuple(fc.option(prefix), local),
      declared: fc.uniqueArray(declaration, { maxLength: 3, selector: ([key]) => key }),
      attributes: fc.uniqueArray(fc.tuple(fc.option(prefix), local, value), {
        maxLength: 4,
        selector: ([p, l]) => `${p}:${l}`,
      }),
      inner: tie('children'),
    })
    .map(({ name: [p, l], declared, attributes, inner }) => {
      const name = p === null ? l : `${p}:${l}`
      const written = [...attributes.map(([q, key, v]) => [q === null ? key : `${q}:${key}`, v]), ...declared]
      return `<${name}${written.map(([key, v]) => ` ${key}="${v}"`).join('')}>${inner}</${name}>`
    }),
}))

// Every prefix is bound at the root. Two prefixes for one namespace may make two attributes one: such a document is left out.
const rootTag = `<r xmlns="urn:root" ${['a', 'b', 'Z', 'é', '𐐀', '\ufdf0'].map((p, i) => `xmlns:${p}="urn:root:${i}"`).join(' ')} xml:lang="de">`

function documents(count: number): string[] {
  const sound = (source: string): boolean => {
    try {
      return readXml(source) !== undefined
    } catch {
      return false
    }
  }
  const candidates = fc.sample(markup.children, { seed: 20260301, numRuns: count * 2 })
  return candidates
    .map((inner) => `${rootTag}${inner}</r>`)
    .filter(sound)
    .slice(0, count)
}

const required = process.env.SALLYPORT_REQUIRE_PEERS === '1'
const installed = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('xmllint makes the same of 200 documents', {
  skip: !required && !installed('xmllint') && 'xmllint is not installed',
}, () => {
  const sources = documents(200)
  assert.equal(sources.length, 200)
  inFolder((folder) => {
    const files = sources.map((source, i) => {
      const file = join(folder, `${i}.xml`)
      writeFileSync(file, source)
      return file
    })
    // One process: it writes the canonical forms one after another, without anything between them.
    const { stdout, stderr } = spawnSync('xmllint', ['--nonet', '--exc-c14n', ...files], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    let at = 0
    for (const source of sources) {
      const canonical = canonicalize(readXml(source))
      assert.equal(stdout.slice(at, at + canonical.length), canonical, `${source}\n${stderr}`)
      at += canonical.length
    }
    assert.equal(stdout.slice(at).trim(), '')
  })
})

test('xmlsec1 digests the same of 200 elements with inclusive prefixes', {
  skip: !required && !installed('xmlsec1') && 'xmlsec1 is not installed',
}, () => {
  const dsig = 'http://www.w3.org/2000/09/xmldsig#'
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const lists = fc.sample(
    fc.array(fc.oneof(prefix, fc.constantFrom('#default', 'undeclared')), { minLength: 1, maxLength: 4 }),
    { seed: 20260301, numRuns: 200 },
  )
  const items = documents(200).map(
    (source, i) => `<t:item xmlns:t="urn:t" ID="_${i}">${source.slice(rootTag.length, -'</r>'.length)}</t:item>`,
  )
  const references = lists.map(
    (list, i) =>
      `<Reference URI="#_${i}"><Transforms><Transform Algorithm="${exclusive}"><InclusiveNamespaces xmlns="${exclusive}" PrefixList="${list.join(' ')}"/></Transform></Transforms>` +
      `<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>`,
  )
  const signature =
    `<Signature xmlns="${dsig}"><SignedInfo><CanonicalizationMethod Algorithm="${exclusive}"/>` +
    `<SignatureMethod Algorithm="${dsig}hmac-sha1"/>${references.join('')}</SignedInfo><SignatureValue/></Signature>`
  inFolder((folder) => {
    const file = join(folder, 'template.xml')
    writeFileSync(file, `${rootTag}${items.join('')}${signature}</r>`)
    writeFileSync(join(folder, 'key'), 'not a secret')
    const options = ['--sign', '--id-attr:ID', 'urn:t:item', '--hmackey', join(folder, 'key'), file]
    const { stdout, stderr } = spawnSync('xmlsec1', options, { encoding: 'utf8', maxBuffer: 2 ** 26 })
    const digests = [...stdout.matchAll(/<DigestValue>([^<]*)</g)].map(([, digest]) => digest)
    assert.equal(digests.length, 200, stderr)
    const limits = { bytes: 2 ** 26, depth: 64, attributes: 64, declarations: 64, nameLength: 256 }
    for (const element of childElements(readXml(stdout, limits))) {
      const index = Number(attributeOf(element, 'ID')?.slice(1) ?? -1)
      if (index === -1) continue
      const inclusivePrefixes = (lists[index] ?? []).map((one) => (one === '#default' ? '' : one))
      const canonical = canonicalize(element, { inclusivePrefixes })
      assert.equal(createHash('sha256').update(canonical).digest('base64'), digests[index], canonical)
    }
  })
})
