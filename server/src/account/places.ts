import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { sendTo } from '#http/http.ts'
import type { SessionContext } from '#sessions/who-is.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

/** The Environment that the path names. */
export async function findPlace(
  { db }: Pick<SessionContext, 'db'>,
  request: FastifyRequest,
): Promise<EnvironmentOfCompany | undefined> {
  const { company, environment } = params.parse(request.params)
  return findEnvironment(db.read, { companySlug: company, environmentSlug: environment })
}

/** Of the account pages of an Environment. */
export type Addresses = { readonly landingUrl: string; readonly url: string; readonly sessionsUrl: string }

export function addressesOf(
  { config }: Pick<SessionContext, 'config'>,
  { company, environment }: EnvironmentOfCompany,
): Addresses {
  const landingUrl = `${config.publicUrl}/${company.slug}/${environment.slug}`
  return { landingUrl, url: `${landingUrl}/account`, sessionsUrl: `${landingUrl}/account/sessions` }
}

/** And from there back to the page. */
export function toSignIn(reply: FastifyReply, { landingUrl }: Addresses, back: string): FastifyReply {
  return sendTo(reply, `${landingUrl}?done=${encodeURIComponent(back)}`)
}
