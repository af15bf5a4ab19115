// For tests: the SOAP side of an identity provider, with the key of saml/cases, that behaves as it is told.

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import {
  judgeLogoutRequest,
  type LogoutRequestVerdict,
  type LogoutResponseToWrite,
  parseCertificates,
  signXml,
  writeLogoutResponse,
  writeSoap,
  writeSoapFault,
} from '@sallyport/saml'
import type { World } from '#config/world.ts'
import { signerOf } from '../../../saml/cases/one-change.ts'

export const idp = 'https://idp.example/metadata'

export type Heard = NonNullable<LogoutRequestVerdict['request']>
export type Behaviour = (response: ServerResponse, request: Heard) => void

export type TestProvider = {
  readonly url: string
  /** The requests that came, each signed with the certificate that `trust` named. */
  readonly heard: readonly Heard[]
  behave: (behaviour: Behaviour) => void
  /** Whose requests are believed, and by which name. */
  trust: (partner: { readonly certificatePem: string; readonly entityId: string }) => void
  /** Nothing listens any more, until `comeBack`. */
  goAway: () => Promise<void>
  comeBack: () => Promise<void>
}

/** Listens on 127.0.0.1 until the test is over. */
export async function startProvider(t: TestContext, world: World): Promise<TestProvider> {
  const heard: Heard[] = []
  let behaviour = confirms(world)
  let partner: { readonly certificatePem: string; readonly entityId: string } | undefined
  let port = 0
  const url = (): string => `http://127.0.0.1:${port}/slo/soap`
  const make = () =>
    createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const verdict = judgeLogoutRequest({
        message: { soap: Buffer.concat(chunks) },
        now: world.clock(),
        certificates: parseCertificates(partner?.certificatePem ?? ''),
        expectedIssuer: partner?.entityId ?? '',
        expectedDestination: url(),
      })
      if (verdict.request === undefined) {
        const wrong = verdict.checks.filter(({ outcome }) => outcome === 'failed')
        return void response.writeHead(500).end(writeSoapFault('client', JSON.stringify(wrong)))
      }
      heard.push(verdict.request)
      behaviour(response, verdict.request)
    })
  let server = make()
  const listen = async (): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await listen()
  t.after(close)
  return {
    url: url(),
    heard,
    behave: (next) => {
      behaviour = next
    },
    trust: (next) => {
      partner = next
    },
    goAway: close,
    comeBack: async () => {
      server = make()
      await listen()
    },
  }
}

/** Ends its session and says so; with changes, something else. */
export function confirms(
  world: World,
  change: Partial<LogoutResponseToWrite> = {},
  key: 'idp' | 'other-idp' | 'nobody' = 'idp',
): Behaviour {
  return (response, request) => {
    const id = '_answer'
    const xml = writeLogoutResponse({
      id,
      issueInstant: world.clock(),
      issuer: idp,
      inResponseTo: request.id,
      ...change,
    })
    const signed = key === 'nobody' ? xml : signXml(xml, { id, signer: signerOf(key) })
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(writeSoap(signed))
  }
}
