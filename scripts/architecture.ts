// The rules of STYLE that a machine can check, as data: each rule looks at the whole tree and returns its problems. The
// tree is text; nothing is compiled or run. ARCHITECTURE.md holds the one rule that is a table (see import-table.ts).
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { folderOf, type ImportTable, judgeImport, parseImportTable, workspaces } from './import-table.ts'
import { findImports, type Import, lineAt, readSourceText, type SourceText } from './source-text.ts'

/** A file of the project's code: TypeScript or JavaScript, of a workspace or of scripts/. */
export type CodeFile = SourceText & {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}
/** Every tracked text file by its path (`server/src/main.ts`), and those among them that are code. */
export type Tree = { readonly texts: ReadonlyMap<string, string>; readonly code: readonly CodeFile[] }
export type Problem = { readonly path: string; readonly line?: number; readonly message: string }
export type Rule = { readonly name: string; readonly check: (tree: Tree) => readonly Problem[] }

// Files that may be longer than 300 lines, each with the reason why it reads better whole.
const longFiles: Readonly<Record<string, string>> = {
  'saml/src/xml/reader.ts':
    'one scanner over one position: its steps share private state, and it is read from top to bottom',
  'saml/src/report/explanations.ts': 'one table, an entry a check',
}

const forbiddenNames = ['utils', 'helpers', 'common', 'types', 'services', 'controllers', 'managers']
const longestFile = 300

