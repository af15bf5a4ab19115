// Why a document was not read.

export type XmlErrorCode =
  | 'message-size'
  | 'message-encoding'
  | 'xml-well-formed'
  | 'xml-namespaces'
  | 'xml-doctype'
  | 'xml-processing-instruction'
  | 'xml-limits'

/** A document that was refused by the reader: the code is that of the failed check, the message has line and column. */
export class XmlError extends Error {
  readonly code: XmlErrorCode
  readonly line: number
  readonly column: number

  constructor(code: XmlErrorCode, reason: string, source: string, at: number) {
    const before = source.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    super(`${reason} (line ${line}, column ${column})`)
    this.name = 'XmlError'
    this.code = code
    this.line = line
    this.column = column
  }
}
