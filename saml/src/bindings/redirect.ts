// HTTP-Redirect binding with DEFLATE (Bindings 3.4): the message in the query, its signature in the query too.

import { sign as cryptoSign } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { SamlReadError } from '../report/read-error.ts'
import { type Signer, signatureAlgorithm, signatureUri } from '../signature/algorithms.ts'
import { defaultLimits } from '../xml/limits.ts'
import { decodeBase64 } from './base64.ts'

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse'

export type RedirectMessage = {
  readonly url: string
  readonly parameter: MessageParameter
  readonly xml: string
  readonly relayState?: string
  readonly signer?: Signer
}

export type DecodedRedirect = {
  readonly parameter: MessageParameter
  readonly xml: Uint8Array
  readonly relayState?: string
  readonly signature?: { readonly algorithmUri: string; readonly value: Uint8Array; readonly signedText: string }
}

/**
 * The URL that carries the message; a fragment stays behind the query. The signature covers the query pieces exactly as
 * they are sent (Bindings 3.4.4.1). Throws `TypeError` for a RelayState that is no text.
 */
export function encodeRedirect(message: RedirectMessage): string {
  const deflated = deflateRawSync(Buffer.from(message.xml, 'utf8')).toString('base64')
  let query = `${message.parameter}=${encodeURIComponent(deflated)}`
  if (message.relayState?.isWellFormed() === false) throw new TypeError('a RelayState with a lone surrogate')
  if (message.relayState !== undefined) query += `&RelayState=${encodeURIComponent(message.relayState)}`
  if (message.signer !== undefined) {
    query += `&SigAlg=${encodeURIComponent(signatureUri(message.signer.algorithm))}`
    const { hash } = signatureAlgorithm(signatureUri(message.signer.algorithm)) ?? fail()
    const value = cryptoSign(hash, Buffer.from(query, 'utf8'), { key: message.signer.key, dsaEncoding: 'ieee-p1363' })
    query += `&Signature=${encodeURIComponent(value.toString('base64'))}`
  }
  const hash = message.url.indexOf('#')
  const address = hash === -1 ? message.url : message.url.slice(0, hash)
  const fragment = hash === -1 ? '' : message.url.slice(hash)
  return address + (address.includes('?') ? '&' : '?') + query + fragment
}

function fail(): never {
  throw new TypeError('unknown signature algorithm')
}

/**
 * Reads the raw query of a request (without the question mark). Each parameter may stand once; foreign ones are left alone.
 * Throws `SamlReadError`.
 */
export function decodeRedirect(rawQuery: string): DecodedRedirect {
  const raw = new Map<string, string>()
  for (const piece of rawQuery.split('&')) {
    const equals = piece.indexOf('=')
    const name = equals === -1 ? piece : piece.slice(0, equals)
    if (!['SAMLRequest', 'SAMLResponse', 'SAMLEncoding', 'RelayState', 'SigAlg', 'Signature'].includes(name)) continue
    if (raw.has(name)) throw new SamlReadError('query', `${name} twice`)
    raw.set(name, equals === -1 ? '' : piece.slice(equals + 1))
  }
  const parameter = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse'
  const message = raw.get(parameter)
  if (message === undefined) throw new SamlReadError('query', 'neither SAMLRequest nor SAMLResponse')
  if (raw.has('SAMLRequest') && raw.has('SAMLResponse'))
    throw new SamlReadError('query', 'a request and a response at once')
  const encoding = raw.get('SAMLEncoding')
  if (encoding !== undefined && decodeQuery(encoding) !== 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE') {
    throw new SamlReadError('query', `the encoding ${decodeQuery(encoding)}`)
  }
  const relayState = raw.get('RelayState')
  const signature = readSignature(raw, parameter)
  return {
    parameter,
    xml: inflate(decodeQuery(message)),
    ...(relayState === undefined ? {} : { relayState: decodeQuery(relayState) }),
    ...(signature === undefined ? {} : { signature }),
  }
}

function readSignature(raw: Map<string, string>, parameter: MessageParameter): DecodedRedirect['signature'] {
  const algorithm = raw.get('SigAlg')
  const value = raw.get('Signature')
  if (algorithm === undefined && value === undefined) return undefined
  if (algorithm === undefined || value === undefined)
    throw new SamlReadError('query', 'only one of SigAlg and Signature')
  const bytes = decodeBase64(decodeQuery(value))
  if (bytes === undefined) throw new SamlReadError('query', 'a Signature that is not base64')
  // The pieces as they came, in the prescribed order, whatever the order they came in (Bindings 3.4.4.1).
  const signedText = [parameter, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&')
  return { algorithmUri: decodeQuery(algorithm), value: bytes, signedText }
}

function inflate(text: string): Uint8Array {
  const deflated = decodeBase64(text)
  if (deflated === undefined || deflated.length === 0)
    throw new SamlReadError('message-base64', 'no base64 in the query')
  try {
    const { buffer, engine } = inflateRawSync(deflated, {
      maxOutputLength: defaultLimits.bytes,
      info: true,
    }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    if (engine.bytesWritten !== deflated.length) throw new SamlReadError('message-deflate', 'bytes after the message')
    return buffer
  } catch (error) {
    if (error instanceof SamlReadError) throw error
    throw new SamlReadError('message-deflate', 'bytes that do not inflate, or that inflate to too many')
  }
}

function decodeQuery(raw: string): string {
  let text: string
  try {
    text = decodeURIComponent(raw.replaceAll('+', ' '))
  } catch {
    throw new SamlReadError('query', 'a broken percent escape')
  }
  // No parameter has a use for it, and what stores texts stumbles over it.
  if (text.includes('\0')) throw new SamlReadError('query', 'a NUL character')
  return text
}