export const rules: readonly Rule[] = [
  {
    name: 'imports follow the table in ARCHITECTURE.md',
    check: (tree) => {
      const table = readTable(tree)
      if (table instanceof Error) return [{ path: 'ARCHITECTURE.md', message: table.message }]
      return sources(tree).flatMap((file) => {
        if (!folderOf(file.path, table)) return [{ path: file.path, message: `no row for ${dirname(file.path)}` }]
        return imports(file, (specifier) => judgeImport(file.path, specifier, table))
      })
    },
  },
  {
    name: 'saml imports its own files, node:buffer, node:crypto and node:zlib',
    check: (tree) => {
      const known = /^(\.\.?\/|node:(buffer|crypto|zlib)$)/
      const saml = sources(tree).filter((file) => file.path.startsWith('saml/'))
      return saml.flatMap((file) => imports(file, (name) => (known.test(name) ? undefined : `imports ${name}`)))
    },
  },
  {
    name: 'no folder or file is named for a kind of code',
    check: (tree) =>
      tree.code.flatMap(({ path }) => {
        const name = path.split('/').find((part) => forbiddenNames.includes(part.split('.')[0] ?? ''))
        return name ? [{ path, message: `"${name}" says nothing: name it for what it owns` }] : []
      }),
  },
  {
    name: "a folder's main file opens with a comment",
    check: (tree) => {
      const folders = Map.groupBy(sources(tree), (file) => dirname(file.path))
      return [...folders].flatMap(([folder, files]) => {
        const main = mainFile(folder, files)
        const opens = /^(#![^\n]*\n)?\s*(\/\/|\/\*)(?!.*(biome-ignore|@ts-|eslint))/.test(main.text)
        return opens ? [] : [{ path: main.path, message: 'must open with what this folder owns and must not know' }]
      })
    },
  },
  {
    name: 'clock, chance and environment come from main.ts',
    check: (tree) => {
      const forbidden =
        /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b|\b(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)\b|\bMath\.random\b|\bprocess\.env\b/g
      const inner = sources(tree).filter(({ path }) => !/^(?!saml\/)[^/]+\/src\/main\.ts$/.test(path))
      return inner.flatMap((file) => matches(file, forbidden, (found) => `${found}: have it passed in`))
    },
  },
  {
    name: 'no barrel files but the entry points of saml',
    check: (tree) =>
      sources(tree).flatMap(({ path, code }) => {
        if (path === 'saml/src/index.ts' || path === 'saml/src/identity-provider.ts') return []
        const reExports = /\bexport\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s*from\s*(['"])\s*\4[;\s]*/g
        const onlyReExports = code.trim() !== '' && code.replace(reExports, '').trim() === ''
        if (!onlyReExports && !/^index\./.test(basename(path))) return []
        return [{ path, message: 'import from the file that owns the thing instead' }]
      }),
  },
  {
    name: 'file names are lower-case with dashes',
    check: (tree) =>
      tree.code
        .filter(({ path }) => path.split('/').some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part)))
        .map(({ path }) => ({ path, message: 'rename it' })),
  },
  {
    name: `no source file is longer than ${longestFile} lines`,
    check: (tree) =>
      sources(tree)
        .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
        .filter(({ path, lines }) => lines > longestFile && !(path in longFiles))
        .map(({ path, lines }) => ({ path, message: `${lines} lines: does it do one thing?` })),
  },
  {
    name: 'login and oauth never import each other',
    check: (tree) => {
      const strangers = [
        ['server/src/login/', /(^#|\/)oauth\//],
        ['server/src/oauth/', /(^#|\/)login\//],
      ] as const
      return strangers.flatMap(([folder, other]) =>
        sources(tree)
          .filter(({ path }) => path.startsWith(folder))
          .flatMap((file) => imports(file, (name) => (other.test(name) ? 'they meet in sessions' : undefined))),
      )
    },
  },
  {
    name: 'no source file writes to the console',
    check: (tree) =>
      sources(tree).flatMap((file) => matches(file, /\bconsole\b/g, () => 'use the log that is passed in')),
  },
  {
    name: "no file holds a path of somebody's machine",
    check: (tree) => {
      // In a URL or a longer path the slash follows a letter, a dot or another slash: that is nobody's home.
      const home = /(?<![\w.~}/-])\/(?:home|root|Users|work)\/[\w.-]+/g
      return [...tree.texts].flatMap(([path, text]) =>
        [...text.matchAll(home)].map((match) => ({ path, line: lineAt(text, match.index), message: match[0] })),
      )
    },
  },
]

/** All problems of all rules, one line each: `server/src/x.ts:3 rule: what is wrong`. */
export function checkArchitecture(tree: Tree): string[] {
  return rules.flatMap((rule) =>
    rule.check(tree).map(({ path, line, message }) => `${path}${line ? `:${line}` : ''} ${rule.name}: ${message}`),
  )
}

/** The files that git tracks or would track: what is ignored is nobody's concern. */
export function readTree(root: string): Tree {
  const options = ['--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', ['ls-files', ...options], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  const texts = new Map<string, string>()
  for (const path of new Set(listed.split('\0'))) {
    const text = path === '' ? undefined : readText(join(root, path))
    if (text !== undefined) texts.set(path, text)
  }
  return makeTree(texts)
}

export function makeTree(texts: ReadonlyMap<string, string>): Tree {
  const isCode = (path: string) =>
    /\.(ts|tsx|mts|js|mjs)$/.test(path) && [...workspaces, 'scripts'].includes(path.split('/')[0] ?? '')
  const code = [...texts]
    .filter(([path]) => isCode(path))
    .map(([path, text]) => {
      const source = readSourceText(text)
      return { path, text, ...source, imports: findImports(source) }
    })
  return { texts, code }
}

// Undefined for what is not text, and for a file that git knows but that has just been deleted.
function readText(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

// What ends up in the product: in a workspace's src, and neither a test nor there for tests (which shows in its imports).
function sources(tree: Tree): CodeFile[] {
  return tree.code.filter(
    ({ path, imports }) =>
      /^[^/]+\/src\//.test(path) &&
      !/\.test\.tsx?$/.test(path) &&
      !imports.some(({ specifier }) => specifier === 'node:test'),
  )
}

function readTable(tree: Tree): ImportTable | Error {
  try {
    return parseImportTable(tree.texts.get('ARCHITECTURE.md') ?? '')
  } catch (error) {
    return error as Error
  }
}

// The file named like the folder (src like the workspace, or index), otherwise the first of the alphabet.
function mainFile(folder: string, files: readonly CodeFile[]): CodeFile {
  const names = basename(folder) === 'src' ? [basename(dirname(folder)), 'index'] : [basename(folder)]
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return (sorted.find(({ path }) => names.includes(basename(path).split('.')[0] ?? '')) ?? sorted[0]) as CodeFile
}

function imports(file: CodeFile, judge: (specifier: string) => string | undefined): Problem[] {
  return file.imports.flatMap(({ specifier, line }) => {
    const message = judge(specifier)
    return message ? [{ path: file.path, line, message }] : []
  })
}

function matches(file: CodeFile, pattern: RegExp, say: (found: string) => string): Problem[] {
  return [...file.code.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.code, match.index),
    message: say(match[0]),
  }))
}
