// Bad cases of encryption: what must not be decrypted, and what must not be believed although it could be decrypted. They
// are encrypted for keys/sp.key, so that the judge has what it takes to read them.

import { namespaces } from '../src/uris.ts'
import type { BadCase, BadCases } from './case.ts'
import { type Encryption, encryptAssertion, encrypted, encryptInstead } from './encrypt.ts'
import { evilAssertion, good, replace, signResponse, take, unsigned, wholeAssertion } from './one-change.ts'

const unreadable = ['assertion-readable']

// The assertion signed, then encrypted; `change` is what the attacker or a careless sender does to the message.
function encrypting(title: string, it: Encryption, change = (xml: string): string => xml): BadCase {
  return { title, failures: unreadable, decryptionKeys: ['sp.key'], make: () => change(encryptAssertion(good(), it)) }
}

// In a signed response, so that nothing but its content speaks against what is inside.
function holding(title: string, content: () => string): BadCase {
  return {
    title,
    failures: unreadable,
    decryptionKeys: ['sp.key'],
    make: () => signResponse(encryptInstead(unsigned(), content())),
  }
}

const changing = (from: string | RegExp, to: string) => (xml: string) => replace(xml, from, to)
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
const alone = (): string =>
  replace(take(good(), wholeAssertion), '<saml:Assertion ', `<saml:Assertion xmlns:saml="${namespaces.assertion}" `)
const contentUri = /(?<=EncryptedData [^>]*><xenc:EncryptionMethod Algorithm=")[^"]*/
const keyUri = /(?<=EncryptedKey [^>]*><xenc:EncryptionMethod Algorithm=")[^"]*/

const forms: BadCases = {
  'encrypted-key-by-rsa-1.5': encrypting(
    'RSA 1.5 key transport (Bleichenbacher)',
    {},
    changing(keyUri, `${namespaces.encryption}rsa-1_5`),
  ),
  'encrypted-by-triple-des': encrypting(
    'Triple DES',
    {},
    changing(contentUri, `${namespaces.encryption}tripledes-cbc`),
  ),
  'encrypted-by-cbc': encrypting('AES-CBC, which nobody allowed (Jager and Somorovsky 2011)', {
    content: 'aes256-cbc',
  }),
  'encrypted-by-nobody-knows': encrypting('An algorithm that nobody knows', {}, changing(contentUri, 'urn:x')),
  'encrypted-with-oaep-label': encrypting('A label in RSA-OAEP', { label: 'x' }),
  'encrypted-cipher-reference': encrypting(
    'The ciphertext is elsewhere',
    {},
    changing(
      /<xenc:CipherValue>[^<]*<\/xenc:CipherValue>(?=<\/xenc:CipherData><\/xenc:EncryptedData>)/,
      '<xenc:CipherReference URI="http://evil.example/x"/>',
    ),
  ),
  'encrypted-key-elsewhere': encrypting(
    'The key is elsewhere',
    { place: 'pointed' },
    changing('URI="#_key-sp"', 'URI="http://evil.example/key"'),
  ),
  'encrypted-nine-keys': encrypting('Nine keys', {}, (xml) => {
    const key = take(xml, /<xenc:EncryptedKey .*<\/xenc:EncryptedKey>/)
    return replace(xml, key, Array.from({ length: 9 }, (_, i) => key.replace('_key-sp', `_key-${i}`)).join(''))
  }),
  'encrypted-data-of-content': encrypting(
    'Encrypted content, not an element',
    {},
    changing('xmlenc#Element"', 'xmlenc#Content"'),
  ),
}

const ciphertexts: BadCases = {
  'encrypted-tag-cut-short': encrypting('An authentication tag of 12 bytes', {
    changeContent: (bytes) => bytes.subarray(0, -4),
  }),
  'encrypted-tag-changed': encrypting('A changed authentication tag', {
    changeContent: (bytes) => flipped(bytes, bytes.length - 1),
  }),
  'encrypted-start-changed': encrypting('A changed nonce', { changeContent: (bytes) => flipped(bytes, 0) }),
  'encrypted-text-changed': encrypting('A changed ciphertext', { changeContent: (bytes) => flipped(bytes, 100) }),
  'encrypted-key-changed': encrypting('A changed encrypted key', { changeKey: (bytes) => flipped(bytes, 255) }),
  'encrypted-for-another': encrypting('Encrypted for somebody else', { recipients: ['other-idp'] }),
}

const contents: BadCases = {
  'encrypted-unsigned': {
    title: 'Encrypted, and nothing is signed: anybody can do that (CVE-2026-2092)',
    failures: ['signature-present'],
    decryptionKeys: ['sp.key'],
    make: () => encryptAssertion(unsigned()),
  },
  'encrypted-evil-in-place-of-signed': {
    title: 'A signed response whose ciphertext was exchanged for another',
    failures: ['signature-digest'],
    decryptionKeys: ['sp.key'],
    make: () => {
      const signed = signResponse(encryptAssertion(unsigned()))
      const evil = encryptAssertion(replace(unsigned(), '>ada<', '>root<'))
      const part = /<saml:EncryptedAssertion>.*<\/saml:EncryptedAssertion>/s
      return replace(signed, part, take(evil, part))
    },
  },
  'encrypted-beside-plain': {
    title: 'An evil assertion in clear beside the encrypted one',
    failures: ['assertion-single'],
    decryptionKeys: ['sp.key'],
    make: () => replace(encryptAssertion(good()), '</samlp:Status>', `</samlp:Status>${evilAssertion()}`),
  },
  'two-encrypted': {
    title: 'Two encrypted assertions',
    failures: ['assertion-single'],
    decryptionKeys: ['sp.key'],
    make: () => {
      const xml = encryptAssertion(good())
      const part = take(xml, /<saml:EncryptedAssertion>.*<\/saml:EncryptedAssertion>/s)
      return replace(xml, part, part + part.replace('_key-sp', '_key-2'))
    },
  },
  'encrypted-twice': holding(
    'An assertion that is encrypted twice',
    () => `<saml:EncryptedAssertion>${encrypted(alone())}</saml:EncryptedAssertion>`,
  ),
  'encrypted-doctype': holding('A DOCTYPE inside', () => `<!DOCTYPE x>${alone()}`),
  'encrypted-two-roots': holding('Two assertions inside', () => alone() + alone().replace('"_assertion"', '"_second"')),
  'encrypted-assertion-in-advice': holding('An assertion inside that advises of another', () =>
    replace(alone(), '<saml:AuthnStatement ', `<saml:Advice>${evilAssertion()}</saml:Advice><saml:AuthnStatement `),
  ),
  'encrypted-duplicate-id': holding('The ID of the response once more inside', () =>
    alone().replaceAll('_assertion', '_response'),
  ),
  'encrypted-response': holding('A whole response inside', () => good().replace('"_response"', '"_inside"')),
  'encrypted-name': holding(
    'A NameID where an assertion belongs',
    () => `<saml:NameID xmlns:saml="${namespaces.assertion}">ada</saml:NameID>`,
  ),
  'encrypted-text': holding('Text inside', () => 'ada'),
  'encrypted-comment-in-name': holding('A comment in the NameID inside', () =>
    alone().replace('>ada<', '>ada<!-- -->.evil<'),
  ),
}

export const badEncryption: BadCases = { ...forms, ...ciphertexts, ...contents }
