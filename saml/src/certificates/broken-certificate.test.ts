// Certificates that are broken inside. A message brings one that nobody chose, and it is shown in reports.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { signAssertion, signerOf, unsigned } from '../../cases/one-change.ts'
import { judgeResponse } from '../messages/judge-response.ts'
import { dangerouslyUnchecked } from '../report/checks.ts'
import { CertificateError, parseCertificates } from './certificate.ts'

// RFC 5280 §4.1.2.6: a subject may have no parts.
const nameless =
  'MIIBVzCB/aADAgECAhRgdUpHmpMZ8O100RKIsxZCR/HgNDAKBggqhkjOPQQDAjAAMCAXDTI2MTEyMjAwNTc0NloYDzIwOTgwMTI4MDA1NzQ2WjAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgEIrp4/BHjs1ISQkdGnbNYiO2tTyLcG5tCqgrWDCmec58nAnp0jmvkpAPmRU2o19Of9k8JdhZu1sKNW0gHvBm6NTMFEwHQYDVR0OBBYEFL3biYS6Qq+isQewbN7Z4/zSkLHqMB8GA1UdIwQYMBaAFL3biYS6Qq+isQewbN7Z4/zSkLHqMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALofOBkvKYpijqcdcy/HeS7fzHu/B7QrW56COWcUwOg4AiEAvesFX1aeFJ+TR8R7r0mO9zEClOdcxVeTc9sZmMufyt4='

for (const name of ['idp.crt', 'idp-ec.crt']) {
  test(`any byte changed makes another certificate or none, and no other error (${name})`, () => {
    const { raw } = new X509Certificate(readKey(name))
    for (let at = 0; at < raw.length; at++) {
      for (const mask of [0x01, 0x10, 0x80]) {
        const bytes = Buffer.from(raw)
        bytes[at] = (bytes[at] ?? 0) ^ mask
        try {
          const [certificate] = parseCertificates(bytes)
          // Dates that are none would never be over.
          assert.ok(certificate && certificate.notBefore.getTime() + certificate.notAfter.getTime() > 0)
        } catch (error) {
          assert.ok(error instanceof CertificateError, `byte ${at} ^ ${mask}: ${error}`)
        }
      }
    }
  })
}

test('RFC 5280 §4.1.2.6: a certificate may name nobody', () => {
  const [certificate] = parseCertificates(nameless)
  assert.deepEqual([certificate?.subject, certificate?.issuer, certificate?.keyBits], ['', '', 256])
})

test('Sallyport: whatever certificate a message brings, it is judged', () => {
  const { raw } = new X509Certificate(readKey('idp.crt'))
  // The algorithm of the key is left as it is, the key behind it is not.
  const broken = Buffer.from(raw)
  const key = broken.indexOf(Buffer.from('0382010f00', 'hex'))
  broken.fill(0xff, key + 5, key + 20)
  for (const hint of [broken.toString('base64'), nameless, 'AAAA', '']) {
    const xml = signAssertion(unsigned(), signerOf('other-idp'))
    const message = xml.replace(/(?<=<ds:X509Certificate>)[^<]*/, hint)
    const { ok, checks } = judgeResponse({
      message,
      now: new Date('2026-03-01T12:00:00Z'),
      certificates: parseCertificates(readKey('idp.crt')),
      expectedIssuer: dangerouslyUnchecked,
      expectedAudience: dangerouslyUnchecked,
      expectedRecipient: dangerouslyUnchecked,
      expectedInResponseTo: '_request',
    })
    assert.equal(ok, false)
    const failures = checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code)
    assert.deepEqual(failures, ['signature-key'])
  }
})
