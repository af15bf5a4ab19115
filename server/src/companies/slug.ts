import { z } from 'zod'

/** Words that begin, or may come to begin, a path of the service itself. No Company or Environment is called so. */
export const reservedSlugs: ReadonlySet<string> = new Set([
  ...['account', 'admin', 'api', 'assets', 'auth', 'connect', 'desktop', 'docs', 'favicon', 'forward-auth'],
  ...['health', 'healthz', 'help', 'livez', 'login', 'logout', 'metrics', 'oauth', 'oidc', 'public', 'readyz'],
  ...['robots', 'saml', 'sallyport', 'sandbox', 'scim', 'session', 'sessions', 'sign-in', 'sign-out', 'signin'],
  ...['signout', 'static', 'status', 'sso', 'webhooks', 'well-known'],
  // Of the administration portal, whose addresses have the slugs in them.
  ...['administrators', 'companies', 'first-run', 'link', 'setup', 'shared'],
])

/** The name of a Company or Environment in URLs. It never changes. */
export const slug = z
  .string()
  .max(63, 'is too long: 63 characters at most')
  .regex(/^[a-z0-9]+(-+[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens, with no hyphen at either end')
  .refine((text) => !reservedSlugs.has(text), {
    error: ({ input }) => `“${input}” cannot be used: paths of Sallyport itself begin with it`,
  })
