import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'
import { type AskedByClient, type ClientLogoutFault, clientLogoutWords } from '#logout/client-logout.ts'
import type { Client } from '#oauth/clients.ts'
import { displayName, type User } from '#users/users.ts'

type Whose = { readonly owner: string; readonly landingUrl: string; readonly user: User | undefined }

/** A link may come from anywhere, so the person decides. */
export function askPage({
  owner,
  landingUrl,
  user,
  client,
  asked,
}: Whose & { readonly client: Client | undefined; readonly asked: AskedByClient }): Page {
  const whoAsks = client === undefined ? 'A link led you here.' : `${client.name} asks to log you out.`
  return {
    title: `Log out of ${owner}?`,
    owner,
    body: html`<p>${whoAsks}${user !== undefined && html` You are signed in as <b>${displayName(user)}</b>.`}</p>
<p>Other applications that you opened with ${owner} may log you out as well.</p>
${logOutForm(landingUrl, { ...asked, clientId: client?.id })}`,
  }
}

/** Nothing was done about it. Whoever wants to log out can, without coming back to the application. */
export function cannotPage(fault: ClientLogoutFault, { owner, landingUrl, user }: Whose): Page {
  const { sentence, cure } = clientLogoutWords[fault]
  return {
    title: 'The application asked for a logout that cannot be done',
    owner,
    body: html`<p>${sentence}${user !== undefined && ' You are still signed in.'}</p>
<p>If it happens once more, tell the application’s developer what is below.</p>
<dl class="facts"><dt>Error</dt><dd><code>${fault}</code></dd><dt>Cure</dt><dd>${cure}</dd></dl>
${user === undefined ? html`<p class="actions"><a class="button" href="${landingUrl}">To the start page</a></p>` : logOutForm(landingUrl, {})}`,
  }
}

function logOutForm(landingUrl: string, { clientId, postLogoutRedirectUri, state }: AskedByClient): Html {
  const fields = { client_id: clientId, post_logout_redirect_uri: postLogoutRedirectUri, state }
  const inputs = Object.entries(fields).map(
    ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="post" action="${landingUrl}/logout" class="actions">
${inputs.filter((input) => input !== false)}
<button type="submit">Log out</button> <a href="${landingUrl}">Stay signed in</a>
</form>`
}
