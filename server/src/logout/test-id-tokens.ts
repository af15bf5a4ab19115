// For tests: ID tokens of an Environment, and others that look like one.

import { createHmac, createPrivateKey, createPublicKey, type JsonWebKeyInput, sign } from 'node:crypto'
import type {} from 'node:test' // marks this file as one for tests
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { contextOf, publicUrl, type TestWorld, the } from '#login/test-place.ts'
import { signingJwks } from '#oauth/signing-keys.ts'
import type { Database } from '#storage/database.ts'

export type ToSign = {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** Whose key signs it. */
  readonly by?: EnvironmentOfCompany
}

/** What the Environment gives the client `app`, of a user and a chain; unless changed. */
export async function idToken(
  db: Database,
  world: TestWorld,
  place: EnvironmentOfCompany,
  { claims = {}, header = {}, by = place }: ToSign,
): Promise<string> {
  const { keys } = await signingJwks(contextOf(db, world), by.environment.id)
  const key = the(keys[0])
  const iat = Math.floor(world.clock().getTime() / 1000)
  const iss = `${publicUrl}/${place.company.slug}/${place.environment.slug}`
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const whole = { alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }
  const content = `${part(whole)}.${part({ iss, aud: 'app', iat, exp: iat + 3600, ...claims })}`
  if (whole.alg === 'none') return `${content}.`
  const jwk = key as JsonWebKeyInput['key']
  if (whole.alg === 'HS256') {
    // The public key taken for a secret that both know.
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    return `${content}.${createHmac('sha256', pem).update(content).digest('base64url')}`
  }
  const signature = sign('sha256', Buffer.from(content), createPrivateKey({ key: jwk, format: 'jwk' }))
  return `${content}.${signature.toString('base64url')}`
}
