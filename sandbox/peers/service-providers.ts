/**
 * Where the service providers of tests live: several on one small web server on 127.0.0.1, as several connections live at
 * Sallyport, with addresses like theirs. It knows nothing of SAML.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SandboxKey } from '../src/key.ts'
import {
  createServiceProvider,
  type Serve,
  type ServiceProviderOptions,
  type TestServiceProvider,
} from './service-provider.ts'

export type ServiceProviders = {
  readonly origin: string
  add(key: SandboxKey, options: ServiceProviderOptions): TestServiceProvider
  close(): Promise<void>
}

export async function startServiceProviders(): Promise<ServiceProviders> {
  const all = new Map<string, Serve>()
  const server = createServer((request, response) => {
    const [, , ticket = ''] = request.url?.split('/') ?? []
    const serve = all.get(ticket)
    if (serve === undefined) return response.writeHead(404).end()
    return serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    add(key, options) {
      const ticket = `serviceprov${letters(all.size)}`
      return createServiceProvider({ key, options, origin, ticket, mount: (serve) => all.set(ticket, serve) })
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A number as three letters. */
function letters(number: number): string {
  return [676, 26, 1].map((place) => String.fromCharCode(97 + (Math.floor(number / place) % 26))).join('')
}
