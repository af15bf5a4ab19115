import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { decodePost, encodeRedirect, writeAuthnRequest } from '@sallyport/saml'
import type { FastifyInstance } from 'fastify'
import { createFormBrowser, type Page } from '../../peers/form-browser.ts'
import { freePort } from '../../peers/peer-process.ts'
import { createSandbox, createSandboxKey, people } from '../sandbox.ts'
import { attributeForm, readAttributeForm, withAttributes } from './attribute-form.ts'
import { applicationsInWords } from './people.ts'

const [ada] = people
assert.ok(ada)

const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic'
const unspecified = 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified'
const read = (fields: Readonly<Record<string, string>>) => readAttributeForm(new URLSearchParams(fields), ada)

test('a row is sent as it is typed: quotation marks, spaces and capitals too', () => {
  const typed = '64cd7f8c-207b-4caf-b888-56b8e17384a6, “a726a4a8-9915-4966-9ac2-b8c9064fe30d”,9FA531F6'
  assert.deepEqual(read({ attribute0: 'authorizedclientids', 'maps-to0': typed }), [
    {
      name: 'authorizedclientids',
      nameFormat: unspecified,
      values: ['64cd7f8c-207b-4caf-b888-56b8e17384a6', ' “a726a4a8-9915-4966-9ac2-b8c9064fe30d”', '9FA531F6'],
    },
  ])
})

test('user attributes are filled in, whatever only looks like one is not', () => {
  const values = (typed: string) => read({ attribute1: 'x', 'maps-to1': typed })?.[0]?.values
  assert.deepEqual(values('$' + '{user:email},$' + '{user:subject}'), ['ada@acme.example', 'ada'])
  for (const typed of ['$' + '{user:constructor}', '$' + '{user:Email}', 'user:email', 'email']) {
    assert.deepEqual(values(typed), [typed])
  }
})

test('the format is the one chosen, or left out', () => {
  const row = { attribute2: 'a', 'maps-to2': 'b' }
  assert.equal(read({ ...row, format2: 'basic' })?.[0]?.nameFormat, basic)
  assert.deepEqual(read({ ...row, format2: 'none' }), [{ name: 'a', values: ['b'] }])
  assert.equal(read({ ...row, format2: 'unheard-of' }), undefined)
})

test('a row without name or value is not sent, and a form without rows is empty', () => {
  assert.deepEqual(read({ attribute0: 'AuthorizedClientIDs', 'maps-to0': '', 'maps-to1': 'x' }), [])
  assert.deepEqual(read({}), [])
})

test('what no document can hold is refused', () => {
  assert.equal(read({ attribute0: 'a', 'maps-to0': 'b\u0000' }), undefined)
  assert.equal(read({ attribute0: 'a\ufffe', 'maps-to0': 'b' }), undefined)
  assert.deepEqual(read({ attribute0: 'a', 'maps-to0': '😀' })?.[0]?.values, ['😀'])
})

test('what is written by hand stands instead of what the directory says', () => {
  const known = [
    { name: 'a', values: ['1'] },
    { name: 'b', values: ['2'] },
  ]
  assert.deepEqual(withAttributes(known, [{ name: 'a', values: [] }]), [
    { name: 'b', values: ['2'] },
    { name: 'a', values: [] },
  ])
})

test('the form shows the user attributes by the names with which they are written', () => {
  assert.ok(
    attributeForm()
      .toString()
      .includes('$' + '{user:email}'),
  )
})

test('the people are allowed both applications, one, none, or nothing is said of them', () => {
  assert.deepEqual(Object.fromEntries(people.map((person) => [person.username, applicationsInWords(person)])), {
    ada: 'Media Helper and Tempo',
    grace: 'Tempo',
    alan: 'Media Helper',
    katherine: 'says nothing of applications',
    zoe: 'no application',
  })
})

let sandbox: FastifyInstance
let publicUrl: string
const sallyportUrl = 'http://127.0.0.1:9'
before(async () => {
  const world = { clock: () => new Date(), chance: { bytes: (size: number) => new Uint8Array(randomBytes(size)) } }
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  sandbox = createSandbox({ ...world, publicUrl, sallyportUrl, ...(await createSandboxKey(world)) })
  await sandbox.listen({ port, host: '127.0.0.1' })
})
after(() => sandbox.close())

function requestUrl(): string {
  const url = `${publicUrl}/idp/sso`
  const at = { issueInstant: new Date(), destination: url, issuer: `${sallyportUrl}/saml/abcdefghijklmn/metadata` }
  const xml = writeAuthnRequest({ id: '_request', acsUrl: `${sallyportUrl}/saml/abcdefghijklmn/acs`, ...at })
  return encodeRedirect({ url, parameter: 'SAMLRequest', xml })
}

function xmlOf({ forms }: Page): string {
  return Buffer.from(decodePost(forms[0]?.fields.SAMLResponse ?? '')).toString()
}

test('an answer can carry the attribute in exactly the form of the announcement, and opens no session', async () => {
  const browser = createFormBrowser()
  const page = await browser.open(requestUrl())
  const [form] = page.forms
  assert.ok(form)
  const typed = { person: 'ada', 'maps-to0': 'allowed-client-id,another-allowed-client-id', format0: 'none' }
  const answer = await browser.submit(page, form, typed)
  const values = ['allowed-client-id', 'another-allowed-client-id']
  const elements = values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')
  assert.ok(xmlOf(answer).includes(`<saml:Attribute Name="AuthorizedClientIDs">${elements}</saml:Attribute>`))
  assert.equal(xmlOf(answer).match(/Name="AuthorizedClientIDs"/g)?.length, 1)
  assert.ok((await browser.open(requestUrl())).forms[0]?.action.endsWith('/idp/sign-in'), 'asked again')
})

test('an identity provider that never adds the client sends the attribute without values', async () => {
  const browser = createFormBrowser()
  const page = await browser.open(requestUrl())
  const [form] = page.forms
  assert.ok(form)
  // Nothing is said of her otherwise.
  const answer = await browser.submit(page, form, { person: 'katherine', answer: 'no-clients' })
  assert.match(xmlOf(answer), /<saml:Attribute Name="AuthorizedClientIDs"[^>]*(\/>|><\/saml:Attribute>)/)
})

test('a form with what cannot be sent is refused with a page', async () => {
  const browser = createFormBrowser()
  const page = await browser.open(requestUrl())
  const [form] = page.forms
  assert.ok(form)
  assert.equal((await browser.submit(page, form, { person: 'ada', 'maps-to0': '\u0001' })).status, 400)
})
