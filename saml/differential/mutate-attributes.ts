// Changes that see attributes and namespace declarations.

import type { Chance } from './chance.ts'
import { type AttributeInTag, attributesIn, type Piece, piecesOf, splice, spliceAll } from './markup.ts'
import { onPiece, renamed } from './mutate-tree.ts'
import type { Mutation } from './mutation.ts'

function onAttribute(
  which: (name: string) => boolean,
  change: (attribute: AttributeInTag, xml: string, chance: Chance, piece: Piece) => string,
): Mutation {
  return (xml, chance) => {
    const all = piecesOf(xml).flatMap((piece) => attributesIn(xml, piece).map((attribute) => ({ attribute, piece })))
    const some = all.filter(({ attribute }) => which(attribute.name))
    if (some.length === 0) return xml
    const { attribute, piece } = chance.pick(some)
    return change(attribute, xml, chance, piece)
  }
}

const isDeclaration = (name: string): boolean => /^xmlns(:|$)/.test(name)
const isPlain = (name: string): boolean => !isDeclaration(name)

const values = [
  ...['', ' ', 'root', '2.0', '1.1', 'true', '_request', '_other', '2099-01-01T00:00:00Z', '2026-03-01T12:04:00+01:00'],
  ...['https://evil.example', 'https://sp.example/saml/acs', 'urn:oasis:names:tc:SAML:2.0:cm:bearer'],
  ...['urn:oasis:names:tc:SAML:2.0:cm:sender-vouches', 'urn:oasis:names:tc:SAML:2.0:status:Success', '__proto__'],
]
const names = [
  ...[
    'x',
    'xml:lang',
    'xml:space',
    'xsi:type',
    'xsi:nil',
    'saml:Name',
    'Format',
    'NameQualifier',
    'Recipient',
    'Id',
    'PrefixList',
  ],
  ...['InResponseTo', 'Destination', 'NotOnOrAfter', 'Version', 'Algorithm', 'constructor'],
]

export const attributeChanges: readonly Mutation[] = [
  onAttribute(isPlain, ({ start, end }, xml) => splice(xml, start, end, '')),
  onAttribute(isPlain, ({ name, start, end }, xml, chance) =>
    splice(xml, start, end, ` ${name}="${chance.pick(values)}"`),
  ),
  // The same attribute twice, perhaps with another value.
  onAttribute(isPlain, ({ name, value, end }, xml, chance) =>
    splice(xml, end, end, ` ${name}="${chance.oneIn(2) ? value : chance.pick(values)}"`),
  ),
  // Another spelling of the same.
  onAttribute(isPlain, ({ name, value, start, end }, xml, chance) => {
    const space = chance.pick([' ', '\n', '\t ', '\r\n'])
    const quoted = chance.oneIn(2) ? `'${value.replaceAll("'", '&apos;')}'` : `"${value}"`
    return splice(xml, start, end, `${space}${name}${chance.pick(['', ' '])}=${chance.pick(['', ' ', '\n'])}${quoted}`)
  }),
  onAttribute(isPlain, ({ name, value, start, end }, xml, chance) => {
    const at = chance.below(value.length + 1)
    const put = chance.pick(['&#9;', '&#10;', '&#xD;', '\n', '\t', ' ', '&amp;', '>', '&gt;', 'é', '&lt;', '<', '&'])
    return splice(xml, start, end, ` ${name}="${splice(value, at, at, put)}"`)
  }),
  // In another order.
  onPiece((piece, xml, chance) => {
    const all = attributesIn(xml, piece)
    if (all.length < 2) return xml
    const from = chance.pick(all)
    const to = chance.pick(all)
    if (from === to) return xml
    return spliceAll(xml, [
      { start: from.start, end: from.end, text: xml.slice(to.start, to.end) },
      { start: to.start, end: to.end, text: xml.slice(from.start, from.end) },
    ])
  }),
  // Carried over to another element.
  onAttribute(isPlain, ({ start, end }, xml, chance) => {
    const piece = chance.pick(piecesOf(xml))
    const at = piece.start + 1 + piece.name.length
    return splice(xml, at, at, xml.slice(start, end))
  }),
  onPiece((piece, xml, chance) => {
    const at = piece.start + 1 + piece.name.length
    return splice(xml, at, at, ` ${chance.pick(names)}="${chance.pick(values)}"`)
  }),
  onAttribute(isPlain, ({ name, value, start, end }, xml, chance) =>
    splice(xml, start, end, ` ${chance.pick([...names, name.toLowerCase()])}="${value}"`),
  ),
  // White space in tags.
  onPiece(({ tagEnd, contentEnd, end }, xml, chance) => {
    const space = chance.pick([' ', '\n', '\t', '\r\n '])
    if (contentEnd !== -1 && chance.oneIn(2)) return splice(xml, end - 1, end - 1, space)
    const at = tagEnd - (contentEnd === -1 ? 2 : 1)
    return splice(xml, at, at, space)
  }),
]

