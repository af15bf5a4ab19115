// Any tree, in any sound spelling, is read back as that tree, and canonicalized as if it had been written anew; anything
// else is refused with an error of our own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalize } from '../c14n/exclusive.ts'
import { canonicalizePlainly } from '../c14n/plain.ts'
import { readXml } from './read.ts'
import { childElements, walk, type XmlElement } from './tree.ts'
import { XmlError } from './xml-error.ts'

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

type Chance = (below: number) => number

// Mulberry32: a spelling must be the same whenever fast-check shrinks to its seed. Where `neat` is more than 0 most choices
// fall on the first, the plainest one: then most of the document is in canonical form as it stands.
function chanceOf(seed: number, neat: number): Chance {
  let state = seed
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  return (below) => (next(neat + 1) === 0 ? next(below) : 0)
}

const pick = <T>(chance: Chance, list: readonly T[]): T => list[chance(list.length)] as T
const nastyText = fc.string({ unit: fc.constantFrom(...'ab<>&"\' \n\t\r]é名😀\u{10ffff}\ufffd;#x-!['), maxLength: 12 })
const name = fc.constantFrom('a', 'B', '_x', 'é', '名', 'a-b.c', '𐐀', 'xml', 'xmlnsx', 'ID')
const namespace = fc.constantFrom('', 'urn:a', 'urn:b', 'http://c.example/?a=1&b=(2)')
const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc
    .record({
      name: fc.tuple(namespace, name),
      attributes: fc.uniqueArray(fc.tuple(fc.oneof(fc.constant(''), namespace), name, nastyText), {
        maxLength: 4,
        selector: ([ns, local]) => `{${ns}}${local}`,
      }),
      comment: fc.constantFrom(false, false, false, true),
      children: fc.array(fc.oneof({ maxDepth: 4 }, nastyText, tie('tree')), { maxLength: 4 }),
    })
    .map(({ name: [ns, local], attributes, comment, children }) => ({
      name: `{${ns}}${local}`,
      attributes: attributes
        .map(([space, key, value]) => [`{${space}}${key}`, value] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
      comment,
      children: joined(children),
    })),
}))

function joined(children: readonly (Plain | string)[]): (Plain | string)[] {
  const result: (Plain | string)[] = []
  for (const child of children) {
    const last = result.at(-1)
    if (child === '') continue
    if (typeof child === 'string' && typeof last === 'string') result[result.length - 1] = last + child
    else result.push(child)
  }
  return result
}

function spell(node: Plain, scope: ReadonlyMap<string, string>, chance: Chance): string {
  const inner = new Map(scope)
  const used = new Set<string>()
  const tags: string[] = []
  const declare = (prefix: string, uri: string): void => {
    inner.set(prefix, uri)
    tags.push(`xmlns${prefix && ':'}${prefix}=${spellValue(uri, chance)}`)
  }
  // A prefix that is bound already, or one to bind now: also one that means something else outside.
  const qualified = (expanded: string, attribute: boolean): string => {
    const [, uri = '', local = ''] = /^\{(.*)\}(.*)$/s.exec(expanded) ?? []
    if (uri === '' && attribute) return local
    const usable = uri === '' ? [''] : ['p', 'q', 'é', 'saml', 'n1', 'n2', ...(attribute ? [] : [''])]
    const bound = usable.filter((prefix) => inner.get(prefix) === uri)
    const free = usable.filter((prefix) => !used.has(prefix))
    const prefix = pick(chance, bound.length > 0 && chance(3) < 2 ? bound : free.length > 0 ? free : bound)
    used.add(prefix)
    if (inner.get(prefix) !== uri) declare(prefix, uri)
    return prefix === '' ? local : `${prefix}:${local}`
  }
  const element = qualified(node.name, false)
  for (const [key, value] of node.attributes)
    tags.push(`${qualified(key, true)}${pick(chance, ['=', ' =', '= ', '\n=\t'])}${spellValue(value, chance)}`)
  // A declaration that nobody uses; one of the default namespace would change the element's own name.
  if (chance(4) === 1 && !inner.has('unused')) declare('unused', 'urn:unused')
  const shuffled = tags.map((tag) => [chance(1000), tag] as const).sort(([a], [b]) => a - b)
  const start = `<${element}${shuffled.map(([, tag]) => pick(chance, [' ', '  ', '\n', '\t ']) + tag).join('')}${pick(chance, ['', ' ', '\n'])}`
  if (node.children.length === 0 && !node.comment && chance(2) === 1) return `${start}/>`
  const parts = node.children.map((child) =>
    typeof child === 'string' ? spellText(child, chance) : spell(child, inner, chance),
  )
  if (node.comment) parts.splice(chance(parts.length + 1), 0, '<!-- <x>&amp; -->')
  return `${start}>${parts.join('')}</${element}${pick(chance, ['', '\n'])}>`
}

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}

