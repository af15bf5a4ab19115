import { z } from 'zod'
import { nearest } from '#config/nearest.ts'

/** An object that refuses keys it does not know, and says which known one was probably meant. */
export function strictObject<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      return (issue.keys as readonly string[]).map((key) => unknownKey(key, known)).join('\n')
    },
  })
}

export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return meant === undefined ? `there is no “${key}” here` : `there is no “${key}” here; did you mean “${meant}”?`
}
