/**
 * What a request brought: the fields of its form and its query. It knows no page.
 */
import type { FastifyRequest } from 'fastify'

/** Undefined where the request has no body. */
export type WithForm = { Body: URLSearchParams | undefined }

export function formOf(request: FastifyRequest<WithForm>): URLSearchParams {
  return request.body ?? new URLSearchParams()
}

/** As it came: a signature in the query is about exactly these characters (Bindings 3.4.4.1). */
export function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? ''
  return url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
}
