/**
 * Outgoing requests to addresses that an administrator typed in: metadata, single logout over SOAP.
 *
 * Owns the rules that keep such an address from reaching into the operator's own network: https only, public addresses
 * only, no redirect to another host, limits of time and size. Must not know what is fetched, nor why.
 */

import { lookup as systemLookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP } from 'node:net'

export type OutgoingErrorCode =
  | 'not-a-url'
  | 'not-https'
  | 'private-address'
  | 'name-not-found'
  | 'unreachable'
  | 'untrusted-certificate'
  | 'too-slow'
  | 'too-large'
  | 'redirected'
  | 'status'
  | 'not-text'
  | 'stopped'

const sentences: Record<OutgoingErrorCode, (detail: string) => string> = {
  'not-a-url': () => 'it is not an address that can be fetched',
  'not-https': (host) => `it must begin with https:// (or ${host} be listed in SALLYPORT_ALLOW_PRIVATE_HOSTS)`,
  'private-address': (host) =>
    `${host} is a private address, which is not fetched from unless SALLYPORT_ALLOW_PRIVATE_HOSTS lists it`,
  'name-not-found': (host) => `the name ${host} does not exist`,
  unreachable: (reason) => `no connection could be made (${reason})`,
  'untrusted-certificate': (reason) => `its TLS certificate is not trusted (${reason})`,
  'too-slow': (limit) => `it did not answer within ${limit}`,
  'too-large': (limit) => `its answer is larger than ${limit}`,
  redirected: (target) => `it redirects to ${target}, which is not followed; give the final address instead`,
  status: (status) => `it answered with the status ${status} instead of 200`,
  'not-text': (reason) => `its answer is not plain UTF-8 text (${reason})`,
  stopped: () => 'this service was stopping',
}

export class OutgoingError extends Error {
  readonly code: OutgoingErrorCode

  constructor(code: OutgoingErrorCode, url: string, detail: string, options?: ErrorOptions) {
    super(`${url} could not be fetched: ${sentences[code](detail)}`, options)
    this.name = 'OutgoingError'
    this.code = code
  }
}

/** Turns a host name into all its addresses. The system's resolver unless a test brings another. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

export type OutgoingOptions = {
  /** `host` or `host:port`, in lower case: these may be private, and plain http. */
  readonly allowPrivateHosts: readonly string[]
  /** For everything together, redirects too. */
  readonly timeoutMs?: number
  readonly maxBytes?: number
  /** The Accept header. */
  readonly accept?: string
  readonly resolve?: Resolve
  /** Gives up before the time is over. */
  readonly stop?: AbortSignal
}

const MAXIMUM_REDIRECTS = 3

/** Fetches a text of UTF-8. @throws OutgoingError */
export async function fetchText(address: string, options: OutgoingOptions): Promise<string> {
  const { maxBytes = 1024 * 1024 } = options
  return within(address, options, async (signal) => {
    let url = new URL(address)
    for (let redirects = 0; ; redirects++) {
      const response = await open(url, address, options, { signal })
      const next = redirectOf(response, url)
      if (next === undefined) {
        demandStatus(response, address, [200])
        return decode(await readBody(response, address, maxBytes), address)
      }
      response.destroy()
      if (next.hostname !== url.hostname || redirects === MAXIMUM_REDIRECTS) {
        throw new OutgoingError('redirected', address, next.href)
      }
      url = next
    }
  })
}

export type TextToPost = {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** The answers that have something to say; any other is a failure. */
  readonly statuses: readonly number[]
  /** Those of them that say everything: what else comes is not read. */
  readonly unread?: readonly number[]
}

/** Posts a text, and reads the answer's bytes. No redirect is followed. @throws OutgoingError */
export async function postText(
  address: string,
  post: TextToPost,
  options: OutgoingOptions,
): Promise<{ readonly status: number; readonly body: Uint8Array }> {
  const { maxBytes = 1024 * 1024 } = options
  return within(address, options, async (signal) => {
    const url = new URL(address)
    const response = await open(url, address, options, { signal, post })
    const next = redirectOf(response, url)
    if (next !== undefined) {
      response.destroy()
      throw new OutgoingError('redirected', address, next.href)
    }
    demandStatus(response, address, post.statuses)
    if (post.unread?.includes(response.statusCode ?? 0)) {
      response.destroy()
      return { status: response.statusCode ?? 0, body: new Uint8Array() }
    }
    return { status: response.statusCode ?? 0, body: await readBody(response, address, maxBytes) }
  })
}

