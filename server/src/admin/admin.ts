/**
 * The administration API: everything below `/api/v1`, for programs that have a token and for the portal.
 *
 * Owns tokens, the audit, answers that are given twice, imports, and how requests are read and refused. The rules of
 * users and of what they belong to are in `users`, those of keys in `keys`, those of clients in `oauth`, of access in
 * `access`, of Amazon Connect in `connect`. What came of sign-ins is in `signin-records`, tests of connections are in
 * `login`; this folder must not know how somebody signs in.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessOperations } from '#admin/access/access-operations.ts'
import { administratorOperations } from '#admin/administrators/administrator-operations.ts'
import { meOperations } from '#admin/administrators/me-operations.ts'
import { ownAccountOperations } from '#admin/administrators/own-account-operations.ts'
import { amazonConnectOperations } from '#admin/amazon-connect/amazon-connect-operations.ts'
import { checkOperations } from '#admin/amazon-connect/check-operations.ts'
import { desktopReportOperations } from '#admin/amazon-connect/desktop-report-operations.ts'
import { federationOperations } from '#admin/amazon-connect/guide-operations.ts'
import { linkOperations } from '#admin/amazon-connect/link-operations.ts'
import { auditOperations, companyAuditOperations } from '#admin/audit/audit-operations.ts'
import { acceptBodies, answerProblems } from '#admin/bodies-and-problems.ts'
import { clientOperations } from '#admin/clients/client-operations.ts'
import { connectionOperations } from '#admin/connections/connection-operations.ts'
import { connectionReadings } from '#admin/connections/connection-reading.ts'
import { connectionUseOperations } from '#admin/connections/connection-use.ts'
import { guideOperations } from '#admin/connections/guide-operations.ts'
import { setupLinkOperations } from '#admin/connections/setup-link-operations.ts'
import { setupOperations } from '#admin/connections/setup-operations.ts'
import { directoryOperations } from '#admin/directory/directory-operations.ts'
import { companyOperations, environmentOperations } from '#admin/environments/environment-operations.ts'
import { environmentsRoute } from '#admin/environments/environments-route.ts'
import { countFailures } from '#admin/failures.ts'
import { importOperations } from '#admin/imports/import-operations.ts'
import { keyOperations } from '#admin/keys/key-operations.ts'
import { logoutOperations } from '#admin/logouts/logout-operations.ts'
import { openApiRoute } from '#admin/openapi.ts'
import type { AdminContext, Operation } from '#admin/operations.ts'
import type { OuterOperation } from '#admin/outer-operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { explainOperations } from '#admin/records/explain-operations.ts'
import { endLiveRecords } from '#admin/records/live-records.ts'
import { mappingOperations } from '#admin/records/mapping-operations.ts'
import { overviewOperations } from '#admin/records/overview-operations.ts'
import { recordOperations } from '#admin/records/record-operations.ts'
import { sharedOperations, shareOperations } from '#admin/records/share-operations.ts'
import { trialOperations } from '#admin/records/trial-operations.ts'
import { routeOf } from '#admin/serve-operation.ts'
import { outerRouteOf } from '#admin/serve-outer-operation.ts'
import { sessionOperations } from '#admin/sessions/session-operations.ts'
import { tokenKeyOperations } from '#admin/token-keys/token-key-operations.ts'
import { userOperations } from '#admin/users/user-operations.ts'
import { versionOperations } from '#admin/versions/version-operations.ts'
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
  ...amazonConnectOperations,
  ...desktopReportOperations,
  ...linkOperations,
  ...federationOperations,
  ...checkOperations,
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
