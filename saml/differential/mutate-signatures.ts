// Changes that see signatures and ciphertexts: signature wrapping in all its shapes (Somorovsky et al., 2012: XSW), signatures
// moved, exchanged and taken apart, algorithms exchanged.

import type { Chance } from './chance.ts'
import { localOf, type Piece, piecesOf, splice, spliceAll, textIn } from './markup.ts'
import { placeIn, wrapped } from './mutate-tree.ts'
import type { Mutation } from './mutation.ts'

const isSignature = ({ name }: Piece): boolean => localOf(name) === 'Signature'
const isMessage = ({ name }: Piece): boolean => localOf(name) === 'Assertion' || localOf(name) === 'Response'

// What an attacker makes of a message: another person in it, perhaps another ID, with its signature or without.
function evilCopy(text: string, chance: Chance): string {
  let copy = text.replace(/(<(?:[\w.-]+:)?NameID\b[^>]*>)[^<]*/, '$1root')
  if (chance.oneIn(3)) copy = copy.replace(/(<(?:[\w.-]+:)?AttributeValue\b[^>]*>)[^<]*/, '$1root@evil.example')
  if (!chance.oneIn(3))
    copy = copy.replace(/ ID="[^"]*"/, ` ID="${chance.pick(['_evil', '_assertion', '_response', ''])}"`)
  const signature = piecesOf(copy).find(isSignature)
  if (signature !== undefined && chance.oneIn(2)) copy = splice(copy, signature.start, signature.end, '')
  return copy
}

function hidden(text: string, chance: Chance): string {
  const name = chance.pick([
    '',
    '',
    'ds:Object',
    'samlp:Extensions',
    'saml:Advice',
    'samlp:StatusDetail',
    'saml:AttributeValue',
    'x',
  ])
  return name === '' ? text : wrapped(text, name, chance)
}

/** Not the eight that were published, but what they have in common: an evil copy, and the original kept somewhere. */
export const wrapping: readonly Mutation[] = [
  // The evil one anywhere, the original where it is.
  (xml, chance) => {
    const messages = piecesOf(xml).filter(isMessage)
    if (messages.length === 0) return xml
    const evil = hidden(evilCopy(textIn(xml, chance.pick(messages)), chance), chance)
    const at = chance.oneIn(3)
      ? chance.pick([chance.pick(messages).start, chance.pick(messages).end])
      : placeIn(xml, chance)
    return splice(xml, at, at, evil)
  },
  // The evil one takes the place of the original, which goes anywhere, also into the evil one.
  (xml, chance) => {
    const messages = piecesOf(xml).filter(isMessage)
    if (messages.length === 0) return xml
    const target = chance.pick(messages)
    const original = textIn(xml, target)
    const evil = evilCopy(original, chance)
    if (chance.oneIn(2)) {
      const at = placeIn(evil, chance)
      return splice(xml, target.start, target.end, splice(evil, at, at, hidden(original, chance)))
    }
    const replaced = splice(xml, target.start, target.end, evil)
    const at = placeIn(replaced, chance)
    return splice(replaced, at, at, hidden(original, chance))
  },
  // The same, with the signature of the original taken over and the original without it.
  (xml, chance) => {
    const messages = piecesOf(xml).filter(isMessage)
    if (messages.length === 0) return xml
    const target = chance.pick(messages)
    const original = textIn(xml, target)
    const signature = piecesOf(original).find(isSignature)
    if (signature === undefined) return xml
    const bare = splice(original, signature.start, signature.end, '')
    const evil = evilCopy(bare, chance)
    const carried = textIn(original, signature)
    const inside = chance.oneIn(2)
      ? splice(carried, carried.lastIndexOf('</'), carried.lastIndexOf('</'), hidden(bare, chance))
      : carried
    const at = /<\/(?:[\w.-]+:)?Issuer>/.exec(evil)
    const place = at === null ? (piecesOf(evil)[0]?.tagEnd ?? 0) : at.index + at[0].length
    const replaced = splice(xml, target.start, target.end, splice(evil, place, place, inside))
    if (inside !== carried) return replaced
    const free = placeIn(replaced, chance)
    return splice(replaced, free, free, hidden(bare, chance))
  },
  // A whole evil message around the one that came.
  (xml, chance) => {
    const root = piecesOf(xml)[0]
    if (root === undefined || root.contentEnd === -1) return xml
    const original = textIn(xml, root)
    const evil = evilCopy(original, chance)
    const at = placeIn(evil, chance)
    return splice(evil, at, at, hidden(original, chance))
  },
]

