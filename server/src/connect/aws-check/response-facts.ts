// What a response says to AWS, believed or not: shown to whoever sets it up, and judged by AWS's rules. Nobody is signed in
// by it.

import type { UnverifiedAssertion, UnverifiedResponse } from '@sallyport/saml/identity-provider'
import { awsAttributes } from '#connect/aws-check/aws-rules.ts'
import { type RolePair, readRolePair } from '#connect/aws-check/role-pairs.ts'

export type Tag = { readonly key: string; readonly values: readonly string[] }

/** In JSON's own types: it is kept, and given out by the API. */
export type AwsFacts = {
  readonly issuer: string | null
  readonly issueInstant: string | null
  readonly destination: string | null
  readonly statusMessage: string | null
  readonly nameId: { readonly value: string; readonly format: string | null } | null
  readonly audiences: readonly string[]
  readonly recipients: readonly string[]
  readonly notBefore: string | null
  readonly notOnOrAfter: string | null
  readonly sessionNotOnOrAfter: string | null
  readonly roles: readonly RolePair[]
  readonly roleSessionName: readonly string[]
  readonly sessionDuration: readonly string[]
  readonly sourceIdentity: readonly string[]
  readonly principalTags: readonly Tag[]
  /** The names of all attributes. */
  readonly attributes: readonly string[]
  /** Of the field SAMLResponse, in characters. */
  readonly size: number
  readonly relayState: string | null
}

/** At most so many of anything are shown. */
const MOST = 100
/** More than any RelayState is read, so that a longer one is still too long. What is in the message has the message’s limit. */
const LONGEST = 5_000

export function factsOf(
  response: UnverifiedResponse | undefined,
  { size, relayState }: { readonly size: number; readonly relayState: string | undefined },
): AwsFacts {
  const [assertion] = response?.assertions ?? []
  // An empty value says nothing: products send one where a person has none.
  const said = (name: string): readonly string[] =>
    valuesOf(assertion, name)
      .filter((value) => value.trim() !== '')
      .slice(0, MOST)
  const { nameId } = assertion ?? {}
  const { principalTag } = awsAttributes
  return {
    issuer: assertion?.issuer ?? response?.issuer ?? null,
    issueInstant: assertion?.issueInstant ?? response?.issueInstant ?? null,
    destination: response?.destination ?? null,
    statusMessage: response?.statusMessage ?? null,
    nameId: nameId === undefined ? null : { value: nameId.value, format: nameId.format ?? null },
    audiences: (assertion?.audiences ?? []).flat().slice(0, MOST),
    recipients: (assertion?.confirmations ?? []).flatMap(({ recipient }) => recipient ?? []).slice(0, MOST),
    notBefore: assertion?.notBefore ?? null,
    notOnOrAfter: assertion?.notOnOrAfter ?? null,
    sessionNotOnOrAfter: assertion?.sessionNotOnOrAfter[0] ?? null,
    roles: said(awsAttributes.role).map(readRolePair),
    roleSessionName: said(awsAttributes.roleSessionName),
    sessionDuration: said(awsAttributes.sessionDuration),
    sourceIdentity: said(awsAttributes.sourceIdentity),
    principalTags: (assertion?.attributes ?? [])
      .filter(({ name }) => name.startsWith(principalTag))
      .slice(0, MOST)
      .map(({ name, values }) => ({ key: name.slice(principalTag.length), values })),
    attributes: [...new Set((assertion?.attributes ?? []).map(({ name }) => name))].slice(0, MOST),
    size,
    relayState: relayState?.slice(0, LONGEST).toWellFormed() ?? null,
  }
}

/** The values of every Attribute of that name, in their order. */
function valuesOf(assertion: UnverifiedAssertion | undefined, name: string): readonly string[] {
  return (assertion?.attributes ?? []).filter((attribute) => attribute.name === name).flatMap(({ values }) => values)
}
