import { z } from 'zod'

/** Text for people: no control characters (PostgreSQL takes no NUL), and no halves of characters. */
export const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `is too long: ${longest} characters at most`)
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not have control characters')
    .refine((value) => value.isWellFormed(), 'is no sound text')

/** In an address: what cannot be an id names nothing. */
export const idParam = z
  .string()
  .regex(/^[a-z]+_[a-z0-9]{1,40}$/)
  .catch('')

export const limit = z.coerce
  .number('must be a number from 1 to 200')
  .int('must be a whole number')
  .min(1, 'must be from 1 to 200')
  .max(200, 'must be from 1 to 200')
  .default(50)
  .describe('How many at most')

export const cursorText = z.string().max(2000).optional().describe('“next” of the page before')

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('The cursor of the next page; null on the last one'),
  })
}

export const time = z.iso.datetime()
