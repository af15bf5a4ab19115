import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeApi } from '#admin/describe-api.ts'
import type { Operation } from '#admin/operations.ts'
import type { OuterOperation } from '#admin/outer-operations.ts'
import { type Route, sendJson } from '#http/http.ts'

/** No secret: what the API can do is the same everywhere. */
export function openApiRoute(operations: readonly Operation[], outer: readonly OuterOperation[]): Route {
  let written: unknown
  return {
    method: 'GET',
    path: '/api/v1/openapi.json',
    handler: async (_request: FastifyRequest, reply: FastifyReply) => {
      written ??= describeApi(operations, outer)
      return sendJson(reply, 200, written)
    },
  }
}
