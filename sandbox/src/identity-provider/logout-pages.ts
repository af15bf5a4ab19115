import { type Html, html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { IdentityProviderUrls } from '../settings.ts'
import type { Delivery } from './logout-messages.ts'
import { type LogoutMisbehaviour, logoutMisbehaviours } from './logout-misbehaviours.ts'
import type { ToldResult } from './logout-round.ts'
import { fullName, type Person } from './people.ts'

const bindingNames = { post: 'HTTP-POST', redirect: 'HTTP-Redirect', soap: 'SOAP' } as const

/** The form that carries a logout message and submits itself (Bindings 3.5.4). */
export function carryingPage({ action, fields }: Extract<Delivery, { readonly binding: 'post' }>): Page {
  return {
    title: 'Logging out',
    place: 'Sandbox directory',
    script: 'submit.js',
    formsLead: 'anywhere',
    content: html`
<p>The message goes to <code>${action}</code>.</p>
<form class="actions" method="post" action="${action}" data-submit>
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button>Continue</button>
</form>`,
  }
}

/** Where a logout that began here ends: what each service provider answered. */
export function loggedOutPage(results: readonly ToldResult[]): Page {
  const everywhere = results.every(({ outcome }) => outcome === 'logged out')
  return {
    title: everywhere ? 'Logged out everywhere' : 'Logged out here, but not everywhere',
    place: 'Sandbox directory',
    content: html`
<p>Nobody is signed in at the sandbox in this browser any more.</p>
${
  results.length === 0
    ? html`<p class="quiet">No service provider had been told of this session.</p>`
    : html`<table>
<thead><tr><th scope="col">Service provider</th><th scope="col">Answer</th></tr></thead>
<tbody>${results.map(resultRow)}</tbody>
</table>`
}
<p class="actions"><a href="/">Back to the sandbox</a></p>`,
  }
}

function resultRow({ serviceProvider, binding, outcome, reason }: ToldResult): Html {
  const by = binding === undefined ? 'not told' : `told by ${bindingNames[binding]}`
  return html`<tr><th scope="row"><code>${serviceProvider}</code></th>
<td>${outcome} <span class="quiet">– ${by}</span>${reason && html`<br><span class="problem">${reason}</span>`}</td></tr>`
}

/** What the identity provider shows instead of an answer, where a misbehaviour wants that. */
export function ownPage(): Page {
  return {
    title: 'You are logged out',
    place: 'Sandbox directory',
    content: html`<p>This page ends here on purpose: no answer goes back to the application.</p>`,
  }
}

/** The part of the sandbox's first page that is about logout. */
export function logoutControls(view: {
  readonly urls: IdentityProviderUrls
  readonly signedIn: Person | undefined
  readonly behaviour: LogoutMisbehaviour
}): Html {
  const { urls, signedIn, behaviour } = view
  return html`
<h2>Single logout</h2>
<dl>
<dt>Logout URL</dt><dd><code>${urls.slo}</code> by HTTP-POST and HTTP-Redirect</dd>
<dt>By SOAP</dt><dd><code>${urls.sloSoap}</code></dd>
<dt>Sessions here</dt><dd><a href="/idp/sessions">/idp/sessions</a>, and every logout message that came</dd>
</dl>
${
  signedIn
    ? html`<form class="actions" method="post" action="/idp/logout">
<button name="by" value="post">Log out everywhere</button>
<button class="plain" name="by" value="redirect">Log out everywhere by HTTP-Redirect</button>
<button class="plain" name="by" value="soap">Log out everywhere from server to server (SOAP)</button>
</form>
<p class="help">Ends the session of ${fullName(signedIn)} here and tells each application that knows of it.</p>`
    : html`<p class="quiet">“Log out everywhere” appears here when somebody is signed in.</p>`
}
<form method="post" action="/idp/slo/behaviour">
<label for="behaviour">Answer to logouts</label>
<div class="beside">
<select id="behaviour" name="name" aria-describedby="behaviour-help">
${logoutMisbehaviours.map(({ name, label }) => option(name, label, name === behaviour.name))}
</select>
<button>Use</button>
</div>
<p class="help" id="behaviour-help">Holds for every logout that Sallyport sends, until it is chosen anew.</p>
</form>
<details>
<summary>What Sallyport should make of each answer</summary>
<table>
<thead><tr><th scope="col">Answer</th><th scope="col">What it means</th></tr></thead>
<tbody>${logoutMisbehaviours.map(misbehaviourRow)}</tbody>
</table>
</details>`
}

function option(name: string, label: string, selected: boolean): Html {
  return selected
    ? html`<option value="${name}" selected>${label}</option>`
    : html`<option value="${name}">${label}</option>`
}

function misbehaviourRow({ label, sallyportSays, endsSessions }: LogoutMisbehaviour): Html {
  const here = endsSessions ? 'The session here ends.' : 'The session here lives on.'
  return html`<tr><th scope="row">${label}</th><td>${sallyportSays} <span class="quiet">${here}</span></td></tr>`
}
