/**
 * The administration API: everything below `/api/v1`, for programs that have a token.
 *
 * Owns tokens, the audit, answers that are given twice, imports, and how requests are read and refused. The rules of
 * users and of what they belong to are in `users`, those of keys in `keys`, those of clients in `oauth`, of access in `access`; this folder must
 * not know how somebody signs in.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessOperations } from '#admin/access-operations.ts'
import { auditOperations } from '#admin/audit-operations.ts'
import { acceptBodies, answerProblems } from '#admin/bodies-and-problems.ts'
import { clientOperations } from '#admin/client-operations.ts'
import { directoryOperations } from '#admin/directory-operations.ts'
import { environmentsRoute } from '#admin/environments-route.ts'
import { countFailures } from '#admin/failures.ts'
import { importOperations } from '#admin/import-operations.ts'
import { keyOperations } from '#admin/key-operations.ts'
import { logoutOperations } from '#admin/logout-operations.ts'
import { openApiRoute } from '#admin/openapi.ts'
import type { AdminContext, Operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { routeOf } from '#admin/serve-operation.ts'
import { sessionOperations } from '#admin/session-operations.ts'
import { userOperations } from '#admin/user-operations.ts'
import type { Route } from '#http/http.ts'

/** Every operation inside an Environment, in the order of the documentation. */
export const operations: readonly Operation[] = [
  ...userOperations,
  ...importOperations,
  ...directoryOperations,
  ...sessionOperations,
  ...logoutOperations,
  ...clientOperations,
  ...accessOperations,
  ...keyOperations,
  ...auditOperations,
]

export function administrationRoutes(outer: Omit<AdminContext, 'failures'>): readonly Route[] {
  const ctx = { ...outer, failures: countFailures() }
  const nothing = async (_request: FastifyRequest, _reply: FastifyReply) => {
    throw notFoundProblem()
  }
  const routes: readonly Route[] = [
    openApiRoute(operations),
    environmentsRoute(ctx),
    ...operations.map((operation) => routeOf(ctx, operation)),
    ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => {
      return { method, path: '/api/v1/*', handler: nothing } as const
    }),
  ]
  const part: Route['part'] = (app) => {
    acceptBodies(app)
    answerProblems(app, ctx)
  }
  return routes.map((route) => ({ ...route, part }))
}
