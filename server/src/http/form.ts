import type { FastifyInstance } from 'fastify'

/** The largest form that is read: a message of 256 KiB in base64, in which up to every third character is escaped. */
export const formLimit = 640 * 1024

/** Fields of a form. A field that stands twice has no one meaning, so it has no value here. */
export type Form = ReadonlyMap<string, string>

/** Reads application/x-www-form-urlencoded bodies into a `Form`; other bodies are refused with 415. */
export function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formLimit },
    (_request, body, done) => done(null, readForm(String(body))),
  )
}

export function readForm(body: string): Form {
  const form = new Map<string, string>()
  const twice = new Set<string>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) twice.add(name)
    form.set(name, value)
  }
  for (const name of twice) form.delete(name)
  return form
}
