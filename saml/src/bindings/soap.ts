// The SOAP binding (Bindings 3.2): a message in the Body of a SOAP 1.1 envelope, from server to server.

import { isBlank } from '../xml/characters.ts'
import { childElements, childrenNamed, isNamed, textOf, type XmlElement } from '../xml/tree.ts'
import { element } from '../xml/write.ts'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'

/** An envelope as it came, before anything is known of it. */
export type SoapMessage = { readonly soap: Uint8Array | string }

/** Puts a message into an envelope. A signature in it holds: exclusive C14N does not see what is around (Core 5.4.3). */
export function writeSoap(xml: string): string {
  return `<soap:Envelope xmlns:soap="${soap}"><soap:Body>${xml}</soap:Body></soap:Envelope>`
}

/** What is answered where there is no message to answer (SOAP 1.1 §4.4). `client`: the mistake is the caller's. */
export function writeSoapFault(whose: 'client' | 'server', sentence: string): string {
  const code = whose === 'client' ? 'soap:Client' : 'soap:Server'
  const parts = [element('faultcode', {}, code), element('faultstring', {}, sentence)]
  return writeSoap(`<soap:Fault>${parts.map(({ xml }) => xml).join('')}</soap:Fault>`)
}

/** The one element of the Body, or why there is none to read. */
export function soapContent(envelope: XmlElement): XmlElement | string {
  if (!isNamed(envelope, soap, 'Envelope')) return `${envelope.qname} of ${envelope.namespace || 'no namespace'}`
  const parts = childElements(envelope)
  const [body, ...bodies] = childrenNamed(envelope, soap, 'Body')
  if (body === undefined || bodies.length > 0) return `${bodies.length === 0 ? 'no' : 'more than one'} Body`
  const strange = parts.find((part) => part !== body && !(isNamed(part, soap, 'Header') && part === parts[0]))
  if (strange !== undefined) return `${strange.qname} beside the Body`
  // SOAP 1.1 §4.2.3: whoever does not understand such a header must not act.
  const [header] = childrenNamed(envelope, soap, 'Header')
  const must = header && childElements(header).find(mustBeUnderstood)
  if (must !== undefined) return `a header that must be understood: ${must.qname}`
  const [content, ...more] = childElements(body)
  if (content === undefined || more.length > 0 || hasText(envelope) || hasText(body))
    return 'a Body that does not hold one element alone'
  if (isNamed(content, soap, 'Fault')) return `a SOAP fault: ${faultString(content)}`
  return content
}

function mustBeUnderstood(block: XmlElement): boolean {
  const mark = block.attributes.find(({ namespace, local }) => namespace === soap && local === 'mustUnderstand')
  return mark !== undefined && mark.value !== '0'
}

function hasText(element: XmlElement): boolean {
  return element.children.some((child) => typeof child === 'string' && !isBlank(child))
}

function faultString(fault: XmlElement): string {
  const [text] = childrenNamed(fault, '', 'faultstring')
  return (text && textOf(text)?.trim()) || 'it does not say why'
}
