import type { DeepLinkProduct, LinkForm, Place } from '#connect/deep-links/product.ts'

export type Match = {
  readonly form: LinkForm
  readonly groups: Readonly<Record<string, string>>
  /** The host is not the product's, the rest is. */
  readonly foreignHost: boolean
}

/** The form of the product that the link has; that with the right parameters first. */
export function matchForm({ link }: DeepLinkProduct, address: URL, anyHost = false): Match | undefined {
  const matches = link.forms.flatMap((form) => {
    const host = form.host.exec(address.hostname)
    const path = form.path.exec(address.pathname)
    if (path === null || (host === null && !anyHost)) return []
    return [{ form, groups: { ...host?.groups, ...path.groups }, foreignHost: host === null }]
  })
  const complete = matches.find(({ form }) => form.parameters?.every((name) => address.searchParams.has(name)) ?? true)
  return complete ?? matches[0]
}

export function isAt(places: readonly Place[] | undefined, address: URL): boolean {
  return (
    places?.some(({ host, path }) => host.test(address.hostname) && (path?.test(address.pathname) ?? true)) ?? false
  )
}
