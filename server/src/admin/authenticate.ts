import type { FastifyRequest } from 'fastify'
import type { Failures } from '#admin/failures.ts'
import { ApiProblem, type ProblemCode } from '#admin/problems.ts'
import { type ApiToken, findToken, noteUse, type Scope } from '#admin/tokens.ts'
import type { World } from '#config/world.ts'
import type { Database } from '#storage/database.ts'

type Context = { readonly db: Database; readonly world: World; readonly failures: Failures }

/**
 * The token that a request carries (RFC 6750 section 2.1), alive.
 *
 * @throws ApiProblem where there is none, or the address has tried too many wrong ones
 */
export async function authenticate(ctx: Context, request: FastifyRequest): Promise<ApiToken> {
  const now = ctx.world.clock()
  const wait = ctx.failures.waitOf(request.ip, now)
  if (wait !== undefined) {
    throw new ApiProblem(
      'too-many-failures',
      `Too many requests with wrong tokens came from your address. Wait ${wait} seconds, then use a token that is valid.`,
      { headers: { 'retry-after': `${wait}` } },
    )
  }
  try {
    const token = await judge(ctx, request, now)
    await noteUse(ctx.db.write, token, now)
    return token
  } catch (error) {
    if (error instanceof ApiProblem) ctx.failures.note(request.ip, now)
    throw error
  }
}

async function judge(ctx: Context, request: FastifyRequest, now: Date): Promise<ApiToken> {
  const { authorization } = request.headers
  const [, secret] = /^Bearer +([A-Za-z0-9._~+/=-]{1,200})$/i.exec(authorization ?? '') ?? []
  if (authorization === undefined) {
    throw unauthorized(
      'token-missing',
      'The request has no token. Send the header “Authorization: Bearer” with one that “sallyport token create” made.',
    )
  }
  const token = secret === undefined ? undefined : await findToken(ctx.db.read, secret)
  if (token === undefined) {
    throw unauthorized(
      'token-unknown',
      'Nobody made this token here. Check that it was copied whole, or make a new one.',
    )
  }
  if (token.revokedAt !== undefined) {
    throw unauthorized('token-revoked', `The token “${token.name}” was revoked. Make a new one.`)
  }
  if (token.expiresAt <= now) {
    const since = token.expiresAt.toISOString()
    throw unauthorized('token-expired', `The token “${token.name}” expired at ${since}. Make a new one.`)
  }
  return token
}

/** @throws ApiProblem where the token has not the scope */
export function demandScope(token: ApiToken, scope: Scope): void {
  if (token.scopes.includes(scope)) return
  throw new ApiProblem(
    'scope-missing',
    `This needs the scope ${scope}, and the token “${token.name}” has ${token.scopes.join(', ')}. ` +
      'Use a token that was made with it.',
    // RFC 6750 section 3.1
    { headers: { 'www-authenticate': `Bearer realm="Sallyport", error="insufficient_scope", scope="${scope}"` } },
  )
}

/** RFC 6750 section 3: without a token, the challenge alone; with one that is no good, also why. */
function unauthorized(code: ProblemCode, detail: string): ApiProblem {
  const error = code === 'token-missing' ? '' : ', error="invalid_token"'
  return new ApiProblem(code, detail, { headers: { 'www-authenticate': `Bearer realm="Sallyport"${error}` } })
}
