import type { Explanation } from '@sallyport/saml'
import { type AnyCheckCode, allExplanations } from '#login/login-checks.ts'
import { type PasswordCheckCode, passwordExplanations } from '#passwords/checks.ts'

/** What a code in a sign-in record means; undefined for one of a version that is gone. */
export function explanationOf(code: string): Explanation | undefined {
  return own(allExplanations, code as AnyCheckCode) ?? own(passwordExplanations, code as PasswordCheckCode)
}

function own<Code extends string>(table: Readonly<Record<Code, Explanation>>, code: Code): Explanation | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined
}
