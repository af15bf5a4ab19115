// The sound messages that mutants are made of, and what an attacker has besides: elements of their own making, encrypted
// ones too (everybody has the recipient's public key), and what the identity provider signed for others.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCases, readKey } from '../cases/case.ts'
import {
  acs,
  hmacWithCertificate,
  idp,
  now,
  replace,
  signAssertion,
  signerOf,
  signInfoAgain,
  signResponse,
  sp,
  take,
  unsigned,
} from '../cases/one-change.ts'
import { parseCertificates } from '../src/certificates/certificate.ts'
import { judgeResponse, type ResponseToJudge } from '../src/messages/judge-response.ts'
import { signXml } from '../src/signature/sign.ts'
import { namespaces } from '../src/uris.ts'
import type { Material } from './mutation.ts'

export type Base = {
  readonly name: string
  readonly xml: string
  /** How it is judged, and all its mutants. */
  readonly input: Omit<ResponseToJudge, 'message'>
}

const ours: Base['input'] = {
  now,
  certificates: parseCertificates(readKey('idp.crt')),
  expectedIssuer: idp,
  expectedAudience: sp,
  expectedRecipient: acs,
  expectedInResponseTo: '_request',
}

export const encryptedNames = [
  'assertion-signed',
  'response-signed',
  'both-signed',
  'name-id',
  'attribute',
  'cbc',
] as const

function encrypted(name: string): string {
  return readFileSync(join(import.meta.dirname, 'encrypted', `${name}.xml`), 'utf8')
}

function ownBases(): Base[] {
  const ec = { ...ours, certificates: parseCertificates(readKey('idp-ec.crt')) }
  const decryption = { decryptionKeys: [createPrivateKey(readKey('other-idp.key'))], dangerouslyAllowCbc: true }
  return [
    { name: 'assertion', xml: signAssertion(unsigned()), input: ours },
    { name: 'response', xml: signResponse(unsigned()), input: ours },
    { name: 'both', xml: signResponse(signAssertion(unsigned())), input: ours },
    {
      name: 'both, by ECDSA',
      xml: signResponse(signAssertion(unsigned(), signerOf('idp-ec')), signerOf('idp-ec')),
      input: ec,
    },
    ...encryptedNames.map((name) => ({
      name: `encrypted: ${name}`,
      xml: encrypted(name),
      input: { ...ours, ...decryption },
    })),
  ]
}

function recordedBases(): Base[] {
  return readCases('good').map(({ name, case: it, message }) => ({
    name,
    xml: message.toString('utf8'),
    input: {
      now: new Date(it.now),
      certificates: it.certificates.flatMap((pem) => parseCertificates(pem)),
      expectedIssuer: it.issuer,
      expectedAudience: it.audience,
      expectedRecipient: it.acsUrl,
      expectedInResponseTo: it.inResponseTo,
      decryptionKeys: (it.decryptionKeys ?? []).map((pem) => createPrivateKey(pem)),
    },
  }))
}

/** Each is accepted as it is; otherwise nothing that is found out about its mutants would mean anything. */
export function bases(): Base[] {
  const all = [...ownBases(), ...recordedBases()]
  for (const { name, xml, input } of all) {
    const { checks, ok } = judgeResponse({ ...input, message: xml })
    assert.ok(ok, `${name}: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ code }) => code)}`)
  }
  return all
}

const wholeAssertion = /<saml:Assertion .*<\/saml:Assertion>/s
const rootsNamespaces = (xml: string): string =>
  xml.replace(/^<(saml:\w+)/, `<$1 xmlns:saml="${namespaces.assertion}" xmlns:samlp="${namespaces.protocol}"`)

export function material(): Material {
  const evil = unsigned({ id: '_evil_response' }, { id: '_evil', nameId: { value: 'root' } })
  const sameId = unsigned({}, { nameId: { value: 'root' } })
  // For somebody else, at another service provider, by the right key: whoever runs that one has them.
  const elsewhere = { audience: 'https://other.example', recipient: 'https://other.example/acs' }
  const stolen = signAssertion(unsigned({}, { ...elsewhere, nameId: { value: 'root' } }))
  const stolenNow = signAssertion(unsigned({}, { inResponseTo: '_other', nameId: { value: 'root' } }))
  const hmac = signInfoAgain(
    replace(signAssertion(sameId), /xmldsig-more#rsa-sha256/, 'xmldsig-more#hmac-sha256'),
    hmacWithCertificate,
  )
  const texts = [
    take(evil, wholeAssertion),
    take(sameId, wholeAssertion),
    take(signAssertion(sameId, signerOf('other-idp')), wholeAssertion),
    take(stolen, wholeAssertion),
    take(stolenNow, wholeAssertion),
    take(hmac, wholeAssertion),
    take(stolen, /<ds:Signature .*<\/ds:Signature>/s),
    take(evil, /<saml:Subject>.*<\/saml:Subject>/s),
    take(evil, /<saml:NameID.*?<\/saml:NameID>/s),
    take(evil, /<saml:Conditions.*<\/saml:Conditions>/s),
    take(evil, /<saml:AttributeStatement.*<\/saml:AttributeStatement>/s).replace('ada@', 'root@'),
    take(evil, /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/s),
    take(encrypted('evil-assertion'), /<saml:EncryptedAssertion>.*<\/saml:EncryptedAssertion>/s),
    take(encrypted('evil-name-id'), /<saml:EncryptedID>.*<\/saml:EncryptedID>/s),
  ]
  return {
    elements: [
      ...texts.map(rootsNamespaces),
      evil,
      signXml(evil, { id: '_evil_response', signer: signerOf('other-idp') }),
    ],
  }
}
