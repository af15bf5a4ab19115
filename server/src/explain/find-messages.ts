import { type CheckCode, type DecodedRedirect, decodePost, decodeRedirect, SamlReadError } from '@sallyport/saml'
import { readHar } from '#explain/har.ts'
import { formsOf } from '#explain/page-forms.ts'

/** What is looked at in one go: a HAR file of some minutes is smaller. */
export const LARGEST_INPUT = 8 * 1024 * 1024

/** A SAML message that was found in what somebody handed over. Nothing of it is believed. */
export type FoundMessage = {
  /** Where it was found, for people. */
  readonly where: string
  /** What it says, as it came; absent where it could not be decoded. */
  readonly xml?: Uint8Array
  /** By HTTP-Redirect: the decoded query, with its signature. */
  readonly redirect?: DecodedRedirect
  readonly relayState?: string
  readonly problem?: { readonly code: CheckCode; readonly received: string }
  /** What had to be mended to read it. */
  readonly notes: readonly string[]
}

/**
 * Finds the messages in XML, base64 (in lines or URL-encoded too), a URL or query with SAMLRequest or SAMLResponse, a form
 * body, a page with the form, or a HAR file. Empty where there is none.
 */
export function findMessages(input: Uint8Array, name = 'the input'): readonly FoundMessage[] {
  if (isUtf16(input)) return [{ where: name, xml: input, notes: [] }]
  const text = Buffer.from(input).toString('utf8').trim()
  if (text === '') return []
  if (text.startsWith('{')) return unique(readHar(text).flatMap(({ where, text: part }) => messagesIn(part, where)))
  return messagesIn(text, name, input)
}

function messagesIn(text: string, where: string, bytes?: Uint8Array): FoundMessage[] {
  if (text.startsWith('<')) {
    const forms = formsOf(text)
    if (forms.length > 0) return forms.map((form) => fromFields(`a form in ${where}`, form))
    return [{ where, xml: withoutLeadingSpace(bytes ?? Buffer.from(text)), notes: [] }]
  }
  const query = queryIn(text)
  return [query === undefined ? fromBase64(where, text) : fromQuery(where, query)]
}

// The part of a text that holds the parameters: from the question mark, or from where the line begins, to the end of the
// address. A pasted address may be broken into lines.
function queryIn(text: string): string | undefined {
  const at = text.search(/\bSAML(?:Request|Response)=/)
  if (at === -1) return undefined
  const before = text.slice(0, at)
  const start = Math.max(before.lastIndexOf('?'), before.search(/\s\S*$/)) + 1
  const [query = ''] = text.slice(start).split(/[#"'<> ]/)
  return query.replace(/\s+/g, '')
}

function fromQuery(where: string, query: string): FoundMessage {
  const fields = new URLSearchParams(query)
  const value = fields.get('SAMLResponse') ?? fields.get('SAMLRequest') ?? ''
  if (looksLikeXml(tolerantBase64(value)?.bytes)) return fromFields(where, fields)
  try {
    const redirect = decodeRedirect(query)
    const { xml, relayState } = redirect
    return { where, xml, redirect, ...(relayState === undefined ? {} : { relayState }), notes: [] }
  } catch (error) {
    return unreadable(where, error)
  }
}

function fromFields(where: string, fields: URLSearchParams): FoundMessage {
  const value = fields.get('SAMLResponse') ?? fields.get('SAMLRequest') ?? ''
  const relayState = fields.get('RelayState')
  return { ...fromBase64(where, value), ...(relayState === null ? {} : { relayState }) }
}

function fromBase64(where: string, text: string): FoundMessage {
  const decoded = tolerantBase64(text)
  if (decoded === undefined) {
    const received = `text that begins with ${JSON.stringify(text.slice(0, 20))}`
    return { where, problem: { code: 'message-base64', received }, notes: [] }
  }
  const { bytes, notes } = decoded
  if (looksLikeXml(bytes)) return { where, xml: bytes, notes }
  const inflated = tryInflate(bytes)
  // Neither XML nor deflated: the reader says what is wrong with it.
  if (inflated === undefined) return { where, xml: bytes, notes }
  return { where, xml: inflated, notes: [...notes, 'it is deflated, without its query: a signature there is lost'] }
}

function tryInflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    // A query of its own lets the one decoder inflate it, whatever it is called.
    return decodeRedirect(`SAMLResponse=${encodeURIComponent(Buffer.from(bytes).toString('base64'))}`).xml
  } catch (error) {
    if (error instanceof SamlReadError) return undefined
    throw error
  }
}

function unreadable(where: string, error: unknown): FoundMessage {
  if (!(error instanceof SamlReadError)) throw error
  return { where, problem: { code: error.code, received: error.received }, notes: [] }
}

// What copying does to base64: percent escapes, spaces for plus signs, the alphabet for addresses, lost padding.
function tolerantBase64(text: string): { readonly bytes: Uint8Array; readonly notes: readonly string[] } | undefined {
  const strict = tryDecode(text)
  if (strict !== undefined) return { bytes: strict, notes: [] }
  const unescaped = /%[0-9a-f]{2}/i.test(text) ? text.replace(/%([0-9a-f]{2})/gi, (_, code) => byteOf(code)) : text
  const escaped = tryDecode(unescaped)
  if (escaped !== undefined) return { bytes: escaped, notes: [] }
  const packed = unescaped.trim().replaceAll(' ', '+').replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
  const digits = withoutPadding(packed)
  const padded = digits.padEnd(Math.ceil(digits.length / 4) * 4, '=')
  const mended = tryDecode(padded)
  return (
    mended && { bytes: mended, notes: ['the base64 was not as the binding wants it (Bindings 3.5.4), and was mended'] }
  )
}

// A loop, as `=+$` takes hours for a text with padding enough inside.
function withoutPadding(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '=') end--
  return text.slice(0, end)
}

const byteOf = (hexadecimal: string): string => String.fromCharCode(Number.parseInt(hexadecimal, 16))

function tryDecode(text: string): Uint8Array | undefined {
  try {
    return decodePost(text)
  } catch (error) {
    if (error instanceof SamlReadError) return undefined
    throw error
  }
}

function looksLikeXml(bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined) return false
  return isUtf16(bytes) || /^(\xef\xbb\xbf)?\s*</.test(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}

function withoutLeadingSpace(bytes: Uint8Array): Uint8Array {
  let start = 0
  while ([0x20, 0x09, 0x0a, 0x0d].includes(bytes[start] ?? 0)) start++
  return bytes.subarray(start)
}

// A redirect stands in a HAR twice: where it was sent, and where it arrived.
function unique(messages: readonly FoundMessage[]): readonly FoundMessage[] {
  const seen = new Set<string>()
  return messages.filter(({ xml, redirect, problem }) => {
    const key = problem?.received ?? `${redirect?.signature?.signedText} ${Buffer.from(xml ?? []).toString('base64')}`
    return !seen.has(key) && seen.add(key)
  })
}
