// The forms of an encrypted element that are read, and what every other is refused for. No key is used here.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encrypted, encryptionUri } from '../../cases/encrypt.ts'
import { replace, take } from '../../cases/one-change.ts'
import { namespaces } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { type EncryptedForm, readEncryptedForm } from './form.ts'

const read = (content: string): EncryptedForm | string =>
  readEncryptedForm(
    readXml(`<saml:EncryptedAssertion xmlns:saml="${namespaces.assertion}">${content}</saml:EncryptedAssertion>`),
  )
const good = encrypted('x')
const beside = encrypted('x', { place: 'beside' })
const pointed = encrypted('x', { place: 'pointed' })
const oaep11 = encrypted('x', { mask: 'sha256', digest: 'sha256' })
const key = take(good, /<xenc:EncryptedKey .*<\/xenc:EncryptedKey>/)
const ds = `xmlns:ds="${namespaces.signature}"`
const keyUri = /(?<=EncryptedKey [^>]*><xenc:EncryptionMethod Algorithm=")[^"]*/
const dataUri = /(?<=EncryptedData [^>]*><xenc:EncryptionMethod Algorithm=")[^"]*/
const keyMethod = /(?<=EncryptedKey [^>]*>)<xenc:EncryptionMethod .*?<\/xenc:EncryptionMethod>/
const digestMethod = /<ds:DigestMethod [^>]*\/>/
const digest = (uri: string): string => `<ds:DigestMethod ${ds} Algorithm="${uri}"/>`

