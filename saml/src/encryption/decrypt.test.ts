// Responses whose assertion is encrypted: what is taken, what is refused, and what a refusal may not tell.

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readKey } from '../../cases/case.ts'
import {
  bytesFor,
  type ContentAlgorithm,
  type Encryption,
  encipher,
  encryptAssertion,
  encryptInstead,
  rsa,
} from '../../cases/encrypt.ts'
import {
  expectations,
  good,
  replace,
  resigned,
  signAssertion,
  signerOf,
  signResponse,
  take,
  unsigned,
  wholeAssertion,
} from '../../cases/one-change.ts'
import { judgeResponse, type ResponseToJudge, type ResponseVerdict } from '../messages/judge-response.ts'
import { namespaces } from '../uris.ts'

const sp = createPrivateKey(readKey('sp.key'))
const strangers = ['idp.key', 'other-idp.key'].map((name) => createPrivateKey(readKey(name)))

function judge(message: string, change: Partial<ResponseToJudge> = {}): ResponseVerdict {
  const verdict = judgeResponse({ message, ...expectations, decryptionKeys: [sp], ...change })
  assert.equal(verdict.claims !== undefined, verdict.ok)
  return verdict
}

const failures = (verdict: ResponseVerdict): string[] =>
  verdict.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
const reason = (verdict: ResponseVerdict): string | undefined =>
  verdict.checks.find(({ code, outcome }) => code === 'assertion-readable' && outcome === 'failed')?.received

const contents: readonly ContentAlgorithm[] = ['aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc']
const places = ['inside', 'beside', 'pointed'] as const
const hashes = [undefined, 'sha1', 'sha256'] as const

for (const content of contents) {
  test(`Core 6.1: an assertion encrypted by ${content}, its key by any RSA-OAEP, wherever the key stands`, () => {
    const dangerouslyAllowCbc = content.endsWith('cbc')
    for (const place of places) {
      for (const digest of hashes) {
        for (const mask of hashes) {
          const it = { content, place, ...(digest && { digest }), ...(mask && { mask }) }
          const verdict = judge(encryptAssertion(good(), it), { dangerouslyAllowCbc })
          assert.deepEqual(failures(verdict), [], JSON.stringify(it))
          assert.equal(verdict.claims?.nameId?.value, 'ada')
        }
      }
    }
  })
}

const inner = encryptAssertion(good())
const outer = signResponse(encryptAssertion(unsigned()))
const both = signResponse(inner)

test('Core 5.3: the signature may be inside, outside or both; the claims are the same', () => {
  const { claims } = judge(good())
  for (const message of [inner, outer, both]) assert.deepEqual(judge(message).claims, claims)
})

test('Core 5.3: requireSigned counts the signature inside as the one of the assertion', () => {
  const verdicts = (requireSigned: 'assertion' | 'response' | 'both'): boolean[] =>
    [inner, outer, both].map((message) => judge(message, { requireSigned }).ok)
  assert.deepEqual(verdicts('assertion'), [true, false, true])
  assert.deepEqual(verdicts('response'), [false, true, true])
  assert.deepEqual(verdicts('both'), [false, false, true])
})

test('Core 5.3: encrypted and nothing signed is refused, whatever the cipher (CVE-2026-2092)', () => {
  const message = encryptAssertion(unsigned())
  assert.deepEqual(failures(judge(message)), ['signature-present'])
  for (const requireSigned of ['any', 'assertion', 'response', 'both'] as const) {
    assert.equal(judge(message, { requireSigned }).ok, false)
  }
  const cbc = encryptAssertion(unsigned(), { content: 'aes128-cbc' })
  assert.deepEqual(failures(judge(cbc, { dangerouslyAllowCbc: true })), ['assertion-readable'])
})

test('Core 5.3: a signature inside by another key, and one of changed content, are seen after decryption', () => {
  const stranger = encryptAssertion(signAssertion(unsigned(), signerOf('other-idp')))
  assert.deepEqual(failures(judge(stranger)), ['signature-key'])
  assert.deepEqual(failures(judge(signResponse(stranger))), ['signature-key'])
  assert.deepEqual(failures(judge(encryptAssertion(replace(good(), '>ada<', '>eve<')))), ['signature-digest'])
})

