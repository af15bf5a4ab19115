/**
 * The pretend Amazon Connect instance over HTTP: the Contact Control Panel, the instance's own login page, logout. It knows
 * nothing of SAML: the pretend AWS signs people in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formOf, type WithForm } from '../pages/forms.ts'
import { type Page, sendPage } from '../pages/pages.ts'
import type { SandboxSettings } from '../settings.ts'
import { newMessageId } from '../world.ts'
import { agentAppPage, ccpPage } from './ccp-page.ts'
import type { Instance } from './instance.ts'
import { loggedOutPage, loginPage, sessionExpiredPage } from './login-pages.ts'
import { switchesRoutes } from './switches-routes.ts'

/** Of the second version, of the first, and as the old addresses have them. */
const panels = ['/ccp-v2', '/ccp', '/connect/ccp-v2', '/connect/ccp']

export function amazonConnectRoutes(app: FastifyInstance, settings: SandboxSettings, instance: Instance): void {
  const { clock, chance } = settings
  for (const path of panels.flatMap((panel) => [panel, `${panel}/`])) app.get(path, (...of) => panel(...of))
  app.get('/agent-app-v2', (request, reply) => forAgents(request, reply, agentAppPage))
  app.get('/connect/home', (request, reply) => forAgents(request, reply, agentAppPage))

  for (const path of ['/login', '/connect/login']) {
    app.get(path, (_request, reply) => send(reply, logIn()))
    app.post<WithForm>(path, (request, reply) => {
      const username = formOf(request).get('username') ?? ''
      if (instance.switches().identity === 'saml') return send(reply, sessionExpiredPage())
      if (!instance.knows(username)) return send(reply.status(401), loginPage('Incorrect username or password.'))
      return reply.header('set-cookie', instance.open(username)).redirect('/ccp-v2/', 303)
    })
  }
  for (const path of ['/logout', '/connect/logout']) {
    app.get(path, (request, reply) =>
      send(reply.header('set-cookie', instance.end(request.headers.cookie)), loggedOutPage()),
    )
  }

  // The panel asks before it does anything: whether the session still stands, what time it is, and for an id to use.
  app.post('/connect/api', (request, reply) =>
    instance.sessionOf(request.headers.cookie) === undefined
      ? reply.status(401).send({ problem: 'The session is over.' })
      : reply.header('cache-control', 'no-store').send({ now: clock(), id: newMessageId(chance) }),
  )
  switchesRoutes(app, settings, instance)

  function panel(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return forAgents(request, reply, ccpPage)
  }

  function forAgents(request: FastifyRequest, reply: FastifyReply, write: typeof ccpPage): FastifyReply {
    const session = instance.sessionOf(request.headers.cookie)
    if (session === undefined) return reply.header('x-frame-options', 'SAMEORIGIN').redirect('/login', 302)
    const { approvedOrigins } = instance.switches()
    return send(reply, write({ session, approvedOrigins, now: clock(), id: newMessageId(chance) }))
  }

  function logIn(): Page {
    return instance.switches().identity === 'saml' ? sessionExpiredPage() : loginPage(undefined)
  }

  function send(reply: FastifyReply, page: Page): FastifyReply {
    // Origins cannot be named in this one, so it says nothing where there are some.
    if (page.framedBy?.includes("'self'")) reply.header('x-frame-options', 'SAMEORIGIN')
    if (instance.switches().coop) reply.header('cross-origin-opener-policy', 'same-origin')
    return sendPage(reply, page)
  }
}
