// Signs and encrypts the documents: with xmlsec1 where it is installed, so that what is measured was not made by the
// code that is measured; with our own signer where it is not. Keys come from the caller.

import { spawnSync } from 'node:child_process'
import { constants, createCipheriv, createPrivateKey, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signXml } from '@sallyport/saml'
import { names, oneLine, signatureMark } from './documents.ts'

export type KeyPair = { readonly keyPem: string; readonly certificatePem: string }
export type Part = 'assertion' | 'response'
export type Style = 'entra' | 'okta'

export type Maker = {
  readonly name: string
  /** Signs the marked parts, the inner one first, and takes away the marks that are left. */
  readonly sign: (xml: string, parts: readonly Part[], style: Style) => string
  /** EncryptedData with `plain` in it: AES-256-GCM, its key for `recipient` by RSA-OAEP. */
  readonly encrypt: (plain: string, recipient: KeyPair) => string
}

const dsig = 'http://www.w3.org/2000/09/xmldsig#'
const xenc = 'http://www.w3.org/2001/04/xmlenc#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

export function chooseMaker(signer: KeyPair): Maker {
  const { error, stdout } = spawnSync('xmlsec1', ['--version'], { encoding: 'utf8' })
  return error === undefined ? xmlsec1Maker(signer, stdout.trim()) : ownMaker(signer)
}

// xmlsec1 writes documents anew in its own way (xmlns first). Only the values it computed are taken: canonical XML is the
// same for both ways of writing, and the document keeps the product's.
function xmlsec1Maker(signer: KeyPair, version: string): Maker {
  const sign = (xml: string, parts: readonly Part[], style: Style): string => {
    let signed = xml
    for (const part of [...parts].sort()) {
      const template = signed.replace(signatureMark[part], () => signatureElement(part, style, '', '', signer))
      const result = xmlsec1(
        ['--sign', ...idAttributes, '--privkey-pem', 'key.pem,certificate.pem', '--node-xpath', signatureOf[part]],
        { 'key.pem': signer.keyPem, 'certificate.pem': signer.certificatePem, 'document.xml': withoutMarks(template) },
      )
      const digest = valuesOf(result, 'DigestValue')
      const value = valuesOf(result, 'SignatureValue')
      // The response's signature stands before the assertion's.
      const at = part === 'response' ? 0 : digest.length - 1
      const element = signatureElement(part, style, digest[at] ?? '', value[at] ?? '', signer)
      signed = signed.replace(signatureMark[part], () => element)
    }
    return withoutMarks(signed)
  }
  const encrypt = (plain: string, recipient: KeyPair): string => {
    const result = xmlsec1(
      ['--encrypt', '--pubkey-cert-pem', 'certificate.pem', '--session-key', 'aes-256', '--binary-data', 'plain.xml'],
      {
        'certificate.pem': recipient.certificatePem,
        'plain.xml': plain,
        'document.xml': encryptedData('', '', recipient),
      },
    )
    const [key = '', data = ''] = valuesOf(result, 'CipherValue')
    return encryptedData(key, data, recipient)
  }
  return { name: version, sign, encrypt }
}

function ownMaker(signer: KeyPair): Maker {
  const options = {
    key: createPrivateKey(signer.keyPem),
    algorithm: 'rsa-sha256',
    certificatePem: signer.certificatePem,
  } as const
  const sign = (xml: string, parts: readonly Part[]): string =>
    [...parts].sort().reduce((text, part) => signXml(text, { id: names[part], signer: options }), withoutMarks(xml))
  const encrypt = (plain: string, recipient: KeyPair): string => {
    const [key, iv] = [randomBytes(32), randomBytes(12)]
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const data = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const wrapped = publicEncrypt({ key: createPublicKey(recipient.certificatePem), padding, oaepHash: 'sha1' }, key)
    return encryptedData(wrapped.toString('base64'), data.toString('base64'), recipient)
  }
  return { name: 'our own signer, because xmlsec1 is not installed', sign, encrypt }
}

const idAttributes = [
  ...['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'],
  ...['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:Response'],
]
const signatureOf = {
  response: "/*/*[local-name()='Signature']",
  assertion: "/*/*[local-name()='Assertion']/*[local-name()='Signature']",
} as const

function signatureElement(part: Part, style: Style, digest: string, value: string, signer: KeyPair): string {
  const okta = style === 'okta'
  const certificate = base64Of(signer.certificatePem)
  const list = okta ? `<ec:InclusiveNamespaces PrefixList="xs" xmlns:ec="${exclusive}"/>` : ''
  const lines = (base64: string): string => (okta ? base64.replaceAll(/(.{76})(?!$)/g, '$1\n') : base64)
  const text = `<:Signature xmlns="${dsig}">
          <:SignedInfo>
            <:CanonicalizationMethod Algorithm="${exclusive}"/>
            <:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
            <:Reference URI="#${names[part]}">
              <:Transforms>
                <:Transform Algorithm="${dsig}enveloped-signature"/>
                <:Transform Algorithm="${exclusive}"${okta ? `>${list}</:Transform>` : '/>'}
              </:Transforms>
              <:DigestMethod Algorithm="${xenc}sha256"/>
              <:DigestValue>${digest}</:DigestValue>
            </:Reference>
          </:SignedInfo>
          <:SignatureValue>${lines(value)}</:SignatureValue>
          <:KeyInfo>
            <:X509Data>
              <:X509Certificate>${lines(certificate)}</:X509Certificate>
            </:X509Data>
          </:KeyInfo>
        </:Signature>`
  const named = text.replaceAll(/(<\/?):/g, okta ? '$1ds:' : '$1')
  return okta ? `\n        ${named.replace(' xmlns=', ' xmlns:ds=')}` : oneLine(named)
}

function encryptedData(key: string, data: string, recipient: KeyPair): string {
  return oneLine(`
    <xenc:EncryptedData Type="${xenc}Element" xmlns:xenc="${xenc}">
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>
      <KeyInfo xmlns="${dsig}">
        <e:EncryptedKey xmlns:e="${xenc}">
          <e:EncryptionMethod Algorithm="${xenc}rsa-oaep-mgf1p"><DigestMethod Algorithm="${dsig}sha1"/></e:EncryptionMethod>
          <KeyInfo>
            <X509Data><X509Certificate>${base64Of(recipient.certificatePem)}</X509Certificate></X509Data>
          </KeyInfo>
          <e:CipherData><e:CipherValue>${key}</e:CipherValue></e:CipherData>
        </e:EncryptedKey>
      </KeyInfo>
      <xenc:CipherData><xenc:CipherValue>${data}</xenc:CipherValue></xenc:CipherData>
    </xenc:EncryptedData>`)
}

function xmlsec1(options: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { status, stdout, stderr } = spawnSync('xmlsec1', [...options, 'document.xml'], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`xmlsec1 ${options[0]}: ${stderr}`)
    return stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function valuesOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<(?:\\w+:)?${element}>([^<]*)<`, 'g'))].map(([, text = '']) =>
    text.replaceAll(/\s/g, ''),
  )
}

function withoutMarks(xml: string): string {
  return Object.values(signatureMark).reduce((text, mark) => text.replace(mark, ''), xml)
}

function base64Of(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s/g, '')
}
