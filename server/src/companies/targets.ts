import { z } from 'zod'

/** Where a browser may be sent after signing in. */
export type Targets = {
  /** A relative `done` is resolved against this URL. Its path ends in a slash. */
  readonly base: string
  /** An absolute `done` must have one of these origins. The base's is among them. */
  readonly origins: readonly string[]
}

/**
 * The targets of an Environment as they are declared: the first is the base and may have a path that ends in a slash
 * (`https://apps.example/networking/`), the others are origins. Kept in one spelling. Empty: the service itself.
 */
export const targetList = z
  .array(z.string().transform(target))
  .max(100, 'are too many: 100 at most')
  .superRefine((urls, context) => {
    for (const [index, url] of urls.entries()) {
      if (index === 0 || url === new URL(url).origin) continue
      const message = `only the first target may have a path; give ${new URL(url).origin}`
      context.addIssue({ code: 'custom', path: [index], message })
    }
  })

export function targetsOf(environment: { readonly targets: readonly string[] }, publicUrl: string): Targets {
  const urls = environment.targets.length > 0 ? environment.targets : [publicUrl]
  const origins = [...new Set(urls.map((url) => new URL(url).origin))]
  return Object.freeze({ base: new URL(urls[0]!).href, origins: Object.freeze(origins) })
}

/**
 * Where `done` leads, or undefined where it must not: it is relative to the base of the Environment's targets, or
 * absolute with the origin of one of them. Fragments are kept. No `done` leads to `landing`.
 *
 * What a browser would make of the text is what is compared: the URL parser is the same one (WHATWG URL), so that
 * `//evil`, `/\evil`, a user name before an @ and hidden line breaks all show their true origin.
 */
export function resolveDone(done: string | undefined, targets: Targets, landing: string): string | undefined {
  if (done === undefined || done === '') return landing
  // NUL cannot be kept: PostgreSQL has no text with it.
  if (done.length > 2048 || done.includes('\0') || !URL.canParse(done, targets.base)) return undefined
  const url = new URL(done, targets.base)
  // A blob: URL has the origin of the address in it (URL Standard 4.7), and is no page.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  if (url.username !== '' || url.password !== '') return undefined
  return targets.origins.includes(url.origin) || url.origin === new URL(landing).origin ? url.href : undefined
}

function target(text: string, context: z.RefinementCtx): string {
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return refuse(`“${text}” is not a web address like https://app.example.com`)
  }
  if (url.username || url.password || url.search || url.hash) {
    return refuse(`“${text}” may have a path, but no user name, query or fragment`)
  }
  if (!url.pathname.endsWith('/')) return refuse(`the path of “${text}” must end with a slash`)
  return url.pathname === '/' ? url.origin : url.href
}
