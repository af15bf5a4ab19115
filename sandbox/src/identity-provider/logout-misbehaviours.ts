/**
 * The ways in which the sandbox's identity provider can answer a logout, one row each: what it does, and what Sallyport
 * should make of it. The sandbox's page and the tests of Sallyport read the same table. It knows nothing of HTTP, keys and
 * sessions; `logout.ts` applies a row.
 */
import { type CheckCode, type LogoutResponseToWrite, uris } from '@sallyport/saml'

export type LogoutMisbehaviour = {
  readonly name: string
  /** In the list on the page. */
  readonly label: string
  /** What Sallyport should make of it, in words. */
  readonly sallyportSays: string
  /** The checks of a LogoutResponse that must fail; by SOAP, where the row says what comes `instead`. */
  readonly failedChecks: readonly CheckCode[]
  /** Whether the sessions end here. Where they live on, the same request can succeed later. */
  readonly endsSessions: boolean
  /** Before signing. */
  readonly content?: (response: LogoutResponseToWrite, facts: LogoutMisbehaviourFacts) => LogoutResponseToWrite
  /** Left out: the identity provider's own key. */
  readonly signedBy?: 'nobody' | 'stranger'
  /** What comes instead of a LogoutResponse. A browser sees a page for everything but silence. */
  readonly instead?: 'error' | 'silence' | 'fault' | 'page'
}

export type LogoutMisbehaviourFacts = { readonly newId: () => string }

/** No misbehaviour: the first of the list. */
export const correctLogout = {
  name: 'correct',
  label: 'Correct',
  sallyportSays: 'The session at the identity provider has ended.',
  failedChecks: [],
  endsSessions: true,
} as const satisfies LogoutMisbehaviour

const table = [
  correctLogout,
  {
    name: 'unsigned',
    label: 'Unsigned',
    sallyportSays: 'The answer is not signed, so nobody knows whether the session there has ended.',
    failedChecks: ['signature-present'],
    endsSessions: true,
    signedBy: 'nobody',
  },
  {
    name: 'wrong-key',
    label: 'Signed with a wrong key',
    sallyportSays: 'The answer is not signed by the identity provider, so nobody knows whether the session has ended.',
    failedChecks: ['signature-key'],
    endsSessions: true,
    signedBy: 'stranger',
  },
  {
    name: 'partial',
    label: 'PartialLogout',
    sallyportSays: 'The session at the identity provider has ended, but perhaps not everywhere.',
    // Core 3.7.3.2: the first code says whether the request succeeded, the second that others were not reached.
    failedChecks: [],
    endsSessions: true,
    content: (response) => ({
      ...response,
      status: { code: uris.status.success, subCode: uris.status.partialLogout },
    }),
  },
  {
    name: 'partial-responder',
    label: 'PartialLogout below Responder, as others write it',
    sallyportSays: 'The session at the identity provider has ended, but perhaps not everywhere.',
    failedChecks: ['status'],
    endsSessions: true,
    content: (response) => ({
      ...response,
      status: { code: uris.status.responder, subCode: uris.status.partialLogout },
    }),
  },
  {
    name: 'denied',
    label: 'Status Requester, RequestDenied',
    sallyportSays: 'The identity provider refused to log the person out.',
    failedChecks: ['status'],
    endsSessions: false,
    content: (response) => ({
      ...response,
      status: {
        code: uris.status.requester,
        subCode: uris.status.requestDenied,
        message: 'This directory does not log people out.',
      },
    }),
  },
  {
    name: 'unknown-request',
    label: 'Answer to a request that was never sent',
    sallyportSays: 'The answer belongs to another request, so nobody knows whether the session has ended.',
    failedChecks: ['in-response-to'],
    endsSessions: true,
    content: (response, { newId }) => ({ ...response, inResponseTo: newId() }),
  },
  {
    name: 'error-500',
    label: 'Status 500 and no answer',
    sallyportSays: 'The identity provider has a fault. By SOAP the delivery is tried again.',
    failedChecks: [],
    endsSessions: false,
    instead: 'error',
  },
  {
    name: 'silence',
    label: 'Never answers',
    sallyportSays: 'The identity provider did not answer in time. By SOAP the delivery is tried again.',
    failedChecks: [],
    endsSessions: false,
    instead: 'silence',
  },
  {
    name: 'soap-fault',
    label: 'SOAP Fault (in a browser, a page with status 500)',
    sallyportSays: 'The identity provider answered with a fault. By SOAP the delivery is tried again.',
    failedChecks: ['soap-envelope'],
    endsSessions: false,
    instead: 'fault',
  },
  {
    name: 'own-page',
    label: 'Its own page instead of an answer (by SOAP, what is not SOAP)',
    sallyportSays: 'The identity provider did not say that the session has ended.',
    failedChecks: ['xml-doctype'],
    endsSessions: true,
    instead: 'page',
  },
] as const satisfies readonly LogoutMisbehaviour[]

export type LogoutMisbehaviourName = (typeof table)[number]['name']

export const logoutMisbehaviours: readonly (LogoutMisbehaviour & { readonly name: LogoutMisbehaviourName })[] = table

export function logoutMisbehaviourNamed(name: string): (typeof logoutMisbehaviours)[number] | undefined {
  return logoutMisbehaviours.find((misbehaviour) => misbehaviour.name === name)
}
