import { connectionUrls, demo } from './demo.ts'
import type { LogoutMisbehaviour } from './identity-provider/logout-misbehaviours.ts'
import { logoutControls } from './identity-provider/logout-pages.ts'
import { fullName, type Person } from './identity-provider/people.ts'
import { type Html, html } from './pages/html.ts'
import type { Page } from './pages/pages.ts'
import { identityProviderUrls } from './settings.ts'

/** What the sandbox is, and what to try. */
export function homePage(view: {
  readonly publicUrl: string
  readonly sallyportUrl: string
  readonly signedIn: Person | undefined
  readonly logoutBehaviour: LogoutMisbehaviour
}): Page {
  const { publicUrl, sallyportUrl, signedIn } = view
  const urls = identityProviderUrls(publicUrl)
  const production = `${sallyportUrl}/${demo.company}/${demo.production}`
  const test = `${sallyportUrl}/${demo.company}/${demo.test}`
  return {
    title: 'A pretend world around Sallyport',
    place: 'Sandbox',
    formsLead: 'anywhere',
    content: html`
<p>Here are the neighbours that Sallyport stands between: an identity provider, and applications that people want to
use. All are simple, all tell you what they see, and the identity provider can misbehave on purpose.</p>

<h2>Try</h2>
<ul class="plain">
${link(production, 'User/Agent URL of Acme, production', 'sign in with one connection')}
${link(test, 'User/Agent URL of Acme, test', 'two connections: choose one')}
${link('/app/servicedesk/index.jsp', 'Acme service desk', 'the application, signed in through production')}
${link('/app/pages/TestPage.jsp', 'A page inside the application', 'come back to where you wanted to go')}
${link('/app/agileapps/records/detail/cases/558782450#notes', 'A case in the new style, with a fragment', 'the fragment survives sign-in')}
${link(initiated(sallyportUrl), 'Sign-in that begins at the identity provider', 'taken by one connection of test')}
</ul>

<h2>Applications that get tokens</h2>
<p>The directory says who may use them, in the attribute <code>AuthorizedClientIDs</code>.</p>
<ul class="plain">
${link('/media-helper', 'Media Helper, for the desktop', 'let Ada in, then try as Grace, whom the directory does not allow it')}
${link('/tempo', 'Tempo, for the telephone', 'let Grace in, then try as Alan; Katherine may use both, because nothing is said of her')}
</ul>

<h2>Amazon Connect</h2>
<p>An instance, and the AWS sign-in before it. The desktop of Acme’s agents is at the User/Agent URL above.</p>
<ul class="plain">
${link('/amazon-connect', 'Amazon Connect', 'what it is, ways in that go wrong, and how it is set')}
${link('/idp/app/amazon-connect', 'The directory’s link to Amazon Connect', 'through AWS to the Contact Control Panel; Katherine is not declared there')}
</ul>

<h2>The identity provider</h2>
<dl>
<dt>Entity ID</dt><dd><code>${urls.entityId}</code></dd>
<dt>Sign-on URL</dt><dd><code>${urls.sso}</code> by HTTP-Redirect and HTTP-POST</dd>
<dt>Metadata</dt><dd><a href="/idp/metadata">/idp/metadata</a></dd>
<dt>Answers to</dt><dd><code>${sallyportUrl}</code> only</dd>
</dl>
${
  signedIn
    ? html`<form class="actions" method="post" action="/idp/somebody-else">
<span>In this browser ${fullName(signedIn)} is signed in: the next sign-in asks nothing.</span>
<button class="plain">Sign in as somebody else</button>
</form>`
    : html`<p class="quiet">Nobody is signed in here in this browser: the next sign-in asks who you are.</p>`
}
${logoutControls({ urls, signedIn, behaviour: view.logoutBehaviour })}`,
  }
}

function link(address: string, text: string, what: string): Html {
  return html`<li><a href="${address}">${text}</a> <span class="quiet">– ${what}</span></li>`
}

function initiated(sallyportUrl: string): string {
  const { acsUrl, entityId } = connectionUrls(sallyportUrl, demo.idpInitiatedTicket)
  return `/idp/initiated?${new URLSearchParams({ acs: acsUrl, audience: entityId })}`
}
