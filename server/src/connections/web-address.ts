import { isIPv4 } from 'node:net'
import { z } from 'zod'

/**
 * An address of the identity provider as the settings page takes it: a web address, or host and port without a scheme
 * (`www.abc.com:9090`), which then is https. The host is a fully qualified name, an IP address or localhost.
 */
export const webAddress = z
  .string()
  .trim()
  .max(2048, 'is too long: 2048 characters at most')
  .transform((given, context) => {
    const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`
    const problem = problemWith(address)
    if (problem === undefined) return address
    context.addIssue({ code: 'custom', message: problem })
    return z.NEVER
  })

function problemWith(address: string): string | undefined {
  // The URL parser mends white space and backslashes silently; we keep the text, so it must need no mending.
  if (/[\s\\<>"]/.test(address) || !URL.canParse(address)) return `“${address}” is not a web address`
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://'
  if (url.username || url.password) return 'must not contain a user name or password'
  if (url.hash !== '') return 'must not contain a fragment (#…)'
  if (!isQualified(url.hostname)) return `the host “${url.hostname}” must be a full name, an IP address or localhost`
  return undefined
}

/** The URL parser also takes semicolons and the like, which would mean something in a header that names the host. */
function isQualified(host: string): boolean {
  return host === 'localhost' || host.startsWith('[') || isIPv4(host) || /^[\w-]([\w.-]*)\.[\w-]+\.?$/.test(host)
}
