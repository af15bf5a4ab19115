import type { DecodedRedirect, Endpoint, LogoutRequestVerdict, MetadataVerdict, ResponseVerdict } from '@sallyport/saml'
import type { AuthnRequest } from '@sallyport/saml/identity-provider'

/** What a message says, believed or not: a word and its value. `personal` ones are hidden on request. */
export type Fact = readonly [name: string, value: string, personal?: 'personal']

export function responseFacts({ unverified, claims }: ResponseVerdict): readonly Fact[] {
  const { issuer, inResponseTo, subject, statusMessage, attributeNames } = unverified
  return [
    ...optional('issuer', issuer),
    ...optional('answers', inResponseTo),
    ...optional('message', statusMessage && JSON.stringify(statusMessage)),
    ...optional('subject', claims?.nameId?.value ?? subject, 'personal'),
    ...optional('session', claims?.sessionIndex),
    ...(claims === undefined
      ? optional('attributes', attributeNames.join(', ') || undefined)
      : claims.attributes.map(({ name, values }): Fact => [`attribute ${name}`, values.join(', '), 'personal'])),
  ]
}

export function requestFacts(
  request: AuthnRequest,
  redirect: DecodedRedirect | undefined,
  signedInside: boolean,
): readonly Fact[] {
  const algorithm = redirect?.signature?.algorithmUri
  return [
    ['issuer', request.issuer],
    ['id', request.id],
    ['sent', request.issueInstant.toISOString()],
    ...optional('sent to', request.destination),
    ['answer to', request.acsUrl ?? 'the address in its metadata'],
    ['asks', request.forceAuthn ? 'to sign in anew, session or not' : 'to sign in, unless there is a session'],
    ...(request.isPassive ? ([['asks', 'not to show a page (passive)']] as const) : []),
    ['name id', request.nameIdFormat ?? 'of any format'],
    ['signed', algorithm === undefined ? (signedInside ? 'in the message' : 'no') : `in the query, ${algorithm}`],
  ]
}

export function logoutFacts({ request }: LogoutRequestVerdict): readonly Fact[] {
  if (request === undefined) return []
  return [
    ['issuer', request.issuer],
    ['id', request.id],
    ['subject', request.nameId.value, 'personal'],
    ['sessions', request.sessionIndexes.join(', ') || 'all of this person'],
  ]
}

export function metadataFacts({ metadata }: MetadataVerdict): readonly Fact[] {
  if (metadata === undefined) return []
  const addresses = (name: string, list: readonly Endpoint[]): readonly Fact[] =>
    list.map(({ binding, location }) => [name, `${location} (${binding})`])
  return [
    ['entity id', metadata.entityId],
    ...addresses('sign-on', metadata.singleSignOn),
    ...addresses('logout', metadata.singleLogout),
    ...metadata.signingCertificates.map(
      ({ subject, fingerprint, notAfter }): Fact => [
        'signs with',
        `${subject}, until ${notAfter.toISOString().slice(0, 10)}, ${fingerprint}`,
      ],
    ),
    ['requests', metadata.wantAuthnRequestsSigned ? 'must be signed' : 'need not be signed'],
    ...optional('valid until', metadata.validUntil?.toISOString()),
  ]
}

function optional(name: string, value: string | undefined, personal?: 'personal'): readonly Fact[] {
  if (value === undefined) return []
  return [personal === undefined ? [name, value] : [name, value, personal]]
}
