// What the content model accepts is valid by the schemas of SAML 2.0, as libxml2 reads them, but for what is listed.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { acs, idp, now, signAssertion, signerOf, signResponse, sp, unsigned } from '../cases/one-change.ts'
import { writeAuthnRequest } from '../src/messages/authn-request.ts'
import { modelOf } from '../src/messages/content-model.ts'
import { structureFaults, survey } from '../src/messages/structure.ts'
import { writeLogoutRequest, writeLogoutResponse } from '../src/messages/write-logout.ts'
import { writeResponse } from '../src/messages/write-response.ts'
import { signXml } from '../src/signature/sign.ts'
import { namespaces, uris } from '../src/uris.ts'
import { readXml } from '../src/xml/read.ts'
import { walk } from '../src/xml/tree.ts'
import { XmlError } from '../src/xml/xml-error.ts'
import { bases, material } from './bases.ts'
import { chanceOf } from './chance.ts'
import { explain } from './differences.ts'
import { spliceAll } from './markup.ts'
import { mutate } from './mutate.ts'
import { inFolder, run, skipWithout, writeAll } from './peers.ts'
import { acceptedBySchemaOnly, acceptedByUsOnly } from './schema-differences.ts'
import { seed, size } from './size.ts'

const message = { issueInstant: now, issuer: idp, destination: acs }
const signer = signerOf('idp')
const nameId = { value: 'ada', format: uris.nameId.persistent, nameQualifier: idp, spNameQualifier: sp }

const logoutRequest = writeLogoutRequest({
  ...message,
  id: '_logout',
  nameId,
  sessionIndexes: ['_session', '_other'],
  notOnOrAfter: now,
  reason: 'urn:oasis:names:tc:SAML:2.0:logout:user',
})
const logoutResponse = writeLogoutResponse({ ...message, id: '_done', inResponseTo: '_logout' })
const authnRequest = writeAuthnRequest({
  id: '_request',
  issueInstant: now,
  issuer: sp,
  destination: idp,
  acsUrl: acs,
  forceAuthn: true,
  isPassive: true,
  nameIdFormat: uris.nameId.persistent,
})
const status = { code: uris.status.responder, subCode: uris.status.authnFailed, message: 'No.' }

// Elements that none of our messages holds and the model allows.
const rare = [
  '<saml:Advice><x xmlns="urn:x">y</x></saml:Advice>',
  '<saml:OneTimeUse/>',
  '<saml:ProxyRestriction Count="2"><saml:Audience>a</saml:Audience></saml:ProxyRestriction>',
  '<saml:AudienceRestriction><saml:Audience>a</saml:Audience><saml:Audience>b</saml:Audience></saml:AudienceRestriction>',
  '<saml:SubjectLocality Address="192.0.2.1" DNSName="a.example"/>',
  '<saml:AuthnContextDeclRef>urn:x</saml:AuthnContextDeclRef>',
  '<saml:AuthenticatingAuthority>urn:x</saml:AuthenticatingAuthority>',
  '<samlp:Extensions><x xmlns="urn:x">y</x></samlp:Extensions>',
  '<samlp:StatusMessage>No.</samlp:StatusMessage>',
  '<samlp:StatusDetail><x xmlns="urn:x">y</x></samlp:StatusDetail>',
  '<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
  '<samlp:Scoping ProxyCount="1"></samlp:Scoping>',
  '<samlp:SessionIndex>x</samlp:SessionIndex>',
  '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"><saml:NameID>x</saml:NameID></saml:SubjectConfirmation>',
].map((xml) => xml.replace(/^<[\w:]+/, `$& xmlns:saml="${namespaces.assertion}" xmlns:samlp="${namespaces.protocol}"`))

function messages(): string[] {
  return [
    unsigned(),
    signResponse(signAssertion(unsigned({}, { nameId, sessionNotOnOrAfter: now }))),
    writeResponse({ ...message, id: '_r', status }),
    logoutRequest,
    signXml(logoutRequest, { id: '_logout', signer }),
    logoutResponse,
    signXml(logoutResponse, { id: '_done', signer }),
    writeLogoutResponse({ ...message, id: '_done', inResponseTo: '_logout', status }),
    authnRequest,
    signXml(authnRequest, { id: '_request', signer }),
    ...bases().map(({ xml }) => xml),
  ]
}

const among = [
  'elements',
  'elements',
  'elements',
  'attributes',
  'ids',
  'wrapping',
  'text',
  'namespaces',
  'insertions',
  'signatures',
]

function mutants(count: number): string[] {
  const all = messages()
  const { elements } = material()
  return Array.from({ length: count }, (_, i) => {
    const chance = chanceOf(seed, 6, i)
    return mutate(chance.pick(all), chance, { elements: [...elements, ...rare, ...rare] }, among).message as string
  })
}

