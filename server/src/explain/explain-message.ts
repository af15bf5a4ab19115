// What is true of a message that somebody found, of whatever kind it is. The library's own judges say it; nothing is
// signed in, stored or fetched.

import type { KeyObject } from 'node:crypto'
import {
  type Certificate,
  type Check,
  dangerouslyUnchecked,
  type Expected,
  judgeLogoutRequest,
  judgeLogoutResponse,
  judgeMetadata,
  judgeResponse,
  SamlReadError,
} from '@sallyport/saml'
import { readAuthnRequest, verifyQuerySignature, verifySignature } from '@sallyport/saml/identity-provider'
import type { FoundMessage } from '#explain/find-messages.ts'
import { type Fact, logoutFacts, metadataFacts, requestFacts, responseFacts } from '#explain/message-facts.ts'
import { rootName } from '#explain/show-xml.ts'

export type Expectations = {
  readonly now: Date
  /** Of whoever is said to have signed. Empty: who signed is not checked. */
  readonly certificates: readonly Certificate[]
  readonly decryptionKeys: readonly KeyObject[]
  /** How far the clocks may differ. */
  readonly clockSkewSeconds: number
  readonly allowSha1: boolean
  readonly allowCbc: boolean
  readonly issuer?: string
  readonly audience?: string
  /** The address that the message was sent to. */
  readonly acs?: string
  readonly inResponseTo?: string
}

export type ExplainedMessage = {
  readonly where: string
  /** The name of its root element; undefined where it could not be read so far. */
  readonly kind: string | undefined
  readonly checks: readonly Check[]
  readonly facts: readonly Fact[]
  readonly notes: readonly string[]
  /** The message as text. */
  readonly xml?: string
}

type Explained = { readonly checks: readonly Check[]; readonly facts: readonly Fact[] }

/** Never throws for what a message holds. */
export function explainMessage(found: FoundMessage, expectations: Expectations): ExplainedMessage {
  const { where, notes, xml: bytes, problem, relayState } = found
  const carried: readonly Fact[] = relayState === undefined ? [] : [['RelayState', relayState]]
  if (bytes === undefined || problem !== undefined) {
    const { code, received } = problem ?? { code: 'message-base64', received: 'nothing' }
    const check: Check = {
      code,
      outcome: 'failed',
      about: 'message',
      expected: 'a message that can be decoded',
      received,
    }
    return { where, kind: undefined, checks: [check], facts: carried, notes }
  }
  const xml = Buffer.from(bytes).toString('utf8')
  const kind = rootName(xml)
  const { checks, facts } = (kinds.get(kind) ?? explainResponse)({ ...found, xml: bytes }, expectations)
  const whoSigned = expectations.certificates.length === 0 ? checks.map(withoutKey) : checks
  return { where, kind, checks: whoSigned, facts: [...facts, ...carried], notes, xml }
}

type Explain = (found: FoundMessage & { readonly xml: Uint8Array }, expectations: Expectations) => Explained

const kinds: ReadonlyMap<string | undefined, Explain> = new Map<string | undefined, Explain>([
  ['AuthnRequest', explainRequest],
  ['LogoutRequest', explainLogoutRequest],
  ['LogoutResponse', explainLogoutResponse],
  ['EntityDescriptor', explainMetadata],
  ['EntitiesDescriptor', explainMetadata],
])

function explainLogoutRequest({ xml, redirect }: Parameters<Explain>[0], expectations: Expectations): Explained {
  const { decryptionKeys } = expectations
  const verdict = judgeLogoutRequest({ ...logoutInput(expectations), message: redirect ?? xml, decryptionKeys })
  return { checks: verdict.checks, facts: logoutFacts(verdict) }
}

