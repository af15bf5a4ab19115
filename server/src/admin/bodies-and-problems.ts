import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fileTypes } from '#admin/imports/import-operations.ts'
import type { AdminContext } from '#admin/operations.ts'
import { ApiProblem, bodyOf, statusOf } from '#admin/problems.ts'
import { newId } from '#config/world.ts'
import { isForeignKeyViolation, isUniqueViolation } from '#storage/database.ts'

const JSON_LIMIT = 1024 * 1024

/** JSON everywhere, but for files of users, which are read piece by piece by whoever wants them. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  acceptFiles(app)
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string', bodyLimit: JSON_LIMIT },
    (_request, body, done) => {
      try {
        done(null, body === '' ? undefined : JSON.parse(String(body)))
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        done(new ApiProblem('body-unreadable', `The body is not JSON: ${why}. Mend it and send it again.`))
      }
    },
  )
}

const FILE_LIMIT = 1024 * 1024 * 1024

function acceptFiles(app: FastifyInstance): void {
  for (const type of Object.keys(fileTypes)) {
    app.addContentTypeParser(type, { bodyLimit: FILE_LIMIT }, (_request, stream, done) => done(null, { type, stream }))
  }
}

/** The one place where what was thrown becomes an answer of the API. */
export function answerProblems(app: FastifyInstance, ctx: Pick<AdminContext, 'world'>): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const found = problemOf(error, request.routeOptions.bodyLimit)
    if (found !== undefined) return sendProblem(reply, found)
    return sendProblem(reply, fault(ctx, error, request))
  })
}

function problemOf(error: FastifyError, limit = JSON_LIMIT): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error
  const { statusCode = 500, code } = error
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ApiProblem('body-too-large', `The body has more than ${limit} bytes. Send less in one request.`)
  }
  if (statusCode === 415) {
    return new ApiProblem('body-type', 'The body must be JSON. Send the header “Content-Type: application/json”.')
  }
  if (statusCode < 500)
    return new ApiProblem('body-unreadable', 'The request cannot be read. Check its headers and its body.')
  // What was looked at before was true then: another request changed it between the looking and the writing.
  if (isUniqueViolation(error)) {
    return new ApiProblem('value-taken', 'A name or address was taken at the same moment. Read again who has it.')
  }
  if (isForeignKeyViolation(error)) {
    return new ApiProblem(
      'in-use',
      'What the request speaks of was put to use, or removed, at the same moment. Try again.',
    )
  }
  return undefined
}

function fault({ world }: Pick<AdminContext, 'world'>, error: FastifyError, request: FastifyRequest): ApiProblem {
  const reference = newId(world.chance, 'rec').slice('rec_'.length).toUpperCase().slice(0, 10)
  request.log.error({ err: error, reference }, 'request failed')
  return new ApiProblem(
    'fault',
    `It was not carried out. Try again; if it happens once more, look for the reference ${reference} in the log.`,
  )
}

function sendProblem(reply: FastifyReply, found: ApiProblem): FastifyReply {
  return reply
    .code(statusOf(found.code))
    .headers(found.headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(bodyOf(found)))
}
