// Reads the metadata of one entity (SAML Metadata 2.3 to 2.4). Only what Sallyport uses is read, at the places where the
// schema puts it; organisations, contacts, extensions and other roles are passed over.

import { type Certificate, CertificateError, parseCertificates } from '../certificates/certificate.ts'
import { unverifiedText } from '../messages/claims.ts'
import { readInstant } from '../time.ts'
import { type Binding, bindingOf, namespaces } from '../uris.ts'
import { trimmed } from '../xml/characters.ts'
import { defaultLimits } from '../xml/limits.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childrenNamed, isNamed, pathOf, type XmlElement } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'
import { MetadataError } from './metadata-error.ts'

export type Endpoint = { readonly binding: Binding; readonly location: string; readonly responseLocation?: string }
export type IndexedEndpoint = Endpoint & { readonly index: number; readonly isDefault: boolean }

type Entity = {
  readonly entityId: string
  readonly singleLogout: readonly Endpoint[]
  /** Keys with `use="signing"` and those without `use`, which serve for both (Metadata 2.4.1.1). */
  readonly signingCertificates: readonly Certificate[]
  readonly encryptionCertificates: readonly Certificate[]
  readonly nameIdFormats: readonly string[]
  readonly validUntil?: Date
}

export type IdentityProviderMetadata = Entity & {
  readonly singleSignOn: readonly Endpoint[]
  readonly wantAuthnRequestsSigned: boolean
}

export type ServiceProviderMetadata = Entity & {
  readonly assertionConsumerServices: readonly IndexedEndpoint[]
  readonly authnRequestsSigned: boolean
  readonly wantAssertionsSigned: boolean
}

const metadataLimits = { ...defaultLimits, bytes: 1024 * 1024 }

/** Reads an identity provider's metadata. Throws `MetadataError` with a code and a sentence. */
export function readIdentityProviderMetadata(
  xml: Uint8Array | string,
  options: { readonly now: Date },
): IdentityProviderMetadata {
  return readIdentityProvider(entityOf(readMetadataRoot(xml)), options.now)
}

/** The identity provider that an EntityDescriptor describes. Throws `MetadataError`. */
export function readIdentityProvider(entity: XmlElement, now: Date): IdentityProviderMetadata {
  const role = onlyRole(entity, 'IDPSSODescriptor', 'an identity provider')
  const validUntil = checkValidity(role, now)
  const singleSignOn = endpoints(role, 'SingleSignOnService').filter(({ binding }) => binding !== 'soap')
  if (singleSignOn.length === 0) {
    const sentence = 'The metadata names no sign-in address by HTTP-Redirect or HTTP-POST.'
    throw new MetadataError('metadata-no-endpoint', sentence)
  }
  const common = readCommon(entity, role, validUntil)
  if (common.signingCertificates.length === 0) {
    throw new MetadataError('metadata-no-certificate', 'The metadata holds no signing certificate.')
  }
  return Object.freeze({
    ...common,
    singleSignOn,
    wantAuthnRequestsSigned: isTrue(attributeOf(role, 'WantAuthnRequestsSigned')),
  })
}

/** Reads a service provider's metadata. Throws `MetadataError`. */
export function readServiceProviderMetadata(
  xml: Uint8Array | string,
  options: { readonly now: Date },
): ServiceProviderMetadata {
  const entity = entityOf(readMetadataRoot(xml))
  const role = onlyRole(entity, 'SPSSODescriptor', 'a service provider')
  const validUntil = checkValidity(role, options.now)
  return Object.freeze({
    ...readCommon(entity, role, validUntil),
    assertionConsumerServices: indexedEndpoints(role),
    authnRequestsSigned: isTrue(attributeOf(role, 'AuthnRequestsSigned')),
    wantAssertionsSigned: isTrue(attributeOf(role, 'WantAssertionsSigned')),
  })
}

/** The root of a metadata document, whatever it is. Throws `MetadataError`. */
export function readMetadataRoot(xml: Uint8Array | string): XmlElement {
  try {
    return readXml(xml, metadataLimits)
  } catch (error) {
    if (error instanceof XmlError)
      throw new MetadataError('metadata-unreadable', `The metadata cannot be read: ${error.message}.`)
    throw error
  }
}

/** The one EntityDescriptor of a document. Throws `MetadataError`. */
export function entityOf(root: XmlElement): XmlElement {
  if (isNamed(root, namespaces.metadata, 'EntitiesDescriptor')) return onlyEntity(root)
  if (isNamed(root, namespaces.metadata, 'EntityDescriptor')) return root
  const found = `${pathOf(root)} of ${root.namespace || 'no namespace'}`
  throw new MetadataError('metadata-unreadable', `This is not SAML metadata: it begins with ${found}.`)
}

// Metadata 2.3.1. A federation's aggregate would leave it to chance which of its members is trusted.
function onlyEntity(root: XmlElement): XmlElement {
  const entities = childrenNamed(root, namespaces.metadata, 'EntityDescriptor')
  const [entity] = entities
  const groups = childrenNamed(root, namespaces.metadata, 'EntitiesDescriptor').length
  if (entity !== undefined && entities.length === 1 && groups === 0) return entity
  const names = entities.slice(0, 5).map((one) => attributeOf(one, 'entityID'))
  const list = names.length > 0 ? ` (${names.join(', ')}${entities.length > 5 ? ', …' : ''})` : ''
  const sentence = `The metadata describes ${entities.length} entities${list}; one is needed. Take out the others.`
  throw new MetadataError('metadata-several-entities', sentence)
}