test('Core 5.4.2: a Reference inside must name the assertion inside', () => {
  const foreign = encryptAssertion(resigned(replace(good(), 'URI="#_assertion"', 'URI="#_response"')))
  assert.deepEqual(failures(judge(foreign)), ['signature-reference'])
})

test('Profiles 4.1.4.2: what was decrypted is checked like everything else', () => {
  const wrong = unsigned({}, { audience: 'https://other.example', inResponseTo: '_other' })
  assert.deepEqual(failures(judge(encryptAssertion(signAssertion(wrong)))), ['in-response-to', 'audience'])
})

// Keys.

test('Sallyport: of several decryption keys any may be the one, also the last', () => {
  assert.ok(judge(inner, { decryptionKeys: [...strangers, sp] }).ok)
  assert.ok(judge(inner, { decryptionKeys: [sp, ...strangers] }).ok)
  assert.ok(judge(inner, { decryptionKeys: [createPrivateKey(readKey('idp-ec.key')), sp] }).ok)
})

test('XML Encryption 1.1 §3.5: of several EncryptedKeys any may be for us, also the last', () => {
  for (const recipients of [
    ['idp', 'other-idp', 'sp'],
    ['sp', 'idp'],
    ['sp', 'sp'],
  ]) {
    for (const place of places) {
      const verdict = judge(encryptAssertion(good(), { recipients, place }))
      // The same name twice is the same Id twice.
      assert.deepEqual(failures(verdict), new Set(recipients).size < recipients.length ? ['id-unique'] : [])
    }
  }
})

test('Sallyport: without a key it is said that there is none; with the wrong ones, that none decrypts it', () => {
  for (const decryptionKeys of [undefined, [], [createPrivateKey(readKey('idp-ec.key'))]]) {
    const verdict = judge(inner, decryptionKeys === undefined ? { decryptionKeys: [] } : { decryptionKeys })
    assert.deepEqual(failures(verdict), ['assertion-readable'])
    assert.equal(reason(verdict), 'encrypted, and there is no key to decrypt it')
  }
  const verdict = judge(inner, { decryptionKeys: strangers })
  assert.equal(reason(verdict), 'none of our keys decrypts it')
})

// Namespaces.

const prefixed = encryptAssertion(signAssertion(unsigned()), { declare: false })

test('XML Encryption 1.1 §4.5.2: prefixes may be declared outside of what was encrypted only', () => {
  assert.ok(judge(prefixed).ok)
  const onPart = replace(
    replace(prefixed, ` xmlns:saml="${namespaces.assertion}"`, ''),
    '<saml:EncryptedAssertion>',
    `<saml:EncryptedAssertion xmlns:saml="${namespaces.assertion}">`,
  ).replace('<saml:Issuer>', `<saml:Issuer xmlns:saml="${namespaces.assertion}">`)
  assert.ok(judge(onPart).ok)
})

test('XML Encryption 1.1 §4.5.2: a prefix that stands for something else there is something else', () => {
  const other = replace(
    prefixed,
    '<saml:EncryptedAssertion>',
    '<s:EncryptedAssertion xmlns:saml="urn:x" xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion">',
  ).replace('</saml:EncryptedAssertion>', '</s:EncryptedAssertion>')
  assert.deepEqual(failures(judge(other)), ['assertion-readable'])
  const nowhere = encryptAssertion(good(), { declare: false })
    .replaceAll('saml:', 's:')
    .replaceAll('xmlns:saml=', 'xmlns:s=')
  assert.deepEqual(failures(judge(nowhere)), ['assertion-readable'])
})

// GCM: every byte counts.

