/**
 * What an application says to Sallyport and how it judges what comes back: authorization code with PKCE, by a library that
 * others wrote, which verifies state, nonce, issuer and ID token. It knows no page and keeps nothing.
 */
import * as client from 'openid-client'
import { demo } from '../demo.ts'
import type { SandboxSettings } from '../settings.ts'
import { newToken } from '../world.ts'

/** What a sign-in that has begun must find again in its answer. */
export type Begun = {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export type Tokens = {
  readonly clientId: string
  readonly subject: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly scope: string
  readonly expiresAt: Date
}

export type RelyingParty = ReturnType<typeof createRelyingParty>

const scope = 'openid profile email'
const answersWithinSeconds = 5

export function createRelyingParty({
  sallyportUrl,
  clock,
  chance,
}: Pick<SandboxSettings, 'sallyportUrl' | 'clock' | 'chance'>) {
  const issuer = `${sallyportUrl}/${demo.company}/${demo.production}`
  // Native applications cannot keep a secret, and have none (RFC 8252 section 8.5).
  const configure = (clientId: string): Promise<client.Configuration> =>
    client.discovery(new URL(issuer), clientId, undefined, client.None(), {
      timeout: answersWithinSeconds,
      execute: [
        client.enableNonRepudiationChecks, // the signature of ID tokens too: without TLS anybody could write one
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
    })

  function tokensOf(clientId: string, answer: Grant, before?: Tokens): Tokens {
    return {
      clientId,
      subject: answer.claims()?.sub ?? before?.subject ?? '',
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? before?.refreshToken,
      // Left out where it is what was asked for (RFC 6749 section 5.1).
      scope: answer.scope ?? before?.scope ?? scope,
      expiresAt: new Date(clock().getTime() + (answer.expiresIn() ?? 0) * 1000),
    }
  }

  return {
    async begin(clientId: string, redirectUri: string): Promise<{ readonly begun: Begun; readonly url: string }> {
      // RFC 7636 section 4.1: 43 characters, of those that are allowed.
      const [state, nonce, verifier] = [newToken(chance), newToken(chance), newToken(chance)]
      const url = client.buildAuthorizationUrl(await configure(clientId), {
        redirect_uri: redirectUri,
        scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { begun: { clientId, redirectUri, state, nonce, verifier }, url: url.href }
    },
    /** @param query of the address at which the browser came back */
    async finish({ clientId, redirectUri, state, nonce, verifier }: Begun, query: string): Promise<Tokens> {
      // RFC 9207 section 2.4: the library refuses an answer that names another issuer, or none.
      const answer = await client.authorizationCodeGrant(
        await configure(clientId),
        new URL(`${redirectUri}?${query}`),
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        },
      )
      return tokensOf(clientId, answer)
    },
    async refresh(tokens: Tokens): Promise<Tokens> {
      const answer = await client.refreshTokenGrant(await configure(tokens.clientId), tokens.refreshToken ?? '')
      return tokensOf(tokens.clientId, answer, tokens)
    },
    /** Refuses what is about anybody else (OpenID Connect Core 5.3.2). */
    async userInfo({ clientId, accessToken, subject }: Tokens): Promise<client.UserInfoResponse> {
      return client.fetchUserInfo(await configure(clientId), accessToken, subject)
    },
    /** The refresh token, and with it all that hangs on the grant (RFC 7009 section 2.1). */
    async revoke({ clientId, accessToken, refreshToken }: Tokens): Promise<void> {
      await client.tokenRevocation(await configure(clientId), refreshToken ?? accessToken)
    },
  }
}

type Grant = Awaited<ReturnType<typeof client.authorizationCodeGrant>>
