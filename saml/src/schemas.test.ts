// What we write is valid by the schemas of SAML 2.0, as xmllint reads them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readKey } from '../cases/case.ts'
import { acs, idp, now, signAssertion, signerOf, signResponse, sp, unsigned } from '../cases/one-change.ts'
import { writeIdentityProviderMetadata, writeResponse } from './identity-provider.ts'
import { signXml, uris, writeServiceProviderMetadata } from './index.ts'
import { writeAuthnRequest } from './messages/authn-request.ts'

const request = { id: '_request', issueInstant: now, issuer: sp, destination: idp }
const whole = { ...request, acsUrl: acs, forceAuthn: true, isPassive: true, nameIdFormat: uris.nameId.persistent }
const status = { code: uris.status.responder, subCode: uris.status.authnFailed, message: 'No.' }
const denied = writeResponse({ id: '_r', issueInstant: now, issuer: idp, destination: acs, status })
const attributes = [
  { name: 'a', nameFormat: uris.attributeName.uri, friendlyName: 'A', values: ['1', ''] },
  { name: 'b', values: [] },
]
const nameId = { value: 'ada', format: uris.nameId.persistent, nameQualifier: idp, spNameQualifier: sp }
const response = unsigned(
  {},
  { nameId, attributes, sessionNotOnOrAfter: now, authnContextClass: uris.authnContext.passwordProtectedTransport },
)
const endpoints = [
  { binding: 'redirect' as const, location: `${idp}?a=1&b=2`, responseLocation: acs },
  { binding: 'post' as const, location: idp },
  { binding: 'soap' as const, location: idp },
]
const signingCertificates = [readKey('idp.crt'), readKey('idp-ec.crt')]
const provider = {
  entityId: sp,
  acsUrl: acs,
  signingCertificates: [],
  authnRequestsSigned: false,
  wantAssertionsSigned: true,
}

const documents: Readonly<Record<'protocol' | 'metadata', readonly (readonly [string, string])[]>> = {
  protocol: [
    ['the least request', writeAuthnRequest(request)],
    [
      'a request with everything, signed',
      signXml(writeAuthnRequest(whole), { id: '_request', signer: signerOf('idp') }),
    ],
    ['an answer that says no', denied],
    ['a response', unsigned()],
    ['a response with everything, both signed', signResponse(signAssertion(response, signerOf('idp-ec')))],
    ['a response without attributes', unsigned({}, { attributes: [] })],
  ],
  metadata: [
    ['the least service provider', writeServiceProviderMetadata(provider)],
    [
      'a service provider with everything',
      writeServiceProviderMetadata({
        ...provider,
        signingCertificates,
        encryptionCertificates: signingCertificates,
        singleLogout: endpoints,
        nameIdFormats: Object.values(uris.nameId),
        validUntil: now,
      }),
    ],
    [
      'the least identity provider',
      writeIdentityProviderMetadata({
        entityId: idp,
        singleSignOn: endpoints.slice(1, 2),
        signingCertificates: [],
        wantAuthnRequestsSigned: false,
      }),
    ],
    [
      'an identity provider with everything',
      writeIdentityProviderMetadata({
        entityId: idp,
        singleSignOn: endpoints.slice(0, 2),
        singleLogout: endpoints,
        signingCertificates,
        nameIdFormats: Object.values(uris.nameId),
        wantAuthnRequestsSigned: true,
      }),
    ],
  ],
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

const installed = spawnSync('xmllint', ['--version']).error === undefined && existsSync(schemas) && existsSync(imported)
const skip = !installed && process.env.SALLYPORT_REQUIRE_PEERS !== '1' && 'xmllint or the schemas are not installed'

for (const [kind, list] of Object.entries(documents)) {
  test(`SAML schemas: what is written is valid (${kind})`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
    try {
      writeFileSync(join(folder, 'catalog.xml'), catalog)
      writeFileSync(join(folder, 'wrong.xml'), (list[0]?.[1] ?? '').replace(/(?<=<[^>]*) /, ' wrong="" '))
      const files = list.map(([, xml], i) => {
        writeFileSync(join(folder, `${i}.xml`), xml)
        return join(folder, `${i}.xml`)
      })
      const options = ['--nonet', '--noout', '--schema', join(schemas, `saml-schema-${kind}-2.0.xsd`)]
      const validate = (...names: readonly string[]) =>
        spawnSync('xmllint', [...options, ...names], {
          encoding: 'utf8',
          env: { ...process.env, XML_CATALOG_FILES: join(folder, 'catalog.xml') },
        })
      const { stderr, status: result } = validate(...files)
      for (const [i, [what]] of list.entries())
        assert.ok(stderr.includes(`${files[i]} validates`), `${what}: ${stderr}`)
      assert.equal(result, 0)
      assert.match(validate(join(folder, 'wrong.xml')).stderr, /fails to validate/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
