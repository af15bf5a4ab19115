// Metadata as products write it, and what is wrong with some of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { now, replace } from '../../cases/one-change.ts'
import { type Certificate, parseCertificates } from '../certificates/certificate.ts'
import { namespaces, uris } from '../uris.ts'
import { MetadataError } from './metadata-error.ts'
import { readIdentityProviderMetadata, readServiceProviderMetadata } from './read.ts'

const base64 = (name: string): string => readKey(`${name}.crt`).replaceAll(/-----.*-----|\n/g, '')
const keyInfo = (certificate: string): string =>
  `<ds:KeyInfo xmlns:ds="${namespaces.signature}"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
const key = (name: string, use?: string): string =>
  `<KeyDescriptor${use === undefined ? '' : ` use="${use}"`}>${keyInfo(base64(name))}</KeyDescriptor>`
const endpoint = (name: string, binding: string, location: string, more = ''): string =>
  `<${name} Binding="${binding}" Location="${location}"${more}/>`
const signOn = endpoint('SingleSignOnService', uris.binding.redirect, 'https://idp.example/sso')
const role = (content: string, attributes = ''): string =>
  `<IDPSSODescriptor protocolSupportEnumeration="${namespaces.protocol}"${attributes}>${content}</IDPSSODescriptor>`
const entity = (content: string, attributes = ''): string =>
  `<EntityDescriptor xmlns="${namespaces.metadata}" entityID="https://idp.example"${attributes}>${content}</EntityDescriptor>`
const group = (content: string, attributes = ''): string =>
  `<EntitiesDescriptor xmlns="${namespaces.metadata}"${attributes}>${content}</EntitiesDescriptor>`

const least = entity(role(key('idp', 'signing') + signOn))
const read = (xml: string | Uint8Array) => readIdentityProviderMetadata(xml, { now })
const subjects = (certificates: readonly Certificate[]): string =>
  certificates.map(({ subject }) => subject.slice(3)).join(' ')

test('Metadata 2.4.3: the least that is needed', () => {
  const { signingCertificates, ...rest } = read(least)
  assert.equal(subjects(signingCertificates), 'idp')
  assert.deepEqual(rest, {
    entityId: 'https://idp.example',
    singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
    singleLogout: [],
    encryptionCertificates: [],
    nameIdFormats: [],
    wantAuthnRequestsSigned: false,
  })
  assert.deepEqual(read(Buffer.from(`\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n${least}`)), read(least))
})

const keys: readonly (readonly [string, string, string, string])[] = [
  ['several certificates, for a roll-over', key('idp', 'signing') + key('other-idp', 'signing'), 'idp other-idp', ''],
  [
    'several in one KeyInfo',
    key('idp', 'signing').replace(
      '</ds:X509Data>',
      `<ds:X509Certificate>${base64('other-idp')}</ds:X509Certificate></ds:X509Data>`,
    ),
    'idp other-idp',
    '',
  ],
  ['the same one twice is one', key('idp', 'signing') + key('idp', 'signing'), 'idp', ''],
  ['no use is both uses (CVE-2026-16443)', key('idp'), 'idp', 'idp'],
  [
    'no use, and one for each use',
    key('idp') + key('other-idp', 'signing') + key('idp-ec', 'encryption'),
    'idp other-idp',
    'idp idp-ec',
  ],
  [
    'encryption only is not used for signing',
    key('idp', 'signing') + key('other-idp', 'encryption'),
    'idp',
    'other-idp',
  ],
  [
    'a use that nobody knows is none',
    key('idp', 'signing') + key('other-idp', 'Signing') + key('other-idp', ''),
    'idp',
    '',
  ],
  [
    'an expired certificate is handed on: whoever uses it judges its dates',
    key('idp-expired', 'signing'),
    'idp-expired',
    '',
  ],
  [
    'names and values beside the certificate are passed over',
    key('idp', 'signing').replace(
      '<ds:X509Data>',
      '<ds:KeyName>x</ds:KeyName><ds:KeyValue/><ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName></ds:X509Data><ds:X509Data>',
    ),
    'idp',
    '',
  ],
  [
    'line breaks and indentation in base64',
    replace(key('idp', 'signing'), base64('idp'), `\r\n    ${base64('idp').replaceAll(/.{64}/g, '$&\r\n    ')}\r\n  `),
    'idp',
    '',
  ],
]

for (const [requirement, descriptors, signing, encryption] of keys) {
  test(`Metadata 2.4.1.1: ${requirement}`, () => {
    const { signingCertificates, encryptionCertificates } = read(entity(role(descriptors + signOn)))
    assert.equal(subjects(signingCertificates), signing)
    assert.equal(subjects(encryptionCertificates), encryption)
  })
}

test('Metadata 2.2.2: endpoints in their order, by the bindings that are spoken; others are passed over', () => {
  const services = [
    endpoint('SingleLogoutService', uris.binding.soap, 'https://idp.example/soap'),
    endpoint(
      'SingleLogoutService',
      uris.binding.redirect,
      'http://idp.example/slo',
      ' ResponseLocation="https://idp.example/slo/done"',
    ),
    endpoint('SingleLogoutService', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact', 'javascript:alert(1)'),
    endpoint('SingleSignOnService', uris.binding.soap, 'https://idp.example/soap'),
    endpoint('SingleSignOnService', uris.binding.post, 'https://idp.example/sso?a=1&amp;b=%0D'),
    endpoint('SingleSignOnService', 'urn:mace:shibboleth:1.0:profiles:AuthnRequest', 'https://idp.example/shibboleth'),
    endpoint('SingleSignOnService', uris.binding.redirect, ' https://idp.example/sso\n'),
  ]
  const { singleSignOn, singleLogout } = read(entity(role(key('idp') + services.join(''))))
  assert.deepEqual(singleSignOn, [
    { binding: 'post', location: 'https://idp.example/sso?a=1&b=%0D' },
    { binding: 'redirect', location: 'https://idp.example/sso' },
  ])
  assert.deepEqual(singleLogout, [
    { binding: 'soap', location: 'https://idp.example/soap' },
    { binding: 'redirect', location: 'http://idp.example/slo', responseLocation: 'https://idp.example/slo/done' },
  ])
})

test('Metadata 2.4.2, 2.4.3: formats and wishes', () => {
  const formats = `<NameIDFormat>\n  ${uris.nameId.persistent}\n</NameIDFormat><NameIDFormat>${uris.nameId.transient}</NameIDFormat>`
  for (const [written, wanted] of [
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
    ['TRUE', false],
  ] as const) {
    const metadata = read(entity(role(key('idp') + formats + signOn, ` WantAuthnRequestsSigned="${written}"`)))
    assert.equal(metadata.wantAuthnRequestsSigned, wanted)
    assert.deepEqual(metadata.nameIdFormats, [uris.nameId.persistent, uris.nameId.transient])
  }
})

test('Metadata 2.2.1: an entityID has at most 1024 characters', () => {
  const entityId = `https://idp.example/${'x'.repeat(1004)}`
  assert.equal(read(least.replace('https://idp.example"', `${entityId}"`)).entityId, entityId)
})

