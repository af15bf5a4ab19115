// What xmlsec1 signs is accepted, in the styles of several identity providers. `SALLYPORT_WRITE_CASES=1` writes its documents
// into saml/cases/good/xmlsec1, where they are judged without it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Case, casesFolder, readKey } from '../../cases/case.ts'
import { acs, idp, now, replace, sp, unsigned } from '../../cases/one-change.ts'
import { parseCertificates } from '../certificates/certificate.ts'
import { judgeResponse, type ResponseVerdict } from '../messages/judge-response.ts'
import { namespaces } from '../uris.ts'

type Template = {
  /** What is signed, the inner one first. */
  readonly of?: readonly ('Assertion' | 'Response')[]
  readonly method?: string
  readonly digest?: string
  /** PrefixList of InclusiveNamespaces. */
  readonly list?: string
  /** Prefix of the Signature. */
  readonly ds?: string
  readonly change?: (xml: string) => string
}

const both = ['Assertion', 'Response'] as const
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const exclusive = namespaces.exclusiveC14n

// Shibboleth's prefixes.
const renamed = (xml: string): string => xml.replaceAll(/saml(p?)(?=[:=][^ ])(?!:2\.0|l?:tc)/g, 'saml2$1')
// Entra ID's and ADFS's way: the assertion's namespace is the default.
const unprefixed = (xml: string): string =>
  replace(xml, / xmlns:saml="[^"]*"/, '')
    .replaceAll(/<(\/?)saml:/g, '<$1')
    .replaceAll(
      /<(Issuer>|Assertion )/g,
      (start) => `${start.slice(0, -1)} xmlns="${namespaces.assertion}"${start.at(-1)}`,
    )
// Okta's values, whose type's prefix is used in a value only: it must be inclusive.
const typed = (xml: string): string =>
  replace(xml, '<samlp:Response ', '<samlp:Response xmlns:xs="http://www.w3.org/2001/XMLSchema" ').replaceAll(
    '<saml:AttributeValue>',
    `<saml:AttributeValue xmlns:xsi="${namespaces.schemaInstance}" xsi:type="xs:string">`,
  )

const templates: Readonly<Record<string, Template>> = {
  'rsa-sha256-assertion': {},
  'rsa-sha256-response': { of: ['Response'] },
  'rsa-sha384-response': { of: ['Response'], method: 'rsa-sha384', digest: `${more}sha384` },
  'rsa-sha512-both': { of: both, method: 'rsa-sha512', digest: 'http://www.w3.org/2001/04/xmlenc#sha512' },
  'ecdsa-sha256-both': { of: both, method: 'ecdsa-sha256' },
  'inclusive-namespaces': { of: both, list: 'xs #default', change: typed },
  indented: { of: both, change: (xml) => xml.replaceAll('><', '>\r\n\t  <') },
  'other-prefixes': { of: both, ds: 'dsig', change: renamed },
  'default-namespaces': { of: both, ds: '', change: unprefixed },
}

// A Signature with empty values, for xmlsec1 to fill.
function emptySignature(id: string, template: Template): string {
  const { method = 'rsa-sha256', digest = 'http://www.w3.org/2001/04/xmlenc#sha256', list, ds = 'ds' } = template
  const methodUri = method.includes(':') ? method : more + method
  const prefixList = list === undefined ? '' : `<ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${list}"/>`
  const parts = `<:Signature xmlns="${namespaces.signature}"><:SignedInfo>
<:CanonicalizationMethod Algorithm="${exclusive}">${prefixList}</:CanonicalizationMethod><:SignatureMethod Algorithm="${methodUri}"/>
<:Reference URI="#${id}"><:Transforms><:Transform Algorithm="${namespaces.signature}enveloped-signature"/><:Transform Algorithm="${exclusive}">${prefixList}</:Transform></:Transforms>
<:DigestMethod Algorithm="${digest}"/><:DigestValue/></:Reference></:SignedInfo><:SignatureValue/><:KeyInfo><:X509Data/></:KeyInfo></:Signature>`
  const named = parts.replaceAll(/(<\/?):/g, ds === '' ? '$1' : `$1${ds}:`)
  return ds === '' ? named : named.replace(' xmlns=', ` xmlns:${ds}=`)
}

