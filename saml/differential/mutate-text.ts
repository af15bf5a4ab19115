// Changes that see text: characters, tokens, encodings, and what XML may hold between the lines.

import type { Chance } from './chance.ts'
import { type Piece, piecesOf, splice, textIn, tokensOf } from './markup.ts'
import type { Mutation } from './mutation.ts'

const characters = [
  ...'<>&"\'=/:;#! \t\n\r\0\u0001\u00a0éﬁ\u{1f600}\ufffe',
  'a',
  'ID',
  ']]>',
  '--',
  '<!',
  '<?',
  '/>',
  '</',
]

export const byteChanges: readonly Mutation[] = [
  (xml, chance) => {
    const at = chance.below(xml.length)
    return splice(xml, at, at + 1, String.fromCharCode(xml.charCodeAt(at) ^ (1 << chance.below(7))))
  },
  (xml, chance) => splice(xml, ...twice(chance.below(xml.length)), chance.pick(characters)),
  (xml, chance) => {
    const at = chance.below(xml.length)
    return splice(xml, at, at + 1 + chance.below(4), '')
  },
  (xml, chance) => {
    const at = chance.below(xml.length)
    return splice(xml, at, at + 1, chance.pick(characters))
  },
  // Truncation, at either end, and a document twice.
  (xml, chance) => xml.slice(0, chance.below(xml.length)),
  (xml, chance) => xml.slice(chance.below(xml.length)),
  (xml, chance) => {
    const from = chance.below(xml.length)
    return splice(xml, from, from + chance.below(xml.length - from), '')
  },
  (xml, chance) => xml + chance.pick(['', ' ', '\n<!-- -->', 'x', '<x/>', '\0']) + (chance.oneIn(3) ? xml : ''),
]

const twice = (at: number): [number, number] => [at, at]

const madeTokens = [
  '<!-- -->',
  '<saml:NameID>',
  '</saml:NameID>',
  'root',
  '<x/>',
  '<![CDATA[root]]>',
  '</samlp:Response>',
]

export const tokenChanges: readonly Mutation[] = [
  (xml, chance) => onTokens(xml, (tokens) => tokens.splice(chance.below(tokens.length), 1 + chance.below(3))),
  (xml, chance) => {
    return onTokens(xml, (tokens) => {
      const from = chance.below(tokens.length)
      tokens.splice(chance.below(tokens.length), 0, ...tokens.slice(from, from + 1 + chance.below(4)))
    })
  },
  (xml, chance) => {
    return onTokens(xml, (tokens) => {
      const [a, b] = [chance.below(tokens.length), chance.below(tokens.length)]
      ;[tokens[a], tokens[b]] = [tokens[b] ?? '', tokens[a] ?? '']
    })
  },
  (xml, chance) => onTokens(xml, (tokens) => tokens.splice(chance.below(tokens.length), 0, chance.pick(madeTokens))),
]

function onTokens(xml: string, change: (tokens: string[]) => unknown): string {
  const tokens = tokensOf(xml)
  change(tokens)
  return tokens.join('')
}

/** Elements that hold text alone. */
function leaves(xml: string): Piece[] {
  return piecesOf(xml).filter(
    ({ tagEnd, contentEnd }) => contentEnd > tagEnd && !xml.slice(tagEnd, contentEnd).includes('<'),
  )
}

