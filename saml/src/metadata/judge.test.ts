import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { idp, now, replace, signerOf } from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { dangerouslyUnchecked } from '../report/checks.ts'
import { signXml } from '../signature/sign.ts'
import { judgeMetadata, type MetadataToJudge, type MetadataVerdict } from './judge.ts'
import { writeIdentityProviderMetadata } from './write.ts'

const certificates = parseCertificates(readKey('idp.crt'))
const unsigned = replace(
  writeIdentityProviderMetadata({
    entityId: idp,
    singleSignOn: [{ binding: 'redirect', location: 'https://idp.example/sso' }],
    signingCertificates: [readKey('other-idp.crt')],
    wantAuthnRequestsSigned: true,
  }),
  'entityID=',
  'ID="_metadata" entityID=',
)
const signed = signXml(unsigned, { id: '_metadata', signer: signerOf('idp') })
const grouped = (xml: string): string =>
  `<g:EntitiesDescriptor xmlns:g="urn:oasis:names:tc:SAML:2.0:metadata" ID="_group">${xml}</g:EntitiesDescriptor>`

function judge(message: string, change: Partial<MetadataToJudge> = {}): MetadataVerdict {
  return judgeMetadata({ message, now, certificates, expectedEntityId: idp, ...change })
}

function failures(verdict: MetadataVerdict): string[] {
  assert.equal(verdict.ok, verdict.metadata !== undefined)
  return verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
}

test('Metadata 3: signed metadata of the expected entity is taken', () => {
  for (const message of [
    signed,
    grouped(signed),
    signXml(grouped(unsigned), { id: '_group', signer: signerOf('idp') }),
  ]) {
    const verdict = judge(message)
    assert.deepEqual(failures(verdict), [])
    assert.equal(verdict.metadata?.entityId, idp)
    assert.equal(verdict.metadata.singleSignOn[0]?.location, 'https://idp.example/sso')
  }
})

test('Metadata 3: where certificates are given, metadata without a signature, or with another’s, is refused', () => {
  const foreign = signXml(unsigned, { id: '_metadata', signer: signerOf('other-idp') })
  const rows: readonly (readonly [message: string, code: string])[] = [
    [unsigned, 'signature-present'],
    [grouped(unsigned), 'signature-present'],
    [foreign, 'signature-key'],
    [signed.replace('https://idp.example/sso', 'https://evil.example/sso'), 'signature-digest'],
    [signXml(grouped(foreign), { id: '_group', signer: signerOf('idp') }), 'signature-key'],
  ]
  for (const [message, code] of rows) assert.deepEqual(failures(judge(message)), [code])
})

test('without certificates the signature is not checked, and the report says so', () => {
  const { checks } = judgeMetadata({ message: unsigned, now, expectedEntityId: dangerouslyUnchecked })
  const unchecked = checks.filter(({ outcome }) => outcome === 'not-checked').map(({ code }) => code)
  assert.deepEqual(unchecked, ['signature-present', 'metadata-entity-id'])
})

test('what cannot be used is refused with the code that says why', () => {
  const rows: readonly (readonly [message: string, code: string])[] = [
    ['<a', 'metadata-unreadable'],
    ['<a/>', 'metadata-unreadable'],
    [grouped(''), 'metadata-several-entities'],
    [replace(unsigned, /IDPSSODescriptor/g, 'SPSSODescriptor'), 'metadata-role-missing'],
    [replace(unsigned, / entityID="[^"]*"/, ''), 'metadata-entity-id'],
    [replace(unsigned, idp, 'https://other.example'), 'metadata-entity-id'],
    [replace(unsigned, 'ID=', 'validUntil="2026-01-01T00:00:00Z" ID='), 'metadata-expired'],
    [replace(unsigned, /<md:SingleSignOnService[^>]*><[^>]*>/, ''), 'metadata-no-endpoint'],
    [replace(unsigned, 'https://idp.example/sso', 'javascript:alert(1)'), 'metadata-endpoint-url'],
    [replace(unsigned, /<md:KeyDescriptor.*<\/md:KeyDescriptor>/, ''), 'metadata-no-certificate'],
    [replace(unsigned, 'X509Certificate>MII', 'X509Certificate>MIJ'), 'metadata-certificate'],
    [replace(unsigned, '<md:IDPSSODescriptor', '<md:IDPSSODescriptor ID="_metadata"'), 'id-unique'],
  ]
  for (const [message, code] of rows) {
    const { certificates: _, ...input } = { message, now, certificates, expectedEntityId: idp }
    assert.deepEqual(failures(judgeMetadata(input)), [code], message)
  }
})
