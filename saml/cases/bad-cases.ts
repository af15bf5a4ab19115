// The bad cases as a table: what was changed, and which checks must say so. `node saml/cases/write-bad-cases.ts` writes
// them into folders; the table is the source, the folders are what every judge (also one that is not ours) can be tried on.

import { createHash, sign as cryptoSign } from 'node:crypto'
import { uris } from '../src/uris.ts'
import { badClaims } from './bad-claims.ts'
import { badDocuments } from './bad-documents.ts'
import { badEncryption } from './bad-encryption.ts'
import { badSignatures } from './bad-signatures.ts'
import { badWrapping } from './bad-wrapping.ts'
import type { BadCase } from './case.ts'
import {
  assertion,
  evilAssertion,
  good,
  hmacWithCertificate,
  replace,
  resigned,
  signAssertion,
  signerOf,
  signInfoAgain,
  signResponse,
  take,
  unsigned,
  wholeAssertion,
  wholeSignature,
  withoutSignature,
} from './one-change.ts'

const at = (iso: string): Date => new Date(iso)

/** Folder name → case. Names of attacks are those of the literature (XSW1 to XSW8: Somorovsky et al., 2012). */
export const badCases: Readonly<Record<string, BadCase>> = {
  // 1. Signatures and keys
  unsigned: { title: 'Nothing is signed', failures: ['signature-present'], make: () => unsigned() },
  'content-changed': {
    title: 'The NameID was changed after signing',
    failures: ['signature-digest'],
    make: () => replace(good(), '>ada<', '>root<'),
  },
  'signature-value-changed': {
    title: 'The signature value was changed',
    failures: ['signature-key'],
    make: () => replace(good(), /<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'),
  },
  'wrong-certificate': {
    title: 'Signed by another key, whose certificate stands in KeyInfo',
    failures: ['signature-key'],
    make: () => signAssertion(unsigned(), signerOf('other-idp')),
  },
  'one-of-two-signatures-wrong': {
    title: 'The assertion’s signature is sound, the response’s is by another key',
    failures: ['signature-key'],
    make: () => signResponse(good(), signerOf('other-idp')),
  },
  'hmac-with-certificate': {
    title: 'HMAC with the public certificate as key (CVE-2021-21239 and its family)',
    failures: ['signature-algorithm'],
    make: () =>
      signInfoAgain(replace(good(), /xmldsig-more#rsa-sha256/, 'xmldsig-more#hmac-sha256'), hmacWithCertificate),
  },
  'sha1-signature': {
    title: 'RSA-SHA1',
    failures: ['signature-algorithm'],
    make: () =>
      signInfoAgain(
        replace(
          good(),
          'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
          'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
        ),
        (bytes) => cryptoSign('sha1', bytes, signerOf('idp').key),
      ),
  },
  'empty-signature': {
    title: 'A Signature that holds nothing',
    failures: ['signature-form'],
    make: () =>
      replace(good(), wholeSignature, '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>'),
  },
  'two-references': {
    title: 'A second Reference in SignedInfo',
    failures: ['signature-form'],
    make: () => {
      const reference = take(good(), /<ds:Reference .*?<\/ds:Reference>/s)
      return resigned(replace(good(), reference, reference + reference))
    },
  },
  'two-signed-infos': {
    title: 'Two SignedInfo elements (CVE-2025-29774)',
    failures: ['signature-form'],
    make: () => {
      const info = take(good(), /<ds:SignedInfo>.*?<\/ds:SignedInfo>/s)
      return replace(good(), info, info + info)
    },
  },
  'comment-in-digest-value': {
    title: 'A comment inside DigestValue (CVE-2025-29775)',
    failures: ['signature-form'],
    make: () => replace(good(), '<ds:DigestValue>', '<ds:DigestValue><!-- x -->'),
  },
  'xslt-transform': {
    title: 'An XSLT transform beside the two that are allowed',
    failures: ['signature-form'],
    make: () =>
      resigned(
        replace(
          good(),
          '</ds:Transforms>',
          '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform></ds:Transforms>',
        ),
      ),
  },
  'inclusive-c14n': {
    title: 'Inclusive canonicalization',
    failures: ['signature-form'],
    make: () =>
      resigned(
        replace(
          good(),
          'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
          'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
      ),
  },
  'object-in-signature': {
    title: 'A ds:Object inside the signature',
    failures: ['signature-form'],
    make: () => replace(good(), '</ds:Signature>', '<ds:Object></ds:Object></ds:Signature>'),
  },
  'empty-reference': {
    title: 'A Reference to the whole document',
    failures: ['signature-reference'],
    make: () => resigned(replace(good(), 'URI="#_assertion"', 'URI=""')),
  },
  'foreign-reference': {
    title: 'The assertion’s signature refers to the response (CVE-2024-8698)',
    failures: ['signature-reference'],
    make: () => resigned(replace(good(), 'URI="#_assertion"', 'URI="#_response"')),
  },
  'digest-of-nothing': {
    title: 'The digest of the empty string (void canonicalization)',
    failures: ['signature-digest'],
    make: () => {
      const empty = createHash('sha256').update('').digest('base64')
      return resigned(replace(good(), /<ds:DigestValue>[^<]*</, `<ds:DigestValue>${empty}<`))
    },
  },
  'relative-namespace': {
    title: 'A relative namespace URI, on which canonicalization fails',
    failures: ['xml-namespaces'],
    make: () => replace(good(), '<saml:Assertion ', '<saml:Assertion xmlns:r="relative" '),
  },
  // 2. Wrapping
  'xsw1-response-around-response': {
    title: 'XSW1: an evil response whose signature holds the signed one',
    failures: ['id-unique', 'assertion-single', 'signature-form'],
    make: () => {
      const signed = signResponse(unsigned())
      const object = `<ds:Object>${withoutSignature(signed)}</ds:Object></ds:Signature>`
      const carrier = replace(take(signed, wholeSignature), '</ds:Signature>', object)
      return replace(replace(unsigned(), wholeAssertion, evilAssertion()), '</saml:Issuer>', `</saml:Issuer>${carrier}`)
    },
  },
  'xsw2-signed-response-beside': {
    title: 'XSW2: an evil response with the signature of the one beside it',
    failures: ['signature-reference', 'signature-digest'],
    make: () => {
      const carrier = take(signResponse(unsigned()), wholeSignature)
      const evilResponse = replace(replace(unsigned(), '"_response"', '"_evil"'), '>ada<', '>root<')
      return replace(evilResponse, '</saml:Issuer>', `</saml:Issuer>${carrier}`)
    },
  },
  'xsw3-evil-assertion-first': {
    title: 'XSW3: an evil assertion before the signed one',
    failures: ['assertion-single'],
    make: () => replace(good(), '<saml:Assertion ', `${evilAssertion()}<saml:Assertion `),
  },
  'xsw4-evil-assertion-around': {
    title: 'XSW4: an evil assertion around the signed one',
    failures: ['structure', 'assertion-single'],
    make: () => {
      const signed = take(good(), wholeAssertion)
      return replace(
        good(),
        wholeAssertion,
        replace(evilAssertion(), '</saml:Assertion>', `${signed}</saml:Assertion>`),
      )
    },
  },
  'xsw5-signature-moved': {
    title: 'XSW5: the evil assertion carries the signature, the original follows',
    failures: ['assertion-single'],
    make: () => {
      const signed = take(good(), wholeAssertion)
      const carrier = replace(evilAssertion(), '</saml:Issuer>', `</saml:Issuer>${take(signed, wholeSignature)}`)
      return replace(good(), wholeAssertion, carrier + withoutSignature(signed))
    },
  },
  'xsw6-original-in-the-signature': {
    title: 'XSW6: the evil assertion carries the signature, the original is inside the signature',
    failures: ['assertion-single'],
    make: () => {
      const signed = take(good(), wholeAssertion)
      const object = `<ds:Object>${withoutSignature(signed)}</ds:Object></ds:Signature>`
      const carrier = replace(take(signed, wholeSignature), '</ds:Signature>', object)
      return replace(good(), wholeAssertion, replace(evilAssertion(), '</saml:Issuer>', `</saml:Issuer>${carrier}`))
    },
  },
  'xsw7-in-extensions': {
    title: 'XSW7: an evil assertion in Extensions',
    failures: ['structure', 'assertion-single'],
    make: () =>
      replace(good(), '<samlp:Status>', `<samlp:Extensions>${evilAssertion()}</samlp:Extensions><samlp:Status>`),
  },
  'xsw8-original-in-object': {
    title: 'XSW8: the original in ds:Object of a signature that the evil assertion carries, with the evil one first',
    failures: ['structure', 'assertion-single'],
    make: () => {
      const signed = take(good(), wholeAssertion)
      const object = `<ds:Object>${withoutSignature(signed)}</ds:Object></ds:Signature>`
      const carrier = replace(take(signed, wholeSignature), '</ds:Signature>', object)
      return replace(
        good(),
        wholeAssertion,
        replace(evilAssertion(), '</saml:Assertion>', `${carrier}</saml:Assertion>`),
      )
    },
  },
  'original-in-status-detail': {
    title: 'The original in StatusDetail, an evil assertion at its place (CVE-2024-45409)',
    failures: ['structure', 'assertion-single'],
    make: () =>
      replace(
        replace(good(), wholeAssertion, evilAssertion()),
        '</samlp:Status>',
        `<samlp:StatusDetail>${take(good(), wholeAssertion)}</samlp:StatusDetail></samlp:Status>`,
      ),
  },
  'duplicate-id': {
    title: 'Response and assertion have the same ID',
    failures: ['id-unique'],
    make: () => signAssertion(unsigned()).replace('ID="_response"', 'ID="_assertion"'),
  },
  'id-in-another-spelling': {
    title: 'An Id beside the ID',
    failures: ['structure'],
    make: () => {
      const xml = replace(unsigned(), 'ID="_assertion"', 'ID="_assertion" Id="_other"')
      return signAssertion(xml)
    },
  },
  'two-assertions': {
    title: 'Two signed assertions',
    failures: ['assertion-single'],
    make: () => {
      const second = replace(take(unsigned(), wholeAssertion), '"_assertion"', '"_second"')
      return replace(good(), '</samlp:Response>', `${second}</samlp:Response>`)
    },
  },
  // 3. XML
  doctype: {
    title: 'A DOCTYPE',
    failures: ['xml-doctype'],
    make: () => `<!DOCTYPE x [<!ENTITY e "x">]>${good()}`,
  },
  'processing-instruction': {
    title: 'A processing instruction',
    failures: ['xml-processing-instruction'],
    make: () => replace(good(), '<saml:Subject>', '<?x y?><saml:Subject>'),
  },
  'not-xml': { title: 'Not XML', failures: ['xml-well-formed'], make: () => 'This is not XML.' },
  'comment-in-name-id': {
    title: 'A comment splits the NameID (VU#475445)',
    failures: ['structure', 'subject'],
    make: () => signAssertion(replace(unsigned(), '>ada<', '>ada<!-- -->.evil.example<')),
  },
  'element-in-name-id': {
    title: 'An element inside the NameID',
    failures: ['structure', 'subject'],
    make: () => signAssertion(replace(unsigned(), '>ada<', '>ada<saml:Audience>x</saml:Audience><')),
  },
  'element-in-attribute-value': {
    title: 'An element inside an AttributeValue',
    failures: ['structure'],
    make: () => signAssertion(replace(unsigned(), '>ada@example.org<', '>ada<x xmlns="urn:x">@example.org</x><')),
  },
  'other-message': {
    title: 'A LogoutResponse',
    failures: ['message-type'],
    make: () => good().replaceAll('samlp:Response', 'samlp:LogoutResponse'),
  },
  // 4. What Web Browser SSO asks
  'status-denied': {
    title: 'The identity provider says no, in its own words',
    failures: ['status'],
    make: () => {
      const status = {
        code: uris.status.responder,
        subCode: uris.status.requestDenied,
        message: 'Ask your supervisor.',
      }
      return unsigned({ status }).replace(wholeAssertion, '')
    },
  },
  'wrong-issuer': {
    title: 'Another issuer in both places',
    failures: ['response-issuer', 'assertion-issuer'],
    make: () => signAssertion(unsigned({ issuer: 'https://evil.example' }, { issuer: 'https://evil.example' })),
  },
  'wrong-audience': {
    title: 'Made for another service provider',
    failures: ['audience'],
    make: () => signAssertion(unsigned({}, { audience: 'https://sp.example/metadata/' })),
  },
  'no-audience': {
    title: 'No audience restriction',
    failures: ['audience'],
    make: () => signAssertion(unsigned().replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '')),
  },
  'second-audience-restriction': {
    title: 'A second audience restriction that excludes us (they are ANDed)',
    failures: ['audience'],
    make: () => {
      const other =
        '<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>'
      return signAssertion(replace(unsigned(), '</saml:Conditions>', `${other}</saml:Conditions>`))
    },
  },
  'unknown-condition': {
    title: 'A condition that is not known',
    failures: ['structure'],
    make: () =>
      signAssertion(replace(unsigned(), '</saml:Conditions>', '<saml:Condition></saml:Condition></saml:Conditions>')),
  },
  'wrong-recipient': {
    title: 'To be presented elsewhere, inside the signature only',
    failures: ['confirmation-recipient'],
    make: () => signAssertion(unsigned({}, { recipient: 'https://other.example/acs' })),
  },
  'wrong-destination': {
    title: 'Sent to another address',
    failures: ['destination'],
    make: () => signAssertion(unsigned({ destination: 'https://other.example/acs' })),
  },
  'unknown-in-response-to': {
    title: 'The answer to another request',
    failures: ['in-response-to', 'in-response-to'],
    make: () => signAssertion(unsigned({ inResponseTo: '_other' }, { inResponseTo: '_other' })),
  },
  'outer-in-response-to-forged': {
    title: 'The unsigned response names our request, the signed assertion another',
    failures: ['in-response-to'],
    make: () => signAssertion(unsigned({}, { inResponseTo: '_other' })),
  },
  'not-bearer': {
    title: 'Holder-of-key confirmation',
    failures: ['confirmation-bearer'],
    make: () => signAssertion(replace(unsigned(), 'cm:bearer', 'cm:holder-of-key')),
  },
  'halves-of-two-confirmations': {
    title: 'One confirmation has the right recipient, the other the right request',
    failures: ['in-response-to'],
    make: () => {
      const one = take(
        unsigned({}, { inResponseTo: '_other' }),
        /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/,
      )
      const two = take(
        unsigned({}, { recipient: 'https://other.example/acs' }),
        /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/,
      )
      return signAssertion(replace(unsigned(), /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, one + two))
    },
  },
  expired: {
    title: 'Over for an hour',
    failures: ['confirmation-expiry', 'conditions-not-on-or-after'],
    make: () =>
      signAssertion(unsigned({}, { notBefore: at('2026-03-01T10:00:00Z'), notOnOrAfter: at('2026-03-01T11:00:00Z') })),
  },
  'not-yet-valid': {
    title: 'Valid from one o’clock on',
    failures: ['conditions-not-before'],
    make: () =>
      signAssertion(unsigned({}, { notBefore: at('2026-03-01T13:00:00Z'), notOnOrAfter: at('2026-03-01T14:00:00Z') })),
  },
  'no-expiry': {
    title: 'A bearer confirmation without end',
    failures: ['confirmation-expiry'],
    make: () => signAssertion(replace(unsigned(), /(?<=SubjectConfirmationData) NotOnOrAfter="[^"]*"/, '')),
  },
  'time-with-zone': {
    title: 'A time that is not UTC',
    failures: ['conditions-not-on-or-after'],
    make: () =>
      signAssertion(replace(unsigned(), /(?<=Conditions [^>]*NotOnOrAfter=")[^"]*/, '2026-03-01T14:05:00+02:00')),
  },
  'session-over': {
    title: 'The session at the identity provider has ended',
    failures: ['session-expiry'],
    make: () => signAssertion(unsigned({}, { sessionNotOnOrAfter: at('2026-03-01T11:00:00Z') })),
  },
  'no-authn-statement': {
    title: 'No AuthnStatement',
    failures: ['authn-statement'],
    make: () => signAssertion(replace(unsigned(), /<saml:AuthnStatement .*<\/saml:AuthnStatement>/, '')),
  },
  'empty-name-id': {
    title: 'A NameID without value',
    failures: ['subject'],
    make: () => signAssertion(unsigned({}, { nameId: { value: ' ' } })),
  },
  'no-subject': {
    title: 'No Subject',
    failures: ['subject', 'confirmation-bearer'],
    make: () => signAssertion(replace(unsigned(), /<saml:Subject>.*<\/saml:Subject>/, '')),
  },
  'saml-1.1': {
    title: 'Another version',
    failures: ['version'],
    make: () => signAssertion(unsigned().replaceAll('Version="2.0"', 'Version="1.1"')),
  },
  'encrypted-assertion': {
    title: 'An encrypted assertion, without a key for it',
    failures: ['assertion-readable'],
    make: () => replace(unsigned(), wholeAssertion, '<saml:EncryptedAssertion></saml:EncryptedAssertion>'),
  },
  'everything-at-once': {
    title: 'All that is wrong is said at once',
    failures: ['destination', 'signature-digest', 'confirmation-recipient', 'audience'],
    make: () => {
      const wrong = unsigned(
        { destination: 'https://other.example/acs' },
        { audience: 'https://other.example', recipient: 'https://other.example/acs' },
      )
      return replace(signAssertion(wrong), '>ada<', '>root<')
    },
  },
  ...badWrapping,
  ...badDocuments,
  ...badSignatures,
  ...badEncryption,
  ...badClaims,
}

/** The one that all of them were changed from. */
export const goodOne = { make: good, assertion: assertion() }