const algorithms = [
  ...['http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments'],
  ...['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'http://www.w3.org/2006/12/xml-c14n11'],
  ...['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2000/09/xmldsig#base64'],
  ...['http://www.w3.org/TR/1999/REC-xpath-19991116', 'http://www.w3.org/TR/1999/REC-xslt-19991116'],
  ...['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
  ...['http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'],
  ...['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', 'http://www.w3.org/2000/09/xmldsig#dsa-sha1'],
  ...[
    'http://www.w3.org/2001/04/xmlenc#sha256',
    'http://www.w3.org/2001/04/xmlenc#sha512',
    'http://www.w3.org/2000/09/xmldsig#sha1',
  ],
  ...['http://www.w3.org/2001/04/xmldsig-more#sha384', 'http://www.w3.org/2001/04/xmldsig-more#md5'],
  ...['http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'],
  ...['http://www.w3.org/2001/04/xmlenc#rsa-1_5', 'http://www.w3.org/2009/xmlenc11#rsa-oaep', 'none', ''],
]
const additions = [
  '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
  '<ds:Transform xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>',
  '<ds:HMACOutputLength xmlns:ds="http://www.w3.org/2000/09/xmldsig#">8</ds:HMACOutputLength>',
  '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="saml xs #default"/>',
  '<ds:KeyName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">root</ds:KeyName>',
]

export const signatureChanges: readonly Mutation[] = [
  // Taken away, copied or moved.
  (xml, chance) => {
    const signatures = piecesOf(xml).filter(isSignature)
    if (signatures.length === 0) return xml
    const one = chance.pick(signatures)
    const rest = chance.oneIn(3) ? xml : splice(xml, one.start, one.end, '')
    if (rest !== xml && chance.oneIn(3)) return rest
    const messages = piecesOf(rest).filter(isMessage)
    const at = messages.length > 0 && chance.oneIn(2) ? chance.pick(messages).tagEnd : placeIn(rest, chance)
    return splice(rest, at, at, textIn(xml, one))
  },
  (xml, chance) => {
    const signatures = piecesOf(xml).filter(isSignature)
    if (signatures.length < 2) return xml
    const [a, b] = signatures as [Piece, Piece]
    if (chance.oneIn(2)) return splice(xml, a.start, a.end, textIn(xml, b))
    return spliceAll(xml, [
      { ...a, text: textIn(xml, b) },
      { ...b, text: textIn(xml, a) },
    ])
  },
  // A part of it once more, or elsewhere in it.
  (xml, chance) => {
    const signatures = piecesOf(xml).filter(isSignature)
    if (signatures.length === 0) return xml
    const { start, end } = chance.pick(signatures)
    const text = xml.slice(start, end)
    const parts = piecesOf(text).slice(1)
    if (parts.length === 0) return xml
    const part = chance.pick(parts)
    const at = placeIn(text, chance)
    return splice(xml, start, end, splice(text, at, at, chance.oneIn(2) ? textIn(text, part) : chance.pick(additions)))
  },
  (xml, chance) => {
    const found = [...xml.matchAll(/ Algorithm="[^"]*"/g)]
    if (found.length === 0) return xml
    const { 0: text, index } = chance.pick(found)
    return splice(xml, index, index + text.length, ` Algorithm="${chance.pick(algorithms)}"`)
  },
  // The base64 of digests, signatures, certificates and ciphertexts.
  (xml, chance) => {
    const wanted = ['DigestValue', 'SignatureValue', 'X509Certificate', 'CipherValue', 'CipherValue']
    const name = chance.pick(wanted)
    const found = piecesOf(xml).filter((piece) => localOf(piece.name) === name && piece.contentEnd > piece.tagEnd)
    if (found.length === 0) return xml
    const { tagEnd, contentEnd } = chance.pick(found)
    const text = xml.slice(tagEnd, contentEnd)
    const bytes = Buffer.from(text, 'base64')
    const at = chance.below(Math.max(1, bytes.length))
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8))
    const changed = chance.pick([
      bytes.toString('base64'),
      bytes.subarray(0, at).toString('base64'),
      Buffer.concat([bytes, bytes.subarray(0, at)]).toString('base64'),
      text.replaceAll('=', ''),
      `${text}=`,
      text.replaceAll('+', '-').replaceAll('/', '_'),
      splice(text, at, at, chance.pick(['\n', '&#xD;', '*', '<!-- -->', '=', ' '])),
    ])
    return splice(xml, tagEnd, contentEnd, changed)
  },
  // Ciphertexts exchanged.
  (xml, chance) => {
    const found = piecesOf(xml).filter(({ name }) => /^Cipher|^Encrypted/.test(localOf(name)))
    if (found.length < 2) return xml
    const [from, to] = [chance.pick(found), chance.pick(found)]
    return splice(xml, to.start, to.end, textIn(xml, from))
  },
]
