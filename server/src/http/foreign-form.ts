import type { FastifyRequest } from 'fastify'

/** A form on another site: its browser says so. SameSite=Lax keeps the cookie back as well; this is the second lock. */
export function isForeignForm(request: FastifyRequest, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = request.headers
  return origin !== undefined && origin !== publicUrl
}
