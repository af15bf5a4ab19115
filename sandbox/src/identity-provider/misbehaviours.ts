/**
 * The ways in which the sandbox's identity provider can misbehave, one row each: what it does to an answer, and what
 * Sallyport should say to it. The sign-in page and the tests of Sallyport read the same table. It knows nothing of HTTP,
 * keys and pages; `answer.ts` applies a row.
 */
import { type CheckCode, encodePost, explanations, uris } from '@sallyport/saml'
import type { ResponseToWrite } from '@sallyport/saml/identity-provider'
import { withAttributes } from './attribute-form.ts'
import { authorizedClientIdsName } from './people.ts'

/** What is done to an answer. */
export type Deviation = {
  readonly name: string
  /** In the list on the sign-in page. */
  readonly label: string
  /** Before signing. */
  readonly content?: (response: ResponseToWrite, facts: MisbehaviourFacts) => ResponseToWrite
  /** Left out: the identity provider's own key. */
  readonly signedBy?: 'nobody' | 'stranger'
  /** After signing. */
  readonly xml?: (signedXml: string) => string
  /** The form field, after base64. */
  readonly field?: (field: string, facts: MisbehaviourFacts) => string
}

export type Misbehaviour = Deviation & {
  /** What Sallyport should answer, in words. */
  readonly sallyportSays: string
  /** The checks of a response that must fail, none where the fault is not in the response itself. */
  readonly failedChecks: readonly CheckCode[]
}

export type MisbehaviourFacts = {
  readonly publicUrl: string
  readonly newId: () => string
  /** The field of the last correct answer to the same address. */
  readonly previousField: string | undefined
}

export const deniedMessage = 'You are not assigned to this application.'

const hour = 60 * 60 * 1000

/** No misbehaviour: the first of the list, and what a browser that is signed in already gets. */
export const correct = {
  name: 'correct',
  label: 'Correct',
  sallyportSays: 'The person is signed in.',
  failedChecks: [],
} as const satisfies Misbehaviour

