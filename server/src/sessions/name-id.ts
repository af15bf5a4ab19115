import { hash } from 'node:crypto'

export type StoredNameId = {
  readonly value: string
  readonly format?: string | undefined
  readonly nameQualifier?: string | undefined
  readonly spNameQualifier?: string | undefined
}

const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

/**
 * What sessions are found by when an identity provider names somebody: value and format (Core 3.3.4), of one length
 * whatever theirs. A format that is left out, or empty, is the unspecified one (Core 2.2.3). The qualifiers are compared
 * besides.
 */
export function nameIdKey({ value, format }: StoredNameId): string {
  return hash('sha256', JSON.stringify([value, format || UNSPECIFIED]), 'base64url')
}

/**
 * Whether the qualifiers of two names mean the same. Left out, or empty, they are the two sides themselves (Core 8.3.7),
 * so the absent one and the one spelled out are equal.
 */
export function sameQualifiers(
  a: StoredNameId,
  b: StoredNameId,
  sides: { readonly identityProvider: string; readonly serviceProvider: string },
): boolean {
  const name = (id: StoredNameId): string => id.nameQualifier || sides.identityProvider
  const spName = (id: StoredNameId): string => id.spNameQualifier || sides.serviceProvider
  return name(a) === name(b) && spName(a) === spName(b)
}