/** `accepted`, or why not: what every judge of a message asks of its shape. */
function ours(xml: string): string {
  try {
    const root = readXml(Buffer.from(xml))
    if (modelOf(root.namespace, root.local) === undefined) return 'no message'
    const [fault] = structureFaults(root)
    if (fault !== undefined) return `structure: ${fault}`
    return survey(root).repeatedIds.length > 0 ? 'id-unique' : 'accepted'
  } catch (error) {
    if (error instanceof XmlError) return error.code
    throw error
  }
}

// Where Debian's opensaml-schemas and xmltooling-schemas put them. The schemas name each other by addresses of the W3C,
// which a catalog leads to files: nothing is fetched.
const schemas = '/usr/share/xml/opensaml'
const imported = '/usr/share/xml/xmltooling'
const catalog = `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<uri name="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd" uri="file://${imported}/xmldsig-core-schema.xsd"/>
<uri name="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd" uri="file://${imported}/xenc-schema.xsd"/>
<uri name="http://www.w3.org/2001/xml.xsd" uri="file://${imported}/xml.xsd"/>
</catalog>`

const dsig = namespaces.signature
const algorithm = (local: string): string => `<${local} Algorithm="urn:x"/>`
const cipherData = '<CipherData><CipherValue>AAAA</CipherValue></CipherData>'
const soundSignature = `<Signature xmlns="${dsig}"><SignedInfo>${algorithm('CanonicalizationMethod')}${algorithm('SignatureMethod')}<Reference>${algorithm('DigestMethod')}<DigestValue>AAAA</DigestValue></Reference></SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>`
const soundCiphertext = `<EncryptedData xmlns="${namespaces.encryption}">${cipherData}</EncryptedData>`

// Signatures and ciphertexts are read by those who verify and decrypt, the model says only where they stand. In what the
// model accepts, sound ones take their place.
function withSoundParts(xml: string): string {
  const root = readXml(Buffer.from(xml))
  const { source } = root
  const changes: { start: number; end: number; text: string }[] = []
  walk(root, ({ namespace, local, qname, start, contentStart, end }) => {
    if (modelOf(namespace, local)?.content !== 'elsewhere' || changes.some((one) => start < one.end)) return
    if (local === 'Signature') changes.push({ start, end, text: soundSignature })
    else {
      const tag = source.slice(start, contentStart).replace(/\/>$/, '>')
      changes.push({ start, end, text: `${tag}${soundCiphertext}</${qname}>` })
    }
  })
  return spliceAll(source, changes)
}

/** `valid`, or libxml2's first complaint, of each. */
async function theirs(documents: readonly string[]): Promise<string[]> {
  return inFolder(async (folder) => {
    const results: string[] = []
    writeFileSync(join(folder, 'catalog.xml'), catalog)
    const options = ['--nonet', '--noout', '--schema', join(schemas, 'saml-schema-protocol-2.0.xsd')]
    for (let from = 0; from < documents.length; from += 1000) {
      const files = writeAll(folder, documents.slice(from, from + 1000))
      const env = { XML_CATALOG_FILES: join(folder, 'catalog.xml') }
      const { stderr } = await run('xmllint', [...options, ...files], folder, env)
      const complaints = new Map<string, string>()
      for (const [, file = '', valid, complaint = ''] of stderr.matchAll(/^(\d+\.xml)(?:( validates)$|:\d+: (.*))/gm)) {
        if (valid !== undefined) complaints.set(file, 'valid')
        else if (!complaints.has(file) && !/warning|namespace error/.test(complaint)) complaints.set(file, complaint)
      }
      results.push(...files.map((file) => complaints.get(file) ?? 'no verdict'))
    }
    return results
  })
}

test('SAML schemas: what the content model accepts is valid, and the other way round, but for what is listed', {
  skip: skipWithout('xmllint', schemas, imported),
  timeout: size(120_000, 3_600_000),
}, async (t) => {
  const all = [...messages(), ...mutants(size(3000, 60_000))]
  const verdicts = all.map(ours)
  const answers = await theirs(
    all.map((document, i) => (verdicts[i] === 'accepted' ? withSoundParts(document) : document)),
  )
  const compared = all.map((document, i) => ({
    same: (verdicts[i] === 'accepted') === (answers[i] === 'valid'),
    ours: verdicts[i] ?? '',
    theirs: answers[i] ?? '',
    document,
  }))
  const oursOnly = explain(
    compared.filter((one) => one.ours === 'accepted'),
    acceptedByUsOnly,
  )
  const theirsOnly = explain(
    compared.filter((one) => one.ours !== 'accepted'),
    acceptedBySchemaOnly,
  )
  t.diagnostic(`seed ${seed}: ${all.length} messages`)
  t.diagnostic(`accepted by us: ${oursOnly}`)
  t.diagnostic(`refused by us: ${theirsOnly}`)
  const both = compared.filter((one) => one.same && one.ours === 'accepted').length
  assert.ok(both > all.length / 20, `${both} of ${all.length} accepted by both`)
})
