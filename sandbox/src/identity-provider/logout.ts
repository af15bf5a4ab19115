/**
 * Single logout over HTTP (Profiles 4.4): asked for by a service provider, or begun here by a person. It owns the routes
 * and what a request leads to; messages are written in `logout-messages.ts`, and `logout-round.ts` tells the others.
 */
import { type Binding, type Signer, uris, writeLogoutResponse, writeSoapFault } from '@sallyport/saml'
import type { ServiceProviderMetadata } from '@sallyport/saml/identity-provider'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { formOf, queryOf, type WithForm } from '../pages/forms.ts'
import { sendPage, sendProblem } from '../pages/pages.ts'
import { newMessageId } from '../world.ts'
import type { BrowserSession, Told } from './browser-sessions.ts'
import type { LogoutDesk } from './logout-desk.ts'
import {
  type Delivery,
  deliver,
  failuresOf,
  judgeRequest,
  type ReceivedLogout,
  readPostLogout,
  readRedirectLogout,
  readSoapLogout,
  unverifiedIssuer,
} from './logout-messages.ts'
import { type LogoutMisbehaviour, logoutMisbehaviourNamed } from './logout-misbehaviours.ts'
import { carryingPage, loggedOutPage, ownPage } from './logout-pages.ts'
import { LogoutProblem } from './logout-problem.ts'
import { createRounds, type Step, type ToldResult } from './logout-round.ts'
import { createSilence } from './silence.ts'

/** A LogoutRequest that was judged good. */
type AskedLogout = {
  readonly provider: ServiceProviderMetadata
  readonly request: NonNullable<ReturnType<typeof judgeRequest>['request']>
  readonly binding: Binding
  readonly relayState: string | undefined
  readonly behaviour: LogoutMisbehaviour
}

/** What follows when everybody else was told: the answer to whoever asked, or a page for the person. */
type End = AskedLogout | 'page'

