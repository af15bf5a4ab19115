import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import { encodePost, encodeRedirect, signXml, writeAuthnRequest } from '@sallyport/saml'
import { findMessages } from '#explain/find-messages.ts'
import { readCases, readKey } from '../../../saml/cases/case.ts'

const [sound] = readCases('good')
assert.ok(sound)
const xml = sound.message.toString('utf8')
const field = encodePost(xml)
const signer = { key: createPrivateKey(readKey('idp.key')), algorithm: 'rsa-sha256' } as const
const request = writeAuthnRequest({
  id: '_r',
  issueInstant: new Date('2026-03-01T12:00:00Z'),
  issuer: 'https://sp.example/metadata',
  destination: 'https://idp.example/sso?a=b',
})
const address = encodeRedirect({
  url: 'https://idp.example/sso?a=b',
  parameter: 'SAMLRequest',
  xml: request,
  relayState: 'state',
  signer,
})
const query = address.slice(address.indexOf('?') + 1)
const form = `SAMLResponse=${encodeURIComponent(field)}&RelayState=state`
const html = `<!DOCTYPE html><html><body onload="submit()"><form method="POST" action="https://sp.example/acs">
<input type="hidden" name='RelayState' value="st&#x61;te"/>
<input type="hidden" value="${field.replaceAll('+', '&#x2B;').replaceAll('=', '&#61;')}" name="SAMLResponse"></form></html>`

type Row = readonly [what: string, input: string | Uint8Array]

const responses: readonly Row[] = [
  ['XML', xml],
  ['XML behind empty lines', `\n\n  ${xml}\n`],
  ['XML with a byte order mark', `\ufeff${xml}`],
  ['base64', field],
  ['base64 in lines', field.replace(/.{64}/g, '$&\r\n')],
  ['base64, URL-encoded', encodeURIComponent(field)],
  ['base64 with spaces for plus signs', field.replaceAll('+', ' ')],
  ['base64 for addresses, without padding', Buffer.from(xml).toString('base64url')],
  ['a form body', form],
  ['a form body with the other field first', `RelayState=state&${form.split('&')[0]}`],
  ['a whole request', `POST /acs HTTP/1.1\r\nHost: sp.example\r\n\r\n${form}`],
  ['a page with the form', html],
]

for (const [what, input] of responses) {
  test(`a response is found in ${what}`, () => {
    const [found, more] = findMessages(Buffer.from(input))
    assert.ok(found?.xml)
    assert.equal(Buffer.from(found.xml).toString('utf8').replace('\ufeff', '').trim(), xml.trim())
    assert.deepEqual([found.problem, found.redirect, more], [undefined, undefined, undefined])
    if (String(input).includes('RelayState')) assert.equal(found.relayState, 'state')
    assert.equal(found.notes.length, /spaces|without padding/.test(what) ? 1 : 0, 'what was mended is told')
  })
}

const requests: readonly Row[] = [
  ['an address', address],
  ['an address with a fragment', `${address}#top`],
  ['an address broken into lines', address.replace(/.{80}/g, '$&\n')],
  ['the first line of a request', `GET /sso?${query} HTTP/1.1`],
  ['a header', `Location: ${address}`],
  ['a query', query],
  ['a query with its question mark', `?${query}`],
]

for (const [what, input] of requests) {
  test(`a request by HTTP-Redirect is found in ${what}, with its signature as it was sent (Bindings 3.4.4.1)`, () => {
    const [found, more] = findMessages(Buffer.from(input))
    assert.ok(found?.xml)
    assert.equal(Buffer.from(found.xml).toString('utf8'), request)
    assert.equal(found.redirect?.signature?.signedText, query.slice('a=b&'.length).split('&Signature=')[0])
    assert.deepEqual([found.relayState, more], ['state', undefined])
  })
}

test('deflated base64 without its query is read, and what is lost is told', () => {
  const bare = decodeURIComponent(/SAMLRequest=([^&]*)/.exec(query)?.[1] ?? '')
  const [found] = findMessages(Buffer.from(bare))
  assert.equal(Buffer.from(found?.xml ?? []).toString('utf8'), request)
  assert.match(found?.notes[0] ?? '', /signature there is lost/)
})

const har = {
  log: {
    entries: [
      {
        request: { method: 'GET', url: 'https://sp.example/' },
        response: {
          redirectURL: '',
          headers: [{ name: 'Location', value: address }],
          content: { text: 'SAMLRequest=' },
        },
      },
      {
        request: { method: 'GET', url: address },
        response: { content: { text: '<p>sign in, with SAMLResponse</p>' } },
      },
      {
        request: { method: 'POST', url: 'https://idp.example/sign-in', postData: { text: 'password=x' } },
        response: { content: { encoding: 'base64', text: Buffer.from(html).toString('base64') } },
      },
      {
        request: {
          method: 'POST',
          url: 'https://sp.example/acs',
          postData: { text: '', params: [{ name: 'SAMLResponse', value: field }] },
        },
      },
      {
        request: {
          method: 'POST',
          url: 'https://sp.example/acs',
          postData: { text: `SAMLResponse=${encodeURIComponent(encodePost(signXml(request, { id: '_r', signer })))}` },
        },
      },
    ],
  },
}

test('every message of a HAR file is found, each once, in order, with its place', () => {
  const found = findMessages(Buffer.from(JSON.stringify(har)))
  assert.deepEqual(
    found.map(({ where }) => where),
    [
      'entry 1, the redirect from https://sp.example/',
      'a form in entry 3, the page https://idp.example/sign-in',
      'entry 5, the form sent to https://sp.example/acs',
    ],
  )
})

test('a HAR of one request by form parameters, kept escaped or not', () => {
  for (const value of [field, encodeURIComponent(field)]) {
    const postData = { params: [{ name: 'SAMLResponse', value }] }
    const entry = { request: { method: 'POST', url: 'https://sp.example/acs', postData } }
    const [found] = findMessages(Buffer.from(JSON.stringify({ log: { entries: [entry] } })))
    assert.equal(Buffer.from(found?.xml ?? []).toString('utf8'), xml)
  }
})

test('what holds no message holds none; what cannot be decoded says why', () => {
  for (const input of ['', '  \n', '{}', '{"log":1}', '{"log":{"entries":[]}}', '{ not JSON']) {
    assert.deepEqual(findMessages(Buffer.from(input)), [], input)
  }
  const broken: readonly (readonly [input: string, code: string])[] = [
    ['hello world!', 'message-base64'],
    ['SAMLResponse=%25%25%25', 'message-base64'],
    ['SAMLRequest=aGVsbG8%3D', 'message-deflate'],
    ['https://idp.example/?SAMLRequest=a&SAMLRequest=b', 'query'],
    [`${query}&SigAlg=again`, 'query'],
  ]
  for (const [input, code] of broken) {
    const [found] = findMessages(Buffer.from(input))
    assert.deepEqual([found?.problem?.code, found?.xml], [code, undefined], input)
  }
})

test('base64 of something else is handed on as it is: the reader says what is wrong with it', () => {
  assert.equal(Buffer.from(findMessages(Buffer.from('aGVsbG8='))[0]?.xml ?? []).toString(), 'hello')
})

test('text in UTF-16 is handed on as it came: the reader says what is wrong with it', () => {
  const bytes = Buffer.from(`\ufeff${xml}`, 'utf16le')
  assert.deepEqual(findMessages(bytes)[0]?.xml, bytes)
})
