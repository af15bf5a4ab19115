// Reading XML: from bytes to a tree, refusing what SAML has no use for. It never repairs: a document is read exactly as
// XML 1.0 and Namespaces in XML 1.0 say, or it is refused with the place of the mistake.
// Refused although XML allows it: DOCTYPE, processing instructions, encodings other than UTF-8, XML 1.1.

import { isWhiteSpace } from './characters.ts'
import { decodeText } from './decode.ts'
import { defaultLimits, type XmlLimits } from './limits.ts'
import { Reader } from './reader.ts'
import type { XmlElement } from './tree.ts'
import { XmlError } from './xml-error.ts'

/**
 * Reads a whole document and returns its root element.
 *
 * Bytes are taken as UTF-8 with a fatal decoder (a byte order mark is tolerated); a string is taken as already decoded.
 * Throws `XmlError` with a code, the reason and the line and column.
 */
export function readXml(input: Uint8Array | string, limits: XmlLimits = defaultLimits): XmlElement {
  const source = readText(input, limits)
  return new Reader(source, behindDeclaration(source), limits).read()
}

/**
 * Reads an element that was decrypted, as if it stood where `place` stands: at the same depth, and in the namespaces of
 * what is in `place` (XML Encryption 1.1 §4.5.2), where the ciphertext stood.
 */
export function readFragment(input: Uint8Array, place: XmlElement): XmlElement {
  return new Reader(readText(input, defaultLimits), 0, defaultLimits, place).read()
}

function readText(input: Uint8Array | string, limits: XmlLimits): string {
  // A UTF-16 code unit stands for at most three bytes of UTF-8: the exact length is only counted where it could matter.
  const size = typeof input !== 'string' ? input.length : input.length * 3 > limits.bytes ? Buffer.byteLength(input) : 0
  if (size > limits.bytes) {
    throw new XmlError('message-size', `${size} bytes, more than the ${limits.bytes} that are read`, '', 0)
  }
  return decodeText(input)
}

const declaration =
  /^ +version *= *(?:"([^"]*)"|'([^']*)')(?: +encoding *= *(?:"([^"]*)"|'([^']*)'))?(?: +standalone *= *(?:"(?:yes|no)"|'(?:yes|no)'))? *$/

// XML 1.0 §2.8. Only version 1.0 and UTF-8, whatever the case of the letters.
function behindDeclaration(source: string): number {
  if (!source.startsWith('<?xml') || !isWhiteSpace(source.charCodeAt(5))) return 0
  const end = source.indexOf('?>')
  const text = end === -1 ? '' : source.slice(5, end).replace(/[\t\n\r]/g, ' ')
  const match = declaration.exec(text)
  if (match === null) throw new XmlError('xml-well-formed', 'a broken XML declaration', source, 0)
  const version = match[1] ?? match[2]
  const encoding = match[3] ?? match[4] ?? 'UTF-8'
  if (version !== '1.0') throw new XmlError('xml-well-formed', `XML version ${version}`, source, 0)
  if (encoding.toUpperCase() !== 'UTF-8') throw new XmlError('message-encoding', `encoding ${encoding}`, source, 0)
  return end + 2
}
