// An application that is told of logouts (OpenID Connect Back-Channel Logout 1.0), and verifies what it is told with a
// library that others wrote.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** Section 2.4. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

export type ToldApplication = {
  readonly url: string
  /** The claims of the logout tokens that it took, the first one first. */
  readonly told: readonly JWTPayload[]
  /** What was wrong with those that it did not take. */
  readonly doubts: readonly unknown[]
  /** Its answers from now on; undefined: by what it finds in the token. */
  answer: (status: number | undefined, body?: string) => void
}

/** Listens on 127.0.0.1 until the test is over. It takes logout tokens of `issuer` for `clientId` at `/told`. */
export async function startToldApplication(
  t: TestContext,
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
): Promise<ToldApplication> {
  const told: JWTPayload[] = []
  const doubts: unknown[] = []
  let fixed: { readonly status: number; readonly body: string } | undefined
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth/jwks`))
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/told') return void response.end('back in the application')
    const token = new URLSearchParams(await text(request)).get('logout_token') ?? ''
    try {
      told.push(await verified(token))
    } catch (error) {
      doubts.push(error)
      return void response.writeHead(400).end()
    }
    response.writeHead(fixed?.status ?? 200, { 'cache-control': 'no-store' }).end(fixed?.body)
  })

  /** Section 2.6. */
  async function verified(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      typ: 'logout+jwt',
      algorithms: ['RS256'],
      maxTokenAge: '2 minutes',
      // Clocks differ by a few seconds.
      clockTolerance: 10,
      requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub', 'sid'],
    })
    const events = payload.events as Readonly<Record<string, unknown>>
    if (typeof events[EVENT] !== 'object') throw new Error('it tells of no logout')
    if ('nonce' in payload) throw new Error('it has a nonce')
    if (told.some(({ jti }) => jti === payload.jti)) throw new Error('it came before')
    return payload
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    doubts,
    answer: (status, body = '') => {
      fixed = status === undefined ? undefined : { status, body }
    },
  }
}
