import { html } from '../pages/html.ts'
import type { Page } from '../pages/pages.ts'
import type { AnswerToPost } from './answer.ts'

/** The form that carries the answer and submits itself (Bindings 3.5.4). */
export function answerPage(view: {
  readonly title: string
  readonly answer: AnswerToPost
  /** To sign in as somebody else instead; undefined where nobody is signed in. */
  readonly pendingId: string | undefined
}): Page {
  const { title, answer, pendingId } = view
  return {
    title,
    place: 'Sandbox directory',
    script: 'submit.js',
    formsLead: 'anywhere',
    content: html`
<p>The answer goes to <code>${answer.action}</code>.</p>
<div class="actions">
<form method="post" action="${answer.action}" data-submit>
<input type="hidden" name="SAMLResponse" value="${answer.SAMLResponse}">
${answer.RelayState !== undefined && html`<input type="hidden" name="RelayState" value="${answer.RelayState}">`}
<button>Continue</button>
</form>
${
  pendingId &&
  html`<form method="post" action="/idp/somebody-else">
<input type="hidden" name="pending" value="${pendingId}">
<button class="plain">Sign in as somebody else</button>
</form>`
}
</div>`,
  }
}
