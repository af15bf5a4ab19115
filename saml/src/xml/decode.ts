// From bytes to text. Only UTF-8, and nothing that XML does not allow anywhere.

import { isAscii, isUtf8 } from 'node:buffer'
import { hasForbiddenCharacter } from './characters.ts'
import { XmlError } from './xml-error.ts'

/** The text of `input`, of which every character may stand in XML. A byte order mark is tolerated. Throws `XmlError`. */
export function decodeText(input: Uint8Array | string): string {
  if (typeof input === 'string') return allowed(wellFormed(withoutMark(input)))
  const bytes = input instanceof Buffer ? input : Buffer.from(input.buffer, input.byteOffset, input.length)
  // Looking first whether it is UTF-8 and decoding then, without looking again, is half the work of a fatal TextDecoder.
  const ascii = isAscii(bytes)
  if (!ascii && !isUtf8(bytes)) throw new XmlError('message-encoding', 'bytes that are not UTF-8', '', 0)
  if (hasControl(bytes)) refuse()
  if (ascii) return bytes.toString('latin1')
  const text = bytes.toString()
  // No control characters among the bytes: what is left to look for are the two non-characters.
  if (text.includes('\uFFFE') || text.includes('\uFFFF')) refuse()
  return withoutMark(text)
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
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

const BYTE_ORDER_MARK = 0xfeff

// Four bytes at a time: subtracting 0x20 from each borrows into the top bit of those that are less. Eight words in which
// that shows nowhere are done; in others the words are looked at one by one, and in those their bytes: most often it is a
// line feed.
function hasControl(bytes: Uint8Array): boolean {
  const { byteOffset, length } = bytes
  const aligned = byteOffset % 4 === 0
  const words = aligned ? new Int32Array(bytes.buffer, byteOffset, length >> 2) : noWords
  const whole = words.length & ~7
  for (let start = 0; start < whole; start += 8) {
    let low = 0
    for (let i = start; i < start + 8; i++) low |= lowBytes(words[i] as number)
    if ((low & 0x80808080) === 0) continue
    for (let i = start; i < start + 8; i++) {
      if ((lowBytes(words[i] as number) & 0x80808080) !== 0 && hasControlBetween(bytes, i * 4, i * 4 + 4)) return true
    }
  }
  return hasControlBetween(bytes, whole * 4, length)
}

const noWords = new Int32Array(0)

/** Whose top bits are set where a byte of `word` is less than 0x20. A byte above such a one may show too, and is looked at. */
function lowBytes(word: number): number {
  return (word - 0x20202020) & ~word
}

function hasControlBetween(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (controls[bytes[i] as number] === 1) return true
  return false
}

// All below space but tab, line feed and carriage return.
const controls = new Uint8Array(0x100).fill(1, 0, 0x20)
for (const allowedControl of [0x9, 0xa, 0xd]) controls[allowedControl] = 0
