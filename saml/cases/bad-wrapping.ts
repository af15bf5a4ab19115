// Bad cases of signature wrapping, beyond XSW1 to XSW8: where else an original can be hidden, what else a Signature can
// stand on, and which other ID attributes there are.

import { namespaces } from '../src/uris.ts'
import type { BadCase, BadCases } from './case.ts'
import {
  evilAssertion,
  good,
  replace,
  resigned,
  signAssertion,
  signerOf,
  signResponse,
  take,
  unsigned,
  wholeAssertion,
  wholeSignature,
  withoutSignature,
} from './one-change.ts'

// The evil assertion carries the signature; `hide` puts the original, without it, into what the attacker wrote.
function hiding(place: string, failures: readonly string[], hide: (evil: string, original: string) => string): BadCase {
  return {
    title: `The original in ${place} of an evil assertion that carries its signature`,
    failures,
    make: () => {
      const signed = take(good(), wholeAssertion)
      const carrier = replace(evilAssertion(), '</saml:Issuer>', `</saml:Issuer>${take(signed, wholeSignature)}`)
      return replace(good(), wholeAssertion, hide(carrier, withoutSignature(signed)))
    },
  }
}

const both = ['structure', 'assertion-single']

const hidden: BadCases = {
  'original-in-advice': hiding('Advice', both, (evil, original) =>
    replace(evil, '<saml:AuthnStatement ', `<saml:Advice>${original}</saml:Advice><saml:AuthnStatement `),
  ),
  'original-in-confirmation-data': hiding('SubjectConfirmationData', both, (evil, original) =>
    replace(evil, '</saml:SubjectConfirmationData>', `${original}</saml:SubjectConfirmationData>`),
  ),
  'original-in-attribute-value': hiding('an AttributeValue', both, (evil, original) =>
    replace(evil, '</saml:AttributeValue>', `${original}</saml:AttributeValue>`),
  ),
  'original-in-name-id': hiding('the NameID', both, (evil, original) =>
    replace(evil, '</saml:NameID>', `${original}</saml:NameID>`),
  ),
  'original-in-issuer': hiding('the Issuer', both, (evil, original) =>
    replace(evil, '</saml:Issuer>', `${original}</saml:Issuer>`),
  ),
  'original-in-authn-context': hiding('AuthnContextDecl', both, (evil, original) =>
    replace(
      evil,
      '</saml:AuthnContextClassRef>',
      `</saml:AuthnContextClassRef><saml:AuthnContextDecl>${original}</saml:AuthnContextDecl>`,
    ),
  ),
  'original-in-key-info': hiding('the KeyInfo', ['assertion-single'], (evil, original) =>
    replace(evil, '</ds:KeyInfo>', `${original}</ds:KeyInfo>`),
  ),
  'original-in-signature-value': hiding('the SignatureValue', ['assertion-single'], (evil, original) =>
    replace(evil, '</ds:SignatureValue>', `${original}</ds:SignatureValue>`),
  ),
}

const idAttributes: readonly (readonly [string, string])[] = [
  ['id-in-lower-case', 'id'],
  ['id-of-xml', 'xml:id'],
  ['id-of-web-services', 'xmlns:wsu="urn:wsu" wsu:Id'],
  ['id-with-prefix', 'saml:ID'],
  ['id-of-saml-1', 'AssertionID'],
]

const idSpellings: BadCases = Object.fromEntries(
  idAttributes.map(([name, spelling]) => [
    name,
    {
      title: `A second ID: ${spelling.replace(/.* /, '')} (The Fragile Lock)`,
      failures: ['structure'],
      make: () => signAssertion(replace(unsigned(), ' ID="_assertion"', ` ID="_assertion" ${spelling}="_other"`)),
    },
  ]),
)

