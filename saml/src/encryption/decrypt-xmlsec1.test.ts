// What xmlsec1 encrypts is decrypted. `SALLYPORT_WRITE_CASES=1` writes its documents, and some in forms that xmlsec1 does
// not know, into saml/cases/good/encrypted, where they are judged without it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Case, casesFolder, readKey } from '../../cases/case.ts'
import { encryptAssertion, encrypted } from '../../cases/encrypt.ts'
import {
  acs,
  expectations,
  good,
  idp,
  now,
  replace,
  signAssertion,
  signResponse,
  sp,
  take,
  unsigned,
} from '../../cases/one-change.ts'
import { judgeResponse } from '../messages/judge-response.ts'
import { namespaces } from '../uris.ts'

const enc = namespaces.encryption

// EncryptedData with empty values, for xmlsec1 to fill.
const template = (content: string): string => `<xenc:EncryptedData xmlns:xenc="${enc}" Type="${enc}Element">
<xenc:EncryptionMethod Algorithm="${content}"/><ds:KeyInfo xmlns:ds="${namespaces.signature}"><xenc:EncryptedKey>
<xenc:EncryptionMethod Algorithm="${enc}rsa-oaep-mgf1p"><ds:DigestMethod Algorithm="${namespaces.signature}sha1"/></xenc:EncryptionMethod>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>
<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>`

