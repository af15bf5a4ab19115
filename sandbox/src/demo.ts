/**
 * The seeded Company of `demo/sallyport.yaml`, as far as the sandbox's pages link to it.
 * A test keeps the two in step.
 */

export const demo = {
  company: 'acme',
  production: 'production',
  test: 'test',
  /** The connection that takes answers nobody asked for (Profiles 4.1.5). */
  idpInitiatedTicket: 'bfrwnzqhtkdmlx',
} as const

/** Addresses and names of a connection at Sallyport. */
export function connectionUrls(
  sallyportUrl: string,
  ticket: string,
): { readonly acsUrl: string; readonly entityId: string } {
  return { acsUrl: `${sallyportUrl}/saml/${ticket}/acs`, entityId: `${sallyportUrl}/saml/${ticket}/metadata` }
}
