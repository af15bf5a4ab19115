// The service: every route in one table. Start reading here.

import cookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { callsOf } from '#access/calls.ts'
import { accountRoutes } from '#account/account.ts'
import { administrationRoutes } from '#admin/admin.ts'
import { companySignInRoutes } from '#admin/administrators/company-sign-in-routes.ts'
import { desktopTestRoute } from '#admin/amazon-connect/desktop-test-route.ts'
import { metricsRoutes } from '#admin/metrics.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import { desktopAtAgentUrl } from '#connect/agent-url.ts'
import { agentDesktop } from '#connect/desktop.ts'
import { countDesktopReports } from '#connect/desktop-counts.ts'
import { desktopReportRoute } from '#connect/desktop-report-route.ts'
import { inspectionRoutes } from '#connect/inspection-routes.ts'
import { serveAssets } from '#http/assets.ts'
import { acceptForms } from '#http/form.ts'
import { addSecurityHeaders, securityHeaders } from '#http/headers.ts'
import { healthRoutes } from '#http/health.ts'
import type { Route } from '#http/http.ts'
import { signInByAssertion } from '#login/assertion-grant.ts'
import { answerErrors, sendFault } from '#login/errors.ts'
import { landingRoutes } from '#login/landing.ts'
import { loginRoutes } from '#login/routes.ts'
import type { AttemptCounts } from '#logout/attempt-counts.ts'
import { logoutRoutes } from '#logout/routes.ts'
import type { Mailer } from '#mail/mail.ts'
import { clientsForLogin } from '#oauth/for-login.ts'
import { oauthRoutes } from '#oauth/routes.ts'
import { passwordRoutes, passwordUrlOf } from '#passwords/routes.ts'
import { portalRoutes } from '#portal/portal.ts'
import { sessionRoutes } from '#sessions/routes.ts'
import type { Database } from '#storage/database.ts'

export type AppContext = {
  readonly db: Database
  readonly world: World
  readonly config: Pick<Config, 'publicUrl' | 'trustedProxies'> & Partial<Pick<Config, 'allowPrivateHosts'>>
  readonly secret: Secret
  readonly mailer: Mailer
  readonly attempts: AttemptCounts
  readonly log: FastifyBaseLogger
}

/** Every route of the product. */
export function routesOf(app: AppContext): readonly Route[] {
  const ctx = { ...app, clients: clientsForLogin(app) }
  const desktop = agentDesktop(ctx)
  const desktopCounts = countDesktopReports()
  return [
    // GET  /healthz, /readyz
    ...healthRoutes(ctx),
    // GET  /saml/ssoRequest · POST /saml/{ticket}/acs · GET /saml/{ticket}/continue, /saml/{ticket}/metadata
    ...loginRoutes(ctx),
    // GET  /{company}/{environment}: the agent desktop, who is signed in, or the way in
    ...landingRoutes(ctx, {
      passwordUrlOf: passwordUrlOf(ctx),
      desktop: desktopAtAgentUrl(ctx, desktop, callsOf(ctx)),
    }),
    // GET  /assets/desktop/…
    ...desktop.routes,
    // POST /{company}/{environment}/desktop-reports: what stood in an agent's way
    desktopReportRoute(ctx, desktopCounts),
    // GET  /{company}/{environment}/desktop-test: the same for administrators, with each stage shown
    desktopTestRoute(ctx, desktop),
    // GET, POST /connect/inspect/{token}: a response for AWS, looked at in its place
    ...inspectionRoutes(ctx),
    // GET, POST /{company}/{environment}/sign-in, /forgot-password, /reset-password
    ...passwordRoutes(ctx),
    // GET  /{company}/{environment}/session, /{company}/{environment}/forward-auth
    ...sessionRoutes(ctx, callsOf(ctx)),
    // GET, POST /{company}/{environment}/account · GET, POST …/account/sessions: my sessions
    ...accountRoutes(ctx),
    // GET, POST /{company}/{environment}/logout, /{company}/{environment}/oauth/logout · GET …/logged-out
    // GET, POST /saml/{ticket}/slo · POST /saml/{ticket}/slo/soap
    ...logoutRoutes(ctx),
    // GET  /metrics
    ...metricsRoutes({ ...ctx, desktopCounts }),
    // /{company}/{environment}/oauth/…, /{company}/{environment}/.well-known/…: what there is, oauth/provider.ts says
    ...oauthRoutes({ ...ctx, signInByAssertion: (place, attempt) => signInByAssertion(ctx, place, attempt) }),
    // GET  /admin, /admin/…: the administration portal
    ...portalRoutes(ctx),
    // GET  /admin/sso/{company}, /admin/sso/{company}/return: administrators who come in through their Company
    ...companySignInRoutes(ctx),
    // /api/v1/…, for programs: what there is, admin/admin.ts and docs/api.md say
    ...administrationRoutes(ctx),
  ]
}

export async function createApp(ctx: AppContext): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: ctx.log,
    trustProxy: ctx.config.trustedProxies.length > 0 ? [...ctx.config.trustedProxies] : false,
    // Which requests are worth a line is decided in answerErrors; addresses hold one-time codes and are not logged.
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: 30_000,
    // A HEAD would begin a sign-in, or take a code, for somebody who only wanted to look.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    // An address that cannot be decoded reaches neither hooks nor handlers.
    frameworkErrors: (error, request, reply) =>
      void sendFault(ctx, error, request, reply.headers(securityHeaders(ctx.config.publicUrl))),
  })
  await app.register(cookie)
  addSecurityHeaders(app, ctx.config.publicUrl)
  acceptForms(app)
  serveAssets(app)
  answerErrors(app, { ...ctx, clients: clientsForLogin(ctx) })
  for (const [part, routes] of Map.groupBy(routesOf(ctx), (route) => route.part)) {
    await app.register(async (within) => {
      part?.(within)
      for (const { method, path, handler, bodyLimit } of routes)
        within.route({ method, url: path, handler, ...(bodyLimit === undefined ? {} : { bodyLimit }) })
    })
  }
  return app
}
