// What may stand where in a protocol message: the SAML 2.0 schemas as a table, less what Sallyport has no use for. What is
// not in the table is refused, at any depth, so that no second assertion can be hidden in a corner (saml-schema-protocol-2.0,
// saml-schema-assertion-2.0). Three kinds of content are not described: Signatures (signature/form.ts reads those),
// encrypted parts, and extensions, which are never read and may hold nothing of SAML's own.

import { namespaces } from '../uris.ts'

/** Children in this order, each with how often it may stand: `?` `*` `+`, or exactly once; `a|b` is a choice. */
type Content = 'text' | 'empty' | 'foreign' | 'elsewhere' | readonly string[]

type Row = {
  readonly attributes?: readonly string[]
  readonly required?: readonly string[]
  /** Attributes of other namespaces are allowed (the schema has xs:anyAttribute there); they are never read. */
  readonly foreignAttributes?: true
  readonly content: Content
}

const nameId: Row = { attributes: ['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'], content: 'text' }
const message = ['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'InResponseTo']
const encrypted: Row = { content: 'elsewhere' }

const rows: Readonly<Record<string, Row>> = {
  'samlp:Response': {
    attributes: message,
    required: ['ID', 'IssueInstant'],
    content: [
      'saml:Issuer?',
      'ds:Signature?',
      'samlp:Extensions?',
      'samlp:Status',
      'saml:Assertion|saml:EncryptedAssertion*',
    ],
  },
  'samlp:AuthnRequest': {
    attributes: [
      ...['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'ForceAuthn', 'IsPassive', 'ProtocolBinding'],
      ...[
        'AssertionConsumerServiceIndex',
        'AssertionConsumerServiceURL',
        'AttributeConsumingServiceIndex',
        'ProviderName',
      ],
    ],
    content: [
      ...['saml:Issuer?', 'ds:Signature?', 'samlp:Extensions?', 'saml:Subject?', 'samlp:NameIDPolicy?'],
      ...['saml:Conditions?', 'samlp:RequestedAuthnContext?', 'samlp:Scoping?'],
    ],
  },
  'samlp:LogoutRequest': {
    attributes: ['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'Reason', 'NotOnOrAfter'],
    required: ['ID', 'Version', 'IssueInstant'],
    content: [
      ...['saml:Issuer?', 'ds:Signature?', 'samlp:Extensions?', 'saml:NameID|saml:EncryptedID', 'samlp:SessionIndex*'],
    ],
  },
  'samlp:LogoutResponse': {
    attributes: message,
    required: ['ID', 'Version', 'IssueInstant'],
    content: ['saml:Issuer?', 'ds:Signature?', 'samlp:Extensions?', 'samlp:Status'],
  },
  'samlp:SessionIndex': { content: 'text' },
  'samlp:Extensions': { content: 'foreign' },
  'samlp:Status': { content: ['samlp:StatusCode', 'samlp:StatusMessage?', 'samlp:StatusDetail?'] },
  'samlp:StatusCode': { attributes: ['Value'], content: ['samlp:StatusCode?'] },
  'samlp:StatusMessage': { content: 'text' },
  'samlp:StatusDetail': { content: 'foreign' },
  'samlp:NameIDPolicy': { attributes: ['Format', 'SPNameQualifier', 'AllowCreate'], content: 'empty' },
  'samlp:RequestedAuthnContext': {
    attributes: ['Comparison'],
    content: ['saml:AuthnContextClassRef|saml:AuthnContextDeclRef+'],
  },
  'samlp:Scoping': { attributes: ['ProxyCount'], content: 'foreign' },
  'saml:Issuer': nameId,
  'saml:NameID': nameId,
  'saml:EncryptedID': encrypted,
  'saml:EncryptedAssertion': encrypted,
  'saml:EncryptedAttribute': encrypted,
  'saml:Assertion': {
    attributes: ['ID', 'Version', 'IssueInstant'],
    required: ['ID', 'IssueInstant'],
    content: [
      ...['saml:Issuer', 'ds:Signature?', 'saml:Subject?', 'saml:Conditions?', 'saml:Advice?'],
      'saml:AuthnStatement|saml:AttributeStatement*',
    ],
  },
  'saml:Advice': { content: 'foreign' },
  'saml:Subject': { content: ['saml:NameID|saml:EncryptedID?', 'saml:SubjectConfirmation*'] },
  'saml:SubjectConfirmation': {
    attributes: ['Method'],
    content: ['saml:NameID|saml:EncryptedID?', 'saml:SubjectConfirmationData?'],
  },
  'saml:SubjectConfirmationData': {
    attributes: ['NotBefore', 'NotOnOrAfter', 'Recipient', 'InResponseTo', 'Address'],
    foreignAttributes: true,
    content: 'empty',
  },
  'saml:Conditions': {
    attributes: ['NotBefore', 'NotOnOrAfter'],
    content: ['saml:AudienceRestriction|saml:OneTimeUse|saml:ProxyRestriction*'],
  },
  'saml:AudienceRestriction': { content: ['saml:Audience+'] },
  'saml:Audience': { content: 'text' },
  'saml:OneTimeUse': { content: 'empty' },
  'saml:ProxyRestriction': { attributes: ['Count'], content: ['saml:Audience*'] },
  'saml:AuthnStatement': {
    attributes: ['AuthnInstant', 'SessionIndex', 'SessionNotOnOrAfter'],
    content: ['saml:SubjectLocality?', 'saml:AuthnContext'],
  },
  'saml:SubjectLocality': { attributes: ['Address', 'DNSName'], content: 'empty' },
  'saml:AuthnContext': {
    content: ['saml:AuthnContextClassRef?', 'saml:AuthnContextDeclRef?', 'saml:AuthenticatingAuthority*'],
  },
  'saml:AuthnContextClassRef': { content: 'text' },
  'saml:AuthnContextDeclRef': { content: 'text' },
  'saml:AuthenticatingAuthority': { content: 'text' },
  'saml:AttributeStatement': { content: ['saml:Attribute|saml:EncryptedAttribute+'] },
  'saml:Attribute': {
    attributes: ['Name', 'NameFormat', 'FriendlyName'],
    required: ['Name'],
    foreignAttributes: true,
    content: ['saml:AttributeValue*'],
  },
  // The schema allows anything in a value. We allow text: what is nested there has been read as its beginning by others.
  'saml:AttributeValue': { foreignAttributes: true, content: 'text' },
  'ds:Signature': { attributes: ['Id'], content: 'elsewhere' },
}

const namespaceOfPrefix: Readonly<Record<string, string>> = {
  samlp: namespaces.protocol,
  saml: namespaces.assertion,
  ds: namespaces.signature,
}

/** One place in a sequence. */
export type Particle = { readonly models: readonly Model[]; readonly least: 0 | 1; readonly many: boolean }

/** A row of the table, made ready for use. */
export type Model = {
  /** As in the table: `saml:Assertion`. */
  readonly name: string
  readonly namespace: string
  readonly attributes: readonly string[]
  readonly required: readonly string[]
  readonly foreignAttributes: boolean
  readonly content: 'text' | 'foreign' | 'elsewhere' | readonly Particle[]
}

type Made = { -readonly [K in keyof Model]: Model[K] }

const byName = new Map<string, Made>()
// No two elements of these namespaces share a local name, so that one look-up finds the only one it can be.
const byLocalName = new Map<string, Made>()

for (const [name, row] of Object.entries(rows)) {
  const [prefix = '', local = ''] = name.split(':')
  const model: Made = {
    name,
    namespace: namespaceOfPrefix[prefix] ?? '',
    attributes: row.attributes ?? [],
    required: row.required ?? [],
    foreignAttributes: row.foreignAttributes === true,
    content: [],
  }
  byName.set(name, model)
  byLocalName.set(local, model)
}

for (const [name, { content }] of Object.entries(rows)) {
  const model = byName.get(name) as Made
  if (content === 'empty') model.content = []
  else model.content = typeof content === 'string' ? content : content.map(particle)
}

function particle(text: string): Particle {
  const mark = /[?*+]$/.exec(text)?.[0] ?? ''
  const names = (mark === '' ? text : text.slice(0, -1)).split('|')
  return {
    models: names.map((name) => byName.get(name) as Made),
    least: mark === '' || mark === '+' ? 1 : 0,
    many: mark === '*' || mark === '+',
  }
}

/** The row for an element, or undefined where the table has none. */
export function modelOf(namespace: string, local: string): Model | undefined {
  const model = byLocalName.get(local)
  return model !== undefined && model.namespace === namespace ? model : undefined
}
