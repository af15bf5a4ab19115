// HTTP-POST binding (Bindings 3.5): the message as base64 in a form field.

import { SamlReadError } from '../report/read-error.ts'
import { decodeBase64 } from './base64.ts'

/** The value of the SAMLRequest or SAMLResponse field (Bindings 3.5.4). */
export function encodePost(xml: string): string {
  return Buffer.from(xml, 'utf8').toString('base64')
}

/** The bytes of the message; throws `SamlReadError` where the field is not base64. */
export function decodePost(field: string): Uint8Array {
  const bytes = decodeBase64(field)
  if (bytes === undefined || bytes.length === 0) throw new SamlReadError('message-base64', received(field))
  return bytes
}

function received(field: string): string {
  return field === '' ? 'nothing' : `text that begins with ${JSON.stringify(field.slice(0, 20))}`
}
