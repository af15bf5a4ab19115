import assert from 'node:assert/strict'
import { BlockList, isIPv4 } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { isIn, readAddress, readRange, writeAddress, writeRange } from '#access/ip.ts'

function written(text: string): string | undefined {
  const read = readAddress(text)
  return read && writeAddress(read)
}

test('an address is the same however it is written, and IPv4 within IPv6 is IPv4 (RFC 4291 2.5.5.2)', () => {
  for (const [text, expected] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['64:ff9b::203.0.113.7', '64:ff9b::cb00:7107'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ] as const) {
    assert.equal(written(text), expected, text)
  }
  for (const text of [
    '',
    '203.0.113',
    '203.0.113.256',
    '010.0.0.1',
    '1::2::3',
    ':::',
    '[::1]',
    'unix:',
    '203.0.113.7:80',
  ]) {
    assert.equal(readAddress(text), undefined, text)
  }
})

test('a range is CIDR, or one address; what is no range is told with a cure', () => {
  const range = (text: string) => {
    const read = readRange(text)
    return 'range' in read ? writeRange(read.range) : read.problem
  }
  const cure = 'must be a range like 203.0.113.0/24 or 2001:db8::/32, or one address'
  for (const [text, expected] of [
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['203.0.113.7', '203.0.113.7/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['::ffff:203.0.113.0/120', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/24', 'has bits behind its length; the range is 203.0.113.0/24, the one address 203.0.113.7'],
    ['2001:db8::1/32', 'has bits behind its length; the range is 2001:db8::/32, the one address 2001:db8::1'],
    ['203.0.113.0/33', 'must have a length from 0 to 32 behind the slash'],
    ['::ffff:203.0.113.0/24', 'must have a length from 96 to 128 behind the slash'],
    ['203.0.113.0/024', cure],
    ['203.0.113.0/', cure],
    ['203.0.113.0/24/8', cure],
    ['fe80::1%eth0', cure],
    ['acme.example', cure],
    ['', cure],
  ] as const) {
    assert.equal(range(text), expected, text)
  }
})

test('whether an address is in a range, Node’s own BlockList says as well', () => {
  const v4 = fc.ipV4()
  const v6 = fc.ipV6()
  const both = fc.oneof(fc.tuple(v4, v4, fc.nat(32)), fc.tuple(v6, v6, fc.nat(128)))
  fc.assert(
    fc.property(both, ([base, other, prefix]) => {
      const address = readAddress(base)
      const asked = readAddress(other)
      fc.pre(address !== undefined && asked !== undefined)
      // Of mapped addresses Node and we have another opinion, on purpose.
      fc.pre(address.bits === (isIPv4(base) ? 32 : 128) && asked.bits === address.bits)
      const behind = BigInt(address.bits - prefix)
      const range = { bits: address.bits, first: (address.value >> behind) << behind, prefix }
      const family = address.bits === 32 ? 'ipv4' : 'ipv6'
      const list = new BlockList()
      list.addSubnet(writeAddress({ bits: range.bits, value: range.first }), prefix, family)
      assert.equal(isIn(asked, range), list.check(other, family))
      assert.ok(isIn(address, range))
      assert.deepEqual(readAddress(writeAddress(asked)), asked)
    }),
  )
})
