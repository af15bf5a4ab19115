// What a page can find out about the browser it runs in. Both trials say undefined where they cannot tell.

const PATIENCE = 6_000

/**
 * Whether cookies of another site are held back in frames. Our own page is put into a frame whose parent is of no site, so
 * that it is a stranger here, and tries to keep a cookie.
 */
export function tryCookies(): Promise<boolean | undefined> {
  // Such cookies must be Secure; without TLS there is nothing to learn.
  if (!window.isSecureContext) return Promise.resolve(undefined)
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = ''
  frame.src = `data:text/html,${encodeURIComponent(`<iframe src="${location.origin}/assets/cookie-probe"></iframe>`)}`
  return new Promise((tell) => {
    const end = (found: boolean | undefined) => {
      window.removeEventListener('message', hear)
      clearTimeout(timer)
      frame.remove()
      tell(found)
    }
    const hear = ({ origin, data }: MessageEvent) => {
      if (origin === location.origin && typeof data?.cookiesKept === 'boolean') end(!data.cookiesKept)
    }
    const timer = setTimeout(() => end(undefined), PATIENCE)
    window.addEventListener('message', hear)
    document.body.append(frame)
  })
}

/**
 * Whether the browser was refused to show an address in a page of ours. A frame tells nobody; an object fails aloud.
 *
 * @see https://html.spec.whatwg.org/multipage/iframe-embed-object.html#the-object-element
 */
export function tryFrame(url: string): Promise<boolean | undefined> {
  const object = document.createElement('object')
  object.className = 'trial'
  object.setAttribute('aria-hidden', 'true')
  return new Promise((tell) => {
    const end = (found: boolean | undefined) => {
      clearTimeout(timer)
      object.remove()
      tell(found)
    }
    const timer = setTimeout(() => end(undefined), PATIENCE)
    object.addEventListener('load', () => end(false))
    object.addEventListener('error', () => end(true))
    object.data = url
    document.body.append(object)
  })
}

/**
 * Whether two addresses are of different sites. Without the list of public suffixes: hosts that share their last two
 * labels count as one site, which is wrong for few, and then only a hint is missing.
 */
export function isCrossSite(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  return a.protocol !== b.protocol || siteOf(a.hostname) !== siteOf(b.hostname)
}

function siteOf(host: string): string {
  return /^[\d.]+$|:/.test(host) ? host : host.split('.').slice(-2).join('.')
}
