// Reading a file of users record by record: never more than one record of it is in memory.

import { createReadStream } from 'node:fs'

export type ImportFormat = 'csv' | 'jsonl'

/** What stands at a line: an object to be judged, or why there is none. */
export type ImportRecord = { readonly line: number } & ({ readonly value: unknown } | { readonly message: string })

const LONGEST_RECORD = 64 * 1024

export async function* readRecords(file: string, format: ImportFormat): AsyncGenerator<ImportRecord> {
  if (format === 'csv') return yield* csvRecords(rowsOf(chunksOf(file)))
  for await (const { line, text } of linesOf(chunksOf(file))) {
    if (text === undefined) yield { line, message: `is longer than ${LONGEST_RECORD} characters` }
    else if (text.trim() !== '') yield readJson(line, text)
  }
}

async function* chunksOf(file: string): AsyncGenerator<string> {
  let first = true
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    // Spreadsheets begin their files with a byte order mark.
    yield first ? chunk.replace(/^\ufeff/, '') : chunk
    first = false
  }
}

function readJson(line: number, text: string): ImportRecord {
  try {
    return { line, value: JSON.parse(text) }
  } catch {
    return { line, message: 'is not JSON' }
  }
}

type Line = { readonly line: number; readonly text: string | undefined }

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = ''
  let line = 1
  let tooLong = false
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const whole = !tooLong && part.length <= LONGEST_RECORD
      yield { line, text: whole ? part.replace(/\r$/, '') : undefined }
      tooLong = false
      line += 1
    }
    if (rest.length > LONGEST_RECORD) {
      tooLong = true
      rest = ''
    }
  }
  if (rest !== '' || tooLong) yield { line, text: tooLong ? undefined : rest }
}

type Row = { readonly line: number; readonly cells: readonly string[] | undefined }

/** RFC 4180: cells between commas, or between quotes, where a doubled quote is one and a line may end. */
async function* rowsOf(chunks: AsyncIterable<string>): AsyncGenerator<Row> {
  let cells: string[] = []
  let cell = ''
  let line = 1
  let began = 1
  let size = 0
  let state: 'plain' | 'quoted' | 'after-quote' = 'plain'
  const finish = (): Row => {
    const row = { line: began, cells: size > LONGEST_RECORD ? undefined : [...cells, cell] }
    cells = []
    cell = ''
    size = 0
    began = line
    return row
  }
  for await (const chunk of chunks) {
    for (const letter of chunk) {
      size += 1
      if (letter === '\n') line += 1
      if (state === 'quoted') {
        if (letter === '"') state = 'after-quote'
        else if (size <= LONGEST_RECORD) cell += letter
      } else if (letter === '"' && state === 'after-quote') {
        cell += letter
        state = 'quoted'
      } else if (letter === '"' && cell === '') state = 'quoted'
      else if (letter === ',') {
        if (size <= LONGEST_RECORD) cells.push(cell)
        cell = ''
        state = 'plain'
      } else if (letter === '\n') {
        state = 'plain'
        yield finish()
      } else if (letter !== '\r' && size <= LONGEST_RECORD) cell += letter
    }
  }
  if (cell !== '' || cells.length > 0) yield finish()
}

const SEVERAL = '_::_'
const columns = [
  ...['username', 'federatedId', 'userType', 'firstName', 'lastName', 'email', 'team', 'teams'],
  ...['accessProfile', 'application', 'roles', 'defaultApplication', 'connectionId'],
]

async function* csvRecords(rows: AsyncIterable<Row>): AsyncGenerator<ImportRecord> {
  let head: readonly string[] | undefined
  for await (const { line, cells } of rows) {
    if (cells === undefined) yield { line, message: `is longer than ${LONGEST_RECORD} characters` }
    else if (head === undefined) {
      head = cells.map((cell) => cell.trim())
      const unknown = head.filter((name) => !columns.includes(name))
      if (unknown.length > 0 || !head.includes('username')) {
        const what = unknown.length > 0 ? `has no column “${unknown.join('”, “')}”` : 'needs the column “username”'
        yield { line, message: `an import ${what}; the columns are ${columns.join(', ')}` }
        return
      }
    } else if (cells.some((cell) => cell !== '')) {
      if (cells.length !== head.length) {
        yield { line, message: `has ${cells.length} cells, and the first line has ${head.length}` }
      } else yield { line, value: userOfRow(head, cells) }
    }
  }
}

function userOfRow(head: readonly string[], cells: readonly string[]): unknown {
  const given = new Map(
    head.map((name, nth) => [name, cells[nth]?.trim() ?? '']).filter(([, cell]) => cell !== '') as [string, string][],
  )
  const list = (name: string) => given.get(name)?.split(SEVERAL)
  const application = given.get('application')
  const teams = list('teams')
  const { roles: _, teams: __, application: ___, ...plain } = Object.fromEntries(given)
  return {
    ...plain,
    ...(teams === undefined ? {} : { teams }),
    ...(application === undefined ? {} : { applications: [{ application, roles: list('roles') ?? [] }] }),
  }
}