test('Metadata 2.3.1: a group of one is that one', () => {
  assert.deepEqual(read(group(least)), read(least))
})

test('Metadata 2.3.1, 2.3.2, 2.4.1: the earliest validUntil counts, wherever it stands', () => {
  const until = (hour: number): string => ` validUntil="2026-03-01T${hour}:00:00Z"`
  const at = (outer: number, middle: number, inner: number): Date | undefined =>
    read(group(entity(role(key('idp') + signOn, until(inner)), until(middle)), until(outer))).validUntil
  assert.deepEqual([at(13, 14, 15), at(14, 13, 15), at(15, 14, 13)], Array(3).fill(new Date('2026-03-01T13:00:00Z')))
})

// As Entra ID and ADFS write it: a signature, roles of WS-Federation before those of SAML, and a service provider besides.
const federation = `<EntityDescriptor ID="_1" entityID="https://sts.windows.net/1/" xmlns="${namespaces.metadata}">
<Signature xmlns="${namespaces.signature}"><SignedInfo/><SignatureValue>x</SignatureValue></Signature>
<Extensions><alg:DigestMethod xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" Algorithm="x"/></Extensions>
<RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="${namespaces.schemaInstance}" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706">
${key('other-idp', 'signing')}<fed:ClaimTypesOffered><auth:ClaimType Uri="x" xmlns:auth="urn:x"><auth:DisplayName>Name</auth:DisplayName></auth:ClaimType></fed:ClaimTypesOffered>
</RoleDescriptor>
<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${namespaces.protocol}">${key('other-idp', 'signing')}
${endpoint('AssertionConsumerService', uris.binding.post, 'https://sp.example/acs', ' index="3" isDefault="true"')}
${endpoint('AssertionConsumerService', uris.binding.redirect, 'https://sp.example/acs2', ' index="4"')}</SPSSODescriptor>
<IDPSSODescriptor protocolSupportEnumeration="${namespaces.protocol}">
<Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:Logo height="1" width="1">javascript:alert(1)</mdui:Logo></mdui:UIInfo></Extensions>
${key('idp', 'signing')}${signOn}
<Attribute xmlns="${namespaces.assertion}" Name="mail"/></IDPSSODescriptor>
<Organization><OrganizationURL xml:lang="en">javascript:alert(1)</OrganizationURL></Organization><ContactPerson contactType="technical"/>
</EntityDescriptor>`

