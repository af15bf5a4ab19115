// Certificates in every form that people hand over, and what they hand over instead.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { CertificateError, parseCertificates, validity } from './certificate.ts'

const pem = readKey('idp.crt')
const second = readKey('other-idp.crt')
const der = new X509Certificate(pem).raw
const fingerprint = new X509Certificate(pem).fingerprint256
const lines = pem.replaceAll(/-----.*-----/g, '').trim()
const encode = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`

const rsa1024 = `MIIBkDCB+gIBBzANBgkqhkiG9w0BAQsFADAQMQ4wDAYDVQQDDAVzaG9ydDAgFw0yNjExMjIwMDEwMTVaGA8yMTA5MDExMTAwMTAxNVow
EDEOMAwGA1UEAwwFc2hvcnQwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAK22aI/l/iqv/i3omcmaHYtGyAw9uI9gxgKLqnNA7ZQpKnLDsr3oOQy50EX7
zG3XwE1vGHci4JCpYTHVaddWeEC3XlUavJuqPWsfWCXZTAqrdgct4Opd3WQJIazJB+loEyrYXMqNuFMNb44WSY9+E9KF9eudz7KQ9zxlO61OrCSTAgMBAAEw
DQYJKoZIhvcNAQELBQADgYEAas9y3Myyk5DWpfd3aUJDVErI36yR6nytfuvUrHRcty0Mq2WRwvfvcEMsl/BVyAd473+SL1SYClWKRomm47Zv+jnCQd7/XWCD
Qw/fHTGLtwcf+rJT+/zV9uuYLN0wRFLSx6R0Tq6Mn1DCPtpD/F9kyAVcDxLnyBewA2tUhwGtUGc=`
const ed25519 = `MIHCMHYCAQcwBQYDK2VwMA0xCzAJBgNVBAMMAmVkMCAXDTI2MTEyMjAwMTAxNloYDzIxMDkwMTExMDAxMDE2WjANMQswCQYDVQQDDAJl
ZDAqMAUGAytlcAMhAGqb9yID3W1Hss3CMkZYiD9tKPMxnyHbWGuHbQDI+niwMAUGAytlcANBABrJTjwtrdihOkKz3v3gt3PWyLtEyqvvYrdfjqyDF8u5s4Ey
A3TknM94m18I3cZEliBUrT63Q5d52SZhdCWgNQ8=`
const secp256k1 = `MIIBbzCCARSgAwIBAgIUYNv561wS4OhZSZvpZjfAOnKBFqMwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCazEwIBcNMjYxMTIyMDMxMzQ5WhgPMjEwMDEwMj
UwMzEzNDlaMA0xCzAJBgNVBAMMAmsxMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE+0PeSWkDp8WrY1jTrloX6mLEGJMmr0ajqEME0mGm4JD1zCBnG6ok9zlG
l/NqxNdTURsSbyMkGKbrC6+so3sLzaNTMFEwHQYDVR0OBBYEFJtTTbPyFSPdHaNj40gVsBcd0T+YMB8GA1UdIwQYMBaAFJtTTbPyFSPdHaNj40gVsBcd0T
+YMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPTsdNgTXSkMkEcQn63rVS/dTwUQE62Xj+Tc9EfjaqxVAiEAylL71BLgfS4V5wPpnL1W
WZ9P2kHD23BiI9MUcWI91h0=`
const p384 = `MIIBizCCARECAQcwCgYIKoZIzj0EAwIwMjELMAkGA1UEBhMCREUxFTATBgNVBAoMDEFkYSAmIFPDtmhuZTEMMAoGA1UEAwwDaWRwMCAXDTI2
MTEyMjAwMTAxNloYDzIxMDkwMTExMDAxMDE2WjAyMQswCQYDVQQGEwJERTEVMBMGA1UECgwMQWRhICYgU8O2aG5lMQwwCgYDVQQDDANpZHAwdjAQBgcqhkjO
PQIBBgUrgQQAIgNiAASsRZ5cCUa+PVgvlycVfI+B8bA4r8xSTj3j1hwqEfLixT2iMQVgnMObCi+1sE1Qh+M5Vffy8H2CyDXkbvHwt5ToGEZNe4FyEFlefj8m
gTMj/MtFPN++NROXY2cno4iEl1QwCgYIKoZIzj0EAwIDaAAwZQIxANGgY8Gy+fpv5UkIgXjeK2HRz4wP8kxwCmeuZkYEtzOP0r2pnS7s1nT3uJOK/c0UbAIw
b0qhJT+Dlbqwo4aIZmoXFfTIca/L//115kaB0JdCPZY1fY1XFTt/aGJWSw48M9wK`
const request = `MIHJMHACAQAwDjEMMAoGA1UEAwwDY3NyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiKuK2ULJ9HwnmZu2aTjzw3qOPZk5Qcmo3Mm8DQ+E
chM92RTuCUwZ9KQ89zr//GVlpakScS6eKbcgY22kQehlvqAAMAoGCCqGSM49BAMCA0kAMEYCIQCyVRNGovIDhBLz4rh6YFDSW4Q+vVsL1nYXflDxgcHbhgIh
AKKhSrQIdUKc4XI/0Qg0XocT2ruJy+lt1JZmcytk9yBd`

