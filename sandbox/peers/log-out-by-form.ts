/**
 * One person logs out at a peer, or comes there with a LogoutRequest: pages that would submit themselves are submitted,
 * and what a page loads beside itself (LemonLDAP::NG tells service providers in frames and images) is loaded. It decodes
 * nothing.
 */
import { carriedForm, type FormBrowser, type Page } from './form-browser.ts'
import type { Peer } from './peer.ts'

const mostPages = 12

/** Opens the peer's own logout, and answers the page where it ends. */
export async function logOutByForm(peer: Pick<Peer, 'logoutUrl'>, browser: FormBrowser): Promise<Page> {
  return followLogout(await browser.open(peer.logoutUrl), browser)
}

/** Goes on from a page as a browser with script would. */
export async function followLogout(first: Page, browser: FormBrowser): Promise<Page> {
  let page = first
  for (let pages = 0; pages < mostPages; pages++) {
    await loadParts(page, browser)
    const form = carriedForm(page) ?? page.forms.find(({ action }) => action.endsWith('/relaySingleLogoutTermination'))
    if (form === undefined) return page
    page = await browser.submit(page, form)
  }
  throw new Error(`no end after ${mostPages} pages, the last is ${page.url}`)
}

async function loadParts(page: Page, browser: FormBrowser): Promise<void> {
  for (const [, source = ''] of page.body.matchAll(/<(?:iframe|img)\b[^>]*\bsrc="([^"]*)"/g)) {
    const url = new URL(source.replaceAll('&amp;', '&'), page.url)
    if (url.pathname.includes('/static/')) continue
    await followLogout(await browser.open(url.href), browser)
  }
}