const values = [
  ...['root', 'eve@evil.example', '', ' ', '2099-01-01T00:00:00Z', '2.0', '_evil', 'https://evil.example'],
  ...['urn:oasis:names:tc:SAML:2.0:status:Success', 'AAAA', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
]

export const textChanges: readonly Mutation[] = [
  onLeaf((text, chance) => chance.pick(values) || text.toUpperCase()),
  onLeaf((text, chance) =>
    splice(text, ...twice(chance.below(text.length + 1)), chance.pick(['\n', ' ', '\t', '\r\n', '.'])),
  ),
  onLeaf((text, chance) => text.slice(0, chance.below(text.length))),
  onLeaf((text) => text.trim()),
  onLeaf((text) => `${text}${text}`),
  // Two texts change places.
  (xml, chance) => {
    const all = leaves(xml)
    if (all.length < 2) return xml
    const from = chance.pick(all)
    const to = chance.pick(all)
    return splice(xml, to.tagEnd, to.contentEnd, xml.slice(from.tagEnd, from.contentEnd))
  },
]

function onLeaf(change: (text: string, chance: Chance) => string): Mutation {
  return (xml, chance) => {
    const all = leaves(xml)
    if (all.length === 0) return xml
    const { tagEnd, contentEnd } = chance.pick(all)
    return splice(xml, tagEnd, contentEnd, change(xml.slice(tagEnd, contentEnd), chance))
  }
}

const doctypes = [
  '<!DOCTYPE x>',
  '<!DOCTYPE x [<!ENTITY e "root">]>',
  '<!doctype x SYSTEM "http://evil.example/x.dtd">',
  '<!DOCTYPE x [<!ATTLIST saml:Assertion ID CDATA "_evil"><!ENTITY % p "root">]>',
]
const spellings = [
  '&#x%h;',
  '&#%d;',
  '<![CDATA[%c]]>',
  '%c<!-- -->',
  '<!-- -->%c',
  '<?x y?>%c',
  '%c<![CDATA[]]>',
  '&e;%c',
]

export const insertions: readonly Mutation[] = [
  // One character of a text in another spelling, or with something beside it.
  onLeaf((text, chance) => {
    const at = chance.below(text.length)
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0x20)
    const code = character.codePointAt(0) ?? 0x20
    const spelled = chance
      .pick(spellings)
      .replace('%h', code.toString(16))
      .replace('%d', String(code))
      .replace('%c', () => character)
    return splice(text, at, at + character.length, spelled)
  }),
  onLeaf((text) => `<![CDATA[${text}]]>`),
  // Something between tags.
  (xml, chance) => {
    return onTokens(xml, (tokens) => {
      const made = [
        '<!-- -->',
        '<!-- <saml:NameID>root</saml:NameID> -->',
        '\n',
        '\r\n  ',
        '<?x y?>',
        '<![CDATA[ ]]>',
        '&#xD;',
        '&e;',
      ]
      tokens.splice(chance.below(tokens.length + 1), 0, chance.pick(made))
    })
  },
  (xml, chance) => {
    const at = /^<\?xml[^>]*\?>/.exec(xml)?.[0].length ?? 0
    return splice(xml, ...twice(at), chance.pick(doctypes))
  },
  (xml, chance) => {
    const pieces = piecesOf(xml)
    if (pieces.length === 0) return xml
    const { start, end } = chance.pick(pieces)
    return splice(xml, start, end, `<!--${textIn(xml, { start, end })}-->`)
  },
]

export const encodingChanges: readonly ((xml: string, chance: Chance) => Uint8Array)[] = [
  (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le'),
  (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le').swap16(),
  (xml) => Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${xml}`, 'utf16le'),
  (xml) => Buffer.from(`\ufeff${xml}`),
  (xml) => Buffer.from(`\ufeff\ufeff${xml}`),
  (xml) => Buffer.from(xml, 'latin1'),
  (xml, chance) => {
    const made = ['ISO-8859-1', 'UTF-7', 'utf-8', 'UTF-16', 'EBCDIC-CP-US', 'US-ASCII', '']
    return Buffer.from(`<?xml version="1.0" encoding="${chance.pick(made)}"?>${xml.replace(/^<\?xml[^>]*\?>/, '')}`)
  },
  (xml, chance) =>
    Buffer.from(`<?xml version="${chance.pick(['1.1', '1.0', '2.0', ''])}"?>${xml.replace(/^<\?xml[^>]*\?>/, '')}`),
  // An overlong <, half a character, a byte that is none.
  (xml, chance) => {
    const bytes = Buffer.from(xml)
    const at = chance.below(bytes.length)
    const put = Buffer.from(
      chance.pick([[0xc0, 0xbc], [0xc3], [0xff], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0]]),
    )
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at)])
  },
]
