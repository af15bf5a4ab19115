// Documents of chance for canonicalization: prefixes that are bound again and again, attributes in whatever order, and every
// spelling that XML has for the same thing, beside elements that are in canonical form as they stand.

import type { Chance } from './chance.ts'

// ASCII without &: libxml2 takes no IRI for the name of a namespace, and does not escape & there.
const uris = ['urn:a', 'urn:b', 'urn:c', 'http://example.org/?a=1;b=2', 'URN:A']
const prefixes = ['a', 'b', 'Z', 'é', '𐐀', '\ufdf0', 'a-b', 'saml']
const locals = ['x', 'y', 'item', 'é', '\ufdf0', '𐐀', '𐐀𐐁', 'a.b', 'X', 'id', 'Ω', 'z-']
const letters = [...'ab \n\t"\'é😀]>', '\ufffd', '-->', '𐐀', ' ', '\u0085', '\u2028']

type Bound = ReadonlyMap<string, string>

/** An element with all it holds. `bound`: the prefixes that are bound where it will stand. */
export function elementOf(chance: Chance, bound: Bound = new Map([['', '']]), depth = 0): string {
  const neat = chance.oneIn(2)
  const scope = new Map(bound)
  const written: string[] = []
  const write = (name: string, value: string): void => {
    written.push(neat ? `${name}="${value}"` : spelledAttribute(name, value, chance))
  }
  const declared = new Set<string>()
  const declare = (prefix: string): void => {
    if (declared.has(prefix)) return
    declared.add(prefix)
    const uri = prefix === '' && chance.oneIn(4) ? '' : chance.pick(uris)
    scope.set(prefix, uri)
    write(prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri)
  }
  // Many on the root, few further in, also such as nobody uses.
  const count = depth === 0 ? chance.below(8) : chance.oneIn(3) ? chance.below(4) : 0
  for (let i = 0; i < count; i++) declare(chance.oneIn(4) ? '' : chance.pick(prefixes))
  const qualified = (withDefault: boolean): string => {
    const known = [...scope.keys()].filter((prefix) => prefix !== '')
    const local = chance.pick(locals)
    if (known.length === 0 || chance.oneIn(withDefault ? 3 : 2)) return local
    return `${chance.pick(known)}:${local}`
  }
  const name = qualified(true)
  const taken = new Set<string>()
  for (let i = chance.below(4); i > 0; i--) {
    const attribute = chance.oneIn(12) ? 'xml:lang' : qualified(false)
    const local = attribute.slice(attribute.indexOf(':') + 1)
    // Two prefixes can stand for one namespace: a local name only once, so that no attribute is there twice.
    if (taken.has(local)) continue
    taken.add(local)
    write(attribute, attributeValue(chance, neat))
  }
  const children = depth >= 5 ? 0 : chance.below(depth === 0 ? 5 : 4)
  let content = ''
  for (let i = 0; i < children; i++) {
    content += chance.oneIn(2) ? elementOf(chance, scope, depth + 1) : contentOf(chance, neat)
  }
  const order = neat ? written : shuffled(written, chance)
  const space = (): string => (neat ? '' : chance.pick(['', ' ', '\n', '\t']))
  const start = `<${name}${order.map((text) => (neat ? ' ' : chance.pick([' ', '\n', '  ', '\t', '\r\n'])) + text).join('')}${space()}`
  if (content === '' && chance.oneIn(3)) return `${start}/>`
  return `${start}>${content}</${name}${space()}>`
}