test('Metadata 2.3.2: both roles in one entity are told apart; other roles, extensions and organisations are passed over', () => {
  const identityProvider = read(federation)
  assert.equal(identityProvider.entityId, 'https://sts.windows.net/1/')
  assert.equal(subjects(identityProvider.signingCertificates), 'idp')
  const serviceProvider = readServiceProviderMetadata(federation, { now })
  assert.equal(subjects(serviceProvider.signingCertificates), 'other-idp')
  assert.deepEqual([serviceProvider.wantAssertionsSigned, serviceProvider.authnRequestsSigned], [true, false])
  assert.deepEqual(serviceProvider.assertionConsumerServices, [
    { binding: 'post', location: 'https://sp.example/acs', index: 3, isDefault: true },
    { binding: 'redirect', location: 'https://sp.example/acs2', index: 4, isDefault: false },
  ])
})

const located = (location: string): string =>
  entity(role(key('idp') + endpoint('SingleSignOnService', uris.binding.redirect, location)))
const certified = (certificate: string): string =>
  entity(role(`<KeyDescriptor>${keyInfo(certificate)}</KeyDescriptor>${signOn}`))
const valid = (text: string): string => ` validUntil="${text}"`

const refused: readonly (readonly [string, string | Uint8Array, string, RegExp])[] = [
  ['no XML', 'Not found', 'metadata-unreadable', /cannot be read: text outside/],
  ['a web page', '<!DOCTYPE html><html></html>', 'metadata-unreadable', /DOCTYPE/],
  [
    'a DOCTYPE with an entity',
    `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${least}`,
    'metadata-unreadable',
    /DOCTYPE/,
  ],
  ['another encoding', Buffer.from(least, 'utf16le'), 'metadata-unreadable', /cannot be read/],
  ['more than a megabyte', `${least}${' '.repeat(2 ** 20)}`, 'metadata-unreadable', /more than the 1048576/],
  ['another document', '<a/>', 'metadata-unreadable', /not SAML metadata: it begins with a of no namespace/],
  [
    'metadata of SAML 1.0',
    least.replace(namespaces.metadata, 'urn:x'),
    'metadata-unreadable',
    /EntityDescriptor of urn:x/,
  ],
  [
    'Metadata 2.3.1: two entities',
    group(least + least.replace('https://idp.example"', 'https://b.example"')),
    'metadata-several-entities',
    /2 entities \(https:\/\/idp.example, https:\/\/b.example\)/,
  ],
  ['Metadata 2.3.1: five entities', group(least.repeat(5)), 'metadata-several-entities', /idp.example\);/],
  ['Metadata 2.3.1: many entities', group(least.repeat(6)), 'metadata-several-entities', /6 entities .*…\)/],
  ['Metadata 2.3.1: none', group(''), 'metadata-several-entities', /0 entities;/],
  ['Metadata 2.3.1: groups in a group', group(group(least)), 'metadata-several-entities', /0 entities/],
  ['Metadata 2.3.1: a group beside the entity', group(least + group(least)), 'metadata-several-entities', /1 entities/],
  ['Metadata 2.4.3: no such role', entity(''), 'metadata-role-missing', /does not describe an identity provider/],
  ['Metadata 2.4.3: the role twice', entity(role(key('idp') + signOn).repeat(2)), 'metadata-role-missing', /twice/],
  [
    'Metadata 2.3.2: no entityID',
    least.replace(' entityID="https://idp.example"', ''),
    'metadata-entity-id',
    /entityID/,
  ],
  ['Metadata 2.3.2: an empty entityID', least.replace('https://idp.example"', '"'), 'metadata-entity-id', /entityID/],
  [
    'Metadata 2.2.1: an entityID of 1025 characters',
    least.replace('https://idp.example"', `${'x'.repeat(1025)}"`),
    'metadata-entity-id',
    /entityID/,
  ],
  [
    'Metadata 2.3.2: validUntil has passed',
    entity(role(key('idp') + signOn), valid('2026-03-01T12:00:00Z')),
    'metadata-expired',
    /valid until 2026-03-01T12:00:00Z/,
  ],
  [
    'Metadata 2.3.1: validUntil of the group has passed',
    group(least, valid('2025-01-01T00:00:00Z')),
    'metadata-expired',
    /2025/,
  ],
  [
    'Metadata 2.4.1: validUntil of the role has passed',
    entity(role(key('idp') + signOn, valid('2025-01-01T00:00:00Z'))),
    'metadata-expired',
    /2025/,
  ],
  [
    'Core 1.3.3: validUntil is no time in UTC',
    entity(role(key('idp') + signOn), valid('tomorrow')),
    'metadata-unreadable',
    /no time in UTC: tomorrow/,
  ],
  ['Metadata 2.4.3: no address', entity(role(key('idp'))), 'metadata-no-endpoint', /no sign-in address/],
  [
    'Metadata 2.4.3: only addresses that no browser can use',
    entity(role(key('idp') + endpoint('SingleSignOnService', uris.binding.soap, 'https://idp.example'))),
    'metadata-no-endpoint',
    /no sign-in address/,
  ],
  ['Metadata 2.4.1.1: no certificate', entity(role(signOn)), 'metadata-no-certificate', /no signing certificate/],
  [
    'Metadata 2.4.1.1: only one for encryption',
    entity(role(key('idp', 'encryption') + signOn)),
    'metadata-no-certificate',
    /no signing certificate/,
  ],
  [
    'Metadata 2.4.1.1: a key without certificate',
    entity(
      role(
        `<KeyDescriptor><ds:KeyInfo xmlns:ds="${namespaces.signature}"><ds:KeyName>x</ds:KeyName></ds:KeyInfo></KeyDescriptor>${signOn}`,
      ),
    ),
    'metadata-no-certificate',
    /no signing/,
  ],
  ['an unusable certificate', certified('AAAA'), 'metadata-certificate', /no X.509 certificate/],
  ['an empty certificate', certified(''), 'metadata-certificate', /neither PEM/],
  ['a certificate that a comment splits', certified(`<!-- -->${base64('idp')}`), 'metadata-certificate', /neither PEM/],
  [
    'an unusable certificate beside a usable one',
    entity(role(key('idp') + key('idp').replace(base64('idp'), 'AAAA') + signOn)),
    'metadata-certificate',
    /no X.509/,
  ],
  [
    'an address to answer to that is none',
    entity(
      role(
        key('idp') +
          endpoint(
            'SingleLogoutService',
            uris.binding.post,
            'https://a.example',
            ' ResponseLocation="javascript:alert(1)"',
          ) +
          signOn,
      ),
    ),
    'metadata-endpoint-url',
    /no http/,
  ],
]

