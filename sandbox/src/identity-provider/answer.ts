/**
 * The answer to a sign-in: a Response about a person, or one that says no, signed where asked, changed as the chosen
 * misbehaviour wants, encoded for HTTP-POST. Pure: facts and order in, form fields out.
 */
import { encodePost, type SignatureAlgorithm, type Signer, signXml, uris } from '@sallyport/saml'
import { type ResponseToWrite, writeResponse } from '@sallyport/saml/identity-provider'
import { withAttributes } from './attribute-form.ts'
import type { Deviation } from './misbehaviours.ts'
import { type AttributeToWrite, attributesOf, nameIdOf, type Person } from './people.ts'

export const signaturePlacements = [
  { name: 'assertion', label: 'The assertion' },
  { name: 'response', label: 'The response' },
  { name: 'both', label: 'Both' },
] as const

export type SignaturePlacement = (typeof signaturePlacements)[number]['name']

/** Who wants the answer, and where. */
export type Asked = {
  /** Undefined: nobody asked (IdP-initiated, Profiles 4.1.5). */
  readonly requestId: string | undefined
  readonly acsUrl: string
  readonly audience: string
  readonly relayState: string | undefined
  /** Where the browser really goes, when the message speaks of AWS and the pretend one takes it. */
  readonly postTo?: string
}

export type AnswerFacts = {
  readonly now: Date
  readonly newId: () => string
  readonly publicUrl: string
  readonly issuer: string
  readonly signer: Signer
  /** A signer whose key is not in the metadata. */
  readonly stranger: () => Signer
  readonly previousField: string | undefined
}

export type AnswerToPost = {
  readonly action: string
  readonly SAMLResponse: string
  readonly RelayState: string | undefined
}

export const answerAlgorithm: SignatureAlgorithm = 'rsa-sha256'

const minute = 60 * 1000
const validFor = 5 * minute
const clockMayDiffer = minute

/** Says who the person is. */
export function answerWithPerson(
  order: {
    readonly asked: Asked
    readonly person: Person
    readonly authnInstant: Date
    /** Names the session at the identity provider; single logout comes back to it (Core 2.7.2). */
    readonly sessionIndex: string
    readonly misbehaviour: Deviation
    readonly placement: SignaturePlacement
    /** Written by hand: they stand instead of what the directory says under their names. */
    readonly attributes?: readonly AttributeToWrite[]
  },
  facts: AnswerFacts,
): AnswerToPost {
  const { asked, misbehaviour } = order
  const correct = responseAbout(order, facts)
  const response = misbehaviour.content?.(correct, facts) ?? correct
  const signed = sign(response, order.placement, signerFor(misbehaviour, facts))
  const xml = misbehaviour.xml?.(signed) ?? signed
  const field = encodePost(xml)
  return toPost(asked, misbehaviour.field?.(field, facts) ?? field)
}

/** Nobody is signed in and nobody may be asked (IsPassive, Core 3.4.1). */
export function answerNoPassive(asked: Asked, facts: AnswerFacts): AnswerToPost {
  const response: ResponseToWrite = {
    ...envelope(asked, facts),
    status: { code: uris.status.responder, subCode: uris.status.noPassive },
  }
  return toPost(asked, encodePost(sign(response, 'response', facts.signer)))
}

function responseAbout(
  order: {
    readonly asked: Asked
    readonly person: Person
    readonly authnInstant: Date
    readonly sessionIndex: string
    readonly attributes?: readonly AttributeToWrite[]
  },
  facts: AnswerFacts,
): ResponseToWrite {
  const { asked, person, authnInstant, sessionIndex, attributes = [] } = order
  return {
    ...envelope(asked, facts),
    assertion: {
      id: facts.newId(),
      issueInstant: facts.now,
      issuer: facts.issuer,
      nameId: nameIdOf(person),
      recipient: asked.acsUrl,
      audience: asked.audience,
      ...inResponseTo(asked),
      notBefore: new Date(facts.now.getTime() - clockMayDiffer),
      notOnOrAfter: new Date(facts.now.getTime() + validFor),
      authnInstant,
      sessionIndex,
      authnContextClass: uris.authnContext.passwordProtectedTransport,
      attributes: withAttributes(attributesOf(person), attributes),
    },
  }
}

function envelope(asked: Asked, facts: AnswerFacts): ResponseToWrite {
  return {
    id: facts.newId(),
    issueInstant: facts.now,
    issuer: facts.issuer,
    destination: asked.acsUrl,
    ...inResponseTo(asked),
  }
}

function inResponseTo({ requestId }: Asked): { inResponseTo?: string } {
  return requestId === undefined ? {} : { inResponseTo: requestId }
}

function signerFor(misbehaviour: Deviation, facts: AnswerFacts): Signer | undefined {
  if (misbehaviour.signedBy === 'nobody') return undefined
  return misbehaviour.signedBy === 'stranger' ? facts.stranger() : facts.signer
}

/** An answer without assertion is signed as a whole, whatever was asked: there is nothing else to sign. */
function sign(response: ResponseToWrite, placement: SignaturePlacement, signer: Signer | undefined): string {
  const unsigned = writeResponse(response)
  if (signer === undefined) return unsigned
  const { assertion } = response
  const inner = assertion && placement !== 'response' ? signXml(unsigned, { id: assertion.id, signer }) : unsigned
  return assertion && placement === 'assertion' ? inner : signXml(inner, { id: response.id, signer })
}

function toPost(asked: Asked, field: string): AnswerToPost {
  return { action: asked.postTo ?? asked.acsUrl, SAMLResponse: field, RelayState: asked.relayState }
}
