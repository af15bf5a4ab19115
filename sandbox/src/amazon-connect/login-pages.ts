import { html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import { connectRefusals } from './refusals.ts'

/** An instance that keeps its own users. */
export function loginPage(problem: string | undefined): Page {
  return {
    title: 'Log in',
    place: 'Amazon Connect',
    framedBy: ["'self'"],
    content: html`
${problem && html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/login" class="fields">
<div><label for="username">Username</label><input id="username" name="username" autocomplete="username" required></div>
<div><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" aria-describedby="password-help"></div>
<p class="help" id="password-help">Any password is good here. The names are those of the directory: ada, grace and so on.</p>
<button>Sign in</button>
</form>`,
  }
}

/** An instance with SAML cannot be signed in to from here: its people come from their identity provider. */
export function sessionExpiredPage(): Page {
  return {
    title: connectRefusals['session-expired'],
    place: 'Amazon Connect',
    framedBy: ["'self'"],
    content: html`<p role="alert">This instance takes its people from an identity provider. Sign in there, with the link of the application Amazon
Connect.</p>`,
  }
}

export function loggedOutPage(): Page {
  return {
    title: 'You are logged out',
    place: 'Amazon Connect',
    framedBy: ["'self'"],
    content: html`<p>The session at this Amazon Connect instance has ended. That at the identity provider has not.</p>`,
  }
}
