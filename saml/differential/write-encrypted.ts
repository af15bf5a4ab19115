// node saml/differential/write-encrypted.ts: encrypts messages with xmlsec1 and writes them into encrypted/, where the tests
// read them. They are kept, because every encryption is another. The recipient's key is keys/other-idp.key.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesFolder } from '../cases/case.ts'
import { replace, signAssertion, signResponse, take, unsigned } from '../cases/one-change.ts'
import { namespaces } from '../src/uris.ts'
import { inFolder, run } from './peers.ts'

const enc = namespaces.encryption
const dsig = namespaces.signature
const wholeAssertion = /<saml:Assertion .*<\/saml:Assertion>/s
const gcm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm'

function template(algorithm: string): string {
  return (
    `<xenc:EncryptedData xmlns:xenc="${enc}" Type="${enc}Element"><xenc:EncryptionMethod Algorithm="${algorithm}"/>` +
    `<ds:KeyInfo xmlns:ds="${dsig}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="${enc}rsa-oaep-mgf1p"/>` +
    '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>' +
    '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>'
  )
}

function encrypt(plain: string, algorithm: string, session: string): Promise<string> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'plain.xml'), plain)
    writeFileSync(join(folder, 'template.xml'), template(algorithm))
    const key = ['--pubkey-cert-pem', join(casesFolder, 'keys', 'other-idp.crt'), '--session-key', session]
    const files = ['--binary-data', 'plain.xml', 'template.xml']
    const { status, stdout, stderr } = await run('xmlsec1', ['--encrypt', ...key, ...files], folder)
    if (status !== 0) throw new Error(stderr)
    return take(stdout, /<xenc:EncryptedData .*<\/xenc:EncryptedData>/s)
  })
}

// What is encrypted by itself brings the declarations that it needs.
const declared = (xml: string): string =>
  replace(xml, /^<saml:\w+/, `${/^<saml:\w+/.exec(xml)?.[0]} xmlns:saml="${namespaces.assertion}"`)

async function encryptPart(xml: string, part: RegExp, name: string, algorithm = gcm, session = 'aes-256') {
  const data = await encrypt(declared(take(xml, part)), algorithm, session)
  return replace(xml, part, `<saml:${name}>${data}</saml:${name}>`)
}

const eve = unsigned({}, { nameId: { value: 'eve' }, id: '_evil' })
const signed = signAssertion(unsigned())
const documents: Readonly<Record<string, string>> = {
  'assertion-signed': await encryptPart(signed, wholeAssertion, 'EncryptedAssertion'),
  'response-signed': signResponse(await encryptPart(unsigned(), wholeAssertion, 'EncryptedAssertion')),
  'both-signed': signResponse(await encryptPart(signed, wholeAssertion, 'EncryptedAssertion')),
  'name-id': signAssertion(await encryptPart(unsigned(), /<saml:NameID .*?<\/saml:NameID>/, 'EncryptedID')),
  attribute: signAssertion(
    await encryptPart(unsigned(), /<saml:Attribute .*?<\/saml:Attribute>/, 'EncryptedAttribute'),
  ),
  cbc: signResponse(await encryptPart(unsigned(), wholeAssertion, 'EncryptedAssertion', `${enc}aes128-cbc`, 'aes-128')),
  // What anybody can encrypt.
  'evil-assertion': await encryptPart(eve, wholeAssertion, 'EncryptedAssertion'),
  'evil-name-id': await encryptPart(eve, /<saml:NameID.*?<\/saml:NameID>/, 'EncryptedID'),
}

const folder = join(import.meta.dirname, 'encrypted')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
for (const [name, xml] of Object.entries(documents)) writeFileSync(join(folder, `${name}.xml`), xml)
