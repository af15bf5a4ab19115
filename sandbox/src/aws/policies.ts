/**
 * Whether policies allow something: as much of IAM's evaluation as federation needs. Pure.
 * A Deny wins, and what no statement allows is not allowed.
 */
import type { Statement } from './account.ts'

export type Asked = {
  readonly action: string
  /** Left out for a trust policy, which belongs to the role that it is about. */
  readonly resource?: string
  readonly provider?: string
  /** Condition keys, in lower case: IAM compares their names so. */
  readonly context: Readonly<Record<string, string>>
}

export function isAllowed(statements: readonly Statement[], asked: Asked): boolean {
  const applying = statements.filter((statement) => applies(statement, asked))
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow')
}

function applies(statement: Statement, asked: Asked): boolean {
  const { Principal, Action, Resource, Condition } = statement
  return (
    (asked.provider === undefined || listOf(Principal?.Federated).includes(asked.provider)) &&
    listOf(Action).some((one) => matches(one.toLowerCase(), asked.action.toLowerCase())) &&
    (asked.resource === undefined ||
      listOf(Resource).some((one) => matches(withVariables(one, asked.context), asked.resource ?? ''))) &&
    Object.entries(Condition?.StringEquals ?? {}).every(([key, values]) =>
      listOf(values).includes(asked.context[key.toLowerCase()] ?? ''),
    )
  )
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** `${aws:userid}` and its like, filled in from the context; an unknown one matches nothing. */
function withVariables(text: string, context: Asked['context']): string {
  return text.replace(/\$\{([\w:]+)\}/g, (_all, name: string) => context[name.toLowerCase()] ?? '\0')
}

/** `*` stands for any characters. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(text)
}