const table = [
  correct,
  {
    name: 'expired',
    label: 'Expired',
    ...refusedBy('conditions-not-on-or-after', 'confirmation-expiry'),
    content: (response) => moveValidity(response, -hour),
  },
  {
    name: 'not-yet-valid',
    label: 'Not yet valid',
    ...refusedBy('conditions-not-before'),
    content: (response) => moveValidity(response, hour),
  },
  {
    name: 'wrong-audience',
    label: 'Wrong audience',
    ...refusedBy('audience'),
    content: (response) => changeAssertion(response, { audience: 'https://somebody-else.example/saml/metadata' }),
  },
  {
    name: 'wrong-recipient',
    label: 'Wrong recipient',
    ...refusedBy('confirmation-recipient'),
    content: (response) => changeAssertion(response, { recipient: 'https://somebody-else.example/saml/acs' }),
  },
  {
    name: 'wrong-issuer',
    label: 'Wrong issuer',
    ...refusedBy('response-issuer', 'assertion-issuer'),
    content: (response, { publicUrl }) => {
      const issuer = `${publicUrl}/another-idp/metadata`
      return { ...changeAssertion(response, { issuer }), issuer }
    },
  },
  {
    name: 'unsigned',
    label: 'Unsigned',
    ...refusedBy('signature-present'),
    signedBy: 'nobody',
  },
  {
    name: 'bad-signature',
    label: 'Bad signature (content changed after signing)',
    ...refusedBy('signature-digest'),
    xml: (signedXml) => signedXml.replace(/(<saml:NameID[^>]*>)[^<]*/, '$1mallory'),
  },
  {
    name: 'wrong-key',
    label: 'Signed with a wrong key',
    ...refusedBy('signature-key'),
    signedBy: 'stranger',
  },
  {
    name: 'replay',
    label: 'Replay of the previous answer',
    sallyportSays: 'This answer belongs to an earlier sign-in: its request or its assertion was used before.',
    failedChecks: [],
    field: (field, { previousField }) => previousField ?? field,
  },
  {
    name: 'unknown-request',
    label: 'Answer to a request that was never sent',
    ...refusedBy('in-response-to'),
    content: (response, { newId }) => {
      const inResponseTo = newId()
      return { ...changeAssertion(response, { inResponseTo }), inResponseTo }
    },
  },
  {
    name: 'denied',
    label: 'Status RequestDenied with a message',
    ...refusedBy('status'),
    content: ({ assertion, ...response }) => ({
      ...response,
      status: { code: uris.status.responder, subCode: uris.status.requestDenied, message: deniedMessage },
    }),
  },
  {
    name: 'no-user-id-attribute',
    label: 'Without the attributes uid and email',
    sallyportSays: 'The attribute that should name the user is missing, where the connection looks for one.',
    failedChecks: [],
    content: (response) =>
      changeAssertion(response, {
        attributes: (response.assertion?.attributes ?? []).filter(({ name }) => name !== 'uid' && name !== 'email'),
      }),
  },
  {
    name: 'no-clients',
    label: 'Never adds the client (AuthorizedClientIDs without values)',
    sallyportSays:
      'The person is signed in, and gets tokens for no application: each sends them here once more, and then says access_denied.',
    failedChecks: [],
    content: (response) =>
      changeAssertion(response, {
        attributes: withAttributes(response.assertion?.attributes ?? [], [
          { name: authorizedClientIdsName, nameFormat: uris.attributeName.basic, values: [] },
        ]),
      }),
  },
  {
    name: 'no-name-id',
    label: 'Without a NameID value',
    ...refusedBy('subject'),
    content: (response) => changeAssertion(response, { nameId: { value: '', format: uris.nameId.unspecified } }),
  },
  {
    name: 'not-base64',
    label: 'Not base64',
    ...refusedBy('message-base64'),
    field: () => '%% this is not base64 %%',
  },
  {
    name: 'not-xml',
    label: 'Not XML',
    ...refusedBy('xml-well-formed'),
    field: () => encodePost('This is not XML.'),
  },
  {
    name: 'doctype',
    label: 'XML with a DOCTYPE',
    ...refusedBy('xml-doctype'),
    xml: (signedXml) => `<!DOCTYPE samlp:Response [<!ENTITY who "mallory">]>${signedXml}`,
  },
  {
    name: 'too-large',
    label: 'Too large (1 MiB)',
    ...refusedBy('message-size'),
    // White space after the document changes nothing but the size.
    xml: (signedXml) => signedXml + ' '.repeat(1024 * 1024),
  },
] as const satisfies readonly Misbehaviour[]

export type MisbehaviourName = (typeof table)[number]['name']

export const misbehaviours: readonly (Misbehaviour & { readonly name: MisbehaviourName })[] = table

export function misbehaviourNamed(name: string): (typeof misbehaviours)[number] | undefined {
  return misbehaviours.find((misbehaviour) => misbehaviour.name === name)
}

function refusedBy(
  ...codes: readonly [CheckCode, ...CheckCode[]]
): Pick<Misbehaviour, 'sallyportSays' | 'failedChecks'> {
  return { failedChecks: codes, sallyportSays: explanations[codes[0]].sentence }
}

export function changeAssertion(
  response: ResponseToWrite,
  change: Partial<NonNullable<ResponseToWrite['assertion']>>,
): ResponseToWrite {
  return response.assertion ? { ...response, assertion: { ...response.assertion, ...change } } : response
}

function moveValidity(response: ResponseToWrite, byMilliseconds: number): ResponseToWrite {
  const moved = (date: Date) => new Date(date.getTime() + byMilliseconds)
  return response.assertion
    ? changeAssertion(response, {
        notBefore: moved(response.assertion.notBefore),
        notOnOrAfter: moved(response.assertion.notOnOrAfter),
      })
    : response
}
