import { type Html, html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { AppState } from './app-memory.ts'
import type { Application } from './applications.ts'
import type { Tokens } from './relying-party.ts'
import type { Trouble } from './trouble.ts'

/** An application's only page: what it is, who is signed in, and what went wrong. */
export function clientPage(application: Application, { tokens, userInfo, trouble, done }: AppState): Page {
  const { name, about, comesBack } = application
  return {
    title: name,
    place: name,
    // A sign-in leads to Sallyport, and from there to wherever it sends people.
    formsLead: 'anywhere',
    content: html`
<p>${about}</p>
${trouble && describeTrouble(trouble)}
${done !== undefined && html`<p role="status">${done}</p>`}
<h2>Who is signed in</h2>
${tokens === undefined ? signInForm(application) : describeTokens(application, tokens, userInfo)}
<details>
<summary>How answers come back</summary>
<p>${comesBack}</p>
</details>
<p class="actions"><a href="/">The sandbox</a></p>`,
  }
}

function describeTrouble({ wanted, error, description, meaning }: Trouble): Html {
  return html`<div role="alert">
<p class="problem">${wanted} did not work. ${meaning}</p>
<dl>
<dt>error</dt><dd><code>${error}</code></dd>
${description !== undefined && html`<dt>error_description</dt><dd>${description}</dd>`}
</dl>
</div>`
}

function signInForm({ path, editions }: Application): Html {
  return html`<p class="quiet">Nobody, in this browser.</p>
<form method="post" action="${path}/sign-in">
${
  editions.length > 1 &&
  html`<div class="switches"><div>
<label for="client">Edition</label>
<select id="client" name="client">
${editions.map(({ clientId, label }) => html`<option value="${clientId}">${label}</option>`)}
</select>
</div></div>`
}
<button>Sign in</button>
</form>`
}

function describeTokens({ path, editions }: Application, tokens: Tokens, userInfo: AppState['userInfo']): Html {
  const { clientId, subject, scope, expiresAt, refreshToken } = tokens
  const action = (name: string, label: string, kind: 'plain' | '') =>
    html`<form method="post" action="${path}/${name}"><button class="${kind}">${label}</button></form>`
  return html`<p>Signed in as <strong>${userInfo?.name ?? subject}</strong>.</p>
<dl>
${said('Username', userInfo?.preferred_username)}
${said('E-mail', userInfo?.email)}
<dt>User ID</dt><dd><code>${subject}</code></dd>
<dt>Client</dt><dd>${editions.find((edition) => edition.clientId === clientId)?.label} <code>${clientId}</code></dd>
<dt>Scopes</dt><dd>${scope}</dd>
<dt>Access token good until</dt><dd><time datetime="${expiresAt.toISOString()}">${inWords(expiresAt)}</time></dd>
<dt>Refresh token</dt><dd>${refreshToken === undefined ? 'none' : 'kept, and good once'}</dd>
</dl>
<div class="actions">
${refreshToken !== undefined && action('refresh', 'Get new tokens', '')}
${action('userinfo', 'Ask who is signed in', '')}
${action('revoke', 'Revoke the tokens', 'plain')}
${action('forget', 'Forget them', 'plain')}
</div>
<p class="help">To forget is the application’s own affair, and tells Sallyport nothing. Log out at Sallyport, then ask who is signed in: the tokens have ended with the session.</p>`
}

function said(term: string, value: string | undefined): Html | undefined {
  return value ? html`<dt>${term}</dt><dd>${value}</dd>` : undefined
}

function inWords(moment: Date): string {
  return moment
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}
