import { type Html, html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { SessionAnswer, SessionUser } from './ask-sallyport.ts'

/** A page of the demonstration application: where you are, and who it thinks you are. */
export function appPage(view: {
  readonly heading: string
  readonly path: string
  readonly environment: string
  readonly session: SessionAnswer
  /** Where signing in begins; the page's script adds the fragment. */
  readonly signInUrl: string
}): Page {
  return {
    title: view.heading,
    place: 'Acme service desk',
    script: 'location.js',
    content: html`
<h2>Who you are</h2>
${describeSession(view.session, view.signInUrl)}
<h2>Where you are</h2>
<dl>
<dt>Path</dt><dd><code>${view.path}</code></dd>
<dt>Fragment</dt><dd><code id="fragment">(only the browser knows)</code></dd>
<dt>Signed in through</dt><dd><code>${view.environment}</code></dd>
</dl>
<h2>Elsewhere</h2>
<ul class="plain">
<li><a href="/app/servicedesk/index.jsp">Service desk</a></li>
<li><a href="/app/pages/TestPage.jsp">Test page</a></li>
<li><a href="/app/agileapps/records/detail/cases/558782450#notes">Case 558782450, notes</a></li>
<li><a href="/">The sandbox</a></li>
</ul>`,
  }
}

function describeSession(session: SessionAnswer, signInUrl: string): Html {
  switch (session.kind) {
    case 'valid':
      return html`<p>Signed in as <strong>${nameOf(session.user)}</strong>.</p>
<dl>
<dt>Username</dt><dd>${session.user.username}</dd>
${session.user.email !== '' && html`<dt>E-mail</dt><dd>${session.user.email}</dd>`}
<dt>User type</dt><dd>${session.user.userType}</dd>
<dt>User ID</dt><dd><code>${session.user.id}</code></dd>
<dt>Session ends</dt><dd>${session.expiresAt}</dd>
</dl>`
    case 'none':
      return html`<p>You are not signed in.</p><p><a class="button" id="sign-in" href="${signInUrl}">Sign in</a></p>`
    case 'unknown':
      return html`<p class="problem" role="alert">This application cannot tell who you are: ${session.reason}.</p>`
  }
}

function nameOf({ firstName, lastName, username }: SessionUser): string {
  return `${firstName} ${lastName}`.trim() || username
}