const flip = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes)
  const place = at < 0 ? bytes.length + at : at
  copy[place] = (copy[place] ?? 0) ^ 0x40
  return copy
}
const changes: readonly (readonly [string, Encryption])[] = [
  ['the nonce', { changeContent: flip(0) }],
  ['the first byte of the text', { changeContent: flip(12) }],
  ['the last byte of the text', { changeContent: flip(-17) }],
  ['the first byte of the tag', { changeContent: flip(-16) }],
  ['the last byte of the tag', { changeContent: flip(-1) }],
  ['the tag cut to 12 bytes', { changeContent: (bytes) => bytes.subarray(0, -4) }],
  ['the tag cut to 4 bytes', { changeContent: (bytes) => bytes.subarray(0, -12) }],
  ['the tag taken away', { changeContent: (bytes) => bytes.subarray(0, -16) }],
  ['the tag twice', { changeContent: (bytes) => Buffer.concat([bytes, bytes.subarray(-16)]) }],
  ['all but the nonce taken away', { changeContent: (bytes) => bytes.subarray(0, 12) }],
  ['all but a byte taken away', { changeContent: (bytes) => bytes.subarray(0, 1) }],
  ['the text taken away', { changeContent: (bytes) => Buffer.concat([bytes.subarray(0, 12), bytes.subarray(-16)]) }],
  ['the key', { changeKey: flip(200) }],
  ['the key cut', { changeKey: (bytes) => bytes.subarray(1) }],
  ['a key that is too short for the cipher', { contentKey: bytesFor('short', 16), content: 'aes128-gcm' }],
]

for (const [what, it] of changes) {
  test(`XML Encryption 1.1 §5.2.4: ${what}: refused, without a reason`, () => {
    const other = it.content === undefined ? {} : { content: 'aes256-gcm' as const }
    const relabelled = (xml: string): string => ('content' in other ? xml.replace('aes128-gcm', 'aes256-gcm') : xml)
    for (const message of [
      relabelled(encryptAssertion(good(), it)),
      signResponse(relabelled(encryptAssertion(unsigned(), it))),
    ]) {
      const verdict = judge(message)
      assert.deepEqual(failures(verdict), ['assertion-readable'])
      assert.equal(reason(verdict), 'none of our keys decrypts it')
      assert.deepEqual(verdict.unverified.attributeNames, [])
    }
  })
}

// CBC: no integrity, so one answer.

test('XML Encryption 1.1 §5.2.2: CBC is refused where nobody allowed it, before a key is used', () => {
  const message = encryptAssertion(good(), { content: 'aes128-cbc' })
  for (const change of [{}, { dangerouslyAllowCbc: false }, { decryptionKeys: strangers }]) {
    assert.equal(reason(judge(message, change)), 'the algorithm aes-128-cbc, which this connection does not allow')
  }
})

const cbc = (xml: string, it: Encryption = {}): string => encryptAssertion(xml, { content: 'aes256-cbc', ...it })
const instead = (plain: string | Buffer): string => encryptInstead(unsigned(), plain, { content: 'aes256-cbc' })
const alone = replace(
  take(unsigned(), wholeAssertion),
  '<saml:Assertion ',
  `<saml:Assertion xmlns:saml="${namespaces.assertion}" `,
)
const contentKey = bytesFor('cbc', 32)
// Encrypted block by block as it is, so that the padding is the attacker's.
const padded = (end: readonly number[]): string =>
  cbc(unsigned(), {
    contentKey,
    changeContent: () => {
      const plain = Buffer.from(alone)
      const filled = Buffer.concat([
        plain,
        Buffer.alloc((16 - ((plain.length + end.length) % 16)) % 16, 32),
        Buffer.from(end),
      ])
      return encipher(filled, 'aes256-cbc', contentKey).subarray(0, 16 + filled.length)
    },
  })

// A sound assertion, then blanks, and a last byte that says how many of them are padding.
const blankPadded = (count: number, total: number): string =>
  cbc(good(), {
    contentKey,
    changeContent: () => {
      const text = good().slice(good().indexOf('<saml:Assertion '), good().indexOf('</samlp:Response>'))
      const plain = Buffer.from(
        text
          .replace('<saml:Assertion ', `<saml:Assertion xmlns:saml="${namespaces.assertion}" `)
          .concat(' '.repeat(total)),
      )
      const filled = Buffer.concat([plain, Buffer.alloc(15 - (plain.length % 16), 32), Buffer.from([count])])
      return encipher(filled, 'aes256-cbc', contentKey).subarray(0, 16 + filled.length)
    },
  })

test('XML Encryption 1.1 §5.2.2: a padding is of 1 to 16 bytes, whatever they are; another is none', () => {
  const verdicts = [0, 1, 16, 17, 33, 255].map(
    (count) => judge(blankPadded(count, 300), { dangerouslyAllowCbc: true }).ok,
  )
  assert.deepEqual(verdicts, [false, true, true, false, false, false])
})

