// For tests: PKCS#12 files as nobody's tool writes them.

import type { KeyObject } from 'node:crypto'
import type {} from 'node:test' // marks this file as one for tests
import forge from 'node-forge'

type Node = forge.asn1.Asn1
const { Class, Type } = forge.asn1

export const PASSWORD = 'changeit'

const node = (type: number, value: Node[] | string, tagClass = Class.UNIVERSAL): Node =>
  forge.asn1.create(tagClass, type, typeof value !== 'string', value as never)
const sequence = (...parts: Node[]): Node => node(Type.SEQUENCE, parts)
const tagged = (...parts: Node[]): Node => node(0, parts, Class.CONTEXT_SPECIFIC)
const id = (oid: string): Node => node(Type.OID, forge.asn1.oidToDer(oid).getBytes())
const bytes = (of: Node): string => forge.asn1.toDer(of).getBytes()
const octets = (value: string): Node => node(Type.OCTETSTRING, value)
const number = (value: number): Node => node(Type.INTEGER, forge.asn1.integerToDer(value).getBytes())

const DATA = '1.2.840.113549.1.7.1'
const data = (content: Node): Node => sequence(id(DATA), tagged(octets(bytes(content))))

type Encrypting = {
  readonly rounds?: number
  readonly scheme?: string
  readonly cipher?: string
  readonly prf?: string
}

/** EncryptedPrivateKeyInfo around anything; what it says of itself need not be true. */
function shrouded(content: Node, { rounds = 1, scheme, cipher, prf }: Encrypting = {}): Node {
  const made = forge.pki.encryptPrivateKeyInfo(content, PASSWORD, { algorithm: 'aes256', count: 1 } as never)
  const derivation = at(made, 0, 1, 0)
  at(derivation, 1).value = (at(derivation, 1).value as Node[]).map((one, nth) => (nth === 1 ? number(rounds) : one))
  if (scheme !== undefined) at(made, 0, 0).value = forge.asn1.oidToDer(scheme).getBytes()
  if (cipher !== undefined) at(made, 0, 1, 1, 0).value = forge.asn1.oidToDer(cipher).getBytes()
  if (prf !== undefined) (at(derivation, 1).value as Node[]).push(sequence(id(prf)))
  return made
}

function at(from: Node, ...path: number[]): Node {
  return path.reduce((node, index) => (node.value as Node[])[index] as Node, from)
}

export type FileToMake = {
  readonly key: KeyObject
  readonly certificates?: readonly Buffer[]
  /** Of the bag of the private key. */
  readonly encrypting?: Encrypting
  /** The bags once more in an encrypted part. */
  readonly hidden?: boolean
  readonly mac?: Node
  readonly version?: number
  readonly name?: string
}

/** Without a MAC unless one is given. */
export function pkcs12({ key, certificates = [], encrypting, hidden, mac, version = 3, name }: FileToMake): Buffer {
  const info = forge.asn1.fromDer(key.export({ type: 'pkcs8', format: 'der' }).toString('latin1'))
  const nameOf = '1.2.840.113549.1.9.20'
  const attributes =
    name === undefined
      ? []
      : [node(Type.SET, [sequence(id(nameOf), node(Type.SET, [node(Type.BMPSTRING, utf16(name))]))])]
  const keyBag = sequence(id('1.2.840.113549.1.12.10.1.2'), tagged(shrouded(info, encrypting)), ...attributes)
  const certificateBags = certificates.map((der) => {
    const held = sequence(id('1.2.840.113549.1.9.22.1'), tagged(octets(der.toString('latin1'))))
    return sequence(id('1.2.840.113549.1.12.10.1.3'), tagged(held))
  })
  const bags = sequence(keyBag, ...certificateBags)
  const safe = sequence(hidden ? encrypted(bags) : data(bags))
  return Buffer.from(bytes(sequence(number(version), data(safe), ...(mac === undefined ? [] : [mac]))), 'latin1')
}

// forge writes a BMPSTRING itself where its value is the text.
const utf16 = (text: string): string => text

function encrypted(bags: Node): Node {
  const made = shrouded(bags)
  const content = node(0, at(made, 1).value as string, Class.CONTEXT_SPECIFIC)
  const info = sequence(number(0), sequence(id(DATA), at(made, 0), content))
  return sequence(id('1.2.840.113549.1.7.6'), tagged(info))
}

/** MacData that says it needs so many rounds. */
export function mac(rounds: number, digest = '2.16.840.1.101.3.4.2.1'): Node {
  return sequence(sequence(sequence(id(digest)), octets('x'.repeat(32))), octets('saltsalt'), number(rounds))
}

/** An ASN.1 value so many levels deep. */
export function deep(levels: number): Buffer {
  let inner = Buffer.alloc(0)
  for (let level = 0; level < levels; level++) {
    const length = inner.length < 128 ? [inner.length] : [0x82, inner.length >> 8, inner.length & 255]
    inner = Buffer.concat([Buffer.from([0x30, ...length]), inner])
  }
  return inner
}