// Metadata 2.3.1, 2.3.2, 2.4.1: the role, its entity and the group around it may each say how long; the shortest counts.
function checkValidity(role: XmlElement, now: Date): Date | undefined {
  let earliest: Date | undefined
  for (let element: XmlElement | undefined = role; element !== undefined; element = element.parent) {
    const text = attributeOf(element, 'validUntil')
    if (text === undefined) continue
    const validUntil = readInstant(text)
    if (validUntil === undefined)
      throw new MetadataError('metadata-unreadable', `The metadata has a validUntil that is no time in UTC: ${text}.`)
    if (validUntil <= now)
      throw new MetadataError('metadata-expired', `The metadata was valid until ${text}. Fetch it anew.`)
    if (earliest === undefined || validUntil < earliest) earliest = validUntil
  }
  return earliest
}

function onlyRole(entity: XmlElement, local: string, kind: string): XmlElement {
  const [role, second] = childrenNamed(entity, namespaces.metadata, local).filter(speaksSaml2)
  if (role !== undefined && second === undefined) return role
  const sentence =
    role === undefined
      ? `The metadata does not describe ${kind} that speaks SAML 2.0.`
      : `The metadata describes ${kind} twice.`
  throw new MetadataError('metadata-role-missing', sentence)
}

// Metadata 2.4.1: one entity may describe the same role once more for an older protocol.
function speaksSaml2(role: XmlElement): boolean {
  const protocols = attributeOf(role, 'protocolSupportEnumeration')
  return protocols === undefined || protocols.split(/[\t\n\r ]+/).includes(namespaces.protocol)
}

function readCommon(entity: XmlElement, role: XmlElement, validUntil: Date | undefined): Entity {
  const entityId = attributeOf(entity, 'entityID')
  // Metadata 2.2.1: an entity id is a URI of at most 1024 characters.
  if (entityId === undefined || entityId === '' || entityId.length > 1024) {
    throw new MetadataError('metadata-entity-id', 'The metadata has no usable entityID.')
  }
  return {
    entityId,
    singleLogout: endpoints(role, 'SingleLogoutService'),
    signingCertificates: certificates(role, 'signing'),
    encryptionCertificates: certificates(role, 'encryption'),
    nameIdFormats: childrenNamed(role, namespaces.metadata, 'NameIDFormat').map(
      (format) => unverifiedText(format) ?? '',
    ),
    ...(validUntil === undefined ? {} : { validUntil }),
  }
}

// Endpoints by bindings that Sallyport does not speak (Artifact, PAOS) are passed over.
function endpoints(role: XmlElement, local: string): Endpoint[] {
  return childrenNamed(role, namespaces.metadata, local).flatMap((element) => {
    const endpoint = readEndpoint(element)
    return endpoint === undefined ? [] : [endpoint]
  })
}

function indexedEndpoints(role: XmlElement): IndexedEndpoint[] {
  return childrenNamed(role, namespaces.metadata, 'AssertionConsumerService').flatMap((element) => {
    const endpoint = readEndpoint(element)
    if (endpoint === undefined) return []
    return [{ ...endpoint, index: indexOf(element), isDefault: isTrue(attributeOf(element, 'isDefault')) }]
  })
}

// Metadata 2.2.3: xs:unsignedShort.
function indexOf(element: XmlElement): number {
  const text = trimmed(attributeOf(element, 'index') ?? '0')
  if (/^\d{1,5}$/.test(text) && Number(text) <= 0xffff) return Number(text)
  throw new MetadataError('metadata-unreadable', `The metadata has an endpoint whose index is no number: ${text}.`)
}

function readEndpoint(element: XmlElement): Endpoint | undefined {
  const binding = bindingOf(attributeOf(element, 'Binding') ?? '')
  if (binding === undefined) return undefined
  const responseLocation = attributeOf(element, 'ResponseLocation')
  return {
    binding,
    location: webAddress(attributeOf(element, 'Location') ?? ''),
    ...(responseLocation === undefined ? {} : { responseLocation: webAddress(responseLocation) }),
  }
}

// A Location ends up in a redirect or a form: a javascript: or data: URL must not get that far. URL itself passes over line
// ends and tabs wherever they stand; in a header they would begin another one.
function webAddress(written: string): string {
  const text = trimmed(written)
  const url = URL.canParse(text) && !/[\s\u0000-\u001F\u007F]/.test(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return text
  throw new MetadataError(
    'metadata-endpoint-url',
    `The metadata holds an address that is no http or https URL: ${text}`,
  )
}

function certificates(role: XmlElement, use: 'signing' | 'encryption'): Certificate[] {
  const found = new Map<string, Certificate>()
  for (const descriptor of childrenNamed(role, namespaces.metadata, 'KeyDescriptor')) {
    const stated = attributeOf(descriptor, 'use')
    if (stated !== undefined && stated !== use) continue
    for (const text of certificateTexts(descriptor)) {
      for (const certificate of readCertificates(text)) found.set(certificate.fingerprint, certificate)
    }
  }
  return [...found.values()]
}

function certificateTexts(descriptor: XmlElement): string[] {
  return childrenNamed(descriptor, namespaces.signature, 'KeyInfo')
    .flatMap((keyInfo) => childrenNamed(keyInfo, namespaces.signature, 'X509Data'))
    .flatMap((data) => childrenNamed(data, namespaces.signature, 'X509Certificate'))
    .map((element) => unverifiedText(element) ?? '')
}

function readCertificates(text: string): readonly Certificate[] {
  try {
    return parseCertificates(text)
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new MetadataError('metadata-certificate', `A certificate in the metadata cannot be used: ${error.message}`)
    }
    throw error
  }
}

function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}