export function logoutRoutes(app: FastifyInstance, desk: LogoutDesk): void {
  const { settings, urls, sessions, providers, log } = desk
  const rounds = createRounds<End>(desk)
  const silence = createSilence(app)

  app.get('/idp/slo', (request, reply) => throughBrowser(reply, readRedirectLogout(queryOf(request))))
  app.post<WithForm>('/idp/slo', (request, reply) => throughBrowser(reply, readPostLogout(formOf(request))))
  app.register(async (soap) => {
    const bytes = { parseAs: 'buffer' } as const
    soap.addContentTypeParser('text/xml', bytes, (_request, body, done) => done(null, body))
    soap.post<{ Body: Buffer | undefined }>('/idp/slo/soap', (request, reply) =>
      bySoap(reply, readSoapLogout(request.body ?? Buffer.of())),
    )
  })

  app.post<WithForm>('/idp/logout', async (request, reply) => {
    const bindings = bindingsFor(formOf(request).get('by') ?? 'post')
    if (bindings === undefined) return sendProblem(reply, 400, 'The form was not filled in.')
    const told = [...(sessions.of(request.headers.cookie)?.told.values() ?? [])]
    reply.header('set-cookie', sessions.end(request.headers.cookie))
    return go(reply, await rounds.begin(told, bindings, 'page'))
  })
  app.post<WithForm>('/idp/slo/behaviour', (request, reply) => {
    const chosen = logoutMisbehaviourNamed(formOf(request).get('name') ?? '')
    if (chosen === undefined) return sendProblem(reply, 400, 'There is no such answer to a logout.')
    desk.behaviour.choose(chosen)
    return reply.redirect('/', 303)
  })
  app.get('/idp/sessions', (_request, reply) =>
    reply.header('cache-control', 'no-store').send({
      behaviour: desk.behaviour.chosen().name,
      sessions: sessions.all().map(describeSession),
      messages: log.all(),
    }),
  )

  async function throughBrowser(reply: FastifyReply, received: ReceivedLogout): Promise<FastifyReply> {
    if (received.parameter === 'SAMLResponse') return go(reply, await rounds.answered(received))
    const asked = await takeRequest(received, urls.slo)
    if (asked.behaviour.instead === 'silence') return silence(reply)
    return go(reply, await rounds.begin(endMeant(asked), [asked.binding, 'post', 'redirect', 'soap'], asked))
  }

  async function bySoap(reply: FastifyReply, received: ReceivedLogout): Promise<FastifyReply> {
    try {
      const asked = await takeRequest(received, urls.sloSoap)
      if (asked.behaviour.instead === 'silence') return silence(reply)
      // There is no browser here: who takes no SOAP stays untold.
      const step = await rounds.begin(endMeant(asked), ['soap'], asked)
      return 'next' in step ? sendFault(reply, 'server', 'no browser is here') : finish(reply, asked, step.results)
    } catch (error) {
      if (error instanceof LogoutProblem) return sendFault(reply, 'client', error.message)
      throw error
    }
  }

  /** Throws `LogoutProblem` for what is not signed by a service provider that we know. */
  async function takeRequest(received: ReceivedLogout, expectedDestination: string): Promise<AskedLogout> {
    const issuer = unverifiedIssuer(received)
    if (issuer === undefined) throw new LogoutProblem('This is no LogoutRequest that says who sent it.')
    const provider = await providers.find(issuer)
    const verdict = judgeRequest(received, {
      now: settings.clock(),
      certificates: provider.signingCertificates,
      expectedIssuer: issuer,
      expectedDestination,
    })
    log.add(received, verdict)
    const { binding, relayState } = received
    if (verdict.request) {
      return { provider, request: verdict.request, binding, relayState, behaviour: desk.behaviour.chosen() }
    }
    const codes = failuresOf(verdict.checks).map(({ code }) => code)
    throw new LogoutProblem(`The LogoutRequest is refused (${codes.join(', ')}).`)
  }

  /** Ends the sessions that a request means; answers the others who were told of them (Core 3.7.3.2). */
  function endMeant({ request, behaviour }: AskedLogout): readonly Told[] {
    if (!behaviour.endsSessions) return []
    const ended = sessions.endWhere(({ told }) => {
      const ours = told.get(request.issuer)
      if (ours === undefined || ours.nameId.value !== request.nameId.value) return false
      // Core 3.7.1: no SessionIndex means every session of the person.
      return request.sessionIndexes.length === 0 || request.sessionIndexes.includes(ours.sessionIndex)
    })
    return ended.flatMap(({ told }) => [...told.values()]).filter((one) => one.serviceProvider !== request.issuer)
  }

  function go(reply: FastifyReply, step: Step<End>): FastifyReply {
    if ('next' in step) return carry(reply, step.next)
    if (step.end === 'page') return sendPage(reply, loggedOutPage(step.results))
    return finish(reply, step.end, step.results)
  }

  /** The answer to whoever asked, or what the chosen misbehaviour puts in its place. */
  function finish(reply: FastifyReply, asked: AskedLogout, results: readonly ToldResult[]): FastifyReply {
    const { instead } = asked.behaviour
    if (instead === 'page') return sendPage(reply, ownPage())
    if (instead === 'fault' && asked.binding === 'soap') return sendFault(reply, 'server', 'This fault is on purpose.')
    if (instead !== undefined) return sendProblem(reply, 500, 'This fault of the identity provider is on purpose.')
    return carry(reply, answerTo(asked, results))
  }

  function answerTo(asked: AskedLogout, results: readonly ToldResult[]): Delivery {
    const { request, behaviour, relayState } = asked
    const to = responseAddress(asked)
    const newId = () => newMessageId(settings.chance)
    const everywhere = results.every(({ outcome }) => outcome === 'logged out')
    const right = {
      id: newId(),
      issueInstant: settings.clock(),
      issuer: urls.entityId,
      ...(to.binding === 'soap' ? {} : { destination: to.url }),
      inResponseTo: request.id,
      ...(everywhere ? {} : { status: { code: uris.status.success, subCode: uris.status.partialLogout } }),
    }
    const response = behaviour.content?.(right, { newId }) ?? right
    const signer = signerFor(behaviour)
    return deliver({
      ...to,
      parameter: 'SAMLResponse',
      id: response.id,
      xml: writeLogoutResponse(response),
      relayState,
      signer,
    })
  }

  function signerFor({ signedBy }: LogoutMisbehaviour): Signer | undefined {
    if (signedBy === 'nobody') return undefined
    return signedBy === 'stranger' ? desk.stranger() : desk.signer
  }

  /** By the binding of the request, or by the other one of browsers where the service provider takes no other. */
  function responseAddress({ provider, binding }: AskedLogout): { readonly binding: Binding; readonly url: string } {
    if (binding === 'soap') return { binding, url: '' } // the answer goes back in the same exchange
    for (const one of [binding, 'post', 'redirect'] as const) {
      const url = providers.address(provider, one, 'response')
      if (url !== undefined) return { binding: one, url }
    }
    throw new LogoutProblem(`The metadata of ${provider.entityId} names no address for the answer.`)
  }
}

function carry(reply: FastifyReply, delivery: Delivery): FastifyReply {
  if (delivery.binding === 'redirect') return reply.header('cache-control', 'no-store').redirect(delivery.url, 302)
  if (delivery.binding === 'post') return sendPage(reply, carryingPage(delivery))
  return reply.type('text/xml; charset=utf-8').send(delivery.body)
}

/** SOAP 1.1 section 6.2: a fault comes with status 500. */
function sendFault(reply: FastifyReply, whose: 'client' | 'server', sentence: string): FastifyReply {
  return reply.status(500).type('text/xml; charset=utf-8').send(writeSoapFault(whose, sentence))
}

/** The chosen one first, then what else would do. */
function bindingsFor(by: string): readonly Binding[] | undefined {
  if (by === 'post') return ['post', 'redirect', 'soap']
  if (by === 'redirect') return ['redirect', 'post', 'soap']
  return by === 'soap' ? ['soap'] : undefined
}

function describeSession({ person, authnInstant, told }: BrowserSession) {
  return { person: person.username, authnInstant: authnInstant.toISOString(), told: [...told.values()] }
}
