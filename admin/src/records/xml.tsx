import '#look/records.css'
import { Button, CopyButton } from '@mantine/core'
import { record as text } from '#words/records.ts'

/** XML as the API has indented it, coloured. What it means is not asked here: nothing is decided by it. */
export function Xml({ xml, label }: { readonly xml: string; readonly label: string }) {
  return (
    <div className="xml">
      <CopyButton value={xml} timeout={2000}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy} aria-label={`${text.copyXml} ${label}`}>
            {copied ? text.xmlCopied : text.copyXml}
          </Button>
        )}
      </CopyButton>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse moves it with the arrow keys */}
      <section className="xml-lines" tabIndex={0} aria-label={label}>
        <pre>
          <code>
            {piecesOf(xml).map(([kind, piece], index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, which does not change
              <span key={index} className={kind}>
                {piece}
              </span>
            ))}
          </code>
        </pre>
      </section>
    </div>
  )
}

type Piece = readonly [
  kind: 'xml-tag' | 'xml-name' | 'xml-value' | 'xml-redacted' | 'xml-note' | 'xml-text',
  text: string,
]

const HIDDEN = '[redacted]'
/** A comment or instruction, or a tag; whatever else there is, is text. Each ends where the next begins. */
const markup = /(<!--[\s\S]*?-->|<[!?][^>]*>)|(<\/?[^\s<>/]+)((?:[^<>"']|"[^"]*"|'[^']*')*)(\/?>)/g
const attribute = /([^\s=]+)(\s*=\s*)("[^"]*"|'[^']*')/g

export function piecesOf(xml: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of xml.matchAll(markup)) {
    pieces.push(...textPieces(xml.slice(at, found.index)))
    const [whole, note, open, inside = '', end] = found
    if (note !== undefined) pieces.push(['xml-note', note])
    else pieces.push(['xml-tag', open ?? ''], ...attributePieces(inside), ['xml-tag', end ?? ''])
    at = found.index + whole.length
  }
  return [...pieces, ...textPieces(xml.slice(at))]
}

function attributePieces(inside: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of inside.matchAll(attribute)) {
    const [whole, name = '', equals = '', value = ''] = found
    pieces.push(['xml-text', inside.slice(at, found.index)], ['xml-name', name], ['xml-text', equals])
    pieces.push([value.includes(HIDDEN) ? 'xml-redacted' : 'xml-value', value])
    at = found.index + whole.length
  }
  return [...pieces, ['xml-text', inside.slice(at)]]
}

function textPieces(piece: string): readonly Piece[] {
  if (piece === '') return []
  return piece.split(/(\[redacted\])/).map((part) => [part === HIDDEN ? 'xml-redacted' : 'xml-text', part] as const)
}
