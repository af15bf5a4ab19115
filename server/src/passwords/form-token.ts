import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken, type World } from '#config/world.ts'
import { setCookie, tokenFromCookie } from '#http/cookies.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import { tokenHash } from '#storage/token-hash.ts'

const COOKIE = 'sallyport_form'
const LIFETIME_MS = 60 * 60 * 1000

type Ctx = { readonly world: World; readonly config: { readonly publicUrl: string } }

/**
 * What a form carries, so that nobody else’s page can sign this browser in under a name that is not its person's (login
 * CSRF). The cookie holds the secret, the form its hash. Several tabs share the cookie.
 */
export function formTokenFor({ world, config }: Ctx, request: FastifyRequest, reply: FastifyReply): string {
  const { publicUrl } = config
  const value = tokenFromCookie(request, COOKIE, publicUrl) ?? newToken(world.chance)
  setCookie(reply, { name: COOKIE, value, expires: new Date(world.clock().getTime() + LIFETIME_MS) }, publicUrl)
  return tokenHash(value)
}

/** Whether the form is from a page of ours that this browser was shown. */
export function isOurForm(
  { config }: Pick<Ctx, 'config'>,
  request: FastifyRequest,
  given: string | undefined,
): boolean {
  if (isForeignForm(request, config.publicUrl)) return false
  const value = tokenFromCookie(request, COOKIE, config.publicUrl)
  return value !== undefined && given === tokenHash(value)
}
