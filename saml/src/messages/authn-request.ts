// AuthnRequest: asking an identity provider who this is (Core 3.4.1), and reading such a question.

import { SamlReadError } from '../report/read-error.ts'
import { readInstant, writeInstant } from '../time.ts'
import { namespaces, uris } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, isNamed, onlyChild, pathOf, type XmlElement } from '../xml/tree.ts'
import { element } from '../xml/write.ts'
import { XmlError } from '../xml/xml-error.ts'
import { unverifiedText } from './claims.ts'
import { inspect } from './structure.ts'

export type AuthnRequestToWrite = {
  /** Unique and unguessable, an NCName (Core 1.3.4). */
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly destination: string
  /** Where the answer shall be posted; left out, the identity provider takes the default of the metadata. */
  readonly acsUrl?: string
  readonly forceAuthn?: boolean
  readonly isPassive?: boolean
  readonly nameIdFormat?: string
}

/** An AuthnRequest as XML, unsigned (Core 3.4.1): `signXml` or `encodeRedirect` sign it. */
export function writeAuthnRequest(request: AuthnRequestToWrite): string {
  return element(
    'samlp:AuthnRequest',
    {
      'xmlns:samlp': namespaces.protocol,
      'xmlns:saml': namespaces.assertion,
      ID: request.id,
      Version: '2.0',
      IssueInstant: writeInstant(request.issueInstant),
      Destination: request.destination,
      ForceAuthn: request.forceAuthn === true ? 'true' : undefined,
      IsPassive: request.isPassive === true ? 'true' : undefined,
      // Core 3.4.1: both, or neither, and no index beside them.
      ProtocolBinding: request.acsUrl === undefined ? undefined : uris.binding.post,
      AssertionConsumerServiceURL: request.acsUrl,
    },
    element('saml:Issuer', {}, request.issuer),
    // Core 3.4.1.1: without a format any will do, and the identity provider may make an identifier for this person.
    element('samlp:NameIDPolicy', { Format: request.nameIdFormat, AllowCreate: 'true' }),
  ).xml
}

export type AuthnRequest = {
  readonly id: string
  readonly issueInstant: Date
  readonly issuer: string
  readonly destination?: string
  readonly acsUrl?: string
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  readonly nameIdFormat?: string
  /** For `verifySignature` where the request came by HTTP-POST, for `verifyQuerySignature` where it came by HTTP-Redirect. */
  readonly root: XmlElement
}

/** Reads a request. It says nothing of who sent it: the caller verifies its signature. Throws `SamlReadError`. */
export function readAuthnRequest(message: Uint8Array | string): AuthnRequest {
  const root = readRequestRoot(message)
  const id = attributeOf(root, 'ID')
  const issueInstant = readInstant(attributeOf(root, 'IssueInstant') ?? '')
  const issuer = unverifiedText(onlyChild(root, namespaces.assertion, 'Issuer'))
  if (id === undefined || id === '') throw new SamlReadError('structure', 'no ID')
  if (issueInstant === undefined) throw new SamlReadError('structure', 'no IssueInstant in UTC')
  if (issuer === undefined || issuer === '') throw new SamlReadError('structure', 'no Issuer')
  const policy = onlyChild(root, namespaces.protocol, 'NameIDPolicy')
  const nameIdFormat = policy && attributeOf(policy, 'Format')
  const destination = attributeOf(root, 'Destination')
  const acsUrl = attributeOf(root, 'AssertionConsumerServiceURL')
  return {
    id,
    issueInstant,
    issuer,
    forceAuthn: isTrue(attributeOf(root, 'ForceAuthn')),
    isPassive: isTrue(attributeOf(root, 'IsPassive')),
    ...(destination === undefined ? {} : { destination }),
    ...(acsUrl === undefined ? {} : { acsUrl }),
    ...(nameIdFormat === undefined ? {} : { nameIdFormat }),
    root,
  }
}

function readRequestRoot(message: Uint8Array | string): XmlElement {
  let root: XmlElement
  try {
    root = readXml(message)
  } catch (error) {
    if (error instanceof XmlError) throw new SamlReadError(error.code, error.message)
    throw error
  }
  if (!isNamed(root, namespaces.protocol, 'AuthnRequest')) throw new SamlReadError('message-type', pathOf(root))
  const { faults, repeatedIds } = inspect(root)
  const all = [...faults, ...repeatedIds.map((id) => `the ID ${id} more than once`)]
  if (all.length > 0) throw new SamlReadError('structure', all.join('; '))
  if (attributeOf(root, 'Version') !== '2.0') throw new SamlReadError('version', attributeOf(root, 'Version') ?? 'none')
  return root
}

// xs:boolean.
function isTrue(value: string | undefined): boolean {
  return value === 'true' || value === '1'
}
