import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { adminToken } from '#admin/administrators/admin-cookie.ts'
import { type Asker, askerOfAdministrator, askerOfToken, type Permit } from '#admin/askers.ts'
import type { Failures } from '#admin/failures.ts'
import { ApiProblem, type ProblemCode } from '#admin/problems.ts'
import { type ApiToken, findToken, noteUse, type Scope } from '#admin/tokens/tokens.ts'
import { csrfTokenOf, findSignedIn, noteAdminSessionUse, type SignedIn } from '#administrators/admin-sessions.ts'
import type { Config } from '#config/config.ts'
import type { World } from '#config/world.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import type { Database } from '#storage/database.ts'

type TokenContext = { readonly db: Database; readonly world: World; readonly failures: Failures }
type Context = TokenContext & { readonly config: Pick<Config, 'publicUrl'> }

/**
 * Who sent a request: the token that it carries says so, or else the cookie of the portal.
 *
 * @throws ApiProblem where there is neither, or what there is is no good
 */
export async function authenticate(ctx: Context, request: FastifyRequest): Promise<Asker> {
  const cookie = adminToken(request, ctx.config.publicUrl)
  if (request.headers.authorization !== undefined || cookie === undefined)
    return askerOfToken(await authenticateToken(ctx, request))
  return askerOfAdministrator(ctx.db.read, await authenticateAdministrator(ctx, request))
}

/**
 * The administrator whose cookie a request carries.
 *
 * @throws ApiProblem where there is none, their session is over, or another site made the request
 */
export async function authenticateAdministrator(
  { db, world, config }: Omit<Context, 'failures'>,
  request: FastifyRequest,
): Promise<SignedIn> {
  const now = world.clock()
  const token = adminToken(request, config.publicUrl)
  const signedIn = token === undefined ? undefined : await findSignedIn(db.read, token, now)
  if (token === undefined || signedIn === undefined) {
    throw new ApiProblem('not-signed-in', 'You are not signed in, or your session is over. Sign in to the portal.')
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') demandOwnPage(request, token, config.publicUrl)
  await noteAdminSessionUse(db.write, signedIn.session, now)
  return signedIn
}

/** @throws ApiProblem where a page of another site made the request, or one of ours that is of another session */
function demandOwnPage(request: FastifyRequest, token: string, publicUrl: string): void {
  demandOwnSite(request, publicUrl)
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''))
  const wanted = Buffer.from(csrfTokenOf(token))
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return
  throw new ApiProblem(
    'csrf-token-wrong',
    'The request has not the token of your session. Load the page anew and try again; programs send the header ' +
      'X-CSRF-Token with the csrfToken of /api/v1/me.',
  )
}

/** @throws ApiProblem where the browser says that another site made the request */
export function demandOwnSite(request: FastifyRequest, publicUrl: string): void {
  if (!isForeignForm(request, publicUrl)) return
  throw new ApiProblem(
    'foreign-page',
    'Another site made your browser send this, so nothing was done. Do it on the page of the portal itself.',
  )
}

/**
 * The token that a request carries (RFC 6750 section 2.1), alive.
 *
 * @throws ApiProblem where there is none, or the address has tried too many wrong ones
 */
export async function authenticateToken(ctx: TokenContext, request: FastifyRequest): Promise<ApiToken> {
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

async function judge(ctx: TokenContext, request: FastifyRequest, now: Date): Promise<ApiToken> {
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

/** @throws ApiProblem where whoever asks may not do this */
export function demandScope(permit: Permit, scope: Scope): void {
  if (permit.scopes.includes(scope)) return
  // RFC 6750 section 3.1
  const headers = { 'www-authenticate': `Bearer realm="Sallyport", error="insufficient_scope", scope="${scope}"` }
  if (permit.id.startsWith('admin_')) {
    const detail = `This needs the scope ${scope}, which your role has not got here. Ask an owner of the Company.`
    throw new ApiProblem('scope-missing', detail, { headers })
  }
  throw new ApiProblem(
    'scope-missing',
    `This needs the scope ${scope}, and the token “${permit.name}” has ${permit.scopes.join(', ')}. ` +
      'Use a token that was made with it.',
    { headers },
  )
}

/** RFC 6750 section 3: without a token, the challenge alone; with one that is no good, also why. */
function unauthorized(code: ProblemCode, detail: string): ApiProblem {
  const error = code === 'token-missing' ? '' : ', error="invalid_token"'
  return new ApiProblem(code, detail, { headers: { 'www-authenticate': `Bearer realm="Sallyport"${error}` } })
}
