// EncryptedID and EncryptedAttribute in an assertion that a signature covers (Core 2.2.4, 2.7.3.2).

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { type Encryption, encryptAssertion, encrypted } from '../../cases/encrypt.ts'
import { expectations, replace, signAssertion, signResponse, take, unsigned } from '../../cases/one-change.ts'
import { judgeResponse, type ResponseToJudge, type ResponseVerdict } from '../messages/judge-response.ts'
import { namespaces } from '../uris.ts'

const sp = createPrivateKey(readKey('sp.key'))

function judge(message: string, change: Partial<ResponseToJudge> = {}): ResponseVerdict {
  return judgeResponse({ message, ...expectations, decryptionKeys: [sp], ...change })
}

const failures = (verdict: ResponseVerdict): string[] =>
  verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
const reason = (verdict: ResponseVerdict): string | undefined =>
  verdict.checks.find(({ code, outcome }) => code === 'assertion-readable' && outcome === 'failed')?.received

const nameId = take(unsigned(), /<saml:NameID.*<\/saml:NameID>/)
const attribute = take(unsigned(), /<saml:Attribute .*<\/saml:Attribute>/)
const declared = (xml: string): string => xml.replace(/ |>/, (end) => ` xmlns:saml="${namespaces.assertion}"${end}`)
const withName = (plain = declared(nameId), it?: Encryption): string =>
  replace(unsigned(), nameId, `<saml:EncryptedID>${encrypted(plain, it)}</saml:EncryptedID>`)
const withAttribute = (plain = declared(attribute), it?: Encryption): string =>
  replace(unsigned(), attribute, `<saml:EncryptedAttribute>${encrypted(plain, it)}</saml:EncryptedAttribute>`)

test('Core 2.2.4, 2.7.3.2: the claims are those of the same assertion in clear', () => {
  const { claims } = judge(signAssertion(unsigned()))
  for (const xml of [withName(), withAttribute(), withName(nameId), withAttribute(attribute)]) {
    for (const signed of [signAssertion(xml), signResponse(xml), signResponse(signAssertion(xml))]) {
      const verdict = judge(signed)
      assert.deepEqual(failures(verdict), [])
      assert.deepEqual(verdict.claims, claims)
      assert.deepEqual(verdict.unverified.attributeNames, ['email'])
    }
  }
})

test('Core 2.7.3.2: attributes in clear and encrypted ones are one list, in their order', () => {
  const other = attribute.replace('"email"', '"mobile"').replace('ada@example.org', '1')
  const more = attribute.replace('ada@example.org', 'ada@example.net')
  const part = (xml: string): string => `<saml:EncryptedAttribute>${encrypted(declared(xml))}</saml:EncryptedAttribute>`
  const xml = replace(unsigned(), attribute, part(other) + attribute + part(more)).replaceAll('Id="_key-sp"', '')
  assert.deepEqual(judge(signAssertion(xml)).claims?.attributes, [
    { name: 'mobile', values: ['1'] },
    { name: 'email', values: ['ada@example.org', 'ada@example.net'] },
  ])
})

test('Core 6.1: encrypted parts inside an encrypted assertion', () => {
  const verdict = judge(encryptAssertion(signAssertion(withName())))
  assert.deepEqual(failures(verdict), [])
  assert.equal(verdict.claims?.nameId?.value, 'ada')
})

test('Sallyport: a part is not opened before a signature covers it', () => {
  const changed = (xml: string): string => replace(signAssertion(xml), '"_session"', '"_other"')
  for (const xml of [withName(), changed(withName())]) {
    const verdict = judge(xml)
    assert.deepEqual([verdict.ok, verdict.unverified.subject, reason(verdict)], [false, undefined, undefined])
  }
  for (const xml of [withAttribute(), changed(withAttribute())]) {
    const verdict = judge(xml)
    assert.deepEqual([verdict.ok, verdict.unverified.attributeNames, reason(verdict)], [false, [], undefined])
  }
})

test('XML Encryption 1.1 §5.2.2: CBC in a part, where it is allowed', () => {
  const xml = signAssertion(withName(declared(nameId), { content: 'aes128-cbc' }))
  assert.deepEqual(failures(judge(xml)), ['assertion-readable'])
  assert.equal(judge(xml, { dangerouslyAllowCbc: true }).claims?.nameId?.value, 'ada')
})

const wrong: readonly (readonly [string, string, RegExp])[] = [
  [
    'Core 2.2.4: an attribute where the name belongs',
    withName(declared(attribute)),
    /EncryptedID: what it holds is not a sound NameID/,
  ],
  ['Core 2.7.3.2: a name where an attribute belongs', withAttribute(declared(nameId)), /not a sound Attribute/],
  ['Core 2.2.4: an element of nobody', withName('<a/>'), /not a sound NameID/],
  [
    'Core 2.2.4: an assertion as a name',
    withName(declared(take(unsigned(), /<saml:Assertion .*<\/saml:Assertion>/))),
    /not a sound NameID/,
  ],
  [
    'Core 2.2.4: a name that is encrypted twice',
    withName(declared(`<saml:EncryptedID>${encrypted('x')}</saml:EncryptedID>`)),
    /not a sound NameID/,
  ],
  [
    'VU#475445: a comment in the name',
    withName(declared(nameId.replace('>ada<', '>ada<!-- -->.evil<'))),
    /not a sound NameID/,
  ],
  [
    'Core 2.2.4: an element in the name',
    withName(declared(nameId.replace('>ada<', '><a/>ada<'))),
    /not a sound NameID/,
  ],
  [
    'Core 2.7.3.1: an attribute without name',
    withAttribute(declared(attribute.replace(' Name="email"', ''))),
    /not a sound Attribute/,
  ],
  ['Sallyport: a DOCTYPE', withName(`<!DOCTYPE x>${declared(nameId)}`), /EncryptedID: none of our keys/],
  [
    'Sallyport: for somebody else',
    withName(declared(nameId), { recipients: ['other-idp'] }),
    /EncryptedID: none of our keys/,
  ],
  ['XML Encryption 1.1 §5.5.2: with a label', withName(declared(nameId), { label: 'x' }), /EncryptedID: OAEPparams/],
  [
    'XML Encryption 1.1 §3.1: nothing in it',
    replace(unsigned(), attribute, '<saml:EncryptedAttribute/>'),
    /EncryptedAttribute: no EncryptedData/,
  ],
]

for (const [requirement, xml, received] of wrong) {
  test(`${requirement}: refused`, () => {
    const verdict = judge(signAssertion(xml))
    assert.deepEqual(failures(verdict), ['assertion-readable'])
    assert.match(reason(verdict) ?? '', received)
  })
}

test('Core 2.4.1: an empty name inside is an empty name', () => {
  assert.deepEqual(failures(judge(signAssertion(withName(declared(nameId.replace('>ada<', '> <')))))), ['subject'])
})

test('Core 2.4.1: a name in clear beside the encrypted one', () => {
  const xml = replace(withName(), '</saml:EncryptedID>', `</saml:EncryptedID>${nameId.replace('>ada<', '>root<')}`)
  const verdict = judge(signAssertion(xml))
  assert.ok(failures(verdict).includes('structure') && !verdict.ok)
})

test('Sallyport: without a key, an assertion with encrypted parts is refused and says so', () => {
  const verdict = judge(signAssertion(withAttribute()), { decryptionKeys: [] })
  assert.equal(reason(verdict), 'EncryptedAttribute: encrypted, and there is no key to decrypt it')
})
