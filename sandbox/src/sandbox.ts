/**
 * The sandbox: a pretend world for trying and testing Sallyport. An identity provider that can misbehave, an application
 * behind Sallyport, two more that get tokens from it, AWS's sign-in with an Amazon Connect instance behind it, and a page
 * that explains them all. It owns how they are put together into one server; it imports nothing
 * of Sallyport's server, and reads neither clock, chance nor environment: `main.ts` brings them.
 */
import Fastify, { type FastifyInstance } from 'fastify'
import { amazonConnectRoutes } from './amazon-connect/amazon-connect.ts'
import { createInstance } from './amazon-connect/instance.ts'
import { awsRoutes } from './aws/aws.ts'
import { clientAppRoutes } from './client-apps/client-apps.ts'
import { demoAppRoutes } from './demo-app/demo-app.ts'
import { homePage } from './home-page.ts'
import { createBrowserSessions } from './identity-provider/browser-sessions.ts'
import { identityProviderRoutes } from './identity-provider/identity-provider.ts'
import { logoutRoutes } from './identity-provider/logout.ts'
import { createLogoutDesk } from './identity-provider/logout-desk.ts'
import { LogoutProblem } from './identity-provider/logout-problem.ts'
import { SignInRequestError } from './identity-provider/sign-in-request.ts'
import { serveAssets } from './pages/assets.ts'
import { sendPage, sendProblem } from './pages/pages.ts'
import type { SandboxSettings } from './settings.ts'

export { type ConnectRefusal, connectRefusals } from './amazon-connect/refusals.ts'
export type { AmazonConnectSwitches } from './amazon-connect/switches.ts'
export { type AwsAccount, demoAccount, trustOf } from './aws/account.ts'
export { type AwsErrorId, awsErrors } from './aws/errors.ts'
export { type AwsMisbehaviour, awsMisbehaviours } from './aws/misbehaviours.ts'
export { identityProviderMetadata } from './identity-provider/identity-provider.ts'
export {
  type LogoutMisbehaviour,
  type LogoutMisbehaviourName,
  logoutMisbehaviours,
} from './identity-provider/logout-misbehaviours.ts'
export { type Misbehaviour, type MisbehaviourName, misbehaviours } from './identity-provider/misbehaviours.ts'
export { type Person, people } from './identity-provider/people.ts'
export { createSandboxKey, type SandboxKey } from './key.ts'
export type { SandboxSettings } from './settings.ts'

/** Not listening yet. Its pages link to `publicUrl`, so that is where it must be made to listen. */
export function createSandbox(settings: SandboxSettings): FastifyInstance {
  const app = Fastify()
  const browserSessions = createBrowserSessions(settings.chance)
  const desk = createLogoutDesk(settings, browserSessions)

  // Forms are all that browsers send here; the answer to any other body is 415.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'There is nothing at this address.'))
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    if (error instanceof SignInRequestError || error instanceof LogoutProblem)
      return sendProblem(reply, 400, error.message)
    if (error.statusCode && error.statusCode < 500) return sendProblem(reply, error.statusCode, error.message)
    process.stderr.write(`${error.stack}\n`)
    return sendProblem(reply, 500, 'The sandbox has a fault of its own; its output says more.')
  })

  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }))
  app.get('/', (request, reply) =>
    sendPage(
      reply,
      homePage({
        ...settings,
        signedIn: browserSessions.of(request.headers.cookie)?.person,
        logoutBehaviour: desk.behaviour.chosen(),
      }),
    ),
  )
  serveAssets(app)
  identityProviderRoutes(app, settings, browserSessions, desk.providers)
  logoutRoutes(app, desk)
  demoAppRoutes(app, settings)
  clientAppRoutes(app, settings)
  const instance = createInstance(settings)
  awsRoutes(app, settings, instance)
  amazonConnectRoutes(app, settings, instance)
  return app
}
