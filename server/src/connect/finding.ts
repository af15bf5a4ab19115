/** What was noticed in something that was typed or pasted: a code for programs, a sentence and a cure for people. */

/** `broken`: agents cannot sign in with it. `doubtful`: they may not. `note`: good to know. */
export type Severity = 'broken' | 'doubtful' | 'note'

export type Finding = {
  readonly code: string
  readonly severity: Severity
  readonly sentence: string
  readonly cure: string
}

/** Braces stand for what was found: `{found}`. */
export type FindingRow = readonly [severity: Severity, sentence: string, cure: string]

/** The words for one code of a table, with what was found put in. */
export function findingOf<C extends string>(
  table: Readonly<Record<C, FindingRow>>,
  code: C,
  values: Readonly<Record<string, string>> = {},
): Finding {
  const [severity, sentence, cure] = table[code]
  return { code, severity, sentence: filled(sentence, values), cure: filled(cure, values) }
}

/** What was found can be as long as people like; a sentence must not be. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = values[name] ?? ''
    return name === 'found' && value.length > 120 ? `${value.slice(0, 119)}…` : value
  })
}
