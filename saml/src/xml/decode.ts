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

const BLOCK = 16

/**
 * What can be said of the bytes without decoding them. Most messages are ASCII with few line breaks, and for them this
 * takes the place of a decoder and of a search. Four bytes at a time: subtracting 0x20 from each borrows into the top bit
 * of those that are less; a block of words in which that shows is looked at byte by byte.
 */
function survey(bytes: Uint8Array): 'ascii' | 'no-controls' | 'unknown' {
  const { byteOffset, length } = bytes
  if (byteOffset % 4 !== 0) return 'unknown'
  const words = new Uint32Array(bytes.buffer, byteOffset, length >> 2)
  const whole = words.length - (words.length % BLOCK)
  let high = 0
  for (let start = 0; start < whole; start += BLOCK) {
    let low = 0
    for (let i = start; i < start + BLOCK; i++) {
      const word = words[i] as number
      high |= word
      low |= (word - 0x20202020) & ~word
    }
    if (
      (low & 0x80808080) !== 0 &&
      hasMoreThanLineFeeds(words, start) &&
      hasControl(bytes, start * 4, (start + BLOCK) * 4)
    ) {
      return 'unknown'
    }
  }
  for (let i = whole * 4; i < length; i++) high |= bytes[i] as number
  if (hasControl(bytes, whole * 4, length)) return 'unknown'
  return (high & 0x80808080) === 0 ? 'ascii' : 'no-controls'
}

// The same with line feeds taken for something else: they are what shows in a message that was laid out for reading.
function hasMoreThanLineFeeds(words: Uint32Array, start: number): boolean {
  let low = 0
  for (let i = start; i < start + BLOCK; i++) {
    const word = words[i] as number
    const unlike = word ^ 0x0a0a0a0a
    // 0x80 exactly in the bytes that are line feeds; a quarter of it makes them 0x2a.
    const feeds = ~(((unlike & 0x7f7f7f7f) + 0x7f7f7f7f) | unlike | 0x7f7f7f7f)
    const without = word | (feeds >>> 2)
    low |= (without - 0x20202020) & ~without
  }
  return (low & 0x80808080) !== 0
}

function hasControl(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 && byte !== 0x9 && byte !== 0xa && byte !== 0xd) return true
  }
  return false
}
