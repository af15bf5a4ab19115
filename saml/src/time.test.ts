// xs:dateTime in UTC, as SAML uses it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readInstant, writeInstant } from './time.ts'

const accepted: readonly (readonly [string, string, string])[] = [
  ['whole seconds', '2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
  ['tenths', '2026-01-31T09:30:00.5Z', '2026-01-31T09:30:00.500Z'],
  ['hundredths', '2026-01-31T09:30:00.05Z', '2026-01-31T09:30:00.050Z'],
  ['milliseconds', '2026-01-31T09:30:00.123Z', '2026-01-31T09:30:00.123Z'],
  ['finer fractions, which are cut and not rounded', '2026-01-31T09:30:00.1239999999Z', '2026-01-31T09:30:00.123Z'],
  ['the last instant before midnight', '2026-12-31T23:59:59.999999Z', '2026-12-31T23:59:59.999Z'],
  ['a leap day', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['long ago', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['for ever, as some products write it', '9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
]

for (const [what, text, expected] of accepted) {
  test(`Core 1.3.3: ${what}: ${text}`, () => assert.equal(readInstant(text)?.toISOString(), expected))
}

const refused: readonly (readonly [string, ...string[]])[] = [
  ['no time zone', '2026-01-31T09:30:00', '2026-01-31T09:30:00.123'],
  ['another time zone', '2026-01-31T09:30:00+01:00', '2026-01-31T09:30:00-00:00', '2026-01-31T09:30:00+00:00'],
  [
    'days that do not exist',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2100-02-29T00:00:00Z',
  ],
  [
    'hours that do not exist',
    '2026-01-31T24:00:00Z',
    '2026-01-31T25:00:00Z',
    '2026-01-31T09:60:00Z',
    '2026-12-31T23:59:60Z',
  ],
  [
    'other forms',
    '',
    'now',
    '2026-01-31',
    '09:30:00Z',
    '2026-01-31 09:30:00Z',
    '20260131T093000Z',
    '2026-1-31T09:30:00Z',
    '2026-01-31T09:30Z',
    '2026-01-31t09:30:00z',
    '1769851800',
    'Sat, 31 Jan 2026 09:30:00 GMT',
  ],
  ['a fraction without digits or with a comma', '2026-01-31T09:30:00.Z', '2026-01-31T09:30:00,5Z'],
  [
    'years of other lengths',
    '-2026-01-31T09:30:00Z',
    '+002026-01-31T09:30:00Z',
    '12026-01-31T09:30:00Z',
    '226-01-31T09:30:00Z',
  ],
  [
    'something around',
    ' 2026-01-31T09:30:00Z',
    '2026-01-31T09:30:00Z ',
    '2026-01-31T09:30:00Z\n',
    '2026-01-31T09:30:00ZZ',
  ],
  ['digits of other scripts', '２０２６-01-31T09:30:00Z'],
]

for (const [what, ...texts] of refused) {
  test(`Core 1.3.3: ${what}: refused`, () => {
    for (const text of texts) assert.equal(readInstant(text), undefined, text)
  })
}

test('Core 1.3.3: what is written is read', () => {
  const between = {
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  }
  const property = fc.property(fc.date(between), (instant) =>
    assert.deepEqual(readInstant(writeInstant(instant)), instant),
  )
  fc.assert(property, { seed: 20260301 })
  assert.throws(() => writeInstant(new Date(Number.NaN)), RangeError)
})
