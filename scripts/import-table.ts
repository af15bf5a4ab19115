// Reads the table "Who may import whom" of ARCHITECTURE.md, and says of one import whether the table allows it.
//
//     ## Who may import whom
//
//     | folder | may import | owns |
//     | --- | --- | --- |
//     | `saml/` | node:crypto, node:zlib | … |
//     | `server/` | `*`, `node:*`, `npm:*` | the entry points, directly in server/src |
//     | `server/login` | users, sessions, saml, node:crypto, npm:zod | … |
//
// A folder is a workspace, or a workspace and a folder of its src; files further down belong to the nearest row, but
// every folder directly in server/src has a row of its own. What it may import, separated by commas: names of sibling
// folders, `*` for all of them, workspaces (`saml`), `node:crypto` or `node:*`, `npm:kysely` or `npm:*`, or `—` for
// nothing. Backticks and closing slashes are decoration; entries with a star need backticks, or Markdown takes what
// stands between two stars for emphasis.
import { posix } from 'node:path'

/** Folder (`server/login`) to what it may import, as written. */
export type ImportTable = ReadonlyMap<string, readonly string[]>

export const workspaces: readonly string[] = ['saml', 'server', 'sandbox', 'admin', 'desktop']

const heading = '## Who may import whom'
const columns = '| folder | may import | owns |'

/** Throws an Error that says what is missing or what cannot be read. */
export function parseImportTable(markdown: string): ImportTable {
  const lines = markdown.split('\n').map((line) => line.trim())
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`the heading "${heading}" is missing`)
  const end = lines.findIndex((line, index) => index > start && line.startsWith('## '))
  const rows = lines.slice(start + 1, end === -1 ? undefined : end).filter((line) => line.startsWith('|'))
  if (rows[0]?.replace(/\s+/g, ' ') !== columns) throw new Error(`"${heading}" has no table headed "${columns}"`)
  const table = new Map<string, readonly string[]>()
  for (const row of rows.slice(2)) {
    const [folder, mayImport] = row.split('|').slice(1).map(undecorated)
    if (!folder || mayImport === undefined) throw new Error(`this row has no folder or no imports: ${row}`)
    if (table.has(folder)) throw new Error(`${folder} has two rows`)
    const entries = mayImport.split(',').map(undecorated)
    table.set(
      folder,
      entries.filter((entry) => !['', '-', '—'].includes(entry)),
    )
  }
  for (const [folder, entries] of table) {
    const wrong = entries.find((entry) => !isEntry(entry, folder, table))
    if (wrong)
      throw new Error(`${folder} may import "${wrong}", which is neither a folder of the table nor node:… or npm:…`)
  }
  return table
}

function undecorated(cell: string): string {
  return cell.replaceAll('`', '').trim().replace(/\/$/, '')
}

function isEntry(entry: string, folder: string, table: ImportTable): boolean {
  if (entry === '*' || /^(node|npm):./.test(entry) || workspaces.includes(entry)) return true
  return table.has(`${workspaceOf(folder)}/${entry}`)
}

/** The row that a source file (`server/src/login/acs.ts`) belongs to, or undefined where the table has none. */
export function folderOf(file: string, table: ImportTable): string | undefined {
  const [workspace = '', src, ...below] = posix.dirname(file).split('/')
  if (src !== 'src') return undefined
  // In the server a folder of src is a word of the domain: it must not hide behind the row of the entry points.
  const fewest = workspace === 'server' && below.length > 0 ? 1 : 0
  for (let depth = below.length; depth >= fewest; depth -= 1) {
    const folder = [workspace, ...below.slice(0, depth)].join('/')
    if (table.has(folder)) return folder
  }
  return undefined
}

/** Undefined when `file` may import `specifier`, otherwise what is wrong, as a sentence. */
export function judgeImport(file: string, specifier: string, table: ImportTable): string | undefined {
  const own = folderOf(file, table)
  if (own === undefined) return undefined // its missing row is a problem of its own
  const allowed = table.get(own) ?? []
  const workspace = workspaceOf(own)
  const target = targetOf(file, specifier, workspace)
  if (target.kind === 'file') {
    const folder = folderOf(target.path, table)
    if (workspaceOf(target.path) !== workspace) return `reaches into another workspace by path: ${specifier}`
    if (folder === undefined) return `imports a file that no row of the table covers: ${specifier}`
    if (folder === own) return undefined
    if (folder === workspace) return `imports an entry point, which only imports others: ${specifier}`
    if (allowed.includes('*') || allowed.includes(folder.slice(workspace.length + 1))) return undefined
    return `${own} may not import ${folder}`
  }
  if (allowed.includes(target.name) || allowed.includes(target.all)) return undefined
  return `${own} may not import ${target.name}`
}

type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string; readonly all: string }

function targetOf(file: string, specifier: string, workspace: string): Target {
  if (specifier.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(file), specifier) }
  if (specifier.startsWith('#')) return { kind: 'file', path: `${workspace}/src/${specifier.slice(1)}` }
  if (specifier.startsWith('node:')) return { kind: 'package', name: specifier, all: 'node:*' }
  const [scope = '', rest = ''] = specifier.split('/')
  if (scope === '@sallyport') return { kind: 'package', name: rest, all: rest }
  return { kind: 'package', name: `npm:${scope.startsWith('@') ? `${scope}/${rest}` : scope}`, all: 'npm:*' }
}

function workspaceOf(path: string): string {
  return path.split('/')[0] ?? ''
}
