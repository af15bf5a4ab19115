import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uris } from '@sallyport/saml'
import { userIdOf } from '#login/user-id.ts'
import type { Person } from '#login/verified-responses.ts'
import { valuesOf } from '#provisioning/values.ts'

const { persistent, transient, unspecified } = uris.nameId
const bySubject = { userIdLocation: 'subject' } as const
const byUid = { userIdLocation: 'attribute', userIdAttribute: 'uid' } as const

const nameId = (value: string, format?: string) => ({ nameId: { value, format } })
const attributes = (...pairs: readonly (readonly [name: string, ...values: string[]])[]) => ({
  attributes: pairs.map(([name, ...values]) => ({ name, values })),
})
const nobody: Person = { attributes: [] }

type Row = readonly [
  what: string,
  settings: Parameters<typeof userIdOf>[1],
  person: Partial<Person>,
  found: string | RegExp,
]

/** A text is the user id that is found; a pattern is what the check says was received instead of one. */
const rows: readonly Row[] = [
  ['Subject, one persistent identifier (Core 8.3.7)', bySubject, nameId('ada', persistent), 'ada'],
  ['Subject, no format given (Core 8.3.1)', bySubject, nameId('ada'), 'ada'],
  ['Subject, kept as it is written', bySubject, nameId('Ada Lindqvist'), 'Ada Lindqvist'],
  ['Subject, absent', bySubject, {}, /no value.*no Name ID and no attributes/],
  ['Subject, empty', bySubject, nameId('', unspecified), /no value/],
  ['Subject, blank', bySubject, nameId(' \u00a0\u3000', unspecified), /no value/],
  [
    'Subject, transient: another one at each sign-in (Core 8.3.8)',
    bySubject,
    nameId('_x', transient),
    /a Name ID of the format .*transient/,
  ],
  [
    'Subject, although an attribute has one',
    bySubject,
    attributes(['uid', 'ada']),
    /no Name ID and the attributes uid/,
  ],
  ['Attribute, one value', byUid, attributes(['mail', 'm'], ['uid', 'ada']), 'ada'],
  ['Attribute, white space of XML around it', byUid, attributes(['uid', '\n\t ada \r\n']), 'ada'],
  [
    'Attribute, other white space is part of the name: no two people become one',
    byUid,
    attributes(['uid', 'ada\u00a0']),
    'ada\u00a0',
  ],
  [
    'Attribute, beside a transient Name ID',
    byUid,
    { ...nameId('_x', transient), ...attributes(['uid', 'ada']) },
    'ada',
  ],
  ['Attribute, one value beside blank ones', byUid, attributes(['uid', '', 'ada', ' ']), 'ada'],
  [
    'Attribute, absent, although the Subject has one',
    byUid,
    nameId('ada'),
    /no value.*Name ID of the format unspecified and no attributes/,
  ],
  ['Attribute, without a value', byUid, attributes(['uid']), /no value.*the attributes uid/],
  ['Attribute, empty', byUid, attributes(['uid', '']), /no value/],
  ['Attribute, blank', byUid, attributes(['uid', ' \n\u00a0']), /no value/],
  ['Attribute, several values', byUid, attributes(['uid', 'ada', 'grace']), /^2 values$/],
  ['Attribute, the same value twice', byUid, attributes(['uid', 'ada', 'ada']), /^2 values$/],
  ['Attribute, two of that name in two formats', byUid, attributes(['uid', 'ada'], ['uid', 'grace']), /^2 values$/],
  ['Attribute, the name in other case', byUid, attributes(['UID', 'ada'], ['Uid', 'ada']), /the attributes UID, Uid$/],
  ['Attribute, the name with a space', byUid, attributes(['uid ', 'ada']), /no value/],
  ['no longer than a database index takes', bySubject, nameId('a'.repeat(512)), 'a'.repeat(512)],
  ['longer than that', bySubject, nameId('a'.repeat(513)), /513 characters/],
]

for (const [what, settings, person, found] of rows) {
  test(`User Id Location: ${what}`, () => {
    const { check, userId } = userIdOf({ ...nobody, ...person }, settings)
    assert.deepEqual([check.code, check.about], ['user-id', 'assertion'])
    assert.ok(check.expected)
    if (typeof found === 'string') {
      assert.deepEqual([userId, check.outcome, check.received], [found, 'passed', found])
    } else {
      assert.deepEqual([userId, check.outcome], [undefined, 'failed'])
      assert.match(check.received ?? '', found)
    }
  })
}

test('the values of an attribute are those of every element with its exact name', () => {
  const person = { ...nobody, ...attributes(['mail', 'a'], ['Mail', 'b'], ['mail', ' c ', '']) }
  assert.deepEqual(valuesOf(person.attributes, 'mail'), ['a', 'c'])
  assert.deepEqual(valuesOf(person.attributes, 'toString'), [])
})