const manipulations: readonly (readonly [string, string])[] = [
  ['a sound assertion that nothing signs', cbc(unsigned())],
  ['a sound assertion signed by another key', cbc(signAssertion(unsigned(), signerOf('other-idp')))],
  ['a signed assertion that was changed', cbc(replace(good(), '>ada<', '>eve<'))],
  [
    'another issuer, audience and time, unsigned',
    cbc(unsigned({}, { issuer: 'x', audience: 'x', notOnOrAfter: new Date(0) })),
  ],
  ['another version', instead(alone.replace('"2.0"', '"3.0"'))],
  ['a changed start', cbc(good(), { changeContent: flip(0) })],
  ['a changed block', cbc(good(), { changeContent: flip(100) })],
  ['a changed last block', cbc(good(), { changeContent: flip(-1) })],
  ['a changed last block but one: another padding', cbc(good(), { changeContent: flip(-17) })],
  ['a padding of 0', padded([0])],
  ['a padding of 1', padded([1])],
  ['a padding of 17', padded([17])],
  ['a padding of 255', padded([255])],
  ['a padding with other bytes', padded([9, 8, 7, 4])],
  ['no text at all', cbc(good(), { changeContent: (bytes) => bytes.subarray(0, 16) })],
  ['half a block', cbc(good(), { changeContent: (bytes) => bytes.subarray(0, -8) })],
  ['a block less', cbc(good(), { changeContent: (bytes) => bytes.subarray(0, -16) })],
  ['a block more', cbc(good(), { changeContent: (bytes) => Buffer.concat([bytes, bytes.subarray(0, 16)]) })],
  ['an empty text', instead('')],
  ['text', instead('ada')],
  ['a broken element', instead('<a')],
  ['an undeclared prefix', instead('<x:a/>')],
  ['bytes that are not UTF-8', instead(Buffer.from([0xff, 0xfe, 0xfd]))],
  ['a DOCTYPE', instead(`<!DOCTYPE x>${alone}`)],
  ['two roots', instead(alone + alone)],
  ['another element', instead(`<saml:NameID xmlns:saml="${namespaces.assertion}">ada</saml:NameID>`)],
  ['a whole response', instead(good())],
  ['an assertion out of shape', instead(alone.replace('</saml:Issuer>', '</saml:Issuer><saml:x/>'))],
  [
    'an assertion in an assertion',
    instead(alone.replace('<saml:AuthnStatement ', `<saml:Advice>${alone}</saml:Advice><saml:AuthnStatement `)),
  ],
  ['an ID that stands outside too', instead(alone.replace('"_assertion"', '"_response"'))],
  ['an EncryptedAssertion', instead(take(cbc(unsigned()), /<saml:EncryptedAssertion>.*<\/saml:EncryptedAssertion>/))],
  ['a changed key', cbc(good(), { changeKey: flip(9) })],
  ['a key for somebody else', cbc(good(), { recipients: ['other-idp'] })],
  ['a key of another length', encryptAssertion(good(), { content: 'aes128-cbc' }).replace('aes128-cbc', 'aes256-cbc')],
  ['a key in a padding of zeros', cbc(good(), { changeKey: () => rsa(Buffer.alloc(256)) })],
  ['a key that is too large a number', cbc(good(), { changeKey: () => Buffer.alloc(256, 255) })],
  [
    'what was encrypted by GCM, relabelled',
    encryptAssertion(good(), {
      content: 'aes256-gcm',
      changeContent: (bytes) => bytes.subarray(0, bytes.length - (bytes.length % 16)),
    }).replace('http://www.w3.org/2009/xmlenc11#aes256-gcm', `${namespaces.encryption}aes256-cbc`),
  ],
]

test('XML Encryption 1.1 §5.2.2: behind CBC every manipulation has the very same answer (Jager and Somorovsky 2011)', () => {
  const change = { dangerouslyAllowCbc: true }
  const [, first] = manipulations[0] ?? assert.fail()
  const expected = judge(first, change)
  assert.deepEqual(failures(expected), ['assertion-readable'])
  for (const [what, message] of manipulations) {
    assert.deepEqual(judge(message, change), expected, what)
    assert.deepEqual(
      judge(message, { ...change, decryptionKeys: [createPrivateKey(readKey('idp.key')), sp] }),
      expected,
      what,
    )
  }
})

