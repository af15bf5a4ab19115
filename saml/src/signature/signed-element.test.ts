// The door: nothing is read from an element that was not verified.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKey } from '../../cases/case.ts'
import { now, signResponse, unsigned } from '../../cases/one-change.ts'
import { parseCertificates } from '../../src/certificates/certificate.ts'
import { readClaims } from '../messages/claims.ts'
import { readXml } from '../xml/read.ts'
import { childElements, type XmlElement } from '../xml/tree.ts'
import { type SignedElement, signedChild, signedElement } from './signed-element.ts'
import { verifySignature } from './verify.ts'

const root = readXml(signResponse(unsigned()))
const { signed } = verifySignature(root, 'response', { certificates: parseCertificates(readKey('idp.crt')), now })
const proof = signed ?? assert.fail('the signature verifies')

test('a proof leads to the very element that was verified', () => {
  assert.equal(signedElement(proof), root)
  assert.ok(Object.isFrozen(proof))
})

test('a proof cannot be written: the types refuse it, and so does the library at run time', () => {
  const forge = (): void => {
    // @ts-expect-error an element is no proof
    signedElement(root)
  }
  assert.throws(forge, TypeError)
  const copy = (): void => {
    // @ts-expect-error neither is a copy of one
    signedElement({})
  }
  assert.throws(copy, TypeError)
  const readUnverified = (): void => {
    // @ts-expect-error claims are read from a proof alone
    readClaims(root, undefined, now)
  }
  assert.throws(readUnverified, TypeError)
  for (const forged of [{ ...proof }, structuredClone(proof), Object.create(proof), new Proxy(proof, {}), null]) {
    assert.throws(() => signedElement(forged as SignedElement), TypeError)
  }
})

test('a proof covers the children of its element and nothing else', () => {
  const assertion = childElements(root).at(-1) as XmlElement
  assert.equal(signedElement(signedChild(proof, assertion)), assertion)
  const subject = childElements(assertion)[1] as XmlElement
  const other = childElements(readXml(signResponse(unsigned()))).at(-1) as XmlElement
  for (const stranger of [root, subject, other]) assert.throws(() => signedChild(proof, stranger), TypeError)
})
