// Documents as marked-up text, to be changed: where tags and elements begin and end. Deliberately not our reader: it takes
// whatever comes out of a change, and a mistake in the reader would not be one here too.

/** Offsets into the text. `tagEnd`: behind the start tag; `contentEnd`: before the end tag, -1 for an empty-element tag. */
export type Piece = {
  readonly name: string
  readonly start: number
  readonly tagEnd: number
  readonly contentEnd: number
  readonly end: number
}

const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!(?:[^>"[]|"[^"]*"|\[[^\]]*\])*>|<\/[^>]*>|<(?:[^>"'<]|"[^"]*"|'[^']*')*>/g

/** Tags, comments and the like, and the text between them, in order; together they are the document. */
export function tokensOf(xml: string): string[] {
  const tokens: string[] = []
  let from = 0
  for (const match of xml.matchAll(token)) {
    if (match.index > from) tokens.push(xml.slice(from, match.index))
    tokens.push(match[0])
    from = match.index + match[0].length
  }
  if (from < xml.length) tokens.push(xml.slice(from))
  return tokens
}

/** The elements that are closed, outer before inner. */
export function piecesOf(xml: string): Piece[] {
  const pieces: Piece[] = []
  const open: { name: string; start: number; tagEnd: number; at: number }[] = []
  for (const match of xml.matchAll(token)) {
    const text = match[0]
    const start = match.index
    const end = start + text.length
    if (text.startsWith('<!') || text.startsWith('<?')) continue
    if (text.startsWith('</')) {
      const name = text.slice(2, -1).trim()
      const last = open.findLastIndex((one) => one.name === name)
      const opened = open[last]
      if (opened === undefined) continue
      open.length = last
      pieces[opened.at] = { name, start: opened.start, tagEnd: opened.tagEnd, contentEnd: start, end }
      continue
    }
    const name = nameIn(text)
    const empty = text.endsWith('/>')
    pieces.push({ name, start, tagEnd: end, contentEnd: -1, end: empty ? end : -1 })
    if (!empty) open.push({ name, start, tagEnd: end, at: pieces.length - 1 })
  }
  return pieces.filter(({ end }) => end !== -1)
}

function nameIn(tag: string): string {
  return /^<([^\s/>]*)/.exec(tag)?.[1] ?? ''
}

export function localOf(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

export type AttributeInTag = {
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

/** The attributes of a start tag, white space before them included in their place. */
export function attributesIn(xml: string, piece: Piece): AttributeInTag[] {
  const tag = xml.slice(piece.start, piece.tagEnd)
  return [...tag.matchAll(/\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')/g)].map((match) => ({
    name: match[1] ?? '',
    value: (match[2] ?? '').slice(1, -1),
    start: piece.start + match.index,
    end: piece.start + match.index + match[0].length,
  }))
}

export function textIn(xml: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return xml.slice(start, end)
}

export function splice(xml: string, start: number, end: number, text: string): string {
  return xml.slice(0, start) + text + xml.slice(end)
}

/** Puts text at several places of the original at once. */
export function spliceAll(xml: string, changes: readonly { start: number; end: number; text: string }[]): string {
  let result = xml
  for (const { start, end, text } of changes.toSorted((a, b) => b.start - a.start)) {
    result = splice(result, start, end, text)
  }
  return result
}
