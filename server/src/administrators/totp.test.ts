import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base32, codeAt, newTotpSecret, otpauthUrl, stepAt, stepOfCode } from '#administrators/totp.ts'

const secret = base32(Buffer.from('12345678901234567890'))

test('codes are those of RFC 6238 appendix B, of which six digits are shown', () => {
  assert.equal(secret, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  for (const [seconds, code] of [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ] as const)
    assert.equal(codeAt(secret, stepAt(new Date(seconds * 1000))), code.slice(2))
})

test('a code is good in its own step and beside it, and not further away', () => {
  const now = new Date('2026-03-01T12:00:00.000Z')
  const step = stepAt(now)
  for (const away of [-1, 0, 1]) assert.equal(stepOfCode(secret, codeAt(secret, step + away), now), step + away)
  for (const away of [-2, 2]) assert.equal(stepOfCode(secret, codeAt(secret, step + away), now), undefined)
  const code = codeAt(secret, step)
  assert.equal(stepOfCode(secret, `${code.slice(0, 3)} ${code.slice(3)}`, now), step)
  for (const wrong of ['', 'x', code.slice(1), `${code}0`, '٠٠٠٠٠٠'])
    assert.equal(stepOfCode(secret, wrong, now), undefined)
})

test('a secret has 160 bits, and the address for the QR code names whose it is', () => {
  assert.match(newTotpSecret({ bytes: (size) => new Uint8Array(size).fill(255) }), /^7{32}$/)
  const url = otpauthUrl(secret, { issuer: 'sso.example', account: 'grace+1@acme.example' })
  assert.ok(url.startsWith('otpauth://totp/sso.example:grace%2B1%40acme.example?secret=GEZ'))
  assert.equal(new URL(url).searchParams.get('issuer'), 'sso.example')
})