test('XML Encryption 1.1 §5.2.2: any change of a CBC ciphertext has that answer, or does no harm', () => {
  const change = { dangerouslyAllowCbc: true }
  const refusal = judge(manipulations[0]?.[1] ?? '', change)
  const sound = judge(cbc(good()), change)
  assert.ok(sound.ok)
  const property = fc.property(fc.nat(3000), fc.integer({ min: 1, max: 255 }), (at, bits) => {
    const message = cbc(good(), {
      changeContent: (bytes) => {
        const copy = Buffer.from(bytes)
        copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ bits
        return copy
      },
    })
    const verdict = judge(message, change)
    assert.deepEqual(verdict, verdict.ok ? sound : refusal)
  })
  fc.assert(property, { seed: 20260301, numRuns: 300 })
})

test('Sallyport: where the response around it is signed, a CBC ciphertext is what was sent, and the answer may say more', () => {
  const change = { dangerouslyAllowCbc: true }
  const message = signResponse(cbc(unsigned({}, { audience: 'https://other.example' })))
  assert.deepEqual(failures(judge(message, change)), ['audience'])
  assert.ok(judge(signResponse(cbc(unsigned())), change).ok)
})

// What is inside is read as strictly as what is outside.

const inside: readonly (readonly [string, string, string])[] = [
  ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY e "x">]>${alone}`, 'none of our keys decrypts it'],
  ['a processing instruction', `<?x?>${alone}`, 'none of our keys decrypts it'],
  ['an XML declaration', `<?xml version="1.0"?>${alone}`, 'none of our keys decrypts it'],
  ['two assertions', alone + alone.replace('"_assertion"', '"_second"'), 'none of our keys decrypts it'],
  ['text before it', `x${alone}`, 'none of our keys decrypts it'],
  ['nothing', ' ', 'none of our keys decrypts it'],
  ['65 levels', '<a>'.repeat(63) + '</a>'.repeat(63), 'none of our keys decrypts it'],
  ['another element', '<a/>', 'something that is not one sound assertion'],
  ['a response', good().replace('"_response"', '"_inside"'), 'something that is not one sound assertion'],
  [
    'an assertion of SAML 1.1',
    alone.replaceAll('SAML:2.0:assertion', 'SAML:1.0:assertion'),
    'something that is not one sound assertion',
  ],
  [
    'an ID twice',
    alone.replace('<saml:Subject>', '<saml:Subject ID="_assertion">'),
    'something that is not one sound assertion',
  ],
  [
    'an ID twice, among what is nobody’s',
    alone.replace(
      '<saml:AuthnStatement ',
      '<saml:Advice><x ID="_twice"/><x ID="_twice"/></saml:Advice><saml:AuthnStatement ',
    ),
    'something that is not one sound assertion',
  ],
  ['the ID of the response', alone.replace('"_assertion"', '"_response"'), 'something that is not one sound assertion'],
  [
    'a comment in the NameID',
    alone.replace('>ada<', '>ada<!-- -->.evil<'),
    'something that is not one sound assertion',
  ],
  [
    'an assertion in Advice',
    alone.replace('<saml:AuthnStatement ', '<saml:Advice><saml:Assertion/></saml:Advice><saml:AuthnStatement '),
    'something that is not one sound assertion',
  ],
]

for (const [what, plain, received] of inside) {
  test(`Core 6.1: ${what} inside: refused`, () => {
    const verdict = judge(signResponse(encryptInstead(unsigned(), plain)))
    assert.deepEqual(failures(verdict), ['assertion-readable'])
    assert.equal(reason(verdict), received)
  })
}

test('Sallyport: 8 keys for 4 of ours, none right, take no long time', () => {
  const key = take(inner, /<xenc:EncryptedKey .*<\/xenc:EncryptedKey>/)
  const keys = Array.from({ length: 8 }, (_, i) => key.replace('_key-sp', `_key-${i}`)).join('')
  const start = performance.now()
  assert.equal(judge(replace(inner, key, keys), { decryptionKeys: [...strangers, ...strangers] }).ok, false)
  assert.ok(performance.now() - start < 2000)
})
