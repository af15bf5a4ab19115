import { decodePost, SamlReadError } from '@sallyport/saml'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findEnvironmentById } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import { checkForAws } from '#connect/aws-check/check-for-aws.ts'
import { countByAddress } from '#connect/count-by-address.ts'
import { busyPage, closedPage, fullPage, inspectionPage, nothingPage, reportPage } from '#connect/inspection-page.ts'
import { findOpenInspection, type Inspection, keepReport } from '#connect/inspections.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { type FoundMessage, findMessages } from '#explain/find-messages.ts'
import type { Form } from '#http/form.ts'
import { type Route, sendPage } from '#http/http.ts'
import type { Database } from '#storage/database.ts'

export type InspectionContext = {
  readonly db: Database
  readonly world: World
  readonly secret: Secret
  readonly config: Pick<Config, 'publicUrl'>
}

const params = z.object({
  token: z
    .string()
    .regex(/^[\w-]{43}$/)
    .catch(''),
})

/** From one address in a minute: a person tries a few times, and a company may come from one. */
const A_MINUTE = 60

/** Where an administrator sends a response to: the address with its token. */
export function inspectionUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/connect/inspect/${token}`
}

/**
 * The address that an identity provider's test posts to in place of AWS. The form comes from another site and without
 * cookies, which is as it should be: it signs nobody in, and the token in the path says whose it is.
 */
export function inspectionRoutes(ctx: InspectionContext): readonly Route[] {
  // The token is what keeps strangers out; this only keeps them from asking without end.
  const isTooFast = countByAddress(ctx.world, A_MINUTE)
  return [
    { method: 'GET', path: '/connect/inspect/:token', handler: where(show) },
    { method: 'POST', path: '/connect/inspect/:token', handler: where(inspect) },
  ]

  type At = {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly inspection: Inspection
    readonly owner: string
    readonly url: string
  }

  function where(answer: (at: At) => Promise<FastifyReply> | FastifyReply): Route['handler'] {
    return async (request, reply) => {
      if (isTooFast(request.ip)) return sendPage(reply.header('retry-after', '60'), 429, busyPage())
      const { token } = params.parse(request.params)
      const now = ctx.world.clock()
      const inspection = token === '' ? undefined : await findOpenInspection(ctx.db.read, token, now)
      const place = inspection && (await findEnvironmentById(ctx.db.read, inspection.environmentId))
      if (inspection === undefined || place === undefined) return sendPage(reply, 404, closedPage())
      const url = inspectionUrl(ctx.config.publicUrl, token)
      return answer({ request, reply, inspection, owner: place.company.name, url })
    }
  }

  function show({ reply, owner, inspection, url }: At): FastifyReply {
    return sendPage(reply, 200, inspectionPage(owner, { url, until: inspection.expiresAt }))
  }

  async function inspect({ request, reply, inspection, owner, url }: At): Promise<FastifyReply> {
    const form = (request.body as Form | undefined) ?? new Map<string, string>()
    const found = messageIn(form.get('SAMLResponse') ?? '')
    if (found === undefined) return sendPage(reply, 400, nothingPage(owner, noResponse))
    const now = ctx.world.clock()
    const settings = await findAmazonConnect(ctx.db.read, inspection.environmentId)
    const relayState = form.get('RelayState')
    const report = checkForAws(found, { settings, now, justPosted: true, relayState, inspectionUrl: url })
    const sealing = { secret: ctx.secret, chance: ctx.world.chance, now }
    const kept = await ctx.db.transaction((tx) => keepReport(tx, inspection, report, sealing))
    return kept ? sendPage(reply, 200, reportPage(owner, report)) : sendPage(reply, 429, fullPage(owner))
  }
}

/** AWS decodes the field as the binding says (Bindings 3.5.4), and mends nothing as people do who paste. */
function messageIn(field: string): FoundMessage | undefined {
  const [found] = findMessages(Buffer.from(field), 'the form')
  try {
    decodePost(field)
    return found
  } catch (error) {
    if (!(error instanceof SamlReadError)) throw error
    const { code, received } = error
    return found && { where: found.where, problem: { code, received }, notes: [] }
  }
}

const noResponse =
  'The form had no field SAMLResponse, or had it twice. Let the identity provider send its response by HTTP-POST.'