for (const [requirement, xml, code, message] of refused) {
  test(`${requirement}: refused (${code})`, () => {
    assert.throws(
      () => read(xml),
      (error) => {
        assert.ok(error instanceof MetadataError)
        assert.equal(error.code, code)
        assert.match(error.message, message)
        assert.match(error.message, /^[A-Z]/)
        return true
      },
    )
  })
}

const addresses: readonly string[] = [
  ...[
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' java&#10;script:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
  ],
  ...['gopher://x', '//evil.example', '/sso', 'idp.example/sso', '', 'https://', 'https://idp.example/a b'],
  ...['https://idp.example/&#13;&#10;Set-Cookie: a=b', 'https://idp.example/&#9;a', 'https://idp&#10;.example/'],
]

for (const address of addresses) {
  test(`Metadata 2.2.2: ${JSON.stringify(address)} is no address to send a browser to`, () => {
    assert.throws(() => read(located(address)), { code: 'metadata-endpoint-url', message: /no http or https URL/ })
  })
}

test('Metadata 2.4.4: a service provider is asked for by its own name', () => {
  assert.throws(() => readServiceProviderMetadata(least, { now }), {
    code: 'metadata-role-missing',
    message: /does not describe a service provider/,
  })
})

test('Sallyport: a certificate is the one that is written, not one that looks like it', () => {
  const [certificate] = parseCertificates(readKey('idp.crt'))
  assert.equal(read(least).signingCertificates[0]?.fingerprint, certificate?.fingerprint)
})
