// From bytes to text. Only UTF-8, and nothing that XML does not allow anywhere.

import { hasForbiddenCharacter } from './characters.ts'
import { XmlError } from './xml-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text of `input`, of which every character may stand in XML. A byte order mark is tolerated. Throws `XmlError`. */
export function decodeText(input: Uint8Array | string): string {
  if (typeof input === 'string') return allowed(wellFormed(input))
  const kind = survey(input)
  if (kind === 'ascii') return Buffer.from(input.buffer, input.byteOffset, input.length).toString('latin1')
  const text = decodeUtf8(input)
  if (kind === 'unknown') return allowed(text)
  // No control characters among the bytes: what is left to look for are the two non-characters.
  return text.includes('\uFFFE') || text.includes('\uFFFF') ? refuse() : text
}

function allowed(text: string): string {
  return hasForbiddenCharacter(text) ? refuse() : text
}

function refuse(): never {
  throw new XmlError('xml-well-formed', 'a character that XML does not allow', '', 0)
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new XmlError('message-encoding', 'a lone surrogate', '', 0)
  return text
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new XmlError('message-encoding', 'bytes that are not UTF-8', '', 0)
  }
}

/**
 * What can be said of the bytes without decoding them. Most messages are ASCII without a line break, and for them this
 * takes the place of a decoder and of a search. Four bytes at a time: subtracting 0x20 from each borrows into the top bit
 * of those that are less.
 */
function survey(bytes: Uint8Array): 'ascii' | 'no-controls' | 'unknown' {
  const { byteOffset, length } = bytes
  if (byteOffset % 4 !== 0) return 'unknown'
  const words = new Uint32Array(bytes.buffer, byteOffset, length >> 2)
  let high = 0
  let low = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number
    high |= word
    low |= (word - 0x20202020) & ~word
  }
  for (let i = length & ~3; i < length; i++) {
    const byte = bytes[i] as number
    high |= byte
    low |= byte < 0x20 ? 0x80 : 0
  }
  if ((low & 0x80808080) !== 0) return 'unknown'
  return (high & 0x80808080) === 0 ? 'ascii' : 'no-controls'
}
