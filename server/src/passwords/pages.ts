import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { type Html, html } from '#http/html.ts'
import type { Page } from '#http/page.ts'

/** What every form carries along. */
export type FormFields = { readonly formToken: string; readonly done: string | undefined }

export type Notice = { readonly sentence: string; readonly reference?: string }

export function passwordPage(
  place: EnvironmentOfCompany,
  fields: FormFields,
  { username = '', notice }: { readonly username?: string; readonly notice?: Notice } = {},
): Page {
  return {
    ...titled(place, `Sign in to ${place.environment.name}`),
    body: html`${told(notice)}<form method="post" action="${actionOf(place, 'sign-in')}">
${hidden(fields)}
<p class="field"><label for="username">User name</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></p>
<p class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p class="actions"><button type="submit">Sign in</button>
<a href="${actionOf(place, 'forgot-password')}">Forgot your password?</a></p>
</form>${referenceNote(notice?.reference)}`,
  }
}

export function forgotPage(place: EnvironmentOfCompany, fields: FormFields): Page {
  return {
    ...titled(place, 'Forgot your password?'),
    body: html`<p>We send you a mail with a link where you choose a new one.</p>
<form method="post" action="${actionOf(place, 'forgot-password')}">
${hidden(fields)}
<p class="field"><label for="name">User name or e-mail address</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></p>
<p class="actions"><button type="submit">Send the mail</button>${linkTo(place, 'sign-in', 'Back')}</p>
</form>`,
  }
}

/** The same whoever was named, and whether there is anybody. */
export function mailedPage(place: EnvironmentOfCompany): Page {
  return {
    ...titled(place, 'Look into your mail'),
    body: html`<p role="status">If somebody here has that name or address, a mail is on its way. Its link is good for 30 minutes.</p>
<p>If none comes, look among the unwanted ones, or ask your administrator which address is known here.</p>
<p class="actions">${linkTo(place, 'sign-in', 'Back to sign-in')}</p>`,
  }
}

export function newPasswordPage(
  place: EnvironmentOfCompany,
  fields: FormFields & { readonly token: string; readonly minimumLength: number },
  notice?: Notice,
): Page {
  return {
    ...titled(place, 'Choose a new password'),
    body: html`${told(notice)}<form method="post" action="${actionOf(place, 'reset-password')}">
${hidden(fields)}
<input type="hidden" name="token" value="${fields.token}">
<p class="quiet">At least ${fields.minimumLength} characters. Several words are easy to remember.</p>
<p class="field"><label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required autofocus></p>
<p class="field"><label for="again">Once more</label>
<input id="again" name="again" type="password" autocomplete="new-password" required></p>
<p class="actions"><button type="submit">Change the password</button></p>
</form>`,
  }
}

export function changedPage(place: EnvironmentOfCompany, done: string | undefined): Page {
  const address = done === undefined ? 'sign-in' : `sign-in?done=${encodeURIComponent(done)}`
  return {
    ...titled(place, 'Your password is changed'),
    body: html`<p role="status">You are signed out everywhere else. Sign in with the new password.</p>
<p class="actions"><a class="button" href="${actionOf(place, address)}">Sign in</a></p>`,
  }
}

/** Something that cannot go on, and where the person can begin anew. */
export function stoppedPage(
  place: EnvironmentOfCompany,
  { title, sentence, cure }: { readonly title: string; readonly sentence: string; readonly cure: string },
  next: { readonly page: '' | 'sign-in' | 'forgot-password'; readonly text: string },
  reference?: string,
): Page {
  return {
    ...titled(place, title),
    body: html`<p>${sentence}</p>
<p>${cure}</p>
<p class="actions">${linkTo(place, next.page, next.text)}</p>${referenceNote(reference)}`,
  }
}

function titled({ company }: EnvironmentOfCompany, title: string): Pick<Page, 'title' | 'owner'> {
  return { title, owner: company.name }
}

function actionOf({ company, environment }: EnvironmentOfCompany, page: string): string {
  return `/${company.slug}/${environment.slug}${page === '' ? '' : `/${page}`}`
}

function linkTo(place: EnvironmentOfCompany, page: string, text: string): Html {
  return html`<a href="${actionOf(place, page)}">${text}</a>`
}

function hidden({ formToken, done }: FormFields): Html {
  return html`<input type="hidden" name="formToken" value="${formToken}">${
    done !== undefined && html`<input type="hidden" name="done" value="${done}">`
  }`
}

function told(notice: Notice | undefined): Html {
  if (notice === undefined) return html``
  return html`<div class="notice broken" role="alert"><p>${notice.sentence}</p></div>`
}

function referenceNote(reference: string | undefined): Html {
  if (reference === undefined) return html``
  return html`<p class="reference"><span class="quiet">Reference</span> <code>${reference}</code></p>`
}
