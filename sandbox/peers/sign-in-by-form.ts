/**
 * One person signs in at a peer through its form, as far as the answer for the service provider: what a browser would
 * then post is handed back, so that a test can look at it, change it and post it itself. It knows the forms of SAML's POST
 * binding by their field names and decodes nothing.
 */
import { createFormBrowser, type Form, type FormBrowser, type Page } from './form-browser.ts'
import type { Peer } from './peer.ts'

export type SignInAnswer = {
  /** The form that would submit itself: its address and its two fields, undecoded. */
  readonly action: string
  readonly SAMLResponse: string
  readonly RelayState: string | undefined
  /** To go on in the same browser: `browser.submit(page, form)`. */
  readonly browser: FormBrowser
  readonly page: Page
  readonly form: Form
}

const mostPages = 6

/**
 * Opens `startUrl` (the service provider's, or the peer's own with a request in it), follows redirects and
 * self-submitting forms to the peer's sign-in form, fills it in and goes on to the answer. With a `browser` that is
 * already signed in at the peer, the form need not appear.
 */
export async function signInByForm(
  peer: Pick<Peer, 'login'>,
  startUrl: string,
  user: string,
  password: string,
  browser: FormBrowser = createFormBrowser(),
): Promise<SignInAnswer> {
  return signInFromPage(peer, await browser.open(startUrl), user, password, browser)
}

/** The same from a page that is already open, say one whose form posts the request. */
export async function signInFromPage(
  peer: Pick<Peer, 'login'>,
  startPage: Page,
  user: string,
  password: string,
  browser: FormBrowser,
): Promise<SignInAnswer> {
  const { userField, passwordField } = peer.login
  let page = startPage
  let asked = false
  for (let pages = 0; pages < mostPages; pages++) {
    const answer = formWith(page, 'SAMLResponse')
    if (answer) return readAnswer(page, answer, browser)
    const request = formWith(page, 'SAMLRequest')
    const signIn = formWith(page, passwordField)
    if (request) {
      page = await browser.submit(page, request)
    } else if (signIn && !asked) {
      asked = true
      page = await browser.submit(page, signIn, { [userField]: user, [passwordField]: password })
    } else {
      throw new Error(`${asked ? 'the sign-in was refused' : 'no sign-in form'} at ${describe(page)}`)
    }
  }
  throw new Error(`no answer after ${mostPages} pages, the last is ${describe(page)}`)
}

function readAnswer(page: Page, form: Form, browser: FormBrowser): SignInAnswer {
  const { SAMLResponse = '', RelayState } = form.fields
  return { action: form.action, SAMLResponse, RelayState, browser, page, form }
}

function formWith(page: Page, field: string): Form | undefined {
  return page.forms.find((form) => field in form.fields)
}

function describe(page: Page): string {
  return `${page.url} (status ${page.status}): ${page.body
    .replace(/<[^>]*>|\s+/g, ' ')
    .trim()
    .slice(0, 500)}`
}
