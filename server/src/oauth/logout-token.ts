// What clients and we tell one another about the ends of sessions: logout tokens, and ID tokens that come back as hints.

import { createPrivateKey, createPublicKey, type JsonWebKeyInput, sign, verify } from 'node:crypto'
import { z } from 'zod'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { OauthContext } from '#oauth/oauth.ts'
import { signingJwks } from '#oauth/signing-keys.ts'

type Context = Pick<OauthContext, 'db' | 'world' | 'secret' | 'config'>

/** Back-Channel Logout 1.0 section 2.4: two minutes at most are recommended. */
const LIFETIME_SECONDS = 120

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

export type LogoutToTell = {
  /** A new one with each attempt. */
  readonly id: string
  readonly clientId: string
  readonly userId: string
  /** The chain of sessions, which is `sid` in the client's ID tokens. */
  readonly chainId: string
}

/** A logout token (Back-Channel Logout 1.0 section 2.4). */
export async function writeLogoutToken(
  ctx: Context,
  place: EnvironmentOfCompany,
  { id, clientId, userId, chainId }: LogoutToTell,
): Promise<string> {
  const { keys } = await signingJwks(ctx, place.environment.id)
  // The active one is the first.
  const [key] = keys
  if (key === undefined) throw new Error('there is no key to sign with')
  const iat = Math.floor(ctx.world.clock().getTime() / 1000)
  const claims = { iss: issuerOf(ctx, place), sub: userId, aud: clientId, iat, exp: iat + LIFETIME_SECONDS, jti: id }
  const header = { alg: 'RS256', typ: 'logout+jwt', kid: key.kid }
  // Never a nonce: so no client takes it for an ID token.
  const payload = { ...claims, events: { [LOGOUT_EVENT]: {} }, sid: chainId }
  const content = `${base64url(header)}.${base64url(payload)}`
  const signature = sign(
    'sha256',
    Buffer.from(content),
    createPrivateKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' }),
  )
  return `${content}.${signature.toString('base64url')}`
}

/** Whom an ID token was given for, and to which client. */
export type IdTokenHint = { readonly clientId: string; readonly userId: string; readonly chainId: string | undefined }

const header = z.object({ alg: z.literal('RS256'), typ: z.literal('JWT').optional(), kid: z.string() })

const claims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  sid: z.string().optional(),
  // A logout token is none.
  events: z.never().optional(),
})

/**
 * An ID token that this Environment has signed, whether or not it has expired (RP-Initiated Logout 1.0 section 2).
 * Undefined where it is anything else.
 */
export async function readIdToken(
  ctx: Context,
  place: EnvironmentOfCompany,
  text: string,
): Promise<IdTokenHint | undefined> {
  const parts = text.split('.')
  const [head = '', body = '', signature = ''] = parts
  const named = header.safeParse(json(head))
  const said = claims.safeParse(json(body))
  if (parts.length !== 3 || !named.success || !said.success) return undefined
  const { iss, aud, sub, sid } = said.data
  if (iss !== issuerOf(ctx, place)) return undefined
  const { keys } = await signingJwks(ctx, place.environment.id)
  const key = keys.find(({ kid }) => kid === named.data.kid)
  if (key === undefined) return undefined
  const content = Buffer.from(`${head}.${body}`)
  const publicKey = createPublicKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' })
  if (!verify('sha256', content, publicKey, Buffer.from(signature, 'base64url'))) return undefined
  return { clientId: aud, userId: sub, chainId: sid }
}

function issuerOf({ config }: Context, { company, environment }: EnvironmentOfCompany): string {
  return `${config.publicUrl}/${company.slug}/${environment.slug}`
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}
