/**
 * What a response says, as AWS looks for it: roles, names, tags. Read without believing it; `judge.ts` asks for the
 * signature before it uses any of it.
 */
import { decodePost, SamlReadError } from '@sallyport/saml'
import { readUnverifiedResponse, type UnverifiedAssertion } from '@sallyport/saml/identity-provider'

const namespace = 'https://aws.amazon.com/SAML/Attributes/'
const tagPrefix = `${namespace}PrincipalTag:`
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'

export type RolePair = { readonly role: string; readonly provider: string }

export type Said = {
  readonly message: Uint8Array
  readonly issuer: string
  readonly pairs: readonly RolePair[]
  readonly sessionNames: readonly string[]
  readonly sourceIdentities: readonly string[]
  readonly tags: readonly { readonly key: string; readonly values: readonly string[] }[]
  readonly recipient: string
}

/** Undefined where AWS would call it an invalid SAML response. */
export function readForAws(field: string): Said | undefined {
  try {
    const message = decodePost(field)
    const { status, issuer, assertions } = readUnverifiedResponse(message)
    const [assertion, second] = assertions
    if (status[0] !== success || assertion === undefined || second !== undefined) return undefined
    return readAssertion(assertion, { message, issuer: assertion.issuer ?? issuer ?? '' })
  } catch (error) {
    if (error instanceof SamlReadError) return undefined
    throw error
  }
}

function readAssertion(
  assertion: UnverifiedAssertion,
  known: { readonly message: Uint8Array; readonly issuer: string },
): Said | undefined {
  const pairs = valuesOf(assertion, 'Role').map(pairOf)
  if (pairs.length === 0 || !pairs.every((pair) => pair !== undefined)) return undefined
  const [confirmation, second] = assertion.confirmations
  // Exactly one, which says until when. Without any there is no subject, and AWS says so later.
  if (second !== undefined) return undefined
  if (confirmation !== undefined && confirmation.notOnOrAfter === undefined) return undefined
  return {
    ...known,
    pairs,
    sessionNames: valuesOf(assertion, 'RoleSessionName'),
    sourceIdentities: valuesOf(assertion, 'SourceIdentity'),
    tags: assertion.attributes
      .filter(({ name }) => name.startsWith(tagPrefix))
      .map(({ name, values }) => ({ key: name.slice(tagPrefix.length), values })),
    recipient: confirmation?.recipient ?? '',
  }
}

/** Empty ones count as none. Names of attributes are compared letter for letter. */
function valuesOf(assertion: UnverifiedAssertion, name: string): readonly string[] {
  const found = assertion.attributes.filter((one) => one.name === namespace + name)
  return found.flatMap(({ values }) => values).filter((value) => value !== '')
}

const role = /^arn:(?:aws|aws-us-gov|aws-cn):iam::\d{12}:role\/[\w+=,.@/-]+$/
const provider = /^arn:(?:aws|aws-us-gov|aws-cn):iam::\d{12}:saml-provider\/[\w.-]{1,128}$/

/** In either order. A role's name may hold a comma, so the second ARN is what divides. */
function pairOf(value: string): RolePair | undefined {
  const [, one = '', other = ''] = /^(arn:\S*?)\s*,\s*(arn:\S*)$/.exec(value.trim()) ?? []
  if (role.test(one) && provider.test(other)) return { role: one, provider: other }
  return provider.test(one) && role.test(other) ? { role: other, provider: one } : undefined
}

/** SessionDuration of what was verified: an hour where it is left out or out of bounds. */
export function sessionSeconds(attributes: readonly { readonly name: string; readonly values: readonly string[] }[]) {
  const asked = Number(attributes.find(({ name }) => name === `${namespace}SessionDuration`)?.values[0] ?? Number.NaN)
  return asked >= 900 && asked <= 43_200 ? asked : 3600
}
