// What administrators do with accounts in the portal: their own, those of others, and the cookie that they come with. Who
// they are and how they sign in is `administrators`'; this folder must not decide it.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { clearCookie, setCookie, tokenFromCookie } from '#http/cookies.ts'

const NAME = 'sallyport_admin'

/** Of the session in the portal. */
export function adminToken(request: FastifyRequest, publicUrl: string): string | undefined {
  return tokenFromCookie(request, NAME, publicUrl)
}

export function setAdminCookie(
  reply: FastifyReply,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: Date },
  publicUrl: string,
): void {
  setCookie(reply, { name: NAME, value: token, expires: expiresAt }, publicUrl)
}

export function clearAdminCookie(reply: FastifyReply, publicUrl: string): void {
  clearCookie(reply, NAME, publicUrl)
}
