// @sallyport/saml: the service provider's side of SAML 2.0. What comes in is judged, what goes out is written.
// Pure functions: bytes, expectations and the time go in, verdicts come out. No I/O, no clock, no randomness.
// The identity provider's side, for tests and sandboxes, is in identity-provider.ts.

export { decodePost, encodePost } from './bindings/post.ts'
export {
  type DecodedRedirect,
  decodeRedirect,
  encodeRedirect,
  type MessageParameter,
  type RedirectMessage,
} from './bindings/redirect.ts'
export { type SoapMessage, writeSoap, writeSoapFault } from './bindings/soap.ts'
export {
  type Certificate,
  CertificateError,
  type CertificateErrorCode,
  parseCertificates,
} from './certificates/certificate.ts'
export { type AuthnRequestToWrite, writeAuthnRequest } from './messages/authn-request.ts'
export type { Attribute, Claims, NameId } from './messages/claims.ts'
export { type AssertionToJudge, type AssertionVerdict, judgeAssertion } from './messages/judge-assertion.ts'
export {
  judgeLogoutRequest,
  judgeLogoutResponse,
  type LogoutRequestToJudge,
  type LogoutRequestVerdict,
  type LogoutResponseToJudge,
  type LogoutResponseVerdict,
} from './messages/judge-logout.ts'
export { judgeResponse, type ResponseToJudge, type ResponseVerdict } from './messages/judge-response.ts'
export type { RequiredSignature } from './messages/response-signatures.ts'
export {
  type LogoutRequestToWrite,
  type LogoutResponseToWrite,
  writeLogoutRequest,
  writeLogoutResponse,
} from './messages/write-logout.ts'
export type { StatusToWrite } from './messages/write-parts.ts'
export { judgeMetadata, type MetadataToJudge, type MetadataVerdict } from './metadata/judge.ts'
export type { Endpoint, IdentityProviderMetadata } from './metadata/read.ts'
export { type ServiceProviderToWrite, writeServiceProviderMetadata } from './metadata/write.ts'
export { type Check, type CheckCode, dangerouslyUnchecked, type Expected, type Outcome } from './report/checks.ts'
export { type Explanation, explanations } from './report/explanations.ts'
export { SamlReadError } from './report/read-error.ts'
export type { SignatureAlgorithm, Signer } from './signature/algorithms.ts'
export { signXml } from './signature/sign.ts'
export { type Binding, uris } from './uris.ts'
