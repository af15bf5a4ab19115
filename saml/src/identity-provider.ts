// @sallyport/saml/identity-provider: the other side of the conversation, for tests, sandboxes and tools that explain.
// A service provider in production needs nothing of it.

export { type AuthnRequest, readAuthnRequest } from './messages/authn-request.ts'
export {
  readUnverifiedResponse,
  type UnverifiedAssertion,
  type UnverifiedAttribute,
  type UnverifiedConfirmation,
  type UnverifiedResponse,
} from './messages/unverified-response.ts'
export {
  type AssertionToWrite,
  type ResponseToWrite,
  writeAssertion,
  writeResponse,
} from './messages/write-response.ts'
export { MetadataError, type MetadataErrorCode } from './metadata/metadata-error.ts'
export {
  type IndexedEndpoint,
  readIdentityProviderMetadata,
  readServiceProviderMetadata,
  type ServiceProviderMetadata,
} from './metadata/read.ts'
export { type IdentityProviderToWrite, writeIdentityProviderMetadata } from './metadata/write.ts'
export { type SignatureVerdict, type VerificationOptions, verifySignature } from './signature/verify.ts'
export { verifyQuerySignature } from './signature/verify-query.ts'
