import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { adminToken, clearAdminCookie, setAdminCookie } from '#admin/administrators/admin-cookie.ts'
import { problemOfFault } from '#admin/administrators/administrator-problems.ts'
import { authenticate, authenticateAdministrator, demandOwnSite, demandScope } from '#admin/authenticate.ts'
import type { AdminContext } from '#admin/operations.ts'
import type { OuterAnswer, OuterCall, OuterOperation } from '#admin/outer-operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { readIfMatch, readInput } from '#admin/serve-operation.ts'
import { AdministratorRefused } from '#administrators/refusals.ts'
import { findCompanyById } from '#companies/companies.ts'
import type { Id } from '#config/world.ts'
import { type Route, sendJson } from '#http/http.ts'

export const API = '/api/v1'

/** The route of an operation beside the Environments: as `routeOf`, with the cookie of the portal. */
export function outerRouteOf(ctx: AdminContext, operation: OuterOperation): Route {
  const { method, answer } = operation
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { body, etag, location, cookie } = await carryOut(ctx, operation, await readCall(ctx, operation, request))
    const { publicUrl } = ctx.config
    if (cookie === 'none') clearAdminCookie(reply, publicUrl)
    else if (cookie !== undefined) setAdminCookie(reply, cookie, publicUrl)
    if (etag !== undefined) reply.header('etag', etag)
    if (location !== undefined) reply.header('location', `${API}/${location}`)
    if (answer.schema === undefined) return reply.code(answer.status).header('cache-control', 'no-store').send()
    // Null would be sent as nothing at all.
    return sendJson(reply, answer.status, answer.schema.parse(body) ?? 'null')
  }
  return { method, path: `${API}/${operation.path}`, handler }
}

type RunCall = Parameters<OuterOperation['run']>[0]

async function readCall(
  ctx: AdminContext,
  operation: OuterOperation,
  request: FastifyRequest,
): Promise<Omit<RunCall, 'db'>> {
  const caller = await callerOf(ctx, operation, request)
  const userAgent = request.headers['user-agent']
  const call: Omit<OuterCall<unknown, unknown, unknown>, 'db'> = {
    database: ctx.db,
    world: ctx.world,
    secret: ctx.secret,
    config: ctx.config,
    mailer: ctx.mailer,
    now: ctx.world.clock(),
    address: request.ip,
    browser: {
      client: { address: request.ip, ...(userAgent === undefined ? {} : { userAgent }) },
      formerToken: adminToken(request, ctx.config.publicUrl),
    },
    ...readInput(operation, request),
    ifMatch: readIfMatch(request, operation),
  }
  return { ...call, ...caller }
}

async function callerOf(ctx: AdminContext, { of, scope }: OuterOperation, request: FastifyRequest) {
  if (of === 'anybody') {
    // Nobody's cookie is needed, and still a foreign page shall not sign somebody in.
    if (request.method !== 'GET') demandOwnSite(request, ctx.config.publicUrl)
    return {}
  }
  if (of === 'administrator') {
    const signedIn = await authenticateAdministrator(ctx, request)
    const { id, email } = signedIn.administrator
    const source = { by: 'administrator', administratorId: id, name: email } as const
    return { signedIn, source, cookie: adminToken(request, ctx.config.publicUrl) ?? '' }
  }
  const asker = await authenticate(ctx, request)
  const { source } = asker
  if (of === 'asker') return { asker, source }
  if (of === 'everywhere') {
    const permit = asker.everywhere()
    if (permit === undefined) throw notFoundProblem()
    if (scope !== undefined) demandScope(permit, scope)
    return { permit, source }
  }
  const id = companyParam.parse(request.params).companyId as Id<'comp'>
  const permit = asker.inCompany(id)
  const company = permit && (await findCompanyById(ctx.db.read, id))
  // What is not theirs to see looks the same as what there is not.
  if (permit === undefined || company === undefined) throw notFoundProblem()
  if (scope !== undefined) demandScope(permit, scope)
  const reaches = (environmentId: Id<'env'>) => asker.inEnvironment({ id: environmentId, companyId: id }) !== undefined
  return { permit, company, source, reaches }
}

const companyParam = z.object({
  companyId: z
    .string()
    .regex(/^comp_[a-z0-9]{1,40}$/)
    .catch('comp_'),
})

async function carryOut(
  { db }: AdminContext,
  operation: OuterOperation,
  call: Omit<RunCall, 'db'>,
): Promise<OuterAnswer> {
  try {
    if (operation.method === 'GET' || operation.ownTransactions) {
      return await operation.run({ ...call, db: db.read } as RunCall)
    }
    return await db.transaction((tx) => operation.run({ ...call, db: tx } as RunCall))
  } catch (error) {
    if (error instanceof AdministratorRefused) throw problemOfFault(error.fault, call)
    throw error
  }
}
