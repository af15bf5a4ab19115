/**
 * The pretend AWS over HTTP: the sign-in endpoint, the console, and the way from there into Amazon Connect. `judge.ts`
 * decides; this sends people on. It knows nothing of the identity provider.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Instance } from '../amazon-connect/instance.ts'
import { demo } from '../demo.ts'
import { formOf, queryOf, type WithForm } from '../pages/forms.ts'
import { sendPage } from '../pages/pages.ts'
import type { SandboxSettings } from '../settings.ts'
import { demoAccount } from './account.ts'
import { connectRefusedPage, consolePage, errorPage, rolePage, signedOutPage } from './aws-pages.ts'
import { createConsoleSessions } from './console-sessions.ts'
import { awsErrors } from './errors.ts'
import { mayFederate, pathOf } from './federate.ts'
import { judgeForAws } from './judge.ts'
import { landingOf } from './relay-state.ts'

/** More than the longest response that AWS takes, so that it can say so. */
const longestBody = 4 * 1024 * 1024

export function awsRoutes(app: FastifyInstance, settings: SandboxSettings, instance: Instance): void {
  const { clock } = settings
  const account = settings.awsAccount ?? demoAccount(settings)
  const consoleSessions = createConsoleSessions(settings)

  app.post<WithForm>('/saml', { bodyLimit: longestBody }, (request, reply) => {
    const form = formOf(request)
    const response = { field: form.get('SAMLResponse') ?? '', relayState: form.get('RelayState') ?? '' }
    const roleArn = form.get('role')
    const verdict = judgeForAws({ ...response, ...(roleArn === null ? {} : { roleArn }), account, now: clock() })
    if (verdict.outcome === 'refused')
      return sendPage(reply.status(awsErrors[verdict.error].status), errorPage(verdict.error))
    if (verdict.outcome === 'choose') return sendPage(reply, rolePage({ ...response, roleArns: verdict.roleArns }))
    const landing = landingOf(response.relayState)
    const path = landing.kind === 'connect' ? landing.path : `/console?${new URLSearchParams({ at: landing.address })}`
    return reply.header('set-cookie', consoleSessions.open(verdict.session)).redirect(path, 303)
  })

  app.get('/console', (request, reply) => {
    const session = consoleSessions.of(request.headers.cookie)
    const at = new URLSearchParams(queryOf(request)).get('at') ?? ''
    return session === undefined
      ? sendPage(reply.status(401), signedOutPage())
      : sendPage(reply, consolePage(session, at))
  })
  app.get('/console/logout', (request, reply) =>
    sendPage(reply.header('set-cookie', consoleSessions.end(request.headers.cookie)), signedOutPage()),
  )

  app.get<{ Params: { instanceId: string } }>('/connect/federate/:instanceId', federate)

  /** Carries out what the RelayState says. */
  function federate(request: FastifyRequest<{ Params: { instanceId: string } }>, reply: FastifyReply): FastifyReply {
    const session = consoleSessions.of(request.headers.cookie)
    if (session === undefined) return sendPage(reply.status(401), signedOutPage())
    const query = new URLSearchParams(queryOf(request))
    const asked = { instanceId: request.params.instanceId, region: query.get('region') ?? demo.aws.region }
    if (instance.switches().identity !== 'saml' || !mayFederate(session, asked))
      return sendPage(reply.status(403), connectRefusedPage('not-permitted'))
    if (!instance.knows(session.sessionName)) return sendPage(reply.status(403), connectRefusedPage('not-onboarded'))
    return reply
      .header('set-cookie', instance.open(session.sessionName))
      .redirect(pathOf(query.get('destination')), 303)
  }
}
