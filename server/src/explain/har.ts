import { z } from 'zod'

/** A piece of a HAR file that holds a message: an address, a form body, or a page with a form in it. */
export type HarPart = { readonly where: string; readonly text: string }

// HTTP Archive 1.2, only what is looked at. Exporters leave out what they like.
const body = z.object({ text: z.string().optional(), encoding: z.string().optional() })
const headers = z.array(z.object({ name: z.string(), value: z.string() })).optional()
const parameters = z.array(z.object({ name: z.string(), value: z.string().optional() }))
const archive = z.object({
  log: z.object({
    entries: z.array(
      z.object({
        request: z.object({
          method: z.string(),
          url: z.string(),
          postData: z.object({ text: z.string().optional(), params: parameters.optional() }).optional(),
        }),
        response: z.object({ redirectURL: z.string().optional(), content: body.optional(), headers }).optional(),
      }),
    ),
  }),
})

type Entry = z.output<typeof archive>['log']['entries'][number]

/** The pieces in the order of the requests; empty where the text is no HAR file. */
export function readHar(text: string): readonly HarPart[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  const parsed = archive.safeParse(value)
  if (!parsed.success) return []
  return parsed.data.log.entries.flatMap((entry, index) => partsOf(entry, index + 1))
}

function partsOf({ request, response }: Entry, number: number): HarPart[] {
  const address = request.url.split('?')[0] ?? ''
  const at = `entry ${number}`
  const location = response?.headers?.find(({ name }) => name.toLowerCase() === 'location')?.value
  const { text, encoding } = response?.content ?? {}
  const page = encoding === 'base64' ? Buffer.from(text ?? '', 'base64').toString('utf8') : text
  const parts: readonly (readonly [where: string, text: string | undefined])[] = [
    [`${at}, ${request.method} ${address}`, request.url],
    [`${at}, the form sent to ${address}`, formOf(request.postData)],
    [`${at}, the redirect from ${address}`, response?.redirectURL || location],
    [`${at}, the page ${address}`, page?.trim().startsWith('<') === true ? page.trim() : undefined],
  ]
  return parts.flatMap(([where, part]) => (part !== undefined && holdsMessage(part) ? [{ where, text: part }] : []))
}

// Pages and addresses that only mention the words hold nothing.
function holdsMessage(text: string): boolean {
  return text.startsWith('<')
    ? /\bname\s*=\s*["']?SAML(?:Request|Response)\b/i.test(text)
    : /\bSAML(?:Request|Response)=/.test(text)
}

function formOf(data: Entry['request']['postData']): string | undefined {
  if (data?.text !== undefined && data.text !== '') return data.text
  // Some exporters keep the parameters escaped, others do not; base64 has no percent sign of its own.
  return data?.params
    ?.map(({ name, value = '' }) => `${name}=${value.includes('%') ? value : encodeURIComponent(value)}`)
    .join('&')
}
