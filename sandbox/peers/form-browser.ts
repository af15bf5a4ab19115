/**
 * A browser without a screen, for tests of sign-in by redirects and forms: a cookie jar, redirects, and the forms of a page.
 * It owns how a browser carries cookies and submits a form; of SAML it knows the names of form fields, and it runs no script.
 */

export type Form = {
  /** Absolute, resolved against the page it stands on. */
  readonly action: string
  readonly method: 'GET' | 'POST'
  /** Every named field with its present value, in the order of the page. */
  readonly fields: Readonly<Record<string, string>>
}

export type Page = {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly forms: readonly Form[]
}

export type FormBrowser = {
  /** Opens an address as if typed, and follows redirects to the page where they end. */
  open(url: string): Promise<Page>
  /** Submits a form of `page`; `fields` are what the person typed, over what the form already holds. */
  submit(page: Page, form: Form, fields?: Readonly<Record<string, string>>): Promise<Page>
  /** Names and values of the cookies that a top-level visit to `url` would carry. */
  cookiesFor(url: string): Readonly<Record<string, string>>
}

/** The form of a page that carries a SAML message and would submit itself (Bindings 3.5.4). */
export function carriedForm(page: Page): Form | undefined {
  return page.forms.find(({ fields }) => 'SAMLRequest' in fields || 'SAMLResponse' in fields)
}

type Cookie = {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  readonly secure: boolean
  readonly sameSite: string
}

type Visit = { readonly url: string; readonly from: string | undefined; readonly body?: string }

const longestChain = 20

export function createFormBrowser(): FormBrowser {
  const jar = new Map<string, Cookie>()

  async function visit(first: Visit): Promise<Page> {
    let next = first
    for (let hops = 0; hops < longestChain; hops++) {
      const response = await fetch(next.url, requestFor(next, jar))
      for (const line of response.headers.getSetCookie()) keepCookie(jar, line, next.url)
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) return readPage(next.url, response)
      await response.body?.cancel()
      const url = new URL(location, next.url).href
      // 307 and 308 repeat the body, every other redirect of a form becomes a GET (RFC 9110 15.4).
      const repeated = response.status === 307 || response.status === 308 ? next.body : undefined
      next = { url, from: next.from, ...(repeated === undefined ? {} : { body: repeated }) }
    }
    throw new Error(`more than ${longestChain} redirects from ${first.url}`)
  }

  return {
    open: (url) => visit({ url, from: undefined }),
    submit: (page, form, typed = {}) => {
      const body = new URLSearchParams({ ...form.fields, ...typed }).toString()
      if (form.method === 'POST') return visit({ url: form.action, from: page.url, body })
      const url = new URL(form.action)
      url.search = body
      return visit({ url: url.href, from: page.url })
    },
    cookiesFor: (url) => Object.fromEntries(cookiesOf(jar, { url, from: undefined }).map((c) => [c.name, c.value])),
  }
}

function requestFor(visit: Visit, jar: ReadonlyMap<string, Cookie>): RequestInit {
  const headers = new Headers({ accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' })
  const cookies = cookiesOf(jar, visit)
  if (cookies.length > 0) headers.set('cookie', cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '))
  if (visit.body === undefined) return { headers, redirect: 'manual' }
  headers.set('content-type', 'application/x-www-form-urlencoded')
  if (visit.from !== undefined) headers.set('origin', new URL(visit.from).origin)
  return { method: 'POST', headers, body: visit.body, redirect: 'manual' }
}

async function readPage(url: string, response: Response): Promise<Page> {
  const body = await response.text()
  return { url, status: response.status, headers: response.headers, body, forms: readForms(body, url) }
}

// Cookies: RFC 6265 (5.2 reading, 5.3 keeping, 5.4 sending) and the SameSite rules of its successor draft.

function keepCookie(jar: Map<string, Cookie>, line: string, from: string): void {
  const [pair = '', ...rest] = line.split(';')
  const split = pair.indexOf('=')
  const attributes = new Map(
    rest.map((part) => splitOnce(part, '=')).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const url = new URL(from)
  const path = attributes.get('path')
  const cookie: Cookie = {
    name: pair.slice(0, split).trim(),
    value: pair.slice(split + 1).trim(),
    domain: (attributes.get('domain') || url.hostname).replace(/^\./, '').toLowerCase(),
    path: path?.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
    secure: attributes.has('secure'),
    sameSite: (attributes.get('samesite') ?? 'lax').toLowerCase(),
  }
  const key = `${cookie.domain} ${cookie.path} ${cookie.name}`
  // Servers delete a cookie with a date at the beginning of time; no test lasts until any other date.
  const expires = new Date(attributes.get('expires') ?? '')
  const gone = attributes.has('max-age') ? Number(attributes.get('max-age')) <= 0 : expires.getUTCFullYear() < 2000
  if (gone) jar.delete(key)
  else jar.set(key, cookie)
}

function cookiesOf(jar: ReadonlyMap<string, Cookie>, visit: Visit): readonly Cookie[] {
  const url = new URL(visit.url)
  const trustworthy = url.protocol === 'https:' || /(^|\.)localhost$/.test(url.hostname) || url.hostname === '127.0.0.1'
  // A site is the host here: cookies and SameSite ignore the port, and the hosts of our tests have no shared parents.
  const crossSite = visit.from !== undefined && new URL(visit.from).hostname !== url.hostname
  const withheld = crossSite ? (visit.body === undefined ? ['strict'] : ['strict', 'lax']) : []
  return [...jar.values()].filter(
    (cookie) =>
      (url.hostname === cookie.domain || url.hostname.endsWith(`.${cookie.domain}`)) &&
      (url.pathname === cookie.path || url.pathname.startsWith(cookie.path.replace(/\/?$/, '/'))) &&
      (trustworthy || !cookie.secure) &&
      !withheld.includes(cookie.sameSite),
  )
}

// Forms: as much of HTML as sign-in pages use.

function readForms(html: string, pageUrl: string): readonly Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head = '', content = '']) => {
    const attributes = readAttributes(head)
    return {
      action: new URL(attributes.get('action') ?? '', pageUrl).href,
      method: attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      fields: Object.fromEntries([...readInputs(content), ...readSelects(content)]),
    }
  })
}

function readInputs(content: string): readonly (readonly [string, string])[] {
  return [...content.matchAll(/<input\b([^>]*)>/gi)]
    .map(([, input = '']) => readAttributes(input))
    .filter((input) => input.has('name') && !/^(submit|button|reset|image)$/i.test(input.get('type') ?? ''))
    .filter((input) => !/^(checkbox|radio)$/i.test(input.get('type') ?? '') || input.has('checked'))
    .map((input) => [input.get('name') ?? '', input.get('value') ?? ''])
}

function readSelects(content: string): readonly (readonly [string, string])[] {
  return [...content.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/gi)].map(([, head = '', inside = '']) => {
    const options = [...inside.matchAll(/<option\b([^>]*)>/gi)].map(([, option = '']) => readAttributes(option))
    const chosen = options.find((option) => option.has('selected')) ?? options[0]
    return [readAttributes(head).get('name') ?? '', chosen?.get('value') ?? '']
  })
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attribute = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g
  return new Map(
    [...text.matchAll(attribute)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decodeEntities(double ?? single ?? bare ?? ''),
    ]),
  )
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, name) =>
    name ? (named[name.toLowerCase()] ?? '') : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
