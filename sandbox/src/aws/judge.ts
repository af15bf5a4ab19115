/**
 * AWS's sign-in endpoint as a pure function: a response goes in, one of AWS's errors or a session comes out. It owns the
 * order in which AWS looks, and knows no HTTP.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
import { type Certificate, type CheckCode, type Claims, dangerouslyUnchecked, judgeResponse } from '@sallyport/saml'
import { type AwsAccount, awsSignIn, type Role, type SamlProvider } from './account.ts'
import type { AwsErrorId } from './errors.ts'
import { isAllowed } from './policies.ts'
import { type RolePair, readForAws, type Said, sessionSeconds } from './said.ts'

export type ConsoleSession = { readonly role: Role; readonly sessionName: string; readonly expires: Date }

export type AwsVerdict =
  | { readonly outcome: 'refused'; readonly error: AwsErrorId }
  | { readonly outcome: 'choose'; readonly roleArns: readonly string[] }
  | { readonly outcome: 'signed-in'; readonly session: ConsoleSession }

export type ResponseForAws = {
  /** The form field SAMLResponse. */
  readonly field: string
  /** Chosen by the person, where the response offers several. */
  readonly roleArn?: string
  readonly account: AwsAccount
  readonly now: Date
}

const largestField = 128 * 1024
const audiences = [awsSignIn, 'urn:amazon:webservices']
const nameForm = /^[\w+=,.@-]{2,64}$/
const freshFor = 5 * 60 * 1000
const mostTags = 50

/** What the sign-in page itself looks at, before it asks the Security Token Service. */
export function judgeForAws(input: ResponseForAws): AwsVerdict {
  const { field, roleArn } = input
  if (field.length >= largestField) return refused('not-an-assertion')
  const said = readForAws(field)
  if (said === undefined) return refused('invalid-response')
  if (said.pairs.length > 1 && roleArn === undefined)
    return { outcome: 'choose', roleArns: said.pairs.map(({ role }) => role) }
  const pair = roleArn === undefined ? said.pairs[0] : said.pairs.find(({ role }) => role === roleArn)
  return pair === undefined ? refused('invalid-response') : assumeRole(pair, said, input)
}

/** AssumeRoleWithSAML. */
function assumeRole(pair: RolePair, said: Said, { account, now }: ResponseForAws): AwsVerdict {
  const provider = account.providers.find(({ arn }) => arn === pair.provider)
  if (provider === undefined) return refused('provider-missing')
  if (said.issuer !== provider.entityId) return refused('issuer')
  const read = verify(said.message, provider, now)
  const fault = faultOf(read, now) ?? faultOfNames(said)
  if (fault !== undefined) return refused(fault)
  const { claims } = read
  const role = account.roles.find(({ arn }) => arn === pair.role)
  if (claims?.nameId === undefined || role === undefined || !trusts(role, provider, said))
    return refused('not-authorized')
  const [sessionName = ''] = said.sessionNames
  return { outcome: 'signed-in', session: { role, sessionName, expires: expiryOf(claims, now) } }
}

function refused(error: AwsErrorId): AwsVerdict {
  return { outcome: 'refused', error }
}

type Read = { readonly failed: readonly CheckCode[]; readonly claims: Claims | undefined }

/** Issuer and Recipient have an order and words of their own at AWS. */
function verify(message: Uint8Array, { certificates }: SamlProvider, now: Date): Read {
  const reads = audiences.map((expectedAudience) => {
    const { checks, claims } = judgeResponse({
      message,
      now,
      certificates: certificates.map(withoutDates),
      expectedAudience,
      expectedIssuer: dangerouslyUnchecked,
      expectedRecipient: dangerouslyUnchecked,
      expectedInResponseTo: dangerouslyUnchecked,
      dangerouslyAllowSha1: true, // AWS still takes it
    })
    return { failed: checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code), claims }
  })
  return reads.find(({ failed }) => !failed.includes('audience')) ?? (reads[0] as Read)
}

/** AWS takes the key, and does not look at the dates of its certificate. */
function withoutDates(certificate: Certificate): Certificate {
  return { ...certificate, notBefore: new Date(0), notAfter: new Date(8.64e15) }
}

function faultOf({ failed, claims }: Read, now: Date): AwsErrorId | undefined {
  if (failed.some((code) => code.startsWith('signature-'))) return 'signature'
  if (failed.includes('audience')) return 'audience'
  if (failed.some((code) => timely.has(code))) return 'expired'
  const made = claims?.issueInstant
  if (made !== undefined && now.getTime() - made.getTime() > freshFor) return 'expired'
  // No subject is for the role's trust to refuse; whatever else a sound message lacks, makes it no response.
  return failed.every((code) => code === 'subject' || code === 'confirmation-bearer') ? undefined : 'invalid-response'
}

const timely: ReadonlySet<CheckCode> = new Set([
  'conditions-not-before',
  'conditions-not-on-or-after',
  'confirmation-expiry',
  'session-expiry',
])

function faultOfNames({ sessionNames, sourceIdentities }: Said): AwsErrorId | undefined {
  const [sessionName, another] = sessionNames
  if (sessionName === undefined) return 'session-name-missing'
  if (another !== undefined || !nameForm.test(sessionName)) return 'session-name-form'
  const isSound = sourceIdentities.every((one) => nameForm.test(one) && !one.startsWith('aws:'))
  return isSound ? undefined : 'source-identity-form'
}

/** The condition key saml:aud is what the Recipient says, not the Audience. */
function trusts(role: Role, provider: SamlProvider, { recipient, issuer, tags, sourceIdentities }: Said): boolean {
  const context = { 'saml:aud': recipient, 'saml:iss': issuer }
  const may = (action: string) => isAllowed(role.trust, { action, provider: provider.arn, context })
  return (
    may('sts:AssumeRoleWithSAML') &&
    (tags.length === 0 || may('sts:TagSession')) &&
    (sourceIdentities.length === 0 || may('sts:SetSourceIdentity')) &&
    tags.length <= mostTags &&
    tags.every(({ key, values }) => key.length <= 128 && values.length === 1 && (values[0] ?? '').length <= 256)
  )
}

/** The provider's own end of the session comes first. */
function expiryOf(claims: Claims, now: Date): Date {
  const end = now.getTime() + sessionSeconds(claims.attributes) * 1000
  return new Date(Math.min(end, claims.sessionNotOnOrAfter?.getTime() ?? end))
}
