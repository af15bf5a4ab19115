import { awsMisbehaviours } from '../aws/misbehaviours.ts'
import { type Html, html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import { signaturePlacements } from './answer.ts'
import { attributeForm } from './attribute-form.ts'
import { misbehaviours } from './misbehaviours.ts'
import { applicationsInWords, fullName, type Person, people } from './people.ts'
import type { SignInRequest } from './sign-in-request.ts'

/** Who are you? One button a person, and how the answer shall be. */
export function signInPage(view: {
  readonly pendingId: string
  readonly request: SignInRequest
  readonly signedIn: Person | undefined
}): Page {
  const { pendingId, request, signedIn } = view
  const { judge, choices } = judgeOf(request)
  return {
    title: 'Sign in',
    place: 'Sandbox directory',
    content: html`
<p>Choose who you are. No password is asked.</p>
${signedIn && html`<p class="quiet">In this browser ${fullName(signedIn)} is signed in already.</p>`}
<form method="post" action="/idp/sign-in">
<input type="hidden" name="pending" value="${pendingId}">
<div class="switches">
<div>
<label for="answer">Answer</label>
<select id="answer" name="answer" aria-describedby="answer-help">
${choices.map(({ name, label }) => html`<option value="${name}">${label}</option>`)}
</select>
<p class="help" id="answer-help">What ${judge} should say to each stands below.</p>
</div>
<div>
<label for="placement">Signature on</label>
<select id="placement" name="placement">
${signaturePlacements.map(({ name, label }) => html`<option value="${name}">${label}</option>`)}
</select>
</div>
</div>
${attributeForm()}
<fieldset class="people">
<legend>Sign in as</legend>
${people.map(personButton)}
</fieldset>
</form>
<details>
<summary>What ${judge} should say to each answer</summary>
<table>
<thead><tr><th scope="col">Answer</th><th scope="col">${judge} should say</th></tr></thead>
<tbody>${choices.map(({ label, says }) => html`<tr><th scope="row">${label}</th><td>${says}</td></tr>`)}</tbody>
</table>
</details>
<details open>
<summary>Who is asking</summary>
${describeRequest(request)}
</details>`,
  }
}

type Judge = {
  readonly judge: 'Sallyport' | 'AWS'
  readonly choices: readonly { readonly name: string; readonly label: string; readonly says: string }[]
}

/** The answer goes to Sallyport or to the pretend AWS, and each has other things to find fault with. */
function judgeOf({ postTo }: SignInRequest): Judge {
  if (postTo !== undefined) return { judge: 'AWS', choices: awsMisbehaviours }
  const choices = misbehaviours.map(({ name, label, sallyportSays }) => ({ name, label, says: sallyportSays }))
  return { judge: 'Sallyport', choices }
}

function personButton(person: Person): Html {
  const initials = person.firstName.slice(0, 1) + person.lastName.slice(0, 1)
  return html`<button class="person" name="person" value="${person.username}">
<span class="initials" aria-hidden="true">${initials}</span>
<strong>${fullName(person)}</strong>
<span class="quiet">${person.email} · ${person.teams.join(', ')} · ${applicationsInWords(person)}</span>
</button>`
}

function describeRequest(request: SignInRequest): Html {
  return html`<dl>
<dt>Request</dt><dd>${request.description}</dd>
<dt>From</dt><dd><code>${request.audience}</code></dd>
<dt>Answer goes to</dt><dd><code>${request.acsUrl}</code></dd>
${request.postTo && html`<dt>And really to</dt><dd><code>${request.postTo}</code></dd>`}
${request.requestId && html`<dt>Request ID</dt><dd><code>${request.requestId}</code></dd>`}
${request.relayState && html`<dt>RelayState</dt><dd><code>${request.relayState}</code></dd>`}
</dl>`
}
