import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { acceptForms, type Form, formLimit, readForm } from '#http/form.ts'

const rows: readonly (readonly [what: string, body: string, fields: Readonly<Record<string, string>>])[] = [
  ['fields in any order', 'b=2&a=1', { a: '1', b: '2' }],
  ['plus is a space, %2B is a plus (URL Standard 5.1)', 'a=1+2%2B3', { a: '1 2+3' }],
  ['percent-encoded UTF-8, in names too', '%C3%A4=%E2%82%AC%0D%0A', { ä: '€\r\n' }],
  ['base64 as browsers send it', 'SAMLResponse=PHg%2BPC%2FeD4%3D', { SAMLResponse: 'PHg+PC/eD4=' }],
  ['an equals sign in the value', 'a=b=c', { a: 'b=c' }],
  ['empty values, and names without one', 'a=&b', { a: '', b: '' }],
  ['a field that stands twice has no value', 'a=1&b=2&a=3', { b: '2' }],
  ['nor has one that stands thrice, or twice with the same value', 'a=1&a=1&b=2&b=3&b=4&c=5', { c: '5' }],
  ['nor one whose second spelling is escaped', 'SAMLResponse=1&%53AMLResponse=2', {}],
  ['names in other case are others', 'a=1&A=2', { a: '1', A: '2' }],
  ['broken escapes stay as they are', 'a=%zz%', { a: '%zz%' }],
  ['bytes that are not UTF-8 are replaced', 'a=%ff', { a: '\ufffd' }],
  [
    'names that objects have',
    '__proto__=1&constructor=2',
    Object.fromEntries([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]),
  ],
  ['nothing', '', {}],
]

for (const [what, body, fields] of rows) {
  test(`a form is read: ${what}`, () => {
    assert.deepEqual(readForm(body), new Map(Object.entries(fields)))
  })
}

async function served(t: TestContext) {
  const app = Fastify()
  t.after(() => app.close())
  acceptForms(app)
  app.post('/', (request) => [...((request.body as Form | undefined) ?? new Map())])
  return async (payload: string, type?: string) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const response = await app.inject({ method: 'POST', url: '/', payload, headers })
    return response.statusCode === 200 ? JSON.parse(response.body) : response.statusCode
  }
}

test('only forms are read; any other body is 415 (RFC 9110 15.5.16)', async (t) => {
  const send = await served(t)
  const form = 'application/x-www-form-urlencoded'
  assert.deepEqual(await send('a=b', form), [['a', 'b']])
  assert.deepEqual(await send('a=b', `${form.toUpperCase()}; charset=UTF-8`), [['a', 'b']])
  for (const type of [
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'text/xml',
    `${form}x`,
    'x',
    '',
  ]) {
    assert.equal(await send('{"a":1}', type), 415, type)
  }
})

test('a form over the limit is 413, one at the limit is read', async (t) => {
  const send = await served(t)
  const form = 'application/x-www-form-urlencoded'
  assert.equal((await send(`a=${'b'.repeat(formLimit - 2)}`, form))[0][1].length, formLimit - 2)
  assert.equal(await send(`a=${'b'.repeat(formLimit - 1)}`, form), 413)
})

test('the limit has room for a message of 256 KiB as browsers escape it', () => {
  const xml = '<saml:Attribute Name="a">?>~</saml:Attribute>'.repeat(5826)
  assert.ok(xml.length >= 256 * 1024)
  const fields = { SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: 'r'.repeat(80) }
  assert.ok(new URLSearchParams(fields).toString().length <= formLimit)
})
