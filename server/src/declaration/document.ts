import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path, Problem } from '#connections/sources.ts'

/** A YAML text as plain data, and the way back from a place in the data to a line of the text. */
export type Document = {
  readonly data: unknown
  /** What makes the text no YAML; the data is then undefined. The path of such a problem is empty. */
  readonly problems: readonly (Problem & { readonly line: number })[]
  /** The line of a place, or of the nearest one around it that is in the text. */
  readonly lineOf: (path: Path) => number
}

export function readDocument(text: string): Document {
  const counter = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineAt = (offset: number): number => Math.max(1, counter.linePos(offset).line)
  const problems = [...parsed.errors, ...parsed.warnings].map(({ message, pos }) => ({
    path: [],
    message,
    line: lineAt(pos[0]),
  }))
  const lineOf = (path: Path): number => {
    let offset = parsed.contents?.range?.[0] ?? 0
    let node: unknown = parsed.contents
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(parsed)
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
        if (pair === undefined) break
        offset = (pair.key as Node).range?.[0] ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        const item = node.items[Number(step)]
        if (item === undefined) break
        offset = (item as Node).range?.[0] ?? offset
        node = item
      } else break
    }
    return lineAt(offset)
  }
  if (problems.length > 0) return { data: undefined, problems, lineOf }
  try {
    return { data: parsed.toJS() as unknown, problems, lineOf }
  } catch (error) {
    // Aliases that multiply without end (the “billion laughs”) are refused by the reader.
    const message = error instanceof Error ? error.message : String(error)
    return { data: undefined, problems: [{ path: [], message, line: 1 }], lineOf }
  }
}

/** `companies[0].environments[1].name` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}
