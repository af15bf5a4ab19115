import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path, Problem } from '#connections/sources.ts'

/** Both from 1; the column in characters. */
export type Position = { readonly line: number; readonly column: number }

/** A problem whose path leads to a text, and that is somewhere within it. */
export type PlacedProblem = Problem & { readonly within?: Position }

/** A YAML text as plain data, and the way back from a place in the data to a line of the text. */
export type Document = {
  readonly data: unknown
  /** What makes the text no YAML; the data is then undefined. The path of such a problem is empty. */
  readonly problems: readonly (Problem & { readonly line: number })[]
  /** The line of a place, or of the nearest one around it that is in the text. */
  readonly lineOf: (path: Path) => number
  /** The same, with the column where something within a text is wrong and the text stands there letter by letter. */
  readonly placeOf: (problem: PlacedProblem) => { readonly line: number; readonly column?: number }
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
  const find = (path: Path): { readonly offset: number; readonly node: unknown } => {
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
    return { offset, node: isAlias(node) ? node.resolve(parsed) : node }
  }
  const lineOf = (path: Path): number => lineAt(find(path).offset)
  const placeOf: Document['placeOf'] = ({ path, within }) => {
    const { node } = within === undefined ? {} : find(path)
    return placeWithin(text, node, within) ?? { line: lineOf(path) }
  }
  if (problems.length > 0) return { data: undefined, problems, lineOf, placeOf }
  try {
    return { data: parsed.toJS() as unknown, problems, lineOf, placeOf }
  } catch (error) {
    // Aliases that multiply without end (the “billion laughs”) are refused by the reader.
    const message = error instanceof Error ? error.message : String(error)
    return { data: undefined, problems: [{ path: [], message, line: 1 }], lineOf, placeOf }
  }
}

/** Undefined where the text is written in another way than it reads: folded, escaped, over several lines. */
function placeWithin(yaml: string, node: unknown, within: Position | undefined): Position | undefined {
  if (within === undefined || !isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined
  const [start, end] = node.range
  const before = yaml.slice(0, start).split('\n')
  if (node.type === 'BLOCK_LITERAL') {
    const written = yaml.split('\n')[before.length - 1 + within.line]?.replace(/\r$/, '')
    const read = node.value.split('\n')[within.line - 1]
    // What the one has more than the other is the indentation.
    if (written === undefined || read === undefined || !written.endsWith(read)) return undefined
    return { line: before.length + within.line, column: written.length - read.length + within.column }
  }
  const [quote, written] = node.type === 'PLAIN' ? [0, yaml.slice(start, end)] : [1, yaml.slice(start + 1, end - 1)]
  if (written !== node.value || written.includes('\n')) return undefined
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + quote + within.column }
}

/** `companies[0].environments[1].name` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}
