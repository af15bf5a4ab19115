/**
 * The frame of every page of the sandbox and how it is sent. It owns the security headers and the banner that says what
 * this is; it knows no page's content.
 */
import type { FastifyReply } from 'fastify'
import { type Html, html } from './html.ts'

export type Page = {
  readonly title: string
  /** What stands beside the mark; the identity provider and the application look like different places. */
  readonly place:
    | 'Sandbox'
    | 'Sandbox directory'
    | 'Acme service desk'
    | 'Media Helper'
    | 'Tempo'
    | 'AWS sign-in'
    | 'Amazon Connect'
  readonly content: Html
  readonly script?: 'submit.js' | 'location.js'
  /** One that imports others, and may ask the sandbox by itself. */
  readonly module?: 'ccp.js'
  /** Origins whose pages may frame this one, `'self'` for our own; none where it is left out. */
  readonly framedBy?: readonly string[]
  /**
   * Where forms of the page may lead: `self` by default. `anywhere` leaves the directive out, because browsers apply it
   * to every redirect that follows, and where those end is Sallyport's business.
   */
  readonly formsLead?: 'self' | 'anywhere'
}

const banners: Readonly<Record<Page['place'], string>> = {
  Sandbox: 'Sandbox — nothing here is real',
  'Sandbox directory': 'Sandbox — not a real identity provider',
  'Acme service desk': 'Sandbox — not a real application',
  'Media Helper': 'Sandbox — not a real application',
  Tempo: 'Sandbox — not a real application',
  'AWS sign-in': 'Sandbox — not AWS',
  'Amazon Connect': 'Sandbox — not Amazon Connect',
}

const arch = html`<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <path d="M3 22V11a9 9 0 0 1 18 0v11h-5V11a4 4 0 0 0-8 0v11z" fill="currentColor"/>
</svg>`

export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', contentSecurityPolicy(page))
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .send(writePage(page))
}

/** A page for a person who went wrong, in one sentence. */
export function sendProblem(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return sendPage(reply.status(status), {
    title: status === 404 ? 'Not found' : 'That did not work',
    place: 'Sandbox',
    content: html`<p class="problem" role="alert">${sentence}</p><p><a href="/">Back to the sandbox</a></p>`,
  })
}

function contentSecurityPolicy({ formsLead = 'self', framedBy = [], module }: Page): string {
  const directives = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(' ')}`,
    ...(module === undefined ? [] : ["connect-src 'self'"]),
    ...(formsLead === 'self' ? ["form-action 'self'"] : []),
  ]
  return directives.join('; ')
}

function writePage({ title, place, content, script, module }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${place}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/sandbox.css">
${script && html`<script src="/assets/${script}" defer></script>`}
${module && html`<script type="module" src="/assets/${module}"></script>`}
</head>
<body>
<p class="banner">${banners[place]}</p>
<header>${arch}<span>${place}</span></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.toString()
}