// Puts EncryptedData in the place of the one element of that local name; prefixes stay declared where they are.
function encryptByXmlsec1(xml: string, local: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    const [data, form] = [join(folder, 'data.xml'), join(folder, 'template.xml')]
    writeFileSync(data, xml)
    writeFileSync(form, template(content))
    const keys = [
      '--pubkey-cert-pem',
      join(casesFolder, 'keys/sp.crt'),
      '--session-key',
      content.replace(/.*(aes)(\d+).*/, '$1-$2'),
    ]
    const node = ['--node-xpath', `//*[local-name()='${local}']`]
    const { stdout, stderr, status } = spawnSync('xmlsec1', ['--encrypt', ...keys, '--xml-data', data, ...node, form], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
    return stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const enclosed = (xml: string, element: RegExp, by: string): string =>
  replace(xml, element, `<saml:${by}>${take(xml, element)}</saml:${by}>`)
const whole = (xml: string): string => enclosed(xml, /<saml:Assertion .*<\/saml:Assertion>/s, 'EncryptedAssertion')
const named = (xml: string): string => enclosed(xml, /<saml:NameID.*<\/saml:NameID>/, 'EncryptedID')
const attributed = (xml: string): string => enclosed(xml, /<saml:Attribute .*<\/saml:Attribute>/, 'EncryptedAttribute')

const gcm128 = `${namespaces.encryption11}aes128-gcm`
const gcm256 = `${namespaces.encryption11}aes256-gcm`
const byXmlsec1: Readonly<Record<string, () => string>> = {
  'xmlsec1-aes128-gcm': () => encryptByXmlsec1(whole(good()), 'Assertion', gcm128),
  'xmlsec1-aes256-gcm': () => encryptByXmlsec1(whole(good()), 'Assertion', gcm256),
  'xmlsec1-signed-outside': () => signResponse(encryptByXmlsec1(whole(unsigned()), 'Assertion', gcm256)),
  'xmlsec1-signed-twice': () => signResponse(encryptByXmlsec1(whole(good()), 'Assertion', gcm128)),
  'xmlsec1-encrypted-id': () => signAssertion(encryptByXmlsec1(named(unsigned()), 'NameID', gcm128)),
  'xmlsec1-encrypted-attribute': () => signAssertion(encryptByXmlsec1(attributed(unsigned()), 'Attribute', gcm256)),
}
// RSA-OAEP with SHA-256 came to xmlsec1 only in its version 1.3.
const bySallyport: Readonly<Record<string, () => string>> = {
  'oaep-sha256': () => encryptAssertion(good(), { digest: 'sha256' }),
  'oaep-sha256-mask-sha256': () => encryptAssertion(good(), { digest: 'sha256', mask: 'sha256' }),
  'oaep-sha1-mask-sha256': () => encryptAssertion(good(), { digest: 'sha1', mask: 'sha256' }),
  'key-beside': () => encryptAssertion(good(), { place: 'beside' }),
  'key-pointed-to': () => encryptAssertion(good(), { place: 'pointed' }),
  'several-recipients': () => encryptAssertion(good(), { recipients: ['other-idp', 'sp'], place: 'pointed' }),
  'prefixes-outside': () => encryptAssertion(good(), { declare: false }),
  'everything-encrypted': () => {
    const name = /<saml:NameID.*<\/saml:NameID>/
    const part = `<saml:EncryptedID>${encrypted(take(unsigned(), name))}</saml:EncryptedID>`
    return encryptAssertion(signAssertion(replace(unsigned(), name, part)))
  },
}

const missing = spawnSync('xmlsec1', ['--version']).error !== undefined && process.env.SALLYPORT_REQUIRE_PEERS !== '1'
const skip = missing && 'xmlsec1 is not installed'
const decryptionKeys = [createPrivateKey(readKey('sp.key'))]

function judge(message: string, dangerouslyAllowCbc = false) {
  return judgeResponse({ message, ...expectations, decryptionKeys, dangerouslyAllowCbc })
}

for (const [name, make] of [...Object.entries(byXmlsec1), ...Object.entries(bySallyport)]) {
  test(`Core 6.1: what is encrypted is read (${name})`, { skip: name in byXmlsec1 && skip }, () => {
    const xml = make()
    const verdict = judge(xml)
    assert.deepEqual(
      verdict.checks.filter(({ outcome }) => outcome !== 'passed'),
      [],
    )
    assert.deepEqual(verdict.claims?.nameId?.value, 'ada')
    assert.deepEqual(verdict.claims?.attributes, [{ name: 'email', values: ['ada@example.org'] }])
    if (process.env.SALLYPORT_WRITE_CASES === '1') writeCase(name, xml)
  })
}

for (const bits of [128, 256]) {
  test(`XML Encryption 1.1 §5.2.2: what xmlsec1 encrypts by AES-${bits}-CBC is read where that is allowed`, {
    skip,
  }, () => {
    const xml = encryptByXmlsec1(whole(good()), 'Assertion', `${enc}aes${bits}-cbc`)
    assert.equal(judge(xml).ok, false)
    assert.equal(judge(xml, true).claims?.nameId?.value, 'ada')
  })
}

test('XML Encryption 1.1: xmlsec1 decrypts what our tests encrypt', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  try {
    const file = join(folder, 'encrypted.xml')
    for (const content of ['aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc'] as const) {
      writeFileSync(file, encryptAssertion(good(), { content }))
      const { stdout, stderr } = spawnSync(
        'xmlsec1',
        ['--decrypt', '--privkey-pem', join(casesFolder, 'keys/sp.key'), file],
        {
          encoding: 'utf8',
        },
      )
      assert.match(stdout, />ada</, stderr)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function writeCase(name: string, xml: string): void {
  const folder = join(casesFolder, 'good', 'encrypted', name)
  const described: Case = {
    title: `Encrypted: ${name.replaceAll('-', ' ')}`,
    kind: 'response',
    certificates: [readKey('idp.crt')],
    decryptionKeys: [readKey('sp.key')],
    issuer: idp,
    audience: sp,
    acsUrl: acs,
    inResponseTo: '_request',
    now: now.toISOString(),
    expect: {
      subject: { value: 'ada', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      attributes: { email: ['ada@example.org'] },
      sessionIndex: '_session',
    },
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'case.json'), `${JSON.stringify(described, null, 2)}\n`)
  writeFileSync(join(folder, 'response.xml'), xml)
}
