import type { Company } from '#companies/companies.ts'
import type { Environment } from '#companies/environments.ts'
import type { Connection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'
import type { PersonSentence } from '#login/sentences.ts'
import type { SigninRefused } from '#login/signin-refused.ts'
import type { Session } from '#sessions/sessions.ts'
import { displayName, type User } from '#users/users.ts'

type Whose = { readonly company: Company; readonly environment: Environment }

/** Posts a request to the identity provider: by script at once, by its button without (Bindings 3.5.4). */
export function postPage(form: {
  readonly url: string
  readonly samlRequest: string
  readonly relayState: string
}): Page {
  return {
    title: 'On to your company’s sign-in page',
    script: '/assets/submit.js',
    body: html`<form method="post" action="${form.url}">
<input type="hidden" name="SAMLRequest" value="${form.samlRequest}">
<input type="hidden" name="RelayState" value="${form.relayState}">
<p>If nothing happens, press the button.</p>
<button type="submit">Continue</button>
</form>`,
  }
}

/** What the person sees when a sign-in was refused. */
export function refusedPage(
  { title, sentence, advice, again }: PersonSentence,
  { reference, startUrl, giveUpUrl, owner }: Pick<SigninRefused, 'reference' | 'startUrl' | 'giveUpUrl' | 'owner'>,
): Page {
  return {
    title,
    ...(owner === undefined ? {} : { owner }),
    body: html`<p>${sentence}</p>
<p>${advice}</p>
${again && startUrl !== undefined && html`<p class="actions"><a class="button" href="${startUrl}">Sign in again</a></p>`}
${giveUpUrl !== undefined && html`<p class="actions"><a href="${giveUpUrl}">Back to the application</a></p>`}
${referenceNote(reference)}`,
  }
}

/** Whoever tries a connection sees this in the window of the test; what came of it is shown where they began. */
export function testedPage(): Page {
  return {
    title: 'The test is done',
    body: html`<p>The sign-in works. Nobody was signed in, and nothing was changed.</p>
<p>You can close this window. The portal shows what arrived.</p>`,
  }
}

/** For what is nobody's sign-in: unknown addresses, faults of our own. */
export function plainErrorPage(title: string, sentence: string, reference?: string): Page {
  return { title, body: html`<p>${sentence}</p>${reference !== undefined && referenceNote(reference)}` }
}

function referenceNote(reference: string): Html {
  return html`<p class="reference"><span class="quiet">Reference</span> <code>${reference}</code></p>`
}

/** Six are shown, the rest is folded away: more buttons than that are a list to search, not a choice to make. */
const SHOWN = 6

/** The User/Agent URL for somebody who is not signed in: one button, or the choice between several connections. */
export function signInPage(
  { company, environment }: Whose,
  connections: readonly Connection[],
  links: {
    readonly publicUrl: string
    readonly done: string | undefined
    /** Why the session of this browser is over, where that is to be told. */
    readonly ended?: string | undefined
    readonly passwordUrl?: string | undefined
  },
): Page {
  const ended = links.ended && html`<p role="status" class="notice">${links.ended}</p>`
  const start = (connection: Connection): string => {
    const url = endpointsOf(links.publicUrl, connection.ticket).ssoRequest
    return links.done === undefined ? url : `${url}&done=${encodeURIComponent(links.done)}`
  }
  const whose = { title: `Sign in to ${environment.name}`, owner: company.name }
  const asked = links.done === undefined ? '' : `?done=${encodeURIComponent(links.done)}`
  const byPassword =
    links.passwordUrl !== undefined &&
    html`<p class="actions"><a href="${links.passwordUrl}${asked}">Sign in with a password</a></p>`
  const [only, second] = connections
  if (only === undefined) {
    const missing = html`<p>Nobody has set up sign-in for this place yet. Please tell your administrator.</p>`
    return { ...whose, body: html`${ended}${byPassword || missing}` }
  }
  if (second === undefined) {
    const button = html`<p class="actions"><a class="button" href="${start(only)}">Sign in</a></p>`
    return {
      ...whose,
      body: html`${ended}<p>Your company’s sign-in page will ask who you are.</p>${button}${byPassword}`,
    }
  }
  const choices = (list: readonly Connection[]): Html =>
    html`<ul class="choices">${list.map((one) => html`<li><a class="button" href="${start(one)}">${one.name}</a></li>`)}</ul>`
  const rest = connections.slice(SHOWN)
  const more = rest.length > 0 && html`<details><summary>${rest.length} more</summary>${choices(rest)}</details>`
  return {
    ...whose,
    body: html`${ended}<p>How do you sign in?</p>${choices(connections.slice(0, SHOWN))}${more}${byPassword}`,
  }
}

/** The User/Agent URL for somebody who is signed in. */
export function signedInPage(
  { company, environment }: Whose,
  user: User,
  {
    session,
    idleEnd,
    landingUrl,
  }: { readonly session: Session; readonly idleEnd: Date | undefined; readonly landingUrl: string },
): Page {
  const { expiresAt, expiresWhy } = session
  const setBy =
    expiresWhy === 'identity-provider' && html`<span class="origin">set by your company’s sign-in page</span>`
  const idle = idleEnd && html`<span class="origin">or until ${exactTime(idleEnd)}, if you do nothing</span>`
  return {
    title: `Hello, ${displayName(user)}`,
    owner: company.name,
    signedIn: { landingUrl },
    body: html`<p>You are signed in to ${environment.name}.</p>
<dl class="facts">
<dt>User name</dt><dd>${user.username}</dd>
${user.email !== undefined && html`<dt>E-mail</dt><dd>${user.email}</dd>`}
<dt>Signed in until</dt><dd>${exactTime(expiresAt)}${setBy}${idle}</dd>
</dl>`,
  }
}

function exactTime(at: Date): Html {
  const iso = at.toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}
