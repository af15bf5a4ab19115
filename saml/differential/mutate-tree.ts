// Changes that see elements: which there are, where they stand, and what IDs they have.

import type { Chance } from './chance.ts'
import { attributesIn, localOf, type Piece, piecesOf, splice, spliceAll, textIn } from './markup.ts'
import type { Mutation } from './mutation.ts'

const wrappers = [
  ...[
    'samlp:Extensions',
    'samlp:StatusDetail',
    'saml:Advice',
    'saml:AttributeValue',
    'saml:Assertion',
    'samlp:Response',
  ],
  ...['ds:Object', 'ds:KeyInfo', 'saml:SubjectConfirmationData', 'saml:EncryptedAssertion', 'saml:Subject', 'x'],
]
const uris =
  ' xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'

/** Wraps markup; `name` may need its prefix declared. */
export function wrapped(inner: string, name: string, chance: Chance): string {
  return `<${name}${uris}${chance.pick(['', '', ' ID="_evil"', ' Id="_object"'])}>${inner}</${name}>`
}

/** A place where an element could stand: before, behind, at the beginning or at the end inside of another. */
export function placeIn(xml: string, chance: Chance): number {
  const pieces = piecesOf(xml)
  if (pieces.length === 0) return 0
  const piece = chance.pick(pieces)
  const inside = piece.contentEnd === -1 ? [] : [piece.tagEnd, piece.contentEnd]
  return chance.pick([piece.start, piece.end, ...inside])
}

export function onPiece(change: (piece: Piece, xml: string, chance: Chance) => string): Mutation {
  return (xml, chance) => {
    const pieces = piecesOf(xml)
    return pieces.length === 0 ? xml : change(chance.pick(pieces), xml, chance)
  }
}

export const elementChanges: readonly Mutation[] = [
  onPiece(({ start, end }, xml) => splice(xml, start, end, '')),
  onPiece(({ end, ...piece }, xml) => splice(xml, end, end, textIn(xml, { ...piece, end }))),
  // Copied to another place, or moved there.
  onPiece((piece, xml, chance) => {
    const at = placeIn(xml, chance)
    return splice(xml, at, at, textIn(xml, piece))
  }),
  onPiece((piece, xml, chance) => {
    const text = textIn(xml, piece)
    const rest = splice(xml, piece.start, piece.end, '')
    const at = placeIn(rest, chance)
    return splice(rest, at, at, text)
  }),
  (xml, chance) => {
    const pieces = piecesOf(xml)
    if (pieces.length < 2) return xml
    const [a, b] = [chance.pick(pieces), chance.pick(pieces)].toSorted((x, y) => x.start - y.start) as [Piece, Piece]
    if (a.end > b.start) return splice(xml, a.start, a.end, textIn(xml, b))
    return spliceAll(xml, [
      { ...a, text: textIn(xml, b) },
      { ...b, text: textIn(xml, a) },
    ])
  },
  onPiece((piece, xml, chance) => {
    const name = chance.oneIn(3) ? piece.name : chance.pick(wrappers)
    return splice(xml, piece.start, piece.end, wrapped(textIn(xml, piece), name, chance))
  }),
  onPiece(({ start, tagEnd, contentEnd, end }, xml) =>
    contentEnd === -1 ? xml : splice(xml, start, end, xml.slice(tagEnd, contentEnd)),
  ),
  onPiece(({ tagEnd, contentEnd }, xml) => (contentEnd === -1 ? xml : splice(xml, tagEnd, contentEnd, ''))),
  // Another local name, its own prefix.
  onPiece((piece, xml, chance) => {
    const local = chance.pick([...wrappers.map(localOf), 'Issuer', 'NameID', 'assertion', 'Signature', 'SignedInfo'])
    return renamed(xml, piece, piece.name.replace(/[^:]*$/, local))
  }),
  // What somebody else wrote.
  (xml, chance, { elements }) => {
    if (elements.length === 0) return xml
    const at = placeIn(xml, chance)
    return splice(xml, at, at, chance.pick(elements))
  },
  (xml, chance, { elements }) => {
    const pieces = piecesOf(xml)
    if (pieces.length === 0 || elements.length === 0) return xml
    const element = chance.pick(elements)
    const name = localOf(/^<([^\s/>]*)/.exec(element)?.[1] ?? '')
    const same = pieces.filter((piece) => localOf(piece.name) === name)
    const { start, end } = chance.pick(same.length > 0 ? same : pieces)
    return splice(xml, start, end, element)
  },
]

export function renamed(xml: string, piece: Piece, name: string): string {
  const changes = [{ start: piece.start + 1, end: piece.start + 1 + piece.name.length, text: name }]
  if (piece.contentEnd !== -1) {
    changes.push({ start: piece.contentEnd + 2, end: piece.contentEnd + 2 + piece.name.length, text: name })
  }
  return spliceAll(xml, changes)
}

const spellings = ['Id', 'id', 'iD', 'xml:id', 'saml:ID', 'samlp:ID', 'AssertionID', 'ResponseID', 'ds:Id', 'x', 'ID']

export const idChanges: readonly Mutation[] = [
  // The ID of one element on another.
  (xml, chance) => {
    const ids = idsIn(xml)
    if (ids.length === 0) return xml
    const from = chance.pick(ids)
    const to = chance.pick(ids)
    return splice(
      xml,
      to.start,
      to.end,
      ` ID="${chance.pick([from.value, from.value, '_evil', '', ` ${to.value}`, `${to.value}x`])}"`,
    )
  },
  (xml, chance) => {
    const ids = idsIn(xml)
    if (ids.length === 0) return xml
    const { start, end, value } = chance.pick(ids)
    return splice(xml, start, end, ` ${chance.pick(spellings)}="${value}"`)
  },
  // One more ID, of whatever spelling, on any element.
  onPiece((piece, xml, chance) => {
    const ids = idsIn(xml)
    const value = ids.length === 0 || chance.oneIn(3) ? '_evil' : chance.pick(ids).value
    const at = piece.start + 1 + piece.name.length
    return splice(xml, at, at, ` ${chance.pick(spellings)}="${value}"`)
  }),
  (xml, chance) => {
    const references = [...xml.matchAll(/ URI="([^"]*)"/g)]
    if (references.length === 0) return xml
    const { 0: text, 1: old = '', index } = chance.pick(references)
    const ids = idsIn(xml).map(({ value }) => `#${value}`)
    const own = old.slice(1)
    const made = [
      '',
      '#',
      '#_evil',
      own,
      `#xpointer(id('${own}'))`,
      '#xpointer(/)',
      `${old}%20`,
      ` ${old}`,
      `http://evil.example/${old}`,
    ]
    return splice(xml, index, index + text.length, ` URI="${chance.pick([...made, ...ids])}"`)
  },
]

function idsIn(xml: string) {
  return piecesOf(xml).flatMap((piece) => attributesIn(xml, piece).filter(({ name }) => name === 'ID'))
}