const accepted: readonly (readonly [string, string | Uint8Array])[] = [
  ['RFC 7468 §5: PEM', pem],
  ['RFC 7468 §5: PEM in bytes', Buffer.from(pem)],
  ['RFC 7468 §5: PEM with Windows line ends', pem.replaceAll('\n', '\r\n')],
  ['RFC 7468 §5: PEM in one line', pem.replaceAll(/(?<=[^-])\n(?=[^-])/g, '')],
  ['RFC 7468 §5: PEM without any line', pem.replaceAll('\n', '')],
  ['RFC 7468 §5.2: explanatory text around', `Bag Attributes\n  friendlyName: idp\n${pem}\nThat is all.`],
  ['RFC 7468 §5.1: the old label', encode('X509 CERTIFICATE', lines)],
  ['a file with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(pem)])],
  ['X.690: DER', der],
  ['XML Signature 1.1 §4.5.4: bare base64', der.toString('base64')],
  ['XML Signature 1.1 §4.5.4: bare base64 in lines and indented', `\n   ${lines.replaceAll('\n', '\r\n   ')}\n`],
  ['bare base64 in bytes', Buffer.from(lines)],
]

for (const [requirement, input] of accepted) {
  test(`${requirement} is a certificate`, () => {
    assert.deepEqual(
      parseCertificates(input).map((one) => one.fingerprint),
      [fingerprint],
    )
  })
}

test('several PEM blocks are several certificates, in their order', () => {
  const parsed = parseCertificates(`${second}\nand\n${pem}`)
  assert.deepEqual(
    parsed.map(({ subject }) => subject),
    ['CN=other-idp', 'CN=idp'],
  )
})

test('a certificate tells what an administrator compares', () => {
  const [certificate] = parseCertificates(lines)
  const { key, ...rest } = certificate ?? assert.fail()
  assert.deepEqual(rest, {
    pem: new X509Certificate(pem).toString(),
    subject: 'CN=idp',
    issuer: 'CN=idp',
    serialNumber: '02',
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2099-12-31T23:59:59Z'),
    fingerprint,
    keyKind: 'rsa',
    keyBits: 2048,
  })
  assert.equal(key.type, 'public')
  assert.ok(Object.isFrozen(certificate))
})

test('EC keys are taken, and every part of a subject is shown', () => {
  const [p256] = parseCertificates(readKey('idp-ec.crt'))
  const [other] = parseCertificates(p384)
  assert.deepEqual([p256?.keyKind, p256?.keyBits, other?.keyKind, other?.keyBits], ['ec', 256, 'ec', 384])
  assert.equal(other?.subject, 'C=DE, O=Ada & Söhne, CN=idp')
})

const refused: readonly (readonly [string, string | Uint8Array, string, RegExp])[] = [
  ['nothing', '', 'not-a-certificate', /neither PEM, DER nor base64/],
  ['white space', ' \n', 'not-a-certificate', /neither/],
  ['no bytes', new Uint8Array(), 'not-a-certificate', /neither/],
  ['text', 'Please find our certificate attached.', 'not-a-certificate', /neither/],
  ['a fingerprint', fingerprint, 'not-a-certificate', /neither/],
  ['a web page', '<!DOCTYPE html><html></html>', 'not-a-certificate', /neither/],
  ['base64 of something else', Buffer.from('hello').toString('base64'), 'not-a-certificate', /no X.509/],
  ['DER of something else', Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]), 'not-a-certificate', /no X.509/],
  ['DER that breaks off', der.subarray(0, -10), 'not-a-certificate', /no X.509/],
  ['PEM that breaks off inside', pem.replace(/.{20}\n-----END/, '\n-----END'), 'not-a-certificate', /neither|no X.509/],
  ['PEM that breaks off', pem.slice(0, 500), 'not-a-certificate', /neither/],
  [
    'PEM whose end is of another label',
    pem.replace('END CERTIFICATE', 'END X509 CERTIFICATE'),
    'not-a-certificate',
    /neither/,
  ],
  ['a second PEM block that breaks off', pem + second.slice(0, 500), 'not-a-certificate', /not complete/],
  ['a first PEM block that breaks off', pem.slice(0, 500) + second, 'not-a-certificate', /not complete/],
  ['a private key', readKey('idp.key'), 'not-a-certificate', /a private key, which must never leave its owner/],
  [
    'a private key of the old kind',
    encode('RSA PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\n\n${lines}`),
    'not-a-certificate',
    /a private key/,
  ],
  ['a private key beside its certificate', pem + readKey('idp.key'), 'not-a-certificate', /a private key/],
  ['a certificate request', encode('CERTIFICATE REQUEST', request), 'not-a-certificate', /a CERTIFICATE REQUEST/],
  ['a certificate request as bare base64', request, 'not-a-certificate', /no X.509/],
  [
    'a public key',
    new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' }),
    'not-a-certificate',
    /a PUBLIC KEY/,
  ],
  ['an RSA key of 1024 bits', rsa1024, 'key-too-short', /1024 bits; 2048 is the least/],
  ['an RSA key of 1024 bits after a good one', pem + encode('CERTIFICATE', rsa1024), 'key-too-short', /1024/],
  ['an Ed25519 key', ed25519, 'key-kind', /kind ed25519/],
  ['an EC key on another curve', secp256k1, 'key-kind', /curve secp256k1; P-256/],
]

