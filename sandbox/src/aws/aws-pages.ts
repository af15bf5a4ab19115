import { type ConnectRefusal, connectRefusals } from '../amazon-connect/refusals.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import { type AwsErrorId, awsErrors } from './errors.ts'
import type { ConsoleSession } from './judge.ts'

const place = 'AWS sign-in'

export function errorPage(error: AwsErrorId): Page {
  return {
    title: 'Amazon Web Services Sign-In',
    place,
    content: html`<p class="problem" role="alert">${awsErrors[error].text}</p>
${error !== 'invalid-response' && html`<p>Your request could not be carried out.</p>`}
<p><a href="/console/logout">Log out of the pretend AWS</a></p>`,
  }
}

/** A response with several roles: AWS lets people choose, and judges the same response again. */
export function rolePage(view: {
  readonly field: string
  readonly relayState: string
  readonly roleArns: readonly string[]
}): Page {
  return {
    title: 'Select a role',
    place,
    formsLead: 'self',
    content: html`<form method="post" action="/saml">
<input type="hidden" name="SAMLResponse" value="${view.field}">
<input type="hidden" name="RelayState" value="${view.relayState}">
<fieldset class="people">
<legend>Your identity provider offers several roles</legend>
${view.roleArns.map((arn) => html`<button class="role" name="role" value="${arn}"><strong>${arn.slice(arn.indexOf('/') + 1)}</strong><code class="quiet">${arn}</code></button>`)}
</fieldset>
</form>`,
  }
}

/** Where people land whose RelayState does not name an Amazon Connect instance. */
export function consolePage({ role, sessionName }: ConsoleSession, at: string): Page {
  return {
    title: 'AWS Management Console',
    place,
    content: html`<p>Signed in, but not to Amazon Connect: the RelayState did not name an instance.</p>
<dl>
<dt>Role</dt><dd><code>${role.arn}</code></dd>
<dt>Session name</dt><dd><code>${sessionName}</code></dd>
<dt>RelayState</dt><dd>${at === '' ? 'none' : html`<code>${at}</code>`}</dd>
</dl>
<p><a href="/console/logout">Log out</a></p>`,
  }
}

export function signedOutPage(): Page {
  return {
    title: 'Signed out',
    place,
    content: html`<p>Nobody is signed in to AWS in this browser. Begin at your identity provider.</p>`,
  }
}

/** Signed in to AWS, and then refused by Amazon Connect. */
export function connectRefusedPage(why: ConnectRefusal): Page {
  return {
    title: 'Access denied',
    place: 'Amazon Connect',
    content: html`<p class="problem" role="alert">${connectRefusals[why]}</p>`,
  }
}
