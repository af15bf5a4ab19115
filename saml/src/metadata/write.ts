// Writes metadata for others to import (SAML Metadata 2.3.2, 2.4.3, 2.4.4).

import { keyInfo } from '../signature/sign.ts'
import { writeInstant } from '../time.ts'
import { namespaces, uris } from '../uris.ts'
import { element, type Markup } from '../xml/write.ts'
import type { Endpoint } from './read.ts'

export type ServiceProviderToWrite = {
  readonly entityId: string
  readonly acsUrl: string
  /** PEM. Several while keys are rolled over. */
  readonly signingCertificates: readonly string[]
  readonly encryptionCertificates?: readonly string[]
  readonly singleLogout?: readonly Endpoint[]
  readonly authnRequestsSigned: boolean
  readonly wantAssertionsSigned: boolean
  readonly nameIdFormats?: readonly string[]
  readonly validUntil?: Date
}

export type IdentityProviderToWrite = {
  readonly entityId: string
  readonly singleSignOn: readonly Endpoint[]
  readonly singleLogout?: readonly Endpoint[]
  readonly signingCertificates: readonly string[]
  readonly nameIdFormats?: readonly string[]
  readonly wantAuthnRequestsSigned: boolean
}

/** A service provider’s metadata as XML, unsigned (Metadata 2.4.4). */
export function writeServiceProviderMetadata(provider: ServiceProviderToWrite): string {
  const role = element(
    'md:SPSSODescriptor',
    {
      protocolSupportEnumeration: namespaces.protocol,
      AuthnRequestsSigned: `${provider.authnRequestsSigned}`,
      WantAssertionsSigned: `${provider.wantAssertionsSigned}`,
    },
    keyDescriptors('signing', provider.signingCertificates),
    keyDescriptors('encryption', provider.encryptionCertificates ?? []),
    endpoints('md:SingleLogoutService', provider.singleLogout ?? []),
    formats(provider.nameIdFormats ?? []),
    element('md:AssertionConsumerService', {
      Binding: uris.binding.post,
      Location: provider.acsUrl,
      index: '0',
      isDefault: 'true',
    }),
  )
  return entity(provider.entityId, provider.validUntil, role)
}

/** An identity provider’s metadata as XML, unsigned (Metadata 2.4.3). */
export function writeIdentityProviderMetadata(provider: IdentityProviderToWrite): string {
  const role = element(
    'md:IDPSSODescriptor',
    {
      protocolSupportEnumeration: namespaces.protocol,
      WantAuthnRequestsSigned: `${provider.wantAuthnRequestsSigned}`,
    },
    keyDescriptors('signing', provider.signingCertificates),
    endpoints('md:SingleLogoutService', provider.singleLogout ?? []),
    formats(provider.nameIdFormats ?? []),
    endpoints('md:SingleSignOnService', provider.singleSignOn),
  )
  return entity(provider.entityId, undefined, role)
}

function entity(entityId: string, validUntil: Date | undefined, role: Markup): string {
  return element(
    'md:EntityDescriptor',
    {
      'xmlns:md': namespaces.metadata,
      'xmlns:ds': namespaces.signature,
      entityID: entityId,
      validUntil: validUntil && writeInstant(validUntil),
    },
    role,
  ).xml
}

function keyDescriptors(use: 'signing' | 'encryption', certificates: readonly string[]): readonly Markup[] {
  return certificates.map((pem) => element('md:KeyDescriptor', { use }, keyInfo(pem)))
}

function endpoints(name: string, list: readonly Endpoint[]): readonly Markup[] {
  return list.map(({ binding, location, responseLocation }) =>
    element(name, { Binding: uris.binding[binding], Location: location, ResponseLocation: responseLocation }),
  )
}

function formats(list: readonly string[]): readonly Markup[] {
  return list.map((format) => element('md:NameIDFormat', {}, format))
}
