/**
 * An authorization server for the applications' own tests, that does what it is told: Sallyport's addresses, one person,
 * and a fault where a test wants one. It knows nothing of Sallyport.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demo } from '../demo.ts'

/** What is to be different from what is right. */
export type Fault = {
  /** Of the answer to the authorization request. */
  readonly answer?: Readonly<Record<string, string>>
  readonly idToken?: Readonly<Record<string, unknown>>
  readonly forgedSignature?: boolean
  readonly tokenError?: string
  readonly deadTokens?: boolean
}

export type TestAuthorizationServer = {
  readonly url: string
  fault: Fault
  /** The bodies of the requests to the token and revocation endpoints. */
  readonly told: URLSearchParams[]
  readonly close: () => void
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

export async function startAuthorizationServer(now: () => Date): Promise<TestAuthorizationServer> {
  const asked = new Map<string, URLSearchParams>()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', running.url)
    const json = (status: number, body: unknown, headers = {}): unknown =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    switch (url.pathname.replace(place, '')) {
      case '/.well-known/openid-configuration':
        return json(200, metadataOf(running.url + place))
      case '/jwks':
        return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] })
      case '/authorize': {
        const back = new URL(url.searchParams.get('redirect_uri') ?? '')
        const code = `code-${asked.size}`
        asked.set(code, url.searchParams)
        const answer = {
          code,
          iss: running.url + place,
          state: url.searchParams.get('state') ?? '',
          ...running.fault.answer,
        }
        for (const [name, value] of Object.entries(answer)) if (value !== '') back.searchParams.set(name, value)
        return response.writeHead(303, { location: back.href }).end()
      }
      case '/token': {
        const body = await bodyOf(request)
        running.told.push(body)
        if (running.fault.tokenError !== undefined) {
          return json(400, { error: running.fault.tokenError, error_description: 'for a <reason>' })
        }
        const about = asked.get(body.get('code') ?? '') ?? new URLSearchParams()
        const isRefresh = body.get('grant_type') === 'refresh_token'
        const challenge = createHash('sha256')
          .update(body.get('code_verifier') ?? '')
          .digest('base64url')
        if (!isRefresh && challenge !== about.get('code_challenge')) return json(400, { error: 'invalid_grant' })
        const idToken = isRefresh ? undefined : idTokenFor(about, running, now())
        return json(200, { ...tokens(running.told.length), ...(idToken && { id_token: idToken }) })
      }
      case '/userinfo':
        if (running.fault.deadTokens) {
          return json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token", error_description="it is over"' })
        }
        return json(200, {
          sub: 'user_ada',
          name: 'Ada <Lindqvist>',
          preferred_username: 'ada',
          email: 'ada@acme.example',
        })
      case '/revoke':
        running.told.push(await bodyOf(request))
        return response.writeHead(200).end()
      default:
        return json(404, {})
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const running: TestAuthorizationServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: {},
    told: [],
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return running
}

const place = `/${demo.company}/${demo.production}`

function metadataOf(issuer: string): unknown {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  }
}

function tokens(serial: number) {
  return {
    access_token: `access-${serial}`,
    refresh_token: `refresh-${serial}`,
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'openid profile email',
  }
}

function idTokenFor(about: URLSearchParams, { url, fault }: TestAuthorizationServer, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000)
  const claims = {
    iss: url + place,
    aud: about.get('client_id'),
    sub: 'user_ada',
    nonce: about.get('nonce'),
    iat,
    exp: iat + 600,
    ...fault.idToken,
  }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
  const key = fault.forgedSignature ? stranger : privateKey
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await request.setEncoding('utf8').toArray()).join(''))
}
