// @sallyport/saml: the service provider's side of SAML 2.0, and enough of the identity provider's to test it.
// Pure functions: bytes, expectations and the time go in, verdicts come out. No I/O, no clock, no randomness.

export { decodePost, encodePost } from './bindings/post.ts'
export {
  type DecodedRedirect,
  decodeRedirect,
  encodeRedirect,
  type MessageParameter,
  verifyRedirectSignature,
} from './bindings/redirect.ts'
export {
  type Certificate,
  CertificateError,
  type CertificateErrorCode,
  parseCertificates,
  validity,
} from './certificates/certificate.ts'
export { type AuthnRequest, readAuthnRequest, writeAuthnRequest } from './messages/authn-request.ts'
export type { Attribute, Claims, NameId } from './messages/claims.ts'
export {
  judgeLogoutRequest,
  judgeLogoutResponse,
  type LogoutRequestToJudge,
  type LogoutRequestVerdict,
  type LogoutResponseToJudge,
  type LogoutResponseVerdict,
} from './messages/judge-logout.ts'
export { judgeResponse, type ResponseToJudge, type ResponseVerdict } from './messages/judge-response.ts'
export {
  type LogoutRequestToWrite,
  type LogoutResponseToWrite,
  writeLogoutRequest,
  writeLogoutResponse,
} from './messages/write-logout.ts'
export { type AssertionToWrite, type ResponseToWrite, writeResponse } from './messages/write-response.ts'
export { MetadataError, type MetadataErrorCode } from './metadata/metadata-error.ts'
export {
  type Endpoint,
  type IdentityProviderMetadata,
  readIdentityProviderMetadata,
  readServiceProviderMetadata,
  type ServiceProviderMetadata,
} from './metadata/read.ts'
export {
  type IdentityProviderToWrite,
  type ServiceProviderToWrite,
  writeIdentityProviderMetadata,
  writeServiceProviderMetadata,
} from './metadata/write.ts'
export { type Check, type CheckCode, dangerouslyUnchecked, type Outcome } from './report/checks.ts'
export { type Explanation, explanations } from './report/explanations.ts'
export { SamlReadError } from './report/read-error.ts'
export type { SignatureAlgorithm, Signer } from './signature/algorithms.ts'
export { signXml } from './signature/sign.ts'
export { type SignatureVerdict, verifySignature } from './signature/verify.ts'
export { type Binding, uris } from './uris.ts'