for (const [what, input, code, message] of refused) {
  test(`${what} is refused (${code})`, () => {
    assert.throws(
      () => parseCertificates(input),
      (error) => {
        assert.ok(error instanceof CertificateError)
        assert.equal(error.code, code)
        assert.match(error.message, message)
        return true
      },
    )
  })
}

test('Sallyport: a megabyte that is no certificate takes no long time', () => {
  const start = performance.now()
  for (const unit of [
    '-----BEGIN A-----',
    '-----BEGIN CERTIFICATE-----\n',
    '-',
    '-----BEGIN ',
    'A',
    `-----BEGIN A-----\nAAAA\n-----END B-----\n`,
    ' ',
  ]) {
    const text = unit.repeat(2 ** 20 / unit.length)
    for (const input of [text, `-----BEGIN A-----${text}`, `${pem}${text}`]) {
      try {
        parseCertificates(input)
      } catch (error) {
        assert.ok(error instanceof CertificateError)
      }
    }
  }
  assert.ok(performance.now() - start < 4000)
})

test('a certificate is valid from its first second to its last', () => {
  const [certificate] = parseCertificates(pem)
  const at = (instant: string): string => validity(certificate ?? assert.fail(), new Date(instant))
  assert.equal(at('2019-12-31T23:59:59.999Z'), 'before')
  assert.equal(at('2020-01-01T00:00:00Z'), 'valid')
  assert.equal(at('2099-12-31T23:59:59Z'), 'valid')
  assert.equal(at('2100-01-01T00:00:00Z'), 'after')
  const [expired] = parseCertificates(readKey('idp-expired.crt'))
  assert.equal(validity(expired ?? assert.fail(), new Date('2026-03-01T12:00:00Z')), 'after')
  assert.deepEqual(expired?.key.equals(certificate?.key ?? assert.fail()), true)
})