export const badWrapping: BadCases = {
  ...hidden,
  ...idSpellings,
  'xsw2-original-response-inside': {
    title: 'XSW2 with the original: it and its signature stand in an evil response',
    failures: ['structure', 'assertion-single', 'signature-reference', 'signature-digest'],
    make: () => {
      const signed = signResponse(unsigned())
      const beside = take(signed, wholeSignature) + withoutSignature(signed)
      const evil = replace(replace(unsigned(), '"_response"', '"_evil-response"'), wholeAssertion, evilAssertion())
      return replace(evil, '</saml:Issuer>', `</saml:Issuer>${beside}`)
    },
  },
  'original-in-extensions': {
    title: 'The original in Extensions of the response, an evil assertion at its place',
    failures: both,
    make: () => {
      const hidden = `<samlp:Extensions>${take(good(), wholeAssertion)}</samlp:Extensions>`
      return replace(replace(good(), wholeAssertion, evilAssertion()), '<samlp:Status>', `${hidden}<samlp:Status>`)
    },
  },
  'original-in-status-message': {
    title: 'The original in StatusMessage, an evil assertion at its place',
    failures: both,
    make: () => {
      const hidden = `<samlp:StatusMessage>${take(good(), wholeAssertion)}</samlp:StatusMessage>`
      return replace(replace(good(), wholeAssertion, evilAssertion()), '</samlp:Status>', `${hidden}</samlp:Status>`)
    },
  },
  'signed-assertion-in-advice': {
    title: 'The identity provider itself signs an assertion that advises of another',
    failures: both,
    make: () =>
      signAssertion(
        replace(
          unsigned(),
          '<saml:AuthnStatement ',
          `<saml:Advice>${evilAssertion()}</saml:Advice><saml:AuthnStatement `,
        ),
      ),
  },
  'signature-of-another-assertion': {
    title: 'An evil assertion with the signature of one that is not there (CVE-2025-47949)',
    failures: ['signature-reference', 'signature-digest'],
    make: () => {
      const carrier = `</saml:Issuer>${take(good(), wholeSignature)}`
      return replace(good(), wholeAssertion, replace(evilAssertion(), '</saml:Issuer>', carrier))
    },
  },
  'response-signature-of-assertion': {
    title: 'The assertion’s signature moved to the response: its place says one thing, its Reference another',
    failures: ['signature-reference', 'signature-digest'],
    make: () => {
      const moved = `</saml:Issuer>${take(good(), wholeSignature)}`
      return replace(withoutSignature(good()), '</saml:Issuer>', moved)
    },
  },
  'two-signatures': {
    title: 'Two sound signatures of one assertion',
    failures: ['structure', 'signature-form'],
    make: () => {
      const sound = take(good(), wholeSignature)
      return replace(good(), sound, sound + sound)
    },
  },
  'signature-in-signature': {
    title: 'A signature inside the signature, beside its parts',
    failures: ['signature-form'],
    make: () => replace(good(), '</ds:Signature>', `${take(good(), wholeSignature)}</ds:Signature>`),
  },
  'signature-of-another-namespace': {
    title: 'A Signature that is none, in another namespace',
    failures: ['structure', 'signature-present'],
    make: () => replace(good(), `xmlns:ds="${namespaces.signature}"`, `xmlns:ds="${namespaces.signature}/"`),
  },
  'signature-elsewhere': {
    title: 'The signature is no child of what it signs',
    failures: ['structure', 'signature-present'],
    make: () => replace(withoutSignature(good()), '<saml:Subject>', `<saml:Subject>${take(good(), wholeSignature)}`),
  },
  'digest-in-status-detail': {
    title: 'The digest of the evil content stands in StatusDetail (CVE-2024-45409)',
    failures: ['structure', 'signature-digest'],
    make: () => {
      const evil = replace(good(), '>ada<', '>root<')
      const digest = take(
        signAssertion(replace(unsigned(), '>ada<', '>root<')),
        /<ds:DigestValue>[^<]*<\/ds:DigestValue>/,
      )
      const detail = `<samlp:StatusDetail><ds:Reference xmlns:ds="${namespaces.signature}" URI="#_assertion">${digest}</ds:Reference></samlp:StatusDetail>`
      return replace(evil, '</samlp:Status>', `${detail}</samlp:Status>`)
    },
  },
  'reference-to-another-first': {
    title: 'A first Reference to an evil assertion, a second to the signed one (CVE-2026-33487)',
    failures: ['signature-form'],
    make: () => {
      const reference = take(good(), /<ds:Reference .*?<\/ds:Reference>/s)
      return resigned(replace(good(), reference, replace(reference, '#_assertion', '#_evil') + reference))
    },
  },
  'no-reference': {
    title: 'A signature of nothing: no Reference',
    failures: ['signature-form'],
    make: () => resigned(replace(good(), /<ds:Reference .*?<\/ds:Reference>/s, '')),
  },
  'reference-to-manifest': {
    title: 'The Reference names a Manifest, and the Manifest the assertion',
    failures: ['signature-form'],
    make: () => {
      const reference = take(good(), /<ds:Reference .*?<\/ds:Reference>/s)
      const manifest = `<ds:Object><ds:Manifest Id="_manifest">${reference}</ds:Manifest></ds:Object>`
      const named = replace(good(), 'URI="#_assertion"', `Type="${namespaces.signature}Manifest" URI="#_manifest"`)
      return replace(resigned(named), '</ds:Signature>', `${manifest}</ds:Signature>`)
    },
  },
  'assertion-of-another-provider': {
    title: 'A sound response of ours around an assertion signed by another provider (CVE-2026-49283)',
    failures: ['signature-key'],
    make: () => signResponse(signAssertion(unsigned(), signerOf('other-idp'))),
  },
  'no-certificate': {
    title: 'No certificate is configured (CVE-2026-28323)',
    failures: ['signature-key'],
    certificates: [],
    make: good,
  },
  'unsigned-without-certificate': {
    title: 'No certificate is configured, and nothing is signed (CVE-2026-28323)',
    failures: ['signature-present'],
    certificates: [],
    make: () => unsigned(),
  },
  'soap-envelope': {
    title: 'A response in a SOAP envelope',
    failures: ['message-type'],
    make: () =>
      `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${good()}</S:Body></S:Envelope>`,
  },
  'artifact-response': {
    title: 'A response in an ArtifactResponse',
    failures: ['message-type'],
    make: () =>
      `<samlp:ArtifactResponse xmlns:samlp="${namespaces.protocol}" ID="_artifact" Version="2.0">${good()}</samlp:ArtifactResponse>`,
  },
}