const accepted: readonly (readonly [string, string, number])[] = [
  ['§3.5: the key in KeyInfo', good, 1],
  ['§3.5: the key beside EncryptedData, as SAML has it (Core 2.2.4)', beside, 1],
  ['§3.5.2: a RetrievalMethod that points beside', pointed, 1],
  ['§3.5: a key for each of several recipients', encrypted('x', { recipients: ['sp', 'idp', 'other-idp'] }), 3],
  ['§3.5: eight keys', replace(good, key, key.repeat(8)), 8],
  ['§3.1: no Type', replace(good, / Type="[^"]*Element"/, ''), 1],
  [
    '§3.5.1: names of the key and of the data, for people',
    replace(
      good,
      '</xenc:EncryptedKey>',
      '<xenc:ReferenceList><xenc:DataReference URI="#x"/></xenc:ReferenceList><xenc:CarriedKeyName>x</xenc:CarriedKeyName></xenc:EncryptedKey>',
    ),
    1,
  ],
  [
    '§3.5: a certificate that says whose key it is',
    replace(
      good,
      /(<\/xenc:EncryptionMethod>)(<xenc:CipherData>.*<\/xenc:EncryptedKey>)/,
      `</xenc:EncryptionMethod><ds:KeyInfo ${ds}><ds:X509Data/></ds:KeyInfo>${take(good, /<xenc:CipherData>.*?<\/xenc:EncryptedKey>/)}`,
    ),
    1,
  ],
  ['§3.3: white space and comments between the parts', good.replaceAll(/><(?!\/)/g, '>\n <!-- x --> <'), 1],
  ['§3.3: base64 in lines', good.replaceAll(/(?<=<xenc:CipherValue>)..../g, '\r\n$&\n'), 1],
]

for (const [requirement, content, count] of accepted) {
  test(`XML Encryption 1.1 ${requirement}: read`, () => {
    const form = read(content)
    if (typeof form === 'string') return assert.fail(form)
    assert.equal(form.keys.length, count)
    assert.equal(form.cipher.name, 'aes-256-gcm')
  })
}

const hashes: readonly (readonly [string, string, string, string])[] = [
  ['the older URI says nothing: SHA-1 twice', good, 'sha1', 'sha1'],
  ['the older URI with a digest: the mask stays SHA-1', encrypted('x', { digest: 'sha256' }), 'sha256', 'sha1'],
  ['the newer URI says nothing: SHA-1 twice', encrypted('x', { transport: 'rsa-oaep' }), 'sha1', 'sha1'],
  ['the newer URI with both', oaep11, 'sha256', 'sha256'],
  ['the newer URI with a mask only', encrypted('x', { mask: 'sha256' }), 'sha1', 'sha256'],
]

for (const [what, content, wantedDigest, wantedMask] of hashes) {
  test(`XML Encryption 1.1 §5.5.2: ${what}`, () => {
    const form = read(content)
    if (typeof form === 'string') return assert.fail(form)
    assert.deepEqual([form.keys[0]?.digest, form.keys[0]?.mask], [wantedDigest, wantedMask])
  })
}

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['§3.1: nothing', '', /no EncryptedData/],
  ['§3.1: a key alone', key, /no EncryptedData/],
  ['§3.1: EncryptedData of another namespace', good.replaceAll('xmlenc#"', 'xmlenc"'), /no EncryptedData/],
  ['§3.1: EncryptedData twice', good + good, /parts other than/],
  ['§3.1: an assertion in clear beside', `${good}<saml:Assertion/>`, /parts other than/],
  ['§3.1: text beside', `x${good}`, /text in EncryptedAssertion/],
  ['§3.1: content of an element', replace(good, 'xmlenc#Element', 'xmlenc#Content'), /of type .*Content/],
  [
    '§3.2: no EncryptionMethod',
    replace(good, /(?<=EncryptedData [^>]*>)<xenc:EncryptionMethod [^>]*\/>/, ''),
    /no EncryptionMethod/,
  ],
  ['§3.2: no algorithm', replace(good, dataUri, ''), /the algorithm $/],
  ['§5.2.1: triple DES', replace(good, dataUri, `${namespaces.encryption}tripledes-cbc`), /tripledes/],
  [
    '§5.2: AES with 192 bits, which nobody needs',
    replace(good, dataUri, `${namespaces.encryption11}aes192-gcm`),
    /aes192/,
  ],
  [
    '§5.2: a name in other letters',
    replace(good, dataUri, encryptionUri.content('aes256-gcm').toUpperCase()),
    /AES256/,
  ],
  ['§5.2: a name that objects have', replace(good, dataUri, 'constructor'), /constructor/],
  ['§3.5: no KeyInfo', replace(good, /<ds:KeyInfo .*<\/ds:KeyInfo>/, ''), /no KeyInfo/],
  ['§3.5: no key', replace(good, key, ''), /0 encrypted keys/],
  ['Sallyport: nine keys', replace(good, key, key.repeat(9)), /9 encrypted keys/],
  ['Sallyport: eight keys inside and one beside', replace(good, key, key.repeat(8)) + key, /9 encrypted keys/],
  ['§3.5: a key by name only', replace(good, key, '<ds:KeyName>x</ds:KeyName>'), /KeyName in KeyInfo/],
  ['§5.6: an agreed key', replace(good, key, '<xenc:AgreementMethod Algorithm="x"/>'), /AgreementMethod in KeyInfo/],
  [
    '§3.5.2: a RetrievalMethod to an address',
    replace(pointed, 'URI="#_key-sp"', 'URI="http://evil.example/key"'),
    /RetrievalMethod in/,
  ],
  [
    '§3.5.2: a RetrievalMethod to a file',
    replace(pointed, 'URI="#_key-sp"', 'URI="file:///etc/passwd"'),
    /RetrievalMethod in/,
  ],
  [
    '§3.5.2: a RetrievalMethod to another element',
    replace(pointed, 'URI="#_key-sp"', 'URI="#_response"'),
    /RetrievalMethod in/,
  ],
  ['§3.5.2: a RetrievalMethod to the document', replace(pointed, 'URI="#_key-sp"', 'URI=""'), /RetrievalMethod in/],
  [
    '§3.5.2: a RetrievalMethod without URI, beside a key without Id',
    replace(replace(pointed, 'URI="#_key-sp" ', ''), ' Id="_key-sp"', ''),
    /RetrievalMethod in/,
  ],
  [
    '§3.5.2: a RetrievalMethod to an empty name, beside a key without Id',
    replace(replace(pointed, '#_key-sp', '#'), ' Id="_key-sp"', ''),
    /RetrievalMethod in/,
  ],
  [
    '§3.5.2: a RetrievalMethod to a name that is none, beside a key without Id',
    replace(replace(pointed, '#_key-sp', '#undefined'), ' Id="_key-sp"', ''),
    /RetrievalMethod in/,
  ],
  [
    '§3.5.2: a RetrievalMethod with transforms',
    replace(
      pointed,
      /(<ds:RetrievalMethod [^>]*)\/>/,
      '<ds:RetrievalMethod URI="#_key-sp"><ds:Transforms/></ds:RetrievalMethod>',
    ),
    /RetrievalMethod in/,
  ],
  [
    '§3.3.1: a CipherReference',
    replace(
      good,
      /<xenc:CipherValue>[^<]*<\/xenc:CipherValue>(?=<\/xenc:CipherData><\/xenc:EncryptedData>)/,
      '<xenc:CipherReference URI="#x"/>',
    ),
    /no CipherValue/,
  ],
  [
    '§3.3.1: a CipherReference for the key',
    replace(
      good,
      /<xenc:CipherValue>[^<]*<\/xenc:CipherValue>(?=<\/xenc:CipherData><\/xenc:EncryptedKey>)/,
      '<xenc:CipherReference URI="#x"/>',
    ),
    /no CipherValue/,
  ],
  [
    '§3.3: two CipherValues',
    good.replaceAll('</xenc:CipherData>', '<xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData>'),
    /no CipherValue/,
  ],
  ['§3.3: an empty CipherValue', good.replaceAll(/(?<=<xenc:CipherValue>)[^<]*/g, ''), /not plain base64/],
  [
    '§3.3: a CipherValue that is not base64',
    good.replaceAll('<xenc:CipherValue>', '<xenc:CipherValue>*'),
    /not plain base64/,
  ],
  [
    '§3.3: a comment in a CipherValue',
    good.replaceAll('<xenc:CipherValue>', '<xenc:CipherValue><!-- -->'),
    /not plain base64/,
  ],
  [
    '§3.7: properties after the data',
    replace(good, '</xenc:EncryptedData>', '<xenc:EncryptionProperties/></xenc:EncryptedData>'),
    /no CipherData/,
  ],
  ['§3.5.1: a key without method', replace(good, keyMethod, ''), /without method/],
  [
    '§3.5.1: a key without data',
    replace(good, /<xenc:CipherData>.*?<\/xenc:CipherData>(?=<\/xenc:EncryptedKey>)/, ''),
    /of another form/,
  ],
  [
    '§3.5.1: a key with something strange',
    replace(good, '</xenc:EncryptedKey>', '<xenc:EncryptedKey/></xenc:EncryptedKey>'),
    /of another form/,
  ],
  ['§5.5.1: RSA 1.5', replace(good, keyUri, `${namespaces.encryption}rsa-1_5`), /key transport .*rsa-1_5/],
  [
    '§5.6.2: a key wrapped by AES',
    replace(good, keyUri, `${namespaces.encryption}kw-aes128`),
    /key transport .*kw-aes128/,
  ],
  ['§5.5: no key transport', replace(good, keyUri, ''), /key transport $/],
  ['§5.5.2: OAEPparams', encrypted('x', { label: 'x' }), /OAEPparams in/],
  [
    '§5.5.2: a digest by MD5',
    replace(oaep11, digestMethod, digest('http://www.w3.org/2001/04/xmldsig-more#md5')),
    /the digest .*md5/,
  ],
  [
    '§5.5.2: a digest by SHA-512, which nobody sends',
    replace(oaep11, digestMethod, digest(`${namespaces.encryption}sha512`)),
    /the digest .*sha512/,
  ],
  ['§5.5.2: a mask by another hash', replace(oaep11, 'mgf1sha256', 'mgf1sha512'), /the mask .*mgf1sha512/],
  [
    '§5.5.2: a mask with the older URI, which has none',
    replace(oaep11, keyUri, `${namespaces.encryption}rsa-oaep-mgf1p`),
    /MGF in/,
  ],
]

for (const [requirement, content, reason] of refused) {
  test(`XML Encryption 1.1 ${requirement}: refused`, () => {
    const form = read(content)
    assert.match(typeof form === 'string' ? form : 'read', reason)
  })
}
