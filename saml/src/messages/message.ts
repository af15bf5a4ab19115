// What is the same for every protocol message: reading it, and the checks of its shape, sender and addressee
// (Core 3.2.1, 3.2.2).

import { type SoapMessage, soapContent } from '../bindings/soap.ts'
import { type Check, compared, type Expected, failed, passed } from '../report/checks.ts'
import { namespaces, uris } from '../uris.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childrenNamed, isNamed, onlyChild, pathOf, type XmlElement } from '../xml/tree.ts'
import { XmlError } from '../xml/xml-error.ts'
import { unverifiedText } from './claims.ts'
import { structureFaults } from './structure.ts'

export type ReadMessage = { readonly checks: readonly Check[]; readonly root?: XmlElement }

/** Reads a document that is an Assertion, in clear or encrypted, and nothing around it. */
export function readBareAssertion(message: Uint8Array | string): ReadMessage {
  const root = readDocument(message)
  if ('outcome' in root) return { checks: [root] }
  const wellFormed = passed('xml-well-formed', 'message')
  const found = isNamed(root, namespaces.assertion, 'Assertion') || isNamed(root, namespaces.assertion, bareEncrypted)
  if (found) return { checks: [wellFormed, passed('message-type', 'message', root.qname)], root }
  return { checks: [wellFormed, failed('message-type', 'message', 'a saml:Assertion, by itself', typeOf(root))] }
}

const bareEncrypted = 'EncryptedAssertion'

/** Reads a message of one kind, `local` in the protocol's namespace. Without `root` there is nothing more to be said. */
export function readMessage(message: Uint8Array | string | SoapMessage, local: string): ReadMessage {
  const inSoap = typeof message === 'object' && 'soap' in message
  const document = readDocument(inSoap ? message.soap : message)
  if ('outcome' in document) return { checks: [document] }
  const wellFormed = passed('xml-well-formed', 'message')
  let root = document
  if (inSoap) {
    const content = soapContent(root)
    if (typeof content === 'string') {
      const expected = `a SOAP 1.1 envelope with a samlp:${local} in its Body`
      return { checks: [wellFormed, failed('soap-envelope', 'message', expected, content)] }
    }
    root = content
  }
  if (isNamed(root, namespaces.protocol, local)) {
    return { checks: [wellFormed, passed('message-type', 'message', root.qname)], root }
  }
  return { checks: [wellFormed, failed('message-type', 'message', `a samlp:${local}`, typeOf(root))] }
}

/** Or the check that says why there is none. */
function readDocument(message: Uint8Array | string): XmlElement | Check {
  try {
    return readXml(message)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const expected = error.code === 'message-size' ? 'at most 256 KiB' : 'well-formed XML 1.0 in UTF-8, without DOCTYPE'
    return failed(error.code, 'message', expected, error.message)
  }
}

function typeOf(root: XmlElement): string {
  return `${pathOf(root)} of ${root.namespace || 'no namespace'}`
}

export function checkStructure(faults: readonly string[]): Check {
  return faults.length === 0
    ? passed('structure', 'message')
    : failed('structure', 'message', 'only what the SAML 2.0 schemas allow, where they allow it', faults.join('; '))
}

export function structureOf(root: XmlElement): Check {
  return checkStructure(structureFaults(root))
}

export function checkIds(repeated: readonly string[]): Check {
  return repeated.length === 0
    ? passed('id-unique', 'message')
    : failed('id-unique', 'message', 'every ID once', `more than once: ${repeated.join(', ')}`)
}

/** Core 3.2.1, 3.2.2, 2.3.3: this is version 2.0, of the message and of the assertion in it. */
export function checkVersion(...elements: readonly XmlElement[]): Check {
  for (const element of elements) {
    const version = attributeOf(element, 'Version')
    if (version !== '2.0') return failed('version', 'message', '2.0', version ?? 'no Version')
  }
  return passed('version', 'message', '2.0')
}

/** Profiles 4.1.4.2: the Issuer of a Response may be left out; where it stands it must be the identity provider. */
export function checkIssuerIfPresent(root: XmlElement, expected: Expected): Check {
  return onlyChild(root, namespaces.assertion, 'Issuer') === undefined
    ? passed('response-issuer', 'response', 'left out')
    : checkIssuer(root, 'response-issuer', 'response', expected)
}

/** The Issuer of a message or an assertion: an entity id (Core 8.3.6), so of no other format (Profiles 4.1.4.1, 4.1.4.2, 4.4.4). */
export function checkIssuer(
  element: XmlElement,
  code: 'response-issuer' | 'assertion-issuer',
  about: Check['about'],
  expected: Expected,
): Check {
  const issuer = onlyChild(element, namespaces.assertion, 'Issuer')
  const format = issuer && attributeOf(issuer, 'Format')
  if (format !== undefined && format !== uris.nameId.entity) {
    return failed(code, about, `no Format, or ${uris.nameId.entity}`, format)
  }
  return compared(code, about, expected, unverifiedText(issuer))
}

export function issuerOf(element: XmlElement): string | undefined {
  return unverifiedText(onlyChild(element, namespaces.assertion, 'Issuer'))
}

/**
 * Bindings 3.4.5.2, 3.5.5.2: a signed message must say where it was sent, and that must be here. Core 3.2.1, 3.2.2: if it
 * says so, it must be so. `signed`: whether it is signed in another way than by a Signature in it.
 */
export function checkDestination(
  root: XmlElement,
  expected: Expected,
  { about = 'response', signed = false }: { readonly about?: Check['about']; readonly signed?: boolean } = {},
): Check {
  const destination = attributeOf(root, 'Destination')
  const mustSay = signed || childrenNamed(root, namespaces.signature, 'Signature').length > 0
  if ((destination === undefined || destination === '') && !mustSay) return passed('destination', about, 'left out')
  return compared('destination', about, expected, destination)
}
