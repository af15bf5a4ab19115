import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertion, unsigned } from '../../cases/one-change.ts'
import { SamlReadError } from '../report/read-error.ts'
import { readUnverifiedResponse } from './unverified-response.ts'

test('everything that a response says is read, signed or not', () => {
  const { issuer, status, destination, assertions, encryptedAssertions } = readUnverifiedResponse(unsigned())
  const [one] = assertions
  const { recipient, audience, nameId } = assertion()
  assert.deepEqual([status, encryptedAssertions], [['urn:oasis:names:tc:SAML:2.0:status:Success'], 0])
  assert.deepEqual([issuer, one?.issuer, destination], [assertion().issuer, assertion().issuer, recipient])
  assert.deepEqual([one?.nameId?.value, one?.audiences], [nameId.value, [[audience]]])
  assert.equal(one?.confirmations[0]?.recipient, recipient)
  assert.deepEqual(one?.attributes, [{ name: 'email', friendlyName: undefined, values: ['ada@example.org'] }])
})

test('what others would read is read: behind comments, inside elements, several assertions, nothing at all', () => {
  const value = (text: string) => unsigned().replace('ada@example.org', text)
  for (const [text, read] of [
    ['ada@<!-- x -->example.org', 'ada@example.org'],
    ['<x xmlns="urn:x">ada<y/>2</x>', 'ada2'],
    [' a ', ' a '],
  ] as const)
    assert.deepEqual(readUnverifiedResponse(value(text)).assertions[0]?.attributes[0]?.values, [read])
  const twice = unsigned().replace(/(<saml:Assertion.*<\/saml:Assertion>)/s, '$1$1')
  assert.equal(readUnverifiedResponse(twice).assertions.length, 2)
  const empty = readUnverifiedResponse('<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>')
  assert.deepEqual([empty.status, empty.assertions, empty.issuer], [[], [], undefined])
})

test('what cannot be read, or is no Response, is refused with its reason', () => {
  const codes = [
    ['<a/>', 'message-type'],
    ['<a>', 'xml-well-formed'],
    ['<!DOCTYPE a><a/>', 'xml-doctype'],
    ['<a>'.repeat(1000), 'xml-limits'],
    [`<a>${'x'.repeat(300_000)}</a>`, 'message-size'],
  ] as const
  for (const [xml, code] of codes)
    assert.throws(
      () => readUnverifiedResponse(xml),
      (error) => error instanceof SamlReadError && error.code === code,
      code,
    )
})
