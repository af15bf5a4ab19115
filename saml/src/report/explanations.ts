// What each check means, for people: the rule with its section, a sentence for when it fails, and the cure. One entry a
// code; the compiler asks for the missing one.

import type { CheckCode } from './checks.ts'

export type Explanation = {
  /** What was looked at, in a few words: the line in a report. */
  readonly title: string
  /** The section of the standard that the rule comes from. */
  readonly section: string
  /** What went wrong, for an administrator. */
  readonly sentence: string
  /** What to do about it, and where. */
  readonly cure: string
}

const resend =
  'Let the person sign in again from the start. If it happens again, look at what stands between browser and Sallyport: a proxy or filter may change form fields.'
const product =
  'This is a fault of the identity provider’s software or of something that changes its messages. Ask its maker, with this report.'
const clock =
  'Compare the clocks of the identity provider and of this machine (both should use NTP). If the clocks agree, the answer took too long on its way: sign in again.'

export const explanations: Readonly<Record<CheckCode, Explanation>> = {
  'message-base64': {
    title: 'The form field is base64',
    section: 'Bindings 3.5.4',
    sentence: 'The SAMLResponse field is not base64.',
    cure: resend,
  },
  'message-size': {
    title: 'The message is of reasonable size',
    section: 'Sallyport’s limit',
    sentence: 'The message is larger than 256 KiB.',
    cure: 'Let the identity provider send fewer attribute values, above all fewer groups: only those that are used here.',
  },
  'message-encoding': {
    title: 'The message is UTF-8',
    section: 'XML 1.0 §4.3.3',
    sentence: 'The message is not text in UTF-8.',
    cure: product,
  },
  'message-deflate': {
    title: 'The message inflates',
    section: 'Bindings 3.4.4.1',
    sentence: 'The message in the address was not compressed as the binding says.',
    cure: product,
  },
  query: {
    title: 'The address holds one message',
    section: 'Bindings 3.4.4.1',
    sentence: 'The parameters of the address contradict each other or are broken.',
    cure: resend,
  },
  'xml-well-formed': {
    title: 'The message is well-formed XML',
    section: 'XML 1.0 §2.1',
    sentence: 'The message is not well-formed XML.',
    cure: product,
  },
  'xml-namespaces': {
    title: 'Namespaces are declared',
    section: 'Namespaces in XML 1.0 §3, §6',
    sentence: 'The message uses XML namespaces wrongly.',
    cure: product,
  },
  'xml-doctype': {
    title: 'No DOCTYPE',
    section: 'Sallyport’s rule (SAML has no use for one)',
    sentence: 'The message has a DOCTYPE, which no SAML message needs and attackers use.',
    cure: 'Find out who sent this: no identity provider in use does it. If yours does, ask its maker.',
  },
  'xml-processing-instruction': {
    title: 'No processing instructions',
    section: 'Sallyport’s rule (SAML has no use for one)',
    sentence: 'The message has a processing instruction, which no SAML message needs.',
    cure: product,
  },
  'xml-limits': {
    title: 'Depth and width are reasonable',
    section: 'Sallyport’s limit',
    sentence: 'The message is nested too deeply or has too many attributes on one element.',
    cure: product,
  },
  'soap-envelope': {
    title: 'It is a SOAP envelope with a message in it',
    section: 'Bindings 3.2.2, SOAP 1.1 §4',
    sentence: 'What came from server to server is not a SOAP 1.1 envelope that holds one SAML message.',
    cure: 'Check that the Third Party Single Logout URL is the identity provider’s address for SOAP. A SOAP fault is the identity provider’s own refusal: its log says why.',
  },
  'message-type': {
    title: 'It is the kind of message that is taken here',
    section: 'Core 3.3.3; for an assertion by itself RFC 7522 section 2.1',
    sentence: 'What arrived is not the SAML 2.0 message that is taken here.',
    cure: 'Set the identity provider’s application to SAML 2.0 (not WS-Federation, not SAML 1.1), and let it post its answer to the Assertion Consumer Service Endpoint. An application that exchanges an assertion for a token sends the Assertion alone, without the Response around it.',
  },
  structure: {
    title: 'It holds only what SAML allows',
    section: 'SAML schemas (Core 2, 3)',
    sentence:
      'The message holds something where the SAML 2.0 schemas do not allow it. That is how forged identities are hidden.',
    cure: 'If the identity provider was not changed lately, treat this as an attempted attack and keep the report. Otherwise ask its maker about the part that is named.',
  },
  'id-unique': {
    title: 'Every ID is unique',
    section: 'Core 1.3.4',
    sentence: 'The same ID stands twice in the message. That is how forged identities are hidden.',
    cure: 'Treat this as an attempted attack and keep the report, unless the identity provider’s maker can explain it.',
  },
  version: {
    title: 'SAML version 2.0',
    section: 'Core 2.3.3, 3.2.2',
    sentence: 'The message is not of SAML version 2.0.',
    cure: 'Set the identity provider’s application to SAML 2.0.',
  },
  'assertion-single': {
    title: 'There is one assertion',
    section: 'Profiles 4.1.4.2; Sallyport takes exactly one',
    sentence: 'The response does not hold exactly one assertion.',
    cure: 'If there is none although the status is Success, look whether the identity provider’s application sends an assertion at all. If there are several, treat it as an attempted attack.',
  },
  'assertion-readable': {
    title: 'The assertion can be read',
    section: 'Core 2.3.4',
    sentence: 'The assertion, or a part of it, is encrypted in a way that cannot be decrypted here.',
    cure: 'Give the identity provider the encryption certificate of this connection (it is in its metadata), and let it encrypt with AES-GCM and RSA-OAEP. If it only knows AES-CBC, allow that on the connection, and let it sign the response too. Or turn encryption off.',
  },
  'signature-present': {
    title: 'It is signed',
    section: 'Profiles 4.1.4.5, Core 5.3',
    sentence: 'The response does not carry the signature that is needed.',
    cure: 'In the identity provider’s application, turn on signing of the assertion (or of the response, if this connection asks for it).',
  },
  'signature-form': {
    title: 'The signature has SAML’s form',
    section: 'Core 5.4; XML Signature 1.1 §4.4',
    sentence: 'The signature is not of the one form that SAML allows.',
    cure: 'The identity provider must sign with an enveloped signature, one reference and exclusive canonicalization. If it is a usual product, treat this as an attempted attack.',
  },
  'signature-algorithm': {
    title: 'The algorithms are strong',
    section: 'XML Signature 1.1 §6, RFC 6931',
    sentence: 'The signature uses an algorithm that is not accepted.',
    cure: 'In the identity provider’s application, choose SHA-256 (RSA-SHA256) as signature algorithm.',
  },
  'signature-reference': {
    title: 'The signature is about its own element',
    section: 'Core 5.4.2',
    sentence:
      'The signature refers to another element than the one that holds it. That is how forged identities are hidden.',
    cure: 'Treat this as an attempted attack and keep the report.',
  },
  'signature-digest': {
    title: 'Nothing was changed after signing',
    section: 'XML Signature 1.1 §3.2.1',
    sentence: 'The content was changed after it was signed.',
    cure: 'Look for something between identity provider and Sallyport that rewrites messages (a proxy, a browser extension, a test tool that formats XML). If there is nothing, treat it as an attempted attack.',
  },
  'signature-key': {
    title: 'Signed with a known certificate’s key',
    section: 'XML Signature 1.1 §3.2.2; Metadata 2.4.1.1',
    sentence: 'The signature was not made with the key of any certificate that this connection knows.',
    cure: 'Identity providers change their certificates from time to time. Download the current signing certificate (or metadata) from the identity provider, compare its fingerprint with the one received, and add it to the connection as Issuer Certificate.',
  },
  'certificate-current': {
    title: 'The certificate is inside its dates',
    section: 'Sallyport’s rule (Metadata 2.4.1.1 leaves it open)',
    sentence: 'The signature is right, but the certificate it belongs to is expired or not valid yet.',
    cure: 'Renew the signing certificate at the identity provider, then put the new one into the connection.',
  },
  status: {
    title: 'The identity provider said yes',
    section: 'Core 3.2.2.2',
    sentence: 'The identity provider answered that it did not sign the person in.',
    cure: 'Read its message and look into its own log at this time. Often the person is not assigned to the application, or the request’s issuer or signature is not what the identity provider was told to expect.',
  },
  'response-issuer': {
    title: 'The response is from this identity provider',
    section: 'Profiles 4.1.4.2',
    sentence: 'The response names another issuer than this connection.',
    cure: 'Copy the identity provider’s entity id exactly (every letter and slash counts) into Issuer. If the one received belongs to somebody else, the answer came to the wrong connection.',
  },
  destination: {
    title: 'The response was sent here',
    section: 'Core 3.2.2, Bindings 3.5.5.2',
    sentence: 'The response says that it was meant for another address.',
    cure: 'In the identity provider’s application, set the Assertion Consumer Service URL (also called Reply URL or Single sign-on URL) to the expected value, exactly.',
  },
  'in-response-to': {
    title: 'It answers the request that was sent',
    section: 'Core 3.2.2, Profiles 4.1.4.3',
    sentence: 'The response does not answer the request that this sign-in sent.',
    cure: 'Let the person sign in again from the start. If sign-in begins at the identity provider’s portal, allow IdP-initiated sign-in on this connection. An application that exchanges assertions for tokens must have them made for it: one that a browser asked for is not taken.',
  },
  'assertion-issuer': {
    title: 'The assertion is from this identity provider',
    section: 'Core 2.2.5, Profiles 4.1.4.2',
    sentence: 'The assertion names another issuer than this connection.',
    cure: 'Copy the identity provider’s entity id exactly (every letter and slash counts) into Issuer.',
  },
  subject: {
    title: 'The assertion is about somebody',
    section: 'Core 2.4.1, Profiles 4.1.4.2',
    sentence: 'The assertion does not say whom it is about.',
    cure: 'In the identity provider’s application, choose what is sent as Name ID (Subject), for example the user name, and look whether this person has a value there.',
  },
  'confirmation-bearer': {
    title: 'It may be presented by whoever has it',
    section: 'Profiles 4.1.4.2',
    sentence:
      'The assertion has no bearer confirmation, so it was made neither for sign-in by a browser nor to be exchanged for a token.',
    cure: 'Set the identity provider’s application to Web Browser SSO, or to the SAML 2.0 bearer grant.',
  },
  'confirmation-recipient': {
    title: 'The assertion was made for this address',
    section: 'Profiles 4.1.4.3',
    sentence: 'The assertion may only be presented at another address.',
    cure: 'In the identity provider’s application, set the Recipient to the expected value, exactly. For sign-in by a browser that is usually the same field as the Assertion Consumer Service URL; to exchange assertions for tokens it is the token endpoint.',
  },
  'confirmation-expiry': {
    title: 'It is presented in time',
    section: 'Profiles 4.1.4.2, 4.1.4.3',
    sentence: 'The time in which the assertion could be presented is over.',
    cure: clock,
  },
  'conditions-not-before': {
    title: 'It is valid already',
    section: 'Core 2.5.1.2',
    sentence: 'The assertion is not valid yet.',
    cure: clock,
  },
  'conditions-not-on-or-after': {
    title: 'It is still valid',
    section: 'Core 2.5.1.2',
    sentence: 'The assertion has expired.',
    cure: clock,
  },
  audience: {
    title: 'It was made for this service provider',
    section: 'Core 2.5.1.4, Profiles 4.1.4.2',
    sentence: 'The assertion is meant for another service provider.',
    cure: 'In the identity provider’s application, set Audience (also called Entity ID or Identifier) to the expected value (of several, to one of them), exactly. For sign-in by a browser it is this connection’s SAML Request Issuer URL.',
  },
  'authn-statement': {
    title: 'It says that the person signed in',
    section: 'Profiles 4.1.4.2, Core 2.7.2',
    sentence: 'The assertion does not say when the person signed in.',
    cure: product,
  },
  'session-expiry': {
    title: 'The session at the identity provider lasts',
    section: 'Core 2.7.2',
    sentence: 'The session at the identity provider has ended already.',
    cure: 'Let the person sign in at the identity provider again.',
  },
  'request-expiry': {
    title: 'The logout is asked for in time',
    section: 'Core 3.7.1',
    sentence: 'The time in which the logout request could be acted on is over.',
    cure: clock,
  },
  'metadata-unreadable': {
    title: 'It is SAML metadata',
    section: 'Metadata 2.3',
    sentence: 'The document is not SAML 2.0 metadata that can be read.',
    cure: 'Download the metadata as XML from the identity provider, not the page that shows it, and do not edit it.',
  },
  'metadata-several-entities': {
    title: 'The metadata describes one entity',
    section: 'Metadata 2.3.1; Sallyport takes exactly one',
    sentence: 'The metadata describes several entities, or none.',
    cure: 'Take the metadata of the one identity provider instead of a federation’s aggregate.',
  },
  'metadata-role-missing': {
    title: 'The metadata is an identity provider’s',
    section: 'Metadata 2.4.3',
    sentence: 'The metadata does not describe exactly one identity provider.',
    cure: 'Take the identity provider’s own metadata. Metadata with an SPSSODescriptor is that of a service provider.',
  },
  'metadata-entity-id': {
    title: 'The metadata is of this entity',
    section: 'Metadata 2.2.1, 2.3.2',
    sentence: 'The metadata is of another entity.',
    cure: 'Compare the entity ids, every letter and slash of them. Either this is another provider’s metadata, or the entity id that is expected here is wrong.',
  },
  'metadata-expired': {
    title: 'The metadata is still valid',
    section: 'Metadata 2.3.1, 2.3.2, 2.4.1',
    sentence: 'The validity of the metadata is over.',
    cure: 'Fetch the metadata anew from the identity provider. If it is new, compare the clocks.',
  },
  'metadata-no-endpoint': {
    title: 'The metadata names a sign-in address',
    section: 'Metadata 2.4.3',
    sentence: 'The metadata names no sign-in address that can be used.',
    cure: 'Turn on single sign-on by HTTP-Redirect or HTTP-POST at the identity provider, then fetch its metadata anew.',
  },
  'metadata-no-certificate': {
    title: 'The metadata holds a signing certificate',
    section: 'Metadata 2.4.1.1',
    sentence: 'The metadata holds no signing certificate.',
    cure: 'Let the identity provider put its signing certificate into the metadata, or add the certificate by hand.',
  },
  'metadata-endpoint-url': {
    title: 'The addresses are web addresses',
    section: 'Metadata 2.2.2; Sallyport takes http and https',
    sentence: 'The metadata holds an address that is not one of the web.',
    cure: 'Correct the address at the identity provider. If nobody there wrote it, treat the document as forged.',
  },
  'metadata-certificate': {
    title: 'The certificates can be used',
    section: 'Metadata 2.4.1.1, XML Signature 1.1 §4.5.4',
    sentence: 'The metadata holds a certificate that cannot be used.',
    cure: 'Give the identity provider a certificate with an RSA key of at least 2048 bits, or with an EC key.',
  },
}
