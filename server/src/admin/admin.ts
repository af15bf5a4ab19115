/**
 * The administration API: everything below `/api/v1`, for programs that have a token and for the portal.
 *
 * Owns tokens, the audit, answers that are given twice, imports, and how requests are read and refused. The rules of
 * users and of what they belong to are in `users`, those of keys in `keys`, those of clients in `oauth`, of access in `access`. What came of
 * sign-ins is in `signin-records`, tests of connections are in `login`; this folder must not know how somebody signs in.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessOperations } from '#admin/access-operations.ts'
import { administratorOperations } from '#admin/administrator-operations.ts'
import { auditOperations, companyAuditOperations } from '#admin/audit-operations.ts'
import { acceptBodies, answerProblems } from '#admin/bodies-and-problems.ts'
import { clientOperations } from '#admin/client-operations.ts'
import { connectionOperations } from '#admin/connection-operations.ts'
import { connectionReadings } from '#admin/connection-reading.ts'
import { connectionUseOperations } from '#admin/connection-use.ts'
import { directoryOperations } from '#admin/directory-operations.ts'
import { companyOperations, environmentOperations } from '#admin/environment-operations.ts'
import { environmentsRoute } from '#admin/environments-route.ts'
import { explainOperations } from '#admin/explain-operations.ts'
import { countFailures } from '#admin/failures.ts'
import { guideOperations } from '#admin/guide-operations.ts'
import { importOperations } from '#admin/import-operations.ts'
import { keyOperations } from '#admin/key-operations.ts'
import { endLiveRecords } from '#admin/live-records.ts'
import { logoutOperations } from '#admin/logout-operations.ts'
import { mappingOperations } from '#admin/mapping-operations.ts'
import { meOperations } from '#admin/me-operations.ts'
import { openApiRoute } from '#admin/openapi.ts'
import type { AdminContext, Operation } from '#admin/operations.ts'
import type { OuterOperation } from '#admin/outer-operations.ts'
import { overviewOperations } from '#admin/overview-operations.ts'
import { ownAccountOperations } from '#admin/own-account-operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { recordOperations } from '#admin/record-operations.ts'
import { routeOf } from '#admin/serve-operation.ts'
import { outerRouteOf } from '#admin/serve-outer-operation.ts'
import { sessionOperations } from '#admin/session-operations.ts'
import { setupLinkOperations } from '#admin/setup-link-operations.ts'
import { setupOperations } from '#admin/setup-operations.ts'
import { sharedOperations, shareOperations } from '#admin/share-operations.ts'
import { tokenKeyOperations } from '#admin/token-key-operations.ts'
import { trialOperations } from '#admin/trial-operations.ts'
import { userOperations } from '#admin/user-operations.ts'
import { versionOperations } from '#admin/version-operations.ts'
import type { Route } from '#http/http.ts'

/** Every operation inside an Environment, in the order of the documentation. */
export const operations: readonly Operation[] = [
  ...environmentOperations,
  ...userOperations,
  ...importOperations,
  ...directoryOperations,
  ...sessionOperations,
  ...logoutOperations,
  ...clientOperations,
  ...connectionReadings,
  ...connectionUseOperations,
  ...guideOperations,
  ...setupLinkOperations,
  ...connectionOperations,
  ...overviewOperations,
  ...recordOperations,
  ...shareOperations,
  ...explainOperations,
  ...trialOperations,
  ...mappingOperations,
  ...accessOperations,
  ...keyOperations,
  ...tokenKeyOperations,
  ...versionOperations,
  ...auditOperations,
]

/** Every operation beside the Environments. */
export const outerOperations: readonly OuterOperation[] = [
  ...meOperations,
  ...ownAccountOperations,
  ...administratorOperations,
  ...companyAuditOperations,
  ...companyOperations,
  ...sharedOperations,
  ...setupOperations,
]

export function administrationRoutes(outer: Omit<AdminContext, 'failures'>): readonly Route[] {
  const ctx = { ...outer, failures: countFailures() }
  const nothing = async (_request: FastifyRequest, _reply: FastifyReply) => {
    throw notFoundProblem()
  }
  const routes: readonly Route[] = [
    openApiRoute(operations, outerOperations),
    environmentsRoute(ctx),
    ...operations.map((operation) => routeOf(ctx, operation)),
    ...outerOperations.map((operation) => outerRouteOf(ctx, operation)),
    ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => {
      return { method, path: '/api/v1/*', handler: nothing } as const
    }),
  ]
  const part: Route['part'] = (app) => {
    acceptBodies(app)
    answerProblems(app, ctx)
    app.addHook('preClose', async () => endLiveRecords(ctx.db))
  }
  return routes.map((route) => ({ ...route, part }))
}
