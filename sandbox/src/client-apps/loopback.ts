/**
 * The listener of a desktop program on the person's own machine (RFC 8252 section 7.3): a free port of 127.0.0.1, for one
 * answer. It knows nothing of OAuth but the address of the answer; whose that is, the caller says.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Loopback = { readonly redirectUri: string; readonly close: () => void }

const minute = 60 * 1000

export async function openLoopback(expected: {
  /** Other programs may call too (RFC 8252 section 8.3): their answers are left alone, and ours is waited for. */
  readonly isOurs: (query: string) => boolean
  /** Answers where the browser goes on. */
  readonly answered: (query: string) => Promise<string>
  readonly closed: () => void
  readonly milliseconds?: number
}): Promise<Loopback> {
  let taken = false
  const server = createServer(async (request, response) => {
    const [path, query = ''] = (request.url ?? '').split('?', 2)
    if (path !== '/callback' || request.method !== 'GET') return say(response, 404, 'There is nothing at this address.')
    if (taken || !expected.isOurs(query)) return say(response, 400, 'Nobody here has asked for this answer.')
    taken = true
    response.once('close', close)
    const location = await expected.answered(query)
    response.writeHead(303, { location, connection: 'close', 'cache-control': 'no-store' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const over = setTimeout(close, expected.milliseconds ?? minute)
  over.unref()
  return { redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, close }

  function close(): void {
    clearTimeout(over)
    server.close()
    server.closeAllConnections()
    expected.closed()
  }
}

function say(response: ServerResponse, status: number, sentence: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  response.writeHead(status, { ...headers, connection: 'close', 'cache-control': 'no-store' }).end(sentence)
}
