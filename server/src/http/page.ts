import { type Html, html } from '#http/html.ts'

const mark = html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" focusable="false"><path d="M3 22V11a9 9 0 0 1 18 0v11h-5V11.5a4 4 0 0 0-8 0V22z" fill="currentColor"/></svg>`

export type Page = {
  /** Also the heading. */
  readonly title: string
  /** Beside the mark: whose page this is. */
  readonly owner?: string
  readonly body: Html
  /** For somebody who is signed in: where their account and Log out are. */
  readonly signedIn?: { readonly landingUrl: string } | undefined
  /** Address of a script of our own, run after the page is read. */
  readonly script?: string
  /** The page is read again after so many seconds. */
  readonly refreshSeconds?: number | undefined
}

/** A whole page in the one frame that all pages of the service share. */
export function page({ title, owner, body, signedIn, script, refreshSeconds }: Page): string {
  const whose = owner ?? 'Sallyport'
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">${
    refreshSeconds !== undefined &&
    html`
<meta http-equiv="refresh" content="${refreshSeconds}">`
  }
<title>${title} – ${whose}</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/look.css">
<link rel="stylesheet" href="/assets/elements.css">
<link rel="stylesheet" href="/assets/sallyport.css">
${script !== undefined && html`<script src="${script}" defer></script>`}
</head>
<body>
<header>${mark}<span>${whose}</span>${signedIn && menu(signedIn.landingUrl)}</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.toString()
}

function menu(landingUrl: string): Html {
  return html`
<nav aria-label="Your account">
<a href="${landingUrl}/account">My account</a>
<form method="post" action="${landingUrl}/logout"><button type="submit" class="plain">Log out</button></form>
</nav>`
}
