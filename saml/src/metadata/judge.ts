// Judges an identity provider's metadata: whether it can be used, whose it is, and who signed it (Metadata 2.3, 3). The
// tree whose signature is verified is the tree that is read.

import type { Certificate } from '../certificates/certificate.ts'
import { checkIds } from '../messages/message.ts'
import { survey } from '../messages/structure.ts'
import { allPassed, type Check, compared, type Expected, failed, passed } from '../report/checks.ts'
import { verifySignature } from '../signature/verify.ts'
import { namespaces } from '../uris.ts'
import { childrenNamed, type XmlElement } from '../xml/tree.ts'
import { MetadataError, type MetadataErrorCode } from './metadata-error.ts'
import { entityOf, type IdentityProviderMetadata, readIdentityProvider, readMetadataRoot } from './read.ts'

export type MetadataToJudge = {
  /** The document as it came: bytes, or text that is already decoded. At most 1 MiB. */
  readonly message: Uint8Array | string
  readonly now: Date
  /**
   * The certificates of whoever signs the metadata, from configuration. Left out, the signature is not checked: then the
   * way by which the document came must be trusted (an administrator's upload, or https).
   */
  readonly certificates?: readonly Certificate[]
  readonly expectedEntityId: Expected
  readonly dangerouslyAllowSha1?: boolean
}

export type MetadataVerdict = {
  readonly ok: boolean
  readonly checks: readonly Check[]
  /** Present exactly when `ok`. */
  readonly metadata?: IdentityProviderMetadata
}

/** Never throws for what a document holds. */
export function judgeMetadata(input: MetadataToJudge): MetadataVerdict {
  const checks: Check[] = []
  let metadata: IdentityProviderMetadata | undefined
  try {
    const root = readMetadataRoot(input.message)
    const entity = entityOf(root)
    checks.push(passed('metadata-unreadable', 'message'), passed('metadata-several-entities', 'message'))
    checks.push(checkIds(survey(root).repeatedIds), ...checkSignature(root, entity, input))
    metadata = readIdentityProvider(entity, input.now)
    checks.push(compared('metadata-entity-id', 'message', input.expectedEntityId, metadata.entityId))
    for (const code of usable) checks.push(passed(code, 'message'))
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error
    checks.push(failed(error.code, 'message', wanted[error.code], error.message))
  }
  if (metadata === undefined || !allPassed(checks)) return { ok: false, checks }
  return { ok: true, checks, metadata }
}

// Metadata 3: the signature may be the entity's own or that of the group around it. Every one that is there must verify.
function checkSignature(root: XmlElement, entity: XmlElement, input: MetadataToJudge): Check[] {
  const places = root === entity ? [entity] : [root, entity]
  const signed = places.filter((place) => childrenNamed(place, namespaces.signature, 'Signature').length > 0)
  const received = signed.map(({ local }) => `a signature of the ${local}`).join(' and ') || 'no signature'
  const { certificates, now, dangerouslyAllowSha1 = false } = input
  if (certificates === undefined) {
    return [{ code: 'signature-present', outcome: 'not-checked', about: 'message', received }]
  }
  if (signed.length === 0) return [failed('signature-present', 'message', 'a signature of the metadata', received)]
  const options = { certificates, now, dangerouslyAllowSha1 }
  return [
    passed('signature-present', 'message', received),
    ...signed.flatMap((place) => verifySignature(place, 'message', options).checks),
  ]
}

const usable = [
  'metadata-role-missing',
  'metadata-expired',
  'metadata-endpoint-url',
  'metadata-no-endpoint',
  'metadata-certificate',
  'metadata-no-certificate',
] as const satisfies readonly MetadataErrorCode[]

const wanted: Readonly<Record<MetadataErrorCode, string>> = {
  'metadata-unreadable': 'SAML 2.0 metadata in UTF-8, at most 1 MiB',
  'metadata-several-entities': 'one EntityDescriptor',
  'metadata-role-missing': 'one IDPSSODescriptor',
  'metadata-entity-id': 'an entityID of at most 1024 characters',
  'metadata-expired': 'a validUntil in the future, or none',
  'metadata-no-endpoint': 'a SingleSignOnService by HTTP-Redirect or HTTP-POST',
  'metadata-no-certificate': 'a KeyDescriptor for signing that holds an X509Certificate',
  'metadata-endpoint-url': 'an https or http address',
  'metadata-certificate': 'an X.509 certificate with an RSA key of 2048 bits or more, or an EC key',
}