/** The time limit, and what all failures become. */
async function within<T>(
  address: string,
  { timeoutMs = 10_000, stop }: OutgoingOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (!URL.canParse(address)) throw new OutgoingError('not-a-url', address, '')
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), timeoutMs)
  const signal = stop === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, stop])
  try {
    return await work(signal)
  } catch (error) {
    if (error instanceof OutgoingError) throw error
    if (stop?.aborted) throw new OutgoingError('stopped', address, '', { cause: error })
    if (signal.aborted) throw new OutgoingError('too-slow', address, `${timeoutMs / 1000} seconds`, { cause: error })
    throw failed(error, address)
  } finally {
    clearTimeout(timer)
  }
}

async function open(
  url: URL,
  address: string,
  options: OutgoingOptions,
  { signal, post }: { readonly signal: AbortSignal; readonly post?: TextToPost },
): Promise<IncomingMessage> {
  // A resolver cannot be told to stop, so its answer is no longer waited for.
  const givenUp = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const addresses = await Promise.race([permittedAddresses(url, address, options), givenUp])
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      method: post === undefined ? 'GET' : 'POST',
      signal,
      agent: false,
      // The addresses that were judged are the ones connected to: a name that answers differently the second time
      // (DNS rebinding) gains nothing. An address in the URL itself is not looked up, and has been judged as it stands.
      lookup: (_host, { all }, callback) =>
        all ? callback(null, [...addresses]) : callback(null, addresses[0]!.address, addresses[0]!.family),
      headers: {
        accept: options.accept ?? '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'Sallyport',
        ...(post === undefined ? {} : { ...post.headers, 'content-length': `${Buffer.byteLength(post.body)}` }),
      },
    })
      .on('response', resolve)
      .on('error', reject)
      .end(post?.body)
  })
}

async function permittedAddresses(
  url: URL,
  address: string,
  { allowPrivateHosts, resolve = resolveWithSystem }: OutgoingOptions,
): Promise<readonly { address: string; family: number }[]> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OutgoingError('not-a-url', address, '')
  if (url.username || url.password) throw new OutgoingError('not-a-url', address, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const allowed = allowPrivateHosts.includes(url.hostname) || allowPrivateHosts.includes(`${url.hostname}:${port}`)
  if (url.protocol === 'http:' && !allowed) throw new OutgoingError('not-https', address, url.hostname)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const literal = isIP(host)
  const addresses = literal === 0 ? await resolve(host) : [{ address: host, family: literal }]
  if (addresses.length === 0) throw new OutgoingError('name-not-found', address, host)
  // One private address among public ones is enough: which of them is connected to is not ours to say.
  if (!allowed && !addresses.every((one) => isPublicAddress(one.address))) {
    throw new OutgoingError('private-address', address, url.hostname)
  }
  return [...addresses]
}

const resolveWithSystem: Resolve = async (host) => systemLookup(host, { all: true })

function redirectOf(response: IncomingMessage, url: URL): URL | undefined {
  const { statusCode = 0, headers } = response
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined
  return URL.canParse(headers.location, url) ? new URL(headers.location, url) : undefined
}

function demandStatus(response: IncomingMessage, address: string, statuses: readonly number[]): void {
  if (statuses.includes(response.statusCode ?? 0)) return
  response.destroy()
  throw new OutgoingError('status', address, String(response.statusCode))
}

async function readBody(response: IncomingMessage, address: string, maxBytes: number): Promise<Uint8Array> {
  const refuse = (code: OutgoingErrorCode, detail: string): never => {
    response.destroy()
    throw new OutgoingError(code, address, detail)
  }
  const encoding = response.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') refuse('not-text', `Content-Encoding: ${encoding}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) refuse('too-large', `${Math.floor(maxBytes / 1024)} KiB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Uint8Array, address: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new OutgoingError('not-text', address, 'bytes that are not UTF-8', { cause: error })
  }
}

function failed(error: unknown, address: string): OutgoingError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = code || (error instanceof Error ? error.message : String(error))
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') {
    return new OutgoingError('name-not-found', address, new URL(address).hostname, { cause: error })
  }
  const isTls = /CERT|TLS|SSL|UNABLE_TO_|SELF_SIGNED/.test(code)
  return new OutgoingError(isTls ? 'untrusted-certificate' : 'unreachable', address, reason, { cause: error })
}

/** Whether an address is one of the public internet (the special-purpose registries of RFC 6890 left out). */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  // Of IPv6 only 2000::/3 is given out; loopback, unique-local, link-local, multicast, IPv4-mapped and NAT64 lie outside.
  return family === 6 && unicast.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

const unicast = blockList(['2000::/3'])

const special = blockList([
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // carrier-grade NAT (RFC 6598)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and the clouds' metadata services
  '172.16.0.0/12', // private (RFC 1918)
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private (RFC 1918)
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which leads to IPv4 addresses
  '3fff::/20', // documentation
])

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/')
    list.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