function shuffled(list: readonly string[], chance: Chance): string[] {
  return list
    .map((item) => ({ item, place: chance.below(1000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

function spelledAttribute(name: string, value: string, chance: Chance): string {
  const space = (): string => chance.pick(['', '', '', ' ', '\n'])
  const quoted = chance.oneIn(2) ? `"${value}"` : `'${value.replaceAll("'", '&apos;')}'`
  return `${name}${space()}=${space()}${quoted}`
}

function attributeValue(chance: Chance, neat: boolean): string {
  let value = ''
  for (let i = chance.below(6); i > 0; i--) {
    const letter = chance.pick(letters)
    if (letter === '"') value += '&quot;'
    else if (neat && letter !== '\n' && letter !== '\t') value += letter
    else if (neat) value += letter === '\n' ? '&#xA;' : '&#x9;'
    else value += chance.oneIn(4) ? reference(letter, chance) : letter
    if (!neat && chance.oneIn(6)) value += chance.pick(['\r\n', '&#13;', '&lt;', '&amp;amp;', '&#x20;', '\r'])
  }
  return value
}

function contentOf(chance: Chance, neat: boolean): string {
  let text = ''
  for (let i = 1 + chance.below(5); i > 0; i--) {
    const letter = chance.pick(letters).replaceAll('>', '&gt;')
    if (neat || !chance.oneIn(3)) {
      text += letter
      continue
    }
    const raw = letter.replace('&gt;', '>')
    text += chance.pick([
      reference(raw, chance),
      '\r\n',
      '\r',
      '&#xD;',
      '&lt;&amp;',
      `<![CDATA[${raw}<&>]]>`,
      '<![CDATA[]]>',
      '<!-- <x> &amp; -->',
      `<!---->${letter}`,
    ])
  }
  // Canonical text: > is written as a reference, and so is nothing else here.
  return text
}

function reference(letter: string, chance: Chance): string {
  return [...letter]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0x20
      return chance.pick([`&#${code};`, `&#x${code.toString(16)};`, `&#x0${code.toString(16).toUpperCase()};`])
    })
    .join('')
}

/**
 * A document as programs write it: all in canonical form but for what the root and a few others declare, one prefix in long
 * stretches, and the same start tags again and again, also where a prefix stands for something else by then.
 */
function regularDocumentOf(chance: Chance): string {
  const some = prefixes.slice(0, 2 + chance.below(2))
  const declared = (): string => some.map((prefix) => ` xmlns:${prefix}="${chance.pick(uris)}"`).join('')
  const name = (): string =>
    (chance.oneIn(4) ? '' : `${chance.oneIn(3) ? chance.pick(some) : some[0]}:`) + chance.pick(['x', 'y'])
  const element = (depth: number): string => {
    const tag = name()
    const scope = chance.oneIn(6) ? declared() : ''
    const attributes = chance.pick(['', '', '', ' id="1"', ' id="1" x=""', ` ${some[0]}:id="1"`])
    let content = ''
    for (let i = depth >= 5 ? 0 : chance.below(4); i > 0; i--) content += element(depth + 1)
    if (content === '') content = chance.pick(['', 'text', 'text', 'a &amp; b'])
    return content === '' && chance.oneIn(2)
      ? `<${tag}${scope}${attributes}/>`
      : `<${tag}${scope}${attributes}>${content}</${tag}>`
  }
  const root = chance.pick(['x', `${some[0]}:x`])
  return `<${root}${declared()}>${element(1)}${element(1)}${element(1)}</${root}>`
}

/** A whole document of either kind, perhaps with what may stand around the root. */
export function documentOf(chance: Chance): string {
  if (chance.oneIn(2)) return regularDocumentOf(chance)
  const before = chance.pick([
    '',
    '',
    '<?xml version="1.0"?>',
    "<?xml version='1.0' encoding='utf-8'?>\r\n<!-- x -->\n",
    '\n',
  ])
  return `${before}${elementOf(chance)}${chance.pick(['', '', '\n', '<!-- y -->\r\n'])}`
}

/** Prefixes for InclusiveNamespaces: bound ones, others, the default. */
export function prefixListOf(chance: Chance): string[] {
  return Array.from({ length: chance.below(5) }, () => chance.pick([...prefixes, '#default', 'undeclared', 'xml']))
}
