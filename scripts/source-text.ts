// Reads TypeScript as text, just well enough to check rules on it: what is code, what is comment, what is imported. It
// knows no types and no syntax tree; strings, comments, regular expressions and templates are all it tells apart.

export type Import = { readonly specifier: string; readonly line: number }

/**
 * The same text twice, every character at its place: `code` with comments and the insides of strings, templates and
 * regular expressions blanked, `uncommented` with only comments blanked.
 */
export type SourceText = { readonly code: string; readonly uncommented: string }

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

// What stands before a slash that begins a regular expression and does not divide.
const beforeExpression =
  /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await))\s*$/

const tokens = {
  lineComment: /\/\/[^\n]*/y,
  blockComment: /\/\*[\s\S]*?(\*\/|$)/y,
  // A string that is not closed ends with its line: the compiler complains, this reader goes on.
  string: /'(\\[\s\S]|[^'\\\n])*'?|"(\\[\s\S]|[^"\\\n])*"?/y,
  regex: /\/(\\.|\[(\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y,
  templateText: /(\\[\s\S]|\$(?!\{)|[^`\\$])*/y,
}

export function readSourceText(text: string): SourceText {
  let code = ''
  let uncommented = ''
  // One entry for every template we are inside of: how many braces are open in its current `${…}`.
  const templates: number[] = []
  const take = (token: RegExp): string | undefined => {
    token.lastIndex = code.length
    return token.exec(text)?.[0]
  }
  const add = (part: string, shown: { readonly code: string; readonly uncommented?: string }): void => {
    code += shown.code
    uncommented += shown.uncommented ?? part
  }
  const takeTemplateText = (): void => {
    const inside = take(tokens.templateText) ?? ''
    add(inside, { code: blank(inside) })
    if (text.startsWith('${', code.length)) {
      templates.push(0)
      add('${', { code: '${' })
    } else if (code.length < text.length) add('`', { code: '`' })
  }

  while (code.length < text.length) {
    const character = text[code.length] as string
    const comment = character === '/' ? (take(tokens.lineComment) ?? take(tokens.blockComment)) : undefined
    if (comment !== undefined) {
      add(comment, { code: blank(comment), uncommented: blank(comment) })
      continue
    }
    const quoted = character === "'" || character === '"' ? take(tokens.string) : undefined
    const regex = character === '/' && beforeExpression.test(lineSoFar(code)) ? take(tokens.regex) : undefined
    const literal = quoted ?? regex
    if (literal !== undefined) {
      const inner = literal.slice(1, -1)
      add(literal, { code: literal.slice(0, 1) + blank(inner) + (literal.length > 1 ? literal.slice(-1) : '') })
      continue
    }
    add(character, { code: character })
    if (character === '`') takeTemplateText()
    const depth = templates.at(-1)
    if (depth === undefined) continue
    if (character === '{') templates[templates.length - 1] = depth + 1
    if (character === '}' && depth > 0) templates[templates.length - 1] = depth - 1
    if (character === '}' && depth === 0) {
      templates.pop()
      takeTemplateText()
    }
  }
  return { code, uncommented }
}

// Enough to see what stands before a slash: the current line and, where that is empty so far, the one before.
function lineSoFar(code: string): string {
  return code.slice(-200).trimEnd()
}

/** Everything a file imports: static, type-only, re-exported, dynamic, required. */
export function findImports({ code, uncommented }: SourceText): Import[] {
  return [...code.matchAll(/\b(?:from\s*|import\s*\(?\s*|require\s*\(\s*|import\.meta\.resolve\s*\(\s*)(['"])/g)].map(
    (match) => {
      const start = match.index + match[0].length
      const end = code.indexOf(match[1] as string, start)
      return { specifier: uncommented.slice(start, end), line: lineAt(code, match.index) }
    },
  )
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
