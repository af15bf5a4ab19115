// Bad cases of what an assertion says: who it is for, what it answers, whom it names. All are signed by the right key.

import { uris } from '../src/uris.ts'
import type { BadCase, BadCases } from './case.ts'
import { acs, replace, signAssertion, signResponse, sp, take, unsigned } from './one-change.ts'

function saying(title: string, failures: readonly string[], from: string | RegExp, to: string): BadCase {
  return { title, failures, make: () => signAssertion(replace(unsigned(), from, to)) }
}

const innerRequest = / InResponseTo="_request"(?=><\/saml:SubjectConfirmationData>)/

export const badClaims: BadCases = {
  'audience-with-prefix': {
    title: 'An audience that begins like ours',
    failures: ['audience'],
    make: () => signAssertion(unsigned({}, { audience: sp.slice(0, -1) })),
  },
  'audience-in-other-case': {
    title: 'Our audience in other letters',
    failures: ['audience'],
    make: () => signAssertion(unsigned({}, { audience: sp.toUpperCase() })),
  },
  'no-conditions': saying(
    'No Conditions at all (CVE-2026-41577)',
    ['audience'],
    /<saml:Conditions .*<\/saml:Conditions>/,
    '',
  ),
  'condition-of-another-namespace': saying(
    'A condition of another namespace',
    ['structure'],
    '</saml:Conditions>',
    '<x:Never xmlns:x="urn:x"/></saml:Conditions>',
  ),
  'no-recipient': saying('No Recipient', ['confirmation-recipient'], ` Recipient="${acs}"`, ''),
  'signed-without-destination': {
    title: 'A signed response that does not say where it was sent',
    failures: ['destination'],
    make: () => signResponse(replace(unsigned(), ` Destination="${acs}"`, '')),
  },
  'no-request-inside': saying(
    'Our request is named outside of the signature only',
    ['in-response-to'],
    innerRequest,
    '',
  ),
  unsolicited: {
    title: 'An unsolicited response while a request is open',
    failures: ['in-response-to', 'in-response-to'],
    make: () => signAssertion(unsigned().replaceAll(' InResponseTo="_request"', '')),
  },
  'assertion-of-another-issuer': {
    title: 'The response names the right issuer, the assertion another (mix-up)',
    failures: ['assertion-issuer'],
    make: () => signAssertion(unsigned({}, { issuer: 'https://other-idp.example/metadata' })),
  },
  'issuer-in-other-case': saying(
    'The issuer in other letters',
    ['response-issuer'],
    '<saml:Issuer>https://idp',
    '<saml:Issuer>https://IDP',
  ),
  'status-success-nested': {
    title: 'Success below a status that says no',
    failures: ['status'],
    make: () => signResponse(unsigned({ status: { code: uris.status.responder, subCode: uris.status.success } })),
  },
  'status-success-in-message': {
    title: 'Success in the message of a status that says no',
    failures: ['status'],
    make: () => signResponse(unsigned({ status: { code: uris.status.responder, message: uris.status.success } })),
  },
  'sender-vouches': saying('Sender-vouches confirmation', ['confirmation-bearer'], 'cm:bearer', 'cm:sender-vouches'),
  'two-name-ids': saying(
    'Two NameIDs',
    ['structure', 'subject'],
    '<saml:NameID ',
    '<saml:NameID>root</saml:NameID><saml:NameID ',
  ),
  'two-subjects': {
    title: 'Two Subjects',
    failures: ['structure', 'subject', 'confirmation-bearer'],
    make: () => {
      const subject = take(unsigned(), /<saml:Subject>.*<\/saml:Subject>/)
      return signAssertion(replace(unsigned(), subject, subject + subject.replace('>ada<', '>root<')))
    },
  },
  'encrypted-name-without-key': saying(
    'An encrypted NameID, without a key for it',
    ['assertion-readable'],
    /<saml:NameID.*<\/saml:NameID>/,
    '<saml:EncryptedID/>',
  ),
  'no-such-day': saying(
    'Valid until a day that there is not',
    ['conditions-not-on-or-after'],
    /(?<=Conditions [^>]*NotOnOrAfter=")[^"]*/,
    '2026-02-30T12:05:00Z',
  ),
  'confirmation-over': saying(
    'The conditions hold, the confirmation is over',
    ['confirmation-expiry'],
    /(?<=SubjectConfirmationData NotOnOrAfter=")[^"]*/,
    '2026-03-01T11:00:00Z',
  ),
  'confirmation-not-yet': saying(
    'A confirmation for later',
    ['confirmation-expiry'],
    '<saml:SubjectConfirmationData ',
    '<saml:SubjectConfirmationData NotBefore="2026-03-01T13:00:00Z" ',
  ),
  'no-authn-instant': saying('No AuthnInstant', ['authn-statement'], / AuthnInstant="[^"]*"/, ''),
  'assertion-without-id': {
    title: 'An assertion without ID, which could be presented again and again',
    failures: ['structure'],
    make: () => signResponse(replace(unsigned(), ' ID="_assertion"', '')),
  },
}
