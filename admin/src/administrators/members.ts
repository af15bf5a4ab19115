import type { AnswerOf } from '#api/api.tsx'

export const ADDRESS = '/api/v1/companies/{companyId}/administrators'
export type Member = AnswerOf<typeof ADDRESS, 'get'>['items'][number]

/** Under which what belongs to a Company's administrators is kept. */
export function keyOf(companyId: string, ...parts: readonly string[]): readonly string[] {
  return ['company', companyId, ...parts]
}