function referenceTo(character: string, chance: Chance): string {
  const code = character.codePointAt(0) as number
  return pick(chance, [
    entities[character] ?? `&#${code};`,
    `&#${code};`,
    `&#x${code.toString(16)};`,
    `&#x00${code.toString(16).toUpperCase()};`,
  ])
}

function spellValue(value: string, chance: Chance): string {
  const quote = pick(chance, ['"', "'"])
  const spelled = [...value].map((character) => {
    if (character === ' ') return pick(chance, [' ', '\t', '\n', '&#32;'])
    return '<&\t\n\r'.includes(character) || character === quote || chance(5) === 1
      ? referenceTo(character, chance)
      : character
  })
  return quote + spelled.join('') + quote
}

function spellText(text: string, chance: Chance): string {
  if (chance(4) === 1 && !/\]\]>|\r/.test(text)) return `<![CDATA[${text}]]>`
  if (text.length > 1 && chance(4) === 1) {
    const [first = '', ...rest] = text
    return spellText(first, chance) + spellText(rest.join(''), chance)
  }
  const spelled = [...text].map((character) => {
    if (character === '\n') return pick(chance, ['\n', '\r\n', '&#10;'])
    return '<&\r>'.includes(character) || chance(5) === 1 ? referenceTo(character, chance) : character
  })
  return spelled.join('')
}

const document = fc.tuple(tree, fc.integer(), fc.nat(30)).map(([expected, seed, neat]) => {
  const chance = chanceOf(seed, neat)
  const prolog = pick(chance, ['', '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- x -->"])
  const source = prolog + spell(expected, new Map([['', '']]), chance) + pick(chance, ['', '\n', '<!-- y -->'])
  return { expected, source }
})

test('a tree is read back whatever its spelling', () => {
  const property = fc.property(document, ({ expected, source }) => {
    assert.deepEqual(plain(readXml(source)), expected, source)
    assert.deepEqual(plain(readXml(Buffer.from(source))), expected, source)
  })
  fc.assert(property, { seed: 20260301, numRuns: 1000 })
})

test('xml-exc-c14n: what is copied from the source is what would be written anew', () => {
  const list = fc.array(fc.constantFrom('', 'p', 'q', 'é', 'saml', 'unused', 'undeclared'), { maxLength: 3 })
  const property = fc.property(document, list, ({ source }, inclusivePrefixes) => {
    const root = readXml(source)
    walk(root, (apex) => {
      for (const omit of [undefined, ...childElements(apex)]) {
        const options = omit === undefined ? { inclusivePrefixes } : { inclusivePrefixes, omit }
        assert.equal(canonicalize(apex, options), canonicalizePlainly(apex, options), source)
      }
    })
    // What is canonical is its own canonical form, and the same tree but for its comments.
    const canonical = canonicalize(root)
    assert.equal(canonicalize(readXml(canonical)), canonical)
    assert.equal(canonicalizePlainly(readXml(canonical)), canonical)
  })
  fc.assert(property, { seed: 20260301, numRuns: 1500 })
})

test('any text is read or refused with an error of our own', () => {
  const read = (source: string | Uint8Array): void => {
    try {
      readXml(source)
    } catch (error) {
      assert.ok(error instanceof XmlError)
    }
  }
  const pieces = `<a> </a> <a b=" " =' /> > < & ; <!-- --> <![CDATA[ ]]> xmlns:a="urn:a" a: &#x41; <?xml version="1.0"?> é \r <! / =`
  const text = fc.string({ unit: fc.constantFrom(' ', ...pieces.split(' ')), maxLength: 30 })
  fc.assert(fc.property(text, read), { seed: 20260301, numRuns: 3000 })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), read), { seed: 20260301, numRuns: 2000 })
})
