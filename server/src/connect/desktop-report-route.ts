import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import type { Config } from '#config/config.ts'
import type { World } from '#config/world.ts'
import { countByAddress } from '#connect/count-by-address.ts'
import type { DesktopCounts } from '#connect/desktop-counts.ts'
import { desktopReport, noteDesktopReport } from '#connect/desktop-reports.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import { notFound, type Route, sendJson } from '#http/http.ts'
import type { Database } from '#storage/database.ts'

type Context = {
  readonly db: Database
  readonly world: Pick<World, 'clock'>
  readonly config: Pick<Config, 'publicUrl'>
}

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

/** From one address in a minute: all agents of a company may come from one, at the same hour. */
const A_MINUTE = 300
const LARGEST = 1024

/**
 * Where agent desktops tell what stood in an agent's way. Whoever may open the desktop may tell, signed in or not, so the
 * numbers are hints and prove nothing.
 */
export function desktopReportRoute({ db, world, config }: Context, counts: DesktopCounts): Route {
  const isTooFast = countByAddress(world, A_MINUTE)
  const path = '/:company/:environment/desktop-reports'
  return { method: 'POST', path, handler: take, part: takeJson, bodyLimit: LARGEST }

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (isTooFast(request.ip)) return refuse(reply.header('retry-after', '60'), 'too-many-requests')
    if (isForeignForm(request, config.publicUrl)) return refuse(reply, 'foreign-page')
    const environmentId = await environmentOf(request)
    if (environmentId === undefined) return notFound(reply)
    const { success, data: report } = desktopReport.safeParse(request.body)
    if (!success) return refuse(reply, 'not-understood')
    await noteDesktopReport(db.write, environmentId, report, world.clock())
    counts.note(report)
    return reply.code(204).header('cache-control', 'no-store').send()
  }

  /** Where there is a desktop that could tell something. */
  async function environmentOf(request: FastifyRequest) {
    const { company, environment } = params.parse(request.params)
    const place = await findEnvironment(db.read, { companySlug: company, environmentSlug: environment })
    const settings = place && (await findAmazonConnect(db.read, place.environment.id))
    return settings && place.environment.id
  }
}

const refusals = {
  'too-many-requests': [429, 'Too many reports come from this address. Wait a minute.'],
  'foreign-page': [403, 'Only the agent desktop may report. Open it at the User/Agent URL.'],
  'not-understood': [400, 'This is no report of the agent desktop. Load its page again.'],
} as const

function refuse(reply: FastifyReply, code: keyof typeof refusals): FastifyReply {
  const [status, error] = refusals[code]
  return sendJson(reply, status, { code, error })
}

/** What is no JSON is judged with everything else that is no report. */
function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(null, undefined)
    }
  })
}
