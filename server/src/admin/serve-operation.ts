import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Asker, Permit } from '#admin/askers.ts'
import { authenticate, demandScope } from '#admin/authenticate.ts'
import { type KeptAnswer, once, readKey } from '#admin/idempotency.ts'
import type { FileBody } from '#admin/imports/import-operations.ts'
import type { AdminContext, Answer, Call, Operation } from '#admin/operations.ts'
import { ApiProblem, invalidInput, notFoundProblem } from '#admin/problems.ts'
import { type Environment, findEnvironmentById } from '#companies/environments.ts'
import type { Id } from '#config/world.ts'
import { type Route, sendJson } from '#http/http.ts'

export const ENVIRONMENTS = '/api/v1/environments'

const environmentParam = z.object({ environmentId: z.string().regex(/^env_[a-z0-9]{1,40}$/) })

/** Of the Environment itself where the operation's own path is empty. */
export function pathOf({ path }: Pick<Operation, 'path'>): string {
  return `${ENVIRONMENTS}/:environmentId${path === '' ? '' : `/${path}`}`
}

/** The route of an operation: who asks, where, what exactly; then the work, in one transaction; then the answer. */
export function routeOf(ctx: AdminContext, operation: Operation): Route {
  const { method, answer } = operation
  const path = pathOf(operation)
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const call = await readCall(ctx, operation, request)
    const { body, etag, location, stream } = await carryOut(ctx, operation, call, request)
    if (etag !== undefined) reply.header('etag', etag)
    if (location !== undefined) reply.header('location', `${ENVIRONMENTS}/${call.environment.id}/${location}`)
    if (stream !== undefined)
      return reply.header('cache-control', 'no-store').type('text/event-stream; charset=utf-8').send(stream)
    if (answer.schema === undefined) return reply.code(answer.status).header('cache-control', 'no-store').send()
    return sendJson(reply, answer.status, answer.schema.parse(body))
  }
  return { method, path, handler, ...(operation.bodyLimit === undefined ? {} : { bodyLimit: operation.bodyLimit }) }
}

function isFile(body: unknown): body is FileBody {
  return typeof body === 'object' && body !== null && 'stream' in body && body.stream instanceof Readable
}

function wrongType({ bodyTypes }: Shapes): ApiProblem {
  const types = bodyTypes === undefined ? 'application/json' : Object.keys(bodyTypes).join('” or “')
  return new ApiProblem('body-type', `This address takes another kind of body. Send “Content-Type: ${types}”.`)
}

type Read = Omit<Call<unknown, unknown, unknown>, 'db'>

async function readCall(ctx: AdminContext, operation: Operation, request: FastifyRequest): Promise<Read> {
  const asker = await authenticate(ctx, request)
  const { environment, token } = await findReached(ctx, asker, request)
  demandScope(token, operation.scope)
  return {
    database: ctx.db,
    world: ctx.world,
    secret: ctx.secret,
    config: ctx.config,
    now: ctx.world.clock(),
    token,
    source: asker.source,
    address: request.ip,
    environment,
    ...readInput(operation, request),
    ifMatch: readIfMatch(request, operation),
  }
}

type Shapes = Pick<Operation, 'params' | 'query' | 'body' | 'bodyTypes'>

/** @throws ApiProblem where a part of the request is not as its schema says */
export function readInput(operation: Shapes, request: FastifyRequest) {
  const read = <T>(schema: z.ZodType<T> | undefined, value: unknown, inside?: string): T | undefined => {
    const result = schema?.safeParse(value)
    if (result?.success === false) throw invalidInput(result.error, inside)
    return result?.data
  }
  if (operation.body !== undefined && request.body === undefined) {
    throw new ApiProblem(
      'body-unreadable',
      'The request needs a body. Send JSON, with the header “Content-Type: application/json”.',
    )
  }
  if (isFile(request.body) !== (operation.bodyTypes !== undefined)) throw wrongType(operation)
  return {
    params: read(operation.params, request.params, 'path'),
    query: read(operation.query, request.query, 'query'),
    body: read(operation.body, request.body),
  }
}

/** What is not theirs to see looks the same as what there is not. */
async function findReached(
  ctx: AdminContext,
  asker: Asker,
  request: FastifyRequest,
): Promise<{ readonly environment: Environment; readonly token: Permit }> {
  const params = environmentParam.safeParse(request.params)
  const id = params.success ? (params.data.environmentId as Id<'env'>) : undefined
  const place = id === undefined ? undefined : await findEnvironmentById(ctx.db.read, id)
  const token = place && asker.inEnvironment(place.environment)
  if (place === undefined || token === undefined) throw notFoundProblem()
  return { environment: place.environment, token }
}

export function readIfMatch(
  request: FastifyRequest,
  { ifMatch }: Pick<Operation, 'ifMatch'>,
): readonly string[] | undefined {
  const header = request.headers['if-match']
  if (header === undefined && ifMatch === 'needed') {
    throw new ApiProblem(
      'if-match-needed',
      'Nothing was changed, so that nobody’s change is lost unseen. Send If-Match with the ETag that GET gave.',
    )
  }
  return header?.split(',').map((tag) => tag.trim())
}

async function carryOut(ctx: AdminContext, operation: Operation, call: Read, request: FastifyRequest): Promise<Answer> {
  if (operation.method === 'GET' || operation.ownTransactions) return operation.run({ ...call, db: ctx.db.read })
  const key = operation.idempotent ? readKey(request.headers['idempotency-key']) : undefined
  return ctx.db.transaction(async (tx) => {
    const work = () => operation.run({ ...call, db: tx })
    if (key === undefined) return work()
    const asked = {
      environmentId: call.environment.id,
      tokenId: call.token.id,
      key,
      request: [operation.id, call.params ?? null, request.body ?? null],
    }
    return once(tx, asked, call.now, work as () => Promise<KeptAnswer>)
  })
}

/** @throws ApiProblem where If-Match is there and names another state (RFC 9110 section 13.1.1) */
export function demandMatch(ifMatch: readonly string[] | undefined, current: string): void {
  if (ifMatch === undefined || ifMatch.includes('*') || ifMatch.includes(current)) return
  throw changedMeanwhile()
}

export function changedMeanwhile(): ApiProblem {
  return new ApiProblem(
    'changed-meanwhile',
    'It is not in the state that If-Match names any more. Read it again, look at what is different, and repeat the change.',
  )
}