const namespaces = [
  ...[
    'urn:oasis:names:tc:SAML:2.0:assertion',
    'urn:oasis:names:tc:SAML:2.0:protocol',
    'http://www.w3.org/2000/09/xmldsig#',
  ],
  ...[
    'urn:oasis:names:tc:SAML:1.0:assertion',
    'urn:oasis:names:tc:SAML:2.0:assertion ',
    'URN:OASIS:names:tc:SAML:2.0:assertion',
  ],
  ...['http://www.w3.org/2001/10/xml-exc-c14n#', 'urn:x', 'relative', '', 'http://www.w3.org/XML/1998/namespace'],
  ...[
    'http://www.w3.org/2000/xmlns/',
    'http://www.w3.org/2001/XMLSchema-instance',
    'http://www.w3.org/2001/04/xmlenc#',
  ],
]
const prefixes = ['', ':saml', ':samlp', ':ds', ':x', ':xs', ':xsi', ':xml', ':xmlns', ':é']

export const namespaceChanges: readonly Mutation[] = [
  onPiece((piece, xml, chance) => {
    const at = piece.start + 1 + piece.name.length
    return splice(xml, at, at, ` xmlns${chance.pick(prefixes)}="${chance.pick(namespaces)}"`)
  }),
  // One that says what holds anyway, or that nobody uses: another text, the same document.
  onPiece((piece, xml, chance) => {
    const known = [...xml.matchAll(/ xmlns(?::[\w.-]+)?="[^"]*"/g)].map(([text]) => text)
    const at = piece.start + 1 + piece.name.length
    const text = chance.pick([...known, ' xmlns:unused="urn:unused"', ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'])
    return splice(xml, at, at, text)
  }),
  onAttribute(isDeclaration, ({ start, end }, xml) => splice(xml, start, end, '')),
  onAttribute(isDeclaration, ({ name, start, end }, xml, chance) =>
    splice(xml, start, end, ` ${name}="${chance.pick(namespaces)}"`),
  ),
  onAttribute(isDeclaration, ({ value, start, end }, xml, chance) =>
    splice(xml, start, end, ` xmlns${chance.pick(prefixes)}="${value}"`),
  ),
  // Moved inwards or outwards.
  onAttribute(isDeclaration, ({ start, end }, xml, chance) => {
    const piece = chance.pick(piecesOf(xml))
    const at = piece.start + 1 + piece.name.length
    if (at > start && at < end) return xml
    return spliceAll(xml, [
      { start, end, text: '' },
      { start: at, end: at, text: xml.slice(start, end) },
    ])
  }),
  onPiece((piece, xml, chance) => {
    const prefix = chance.pick(['', 'saml:', 'samlp:', 'ds:', 'x:', 'xml:'])
    return renamed(xml, piece, prefix + piece.name.replace(/^[^:]*:/, ''))
  }),
  // Another prefix throughout.
  (xml, chance) => {
    const found = [...xml.matchAll(/ xmlns:([\w.-]+)="/g)].map(([, prefix]) => prefix ?? '')
    if (found.length === 0) return xml
    const from = chance.pick(found)
    return xml.replaceAll(new RegExp(`(?<=</?| |xmlns:)${from}(?=[:=])`, 'g'), chance.pick(['x', 'y1', 'saml', 'é']))
  },
]
