import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disarmed } from '#explain/disarm.ts'

const at = new Date('2026-03-01T12:00:00Z')
const soon = new Date('2026-03-01T12:59:59Z')
const later = new Date('2026-03-01T13:00:00Z')

test('what makes a response good is hidden as long as it may be good, however it is written', () => {
  const values = [
    '<SignatureValue>good</SignatureValue>',
    '<ds:SignatureValue Id="a">\n good \n</ds:SignatureValue >',
    '<ds:SignatureValue><![CDATA[good]]></ds:SignatureValue>',
    '<xenc:CipherValue>good</xenc:CipherValue>',
    '<ds:SignatureValue>good',
    '<ds:SignatureValue>x</ds:SignatureValue><ds:SignatureValue>good</ds:SignatureValue>',
  ]
  for (const value of values) {
    const xml = `<r><q>open</q>${value}`
    assert.match(disarmed(xml, { at, now: soon }), /^<r><q>open<\/q>/)
    assert.doesNotMatch(disarmed(xml, { at, now: soon }), /good</)
    assert.doesNotMatch(disarmed(xml, { at, now: soon }).replace('still sign', ''), /\bgood\b/)
    assert.equal(disarmed(xml, { at, now: later }), xml)
  }
  const start = performance.now()
  for (const text of ['<SignatureValue>', '<SignatureValue', '<a:SignatureValue></b:SignatureValue>'])
    disarmed(text.repeat(20_000), { at, now: soon })
  assert.ok(performance.now() - start < 5000)
})