function explainLogoutResponse({ xml, redirect }: Parameters<Explain>[0], expectations: Expectations): Explained {
  const { checks, statusMessage, partial } = judgeLogoutResponse({
    ...logoutInput(expectations),
    message: redirect ?? xml,
    expectedInResponseTo: expected(expectations.inResponseTo),
  })
  const facts: Fact[] = partial === true ? [['logout', 'some sessions elsewhere could not be ended']] : []
  if (statusMessage !== undefined) facts.push(['message', JSON.stringify(statusMessage)])
  return { checks, facts }
}

function explainResponse({ xml: message }: { readonly xml: Uint8Array }, expectations: Expectations): Explained {
  const { now, certificates, decryptionKeys, clockSkewSeconds, issuer, audience, acs, inResponseTo } = expectations
  const verdict = judgeResponse({
    message,
    now,
    certificates,
    decryptionKeys,
    clockSkewSeconds,
    dangerouslyAllowSha1: expectations.allowSha1,
    dangerouslyAllowCbc: expectations.allowCbc,
    expectedIssuer: expected(issuer),
    expectedAudience: expected(audience),
    expectedRecipient: expected(acs),
    expectedInResponseTo: expected(inResponseTo),
  })
  return { checks: verdict.checks, facts: responseFacts(verdict) }
}

function explainMetadata({ xml: message }: { readonly xml: Uint8Array }, expectations: Expectations): Explained {
  const { now, certificates, issuer } = expectations
  const signers = certificates.length === 0 ? {} : { certificates }
  const verdict = judgeMetadata({ message, now, expectedEntityId: expected(issuer), ...signers })
  return { checks: verdict.checks, facts: metadataFacts(verdict) }
}

// A request need not be signed; whether this one is, and how, stands among the facts.
function explainRequest(found: FoundMessage & { readonly xml: Uint8Array }, expectations: Expectations): Explained {
  const { certificates, now, issuer } = expectations
  try {
    const request = readAuthnRequest(found.xml)
    const options = { certificates, now, dangerouslyAllowSha1: expectations.allowSha1 }
    const { checks } =
      found.redirect?.signature === undefined
        ? verifySignature(request.root, 'message', options)
        : verifyQuerySignature(found.redirect, request.root, options)
    const sender: Check = {
      code: 'response-issuer',
      outcome: issuer === undefined ? 'not-checked' : issuer === request.issuer ? 'passed' : 'failed',
      about: 'message',
      ...(issuer === undefined ? {} : { expected: issuer }),
      received: request.issuer,
    }
    const read = (['xml-well-formed', 'message-type', 'structure', 'version'] as const).map(
      (code): Check => ({ code, outcome: 'passed', about: 'message' }),
    )
    return { checks: [...read, ...checks, sender], facts: requestFacts(request, found.redirect, checks.length > 0) }
  } catch (error) {
    if (!(error instanceof SamlReadError)) throw error
    const { code, received } = error
    const wanted = 'an AuthnRequest as the SAML 2.0 schemas allow it'
    return { checks: [{ code, outcome: 'failed', about: 'message', expected: wanted, received }], facts: [] }
  }
}

function logoutInput({ now, certificates, issuer, acs, clockSkewSeconds, allowSha1 }: Expectations) {
  const expectedIssuer: Expected = expected(issuer)
  const expectedDestination: Expected = expected(acs)
  const rules = { clockSkewSeconds, dangerouslyAllowSha1: allowSha1 }
  return { now, certificates, expectedIssuer, expectedDestination, ...rules } as const
}

function expected(value: string | undefined): Expected {
  return value ?? dangerouslyUnchecked
}

// Without a certificate nobody can say whose signature it is; that is no fault of the message.
function withoutKey(check: Check): Check {
  if (check.code !== 'signature-key' || check.outcome !== 'failed') return check
  const { code, about, received = '' } = check
  const hint = received.replace(/^a signature by another key(; )?/, '').replace(/^ \(|\)$/g, '')
  return { code, about, outcome: 'not-checked', received: hint === '' ? 'a signature' : hint }
}
