// What may stand where in a protocol message: the SAML 2.0 schemas as a table, less what Sallyport has no use for. What is
// not in the table is refused, at any depth, so that no second assertion can be hidden in a corner (saml-schema-protocol-2.0,
// saml-schema-assertion-2.0). Three kinds of content are not described: Signatures (signature/form.ts reads those),
// encrypted parts, and extensions, which are never read and may hold nothing of SAML's own.

import { namespaces } from '../uris.ts'
import { isBlank } from '../xml/characters.ts'
import { attributeOf, childElements, pathOf, walk, type XmlElement } from '../xml/tree.ts'

/** Children in this order, each with how often it may stand: `?` `*` `+`, or exactly once; `a|b` is a choice. */
type Content = 'text' | 'empty' | 'foreign' | 'elsewhere' | readonly string[]

type Model = {
  readonly attributes?: readonly string[]
  /** Those among them that must stand, and not be empty, where no other check asks for them. */
  readonly required?: readonly string[]
  /** Attributes of other namespaces are allowed (the schema has xs:anyAttribute there); they are never read. */
  readonly foreignAttributes?: true
  readonly content: Content
}

const nameId: Model = { attributes: ['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'], content: 'text' }
const message = ['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'InResponseTo']
const encrypted: Model = { content: 'elsewhere' }

const models: Readonly<Record<string, Model>> = {
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

const prefixes: ReadonlyMap<string, string> = new Map([
  [namespaces.protocol, 'samlp'],
  [namespaces.assertion, 'saml'],
  [namespaces.signature, 'ds'],
])

/** The name under which the table knows an element, whatever prefix the document uses. */
export function modelName(element: XmlElement): string {
  const prefix = prefixes.get(element.namespace)
  return prefix === undefined ? `{${element.namespace}}${element.local}` : `${prefix}:${element.local}`
}

/** Everything below `root` that the table does not allow, as sentences; empty when it is sound. At most ten are listed. */
export function structureFaults(root: XmlElement): readonly string[] {
  const faults: string[] = []
  examine(root, faults)
  return faults.slice(0, 10)
}

/** IDs that stand more than once, in whatever spelling an ID attribute can have (Core 1.3.4, xs:ID). */
export function repeatedIds(root: XmlElement): readonly string[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  walk(root, (element) => {
    for (const { local, namespace, value } of element.attributes) {
      if (local.toLowerCase() !== 'id' || (namespace !== '' && namespace !== namespaces.xml)) continue
      if (seen.has(value)) repeated.add(value)
      seen.add(value)
    }
  })
  return [...repeated]
}

function examine(element: XmlElement, faults: string[]): void {
  if (faults.length >= 10) return
  const model = models[modelName(element)]
  if (model === undefined) {
    faults.push(`${pathOf(element)} has no place here`)
    return
  }
  examineAttributes(element, model, faults)
  if (model.content === 'elsewhere') return
  if (model.content === 'foreign') {
    examineForeign(element, faults)
    return
  }
  if (model.content === 'text') {
    if (childElements(element).length > 0) faults.push(`${pathOf(element)} holds an element where text belongs`)
    if (element.hasComment) faults.push(`${pathOf(element)} holds a comment inside its text`)
    return
  }
  if (element.children.some((child) => typeof child === 'string' && !isBlank(child))) {
    faults.push(`${pathOf(element)} holds text where it has no place`)
  }
  examineSequence(element, model.content === 'empty' ? [] : model.content, faults)
  for (const child of childElements(element)) examine(child, faults)
}

function examineAttributes(element: XmlElement, model: Model, faults: string[]): void {
  for (const name of model.required ?? []) {
    if (!attributeOf(element, name)) faults.push(`${pathOf(element)} lacks the attribute ${name}`)
  }
  for (const { prefix, local, namespace } of element.attributes) {
    const allowed =
      namespace === ''
        ? model.attributes?.includes(local) === true
        : namespace === namespaces.schemaInstance || (model.foreignAttributes === true && !isOurs(namespace))
    if (!allowed) faults.push(`${pathOf(element)} has the attribute ${prefix === '' ? local : `${prefix}:${local}`}`)
  }
}

function examineForeign(element: XmlElement, faults: string[]): void {
  for (const child of childElements(element)) {
    walk(child, (inner) => {
      if (isOurs(inner.namespace)) faults.push(`${pathOf(inner)} has no place in an extension`)
    })
  }
}

function isOurs(namespace: string): boolean {
  return prefixes.has(namespace) || namespace === namespaces.encryption || namespace === namespaces.xml
}

// One pass: the sequences of these schemas need no looking back, no name can match two places.
function examineSequence(element: XmlElement, sequence: readonly string[], faults: string[]): void {
  const children = childElements(element)
  let next = 0
  for (const particle of sequence) {
    const mark = /[?*+]$/.exec(particle)?.[0] ?? ''
    const names = (mark === '' ? particle : particle.slice(0, -1)).split('|')
    const first = next
    while (next < children.length && names.includes(modelName(children[next] as XmlElement))) {
      next++
      if (mark === '' || mark === '?') break
    }
    if (next === first && (mark === '' || mark === '+')) faults.push(`${pathOf(element)} lacks ${names.join(' or ')}`)
  }
  const odd = children[next]
  if (odd !== undefined && models[modelName(odd)] !== undefined)
    faults.push(`${pathOf(odd)} is out of place or once too often`)
}
