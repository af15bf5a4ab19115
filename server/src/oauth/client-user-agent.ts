const LONGEST_NAME = 40

/**
 * What a session says of the device where a client opened it, with nobody at a browser: the client by its name, in the
 * form of a User-Agent (RFC 9110 section 10.1.5), and then what it calls itself. People read in their sessions “a
 * program (Wallboard)”.
 */
export function clientUserAgent(
  { id, name }: { readonly id: string; readonly name?: string | undefined },
  userAgent: string,
): string {
  const product = productOf(name ?? '') ?? `client-${id}`
  // A comment in it could name another program.
  const own = userAgent.replaceAll(/[()]/g, '').trim()
  return `${product.slice(0, LONGEST_NAME)} ${own}`.trim().slice(0, 500)
}

/** Undefined where nothing of the name can be written in such a header, as with names in other scripts. */
function productOf(name: string): string | undefined {
  const product = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').trim().replaceAll(/\s+/g, '-')
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(product) ? product : undefined
}
