import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientUserAgent } from '#oauth/client-user-agent.ts'
import { decoded } from '#oauth/saml-bearer.ts'
import { deviceInWords } from '#sessions/device-words.ts'

test('RFC 7522 section 2.1: base64url is read, and base64 with padding and in lines', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  for (const text of [
    bytes.toString('base64url'),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64').replaceAll(/.{64}/g, '$&\r\n'),
    bytes.toString('base64url').replaceAll(/.{64}/g, '$&\n'),
  ])
    assert.deepEqual(decoded(text), bytes, text)
})

test('what is neither is not read in part', () => {
  for (const text of ['', '=', '==', 'YQ===', 'a', 'abcde', 'YQ Yg', ' YQ', 'Y%51', 'YQ=Yg', '<x/>', 'YQ\r', 'ÿ'])
    assert.equal(decoded(text), undefined, JSON.stringify(text))
})

test('sessions say by its name which client opened them', () => {
  const words = (name: string | undefined, userAgent: string, id = 'd3b0') =>
    deviceInWords(clientUserAgent({ id, name }, userAgent))
  assert.equal(words('Wallboard', 'python-requests/2.32'), 'a program (Wallboard)')
  assert.equal(words('Quality  Reports', ''), 'a program (Quality-Reports)')
  assert.equal(words('Écran mural', 'curl/8'), 'a program (Ecran-mural)')
  assert.equal(words('品質', 'curl/8'), 'a program (client-d3b0)')
  assert.equal(words(undefined, ''), 'a program (client-d3b0)')
  assert.equal(words('Wallboard', 'x (compatible; Googlebot/2.1)'), 'a program (Wallboard)')
  assert.equal(words('Mozilla', 'Firefox/140'), 'a program (Mozilla)')
  assert.equal(words('a'.repeat(100), ''), `a program (${'a'.repeat(40)})`)
  assert.equal(clientUserAgent({ id: 'x', name: 'Wallboard' }, 'y'.repeat(2000)).length, 500)
})