function signedByXmlsec1(template: Template): string {
  const { of = ['Assertion'], change = (xml) => xml } = template
  const key = template.method === 'ecdsa-sha256' ? 'idp-ec' : 'idp'
  const keys = ['.key', '.crt'].map((kind) => join(casesFolder, 'keys', key + kind)).join()
  const ids = both.flatMap((name) => [
    '--id-attr:ID',
    `${name === 'Response' ? namespaces.protocol : namespaces.assertion}:${name}`,
  ])
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  const file = join(folder, 'template.xml')
  try {
    let xml = change(unsigned())
    for (const element of of) {
      const afterIssuer = new RegExp(
        `(?<=<(?:\\w+:)?${element} [^>]*>\\s*<(?:\\w+:)?Issuer[^>]*>[^<]*</(?:\\w+:)?Issuer>)`,
      )
      writeFileSync(file, replace(xml, afterIssuer, emptySignature(`_${element.toLowerCase()}`, template)))
      const { stdout, stderr, status } = spawnSync('xmlsec1', ['--sign', ...ids, '--privkey-pem', keys, file], {
        encoding: 'utf8',
      })
      assert.equal(status, 0, stderr)
      xml = stdout
    }
    return xml
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function judge(
  message: string,
  pem: string,
  options: { requireSigned?: 'any' | 'both'; dangerouslyAllowSha1?: boolean } = {},
): ResponseVerdict {
  return judgeResponse({
    message,
    now,
    certificates: parseCertificates(pem),
    expectedIssuer: idp,
    expectedAudience: sp,
    expectedRecipient: acs,
    expectedInResponseTo: '_request',
    ...options,
  })
}

const failures = ({ checks }: ResponseVerdict): readonly string[] =>
  checks.filter(({ outcome }) => outcome !== 'passed').map(({ code }) => code)
const missing = spawnSync('xmlsec1', ['--version']).error !== undefined && process.env.SALLYPORT_REQUIRE_PEERS !== '1'
const skip = missing && 'xmlsec1 is not installed'

for (const [name, template] of Object.entries(templates)) {
  test(`Core 5.4: what xmlsec1 signs is accepted (${name})`, { skip }, () => {
    const xml = signedByXmlsec1(template)
    const pem = readKey(template.method === 'ecdsa-sha256' ? 'idp-ec.crt' : 'idp.crt')
    const verdict = judge(xml, pem, { requireSigned: template.of?.length === 2 ? 'both' : 'any' })
    assert.deepEqual(failures(verdict), [])
    assert.equal(verdict.claims?.nameId?.value, 'ada')
    assert.equal(new Set(failures(judge(replace(xml, '>ada<', '>eve<'), pem))).has('signature-digest'), true)
    if (process.env.SALLYPORT_WRITE_CASES === '1') writeCase(name, xml, pem)
  })
}

test('Sallyport: what xmlsec1 signs with SHA-1 is refused, unless that is dangerously allowed', { skip }, () => {
  const xml = signedByXmlsec1({ method: `${namespaces.signature}rsa-sha1`, digest: `${namespaces.signature}sha1` })
  assert.deepEqual(failures(judge(xml, readKey('idp.crt'))), ['signature-algorithm'])
  assert.deepEqual(failures(judge(xml, readKey('idp.crt'), { dangerouslyAllowSha1: true })), [])
})

function writeCase(name: string, xml: string, pem: string): void {
  const folder = join(casesFolder, 'good', 'xmlsec1', name)
  const described: Case = {
    title: `Signed by xmlsec1: ${name.replaceAll('-', ' ')}`,
    kind: 'response',
    certificates: [pem],
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
