// Shows XML to people: lines, indented. It works on the text as it came, sound or not, and understands no more of it than
// where tags begin and end; nothing is decided by what it finds.

export type ShowOptions = { /** Hides the values of attributes and the names of persons. */ readonly redact: boolean }

type Token = { readonly kind: 'open' | 'close' | 'empty' | 'other' | 'text'; readonly text: string }

const WIDTH = 100
const DEEPEST = 64
const LONGEST_TAG = 10_000
const LARGEST = 1024 * 1024
const hidden = '[redacted]'

export function showXml(xml: string, { redact }: ShowOptions): readonly string[] {
  const cut = xml.length > LARGEST ? `… and ${xml.length - LARGEST} characters more` : ''
  const tokens = [...tokensOf(xml.slice(0, LARGEST) + cut)].filter(
    ({ kind, text }) => kind !== 'text' || text.trim() !== '',
  )
  const lines: string[] = []
  let depth = 0
  let hiddenFrom: number | undefined // the depth of the outermost element whose text is hidden
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token
    const [inner, close] = [tokens[at + 1], tokens[at + 2]]
    if (kind === 'close') depth = Math.max(0, depth - 1)
    if (hiddenFrom !== undefined && depth < hiddenFrom) hiddenFrom = undefined
    const indent = '  '.repeat(Math.min(depth, DEEPEST))
    if (kind === 'text') lines.push(...shownText(hiddenFrom === undefined ? text.trim() : hidden, indent))
    else lines.push(...shownTag(text, indent))
    if (kind !== 'open') continue
    depth++
    if (redact && personal.includes(localName(text))) hiddenFrom ??= depth
    // An element that holds only text, or nothing, is a line.
    const content = inner?.kind === 'text' && close?.kind === 'close' && isShort(inner.text) ? inner : undefined
    if (inner?.kind !== 'close' && content === undefined) continue
    const shown = content === undefined ? '' : hiddenFrom === undefined ? content.text : hidden
    lines.push(`${lines.pop()}${shown}${(content === undefined ? inner : close)?.text}`)
    at += content === undefined ? 1 : 2
    depth--
  }
  return lines
}

const personal: readonly string[] = ['AttributeValue', 'NameID']

/** The name of the first element, without its prefix. */
export function rootName(xml: string): string | undefined {
  for (const { kind, text } of tokensOf(xml)) if (kind === 'open' || kind === 'empty') return localName(text)
  return undefined
}

function* tokensOf(xml: string): Generator<Token> {
  let at = 0
  while (at < xml.length) {
    const end = xml[at] === '<' ? endOfMarkup(xml, at) : xml.indexOf('<', at)
    // What does not end is the last thing that is shown.
    const text = xml.slice(at, end === -1 ? undefined : end)
    at += text.length
    yield { kind: end === -1 ? 'text' : kindOf(text), text }
  }
}

function kindOf(text: string): Token['kind'] {
  if (!text.startsWith('<') || text.startsWith('<![CDATA[')) return 'text'
  if (text.startsWith('</')) return 'close'
  if (text.startsWith('<!') || text.startsWith('<?')) return 'other'
  return text.endsWith('/>') ? 'empty' : 'open'
}

function endOfMarkup(xml: string, at: number): number {
  const [, end] =
    [
      ['<!--', '-->'],
      ['<?', '?>'],
      ['<![CDATA[', ']]>'],
    ].find(([begin = '']) => xml.startsWith(begin, at)) ?? []
  if (end !== undefined) {
    const found = xml.indexOf(end, at)
    return found === -1 ? -1 : found + end.length
  }
  let quote = ''
  for (let i = at + 1; i < xml.length; i++) {
    const character = xml[i] as string
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '>') return i + 1
  }
  return -1
}

function localName(tag: string): string {
  const name = /^<([^\s/>]*)/.exec(tag)?.[1] ?? ''
  return name.slice(name.indexOf(':') + 1)
}

function isShort(text: string): boolean {
  return !(text.length > WIDTH && /^[A-Za-z0-9+/=\s]+$/.test(text))
}

// Base64 is broken into lines, other text never: its spaces may mean something.
function shownText(text: string, indent: string): string[] {
  if (isShort(text)) return [`${indent}${text}`]
  const packed = text.replace(/\s+/g, '')
  return (packed.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? []).map((line) => `${indent}${line}`)
}

function shownTag(tag: string, indent: string): string[] {
  const one = tag.length + indent.length <= WIDTH || tag.length > LONGEST_TAG || !/^<[^!?/]/.test(tag)
  if (one) return [`${indent}${tag}`]
  const parts = [...tag.matchAll(/[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(([attribute]) => attribute)
  const [name = ''] = /^<[^\s/>]*/.exec(tag) ?? []
  if (parts.length < 2) return [`${indent}${tag}`]
  const end = tag.endsWith('/>') ? '/>' : '>'
  return [
    `${indent}${name}`,
    ...parts.map((part, index) => `${indent}    ${part}${index === parts.length - 1 ? end : ''}`),
  ]
}
