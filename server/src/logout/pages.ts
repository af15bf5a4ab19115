import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'
import type { ToCarry } from '#logout/front-channel.ts'
import type { Logout } from '#logout/logouts.ts'

/** Posts a message to the identity provider: by script at once, by its button without (Bindings 3.5.4). */
export function carryPage(owner: string, { url, fields }: Extract<ToCarry, { binding: 'post' }>): Page {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return {
    title: 'On to your company’s sign-in page',
    owner,
    script: '/assets/submit.js',
    body: html`<form method="post" action="${url}">
${inputs}
<p>It is told that you are logged out. If nothing happens, press the button.</p>
<button type="submit">Continue</button>
</form>`,
  }
}

/** What is known of the session at the identity provider. */
export type Elsewhere = Logout['state'] | 'not-told'

/** Says what was logged out and what was not, and nothing that is not known. */
export function loggedOutPage(
  owner: string,
  {
    elsewhere,
    landingUrl,
    reference,
    lookAgain = false,
    back,
  }: {
    readonly elsewhere: Elsewhere
    readonly landingUrl: string
    readonly reference?: string
    /** The page looks by itself how it went on. */
    readonly lookAgain?: boolean
    /** To the application that asked for the logout. */
    readonly back?: string | undefined
  },
): Page {
  const { sentence, advice, noteworthy } = sentences[elsewhere]
  return {
    title: 'You are logged out',
    owner,
    refreshSeconds: lookAgain ? 2 : undefined,
    body: html`<p role="status">${sentence(owner)}</p>
${advice !== undefined && html`<p>${advice}</p>`}
<p class="actions">${
      back === undefined
        ? html`<a class="button" href="${landingUrl}">Sign in again</a>`
        : html`<a class="button" href="${back}">Back to the application</a> <a href="${landingUrl}">Sign in again</a>`
    }</p>
${noteworthy === true && reference !== undefined && referenceNote(reference)}`,
  }
}

function referenceNote(reference: string): Html {
  return html`<p class="reference"><span class="quiet">Reference</span> <code>${reference}</code></p>`
}

type Sentences = {
  readonly sentence: (owner: string) => string
  readonly advice?: string
  readonly noteworthy?: boolean
}

const alone = 'To end your session there as well, log out there, or close the browser.'
const here = (owner: string): string => `You are logged out of ${owner}.`

const sentences: Readonly<Record<Elsewhere, Sentences>> = {
  'not-told': { sentence: (owner) => `${here(owner)} Your company’s sign-in page may still know you.`, advice: alone },
  'not-sent': { sentence: (owner) => `${here(owner)} Your company’s sign-in page may still know you.`, advice: alone },
  done: { sentence: (owner) => `You are logged out of ${owner} and of your company’s sign-in page.` },
  partial: {
    sentence: (owner) => `You are logged out of ${owner} and of your company’s sign-in page.`,
    advice: 'It says that another application may still know you. Close the browser to be sure.',
  },
  waiting: {
    sentence: (owner) => `${here(owner)} Your company’s sign-in page is being told.`,
    advice:
      'It has not confirmed that yet. If it cannot be reached, we try again for a day. Close the browser to be sure.',
  },
  sent: {
    sentence: (owner) => `${here(owner)} Your company’s sign-in page has not confirmed that it logged you out, too.`,
    advice: alone,
    noteworthy: true,
  },
  refused: {
    sentence: (owner) => `${here(owner)} Your company’s sign-in page did not log you out.`,
    advice: alone,
    noteworthy: true,
  },
  unanswered: {
    sentence: (owner) => `${here(owner)} Your company’s sign-in page did not answer, so it may still know you.`,
    advice: alone,
    noteworthy: true,
  },
  'given-up': {
    sentence: (owner) => `${here(owner)} Your company’s sign-in page could not be reached, so it may still know you.`,
    advice: alone,
    noteworthy: true,
  },
}

/** For a message that cannot be read, or that nobody waits for. */
export function notUnderstoodPage(owner: string, sentence: string, landingUrl: string): Page {
  return {
    title: 'This logout was not understood',
    owner,
    body: html`<p>${sentence}</p>
<p>Whether you are signed in here shows the start page; there you can log out, too.</p>
<p class="actions"><a class="button" href="${landingUrl}">To the start page</a></p>`,
  }
}
