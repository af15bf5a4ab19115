/**
 * The identity provider over HTTP: metadata, sign-on, the sign-in page and what its buttons do. `next` decides what a
 * request leads to. It knows nothing of the demonstration application, and leaves writing and signing to `answering.ts`.
 */
import { uris } from '@sallyport/saml'
import { writeIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { awsMisbehaviourNamed } from '../aws/misbehaviours.ts'
import { formOf, queryOf, type WithForm } from '../pages/forms.ts'
import { sendPage, sendProblem } from '../pages/pages.ts'
import { identityProviderUrls, type SandboxSettings } from '../settings.ts'
import { newMessageId } from '../world.ts'
import { amazonConnectLink, readAmazonConnectLink } from './amazon-connect-link.ts'
import { signaturePlacements } from './answer.ts'
import { answerPage } from './answer-page.ts'
import { type AnswerChoice, createAnswering, plainAnswer } from './answering.ts'
import { readAttributeForm } from './attribute-form.ts'
import { type BrowserSession, type BrowserSessions, createPendingSignIns } from './browser-sessions.ts'
import { correct, misbehaviourNamed } from './misbehaviours.ts'
import { fullName, type Person, personNamed } from './people.ts'
import type { ServiceProviders } from './service-providers.ts'
import { signInPage } from './sign-in-page.ts'
import { readInitiation, readPostRequest, readRedirectRequest, type SignInRequest } from './sign-in-request.ts'

export function identityProviderRoutes(
  app: FastifyInstance,
  settings: SandboxSettings,
  browserSessions: BrowserSessions,
  serviceProviders: ServiceProviders,
): void {
  const { clock, chance, sallyportUrl } = settings
  const answering = createAnswering(settings)
  const pending = createPendingSignIns(chance)

  app.get('/idp/metadata', (_request, reply) =>
    reply.type('application/samlmetadata+xml').send(identityProviderMetadata(settings)),
  )
  app.get('/idp/sso', (request, reply) => next(request, reply, readRedirectRequest(queryOf(request), sallyportUrl)))
  app.post<WithForm>('/idp/sso', (request, reply) =>
    next(request, reply, readPostRequest(formOf(request), sallyportUrl)),
  )
  app.get('/idp/initiated', (request, reply) =>
    next(request, reply, readInitiation(new URLSearchParams(queryOf(request)), sallyportUrl)),
  )

  app.get(amazonConnectLink, (request, reply) =>
    next(request, reply, readAmazonConnectLink(new URLSearchParams(queryOf(request)), settings)),
  )

  app.post<WithForm>('/idp/sign-in', (request, reply) => {
    const form = formOf(request)
    const asked = pending.get(form.get('pending'))
    const chosen = readChoice(form)
    if (asked === undefined) return sendProblem(reply, 400, 'This sign-in is over. Start again.')
    if (chosen === undefined) return sendProblem(reply, 400, 'The form was not filled in.')
    if (chosen.misbehaviour.name === 'replay' && !answering.canReplay(asked)) {
      return sendProblem(reply, 400, 'There is no answer to replay yet: sign in correctly once, then again.')
    }
    const signIn = { person: chosen.person, authnInstant: clock() }
    // Only a right answer opens a session here: after any other the next sign-in shows the switches again.
    if (chosen.misbehaviour !== correct || chosen.attributes.length > 0) {
      return answer(reply, asked, { ...signIn, told: new Map() }, chosen)
    }
    const { session, setCookie } = browserSessions.open(request.headers.cookie, signIn)
    return answer(reply.header('set-cookie', setCookie), asked, session, chosen)
  })

  app.post<WithForm>('/idp/somebody-else', (request, reply) => {
    reply.header('set-cookie', browserSessions.end(request.headers.cookie))
    const asked = pending.get(formOf(request).get('pending'))
    return asked ? ask(reply, asked, undefined) : reply.redirect('/', 303)
  })

  /** Answer at once, say that nobody is here, or ask (ForceAuthn and IsPassive, Core 3.4.1). */
  function next(request: FastifyRequest, reply: FastifyReply, asked: SignInRequest): FastifyReply {
    const session = browserSessions.of(request.headers.cookie)
    if (session && !asked.forceAuthn) return answer(reply, asked, session, plainAnswer)
    return asked.isPassive ? sayNobodyIsHere(reply, asked) : ask(reply, asked, session)
  }

  function answer(
    reply: FastifyReply,
    asked: SignInRequest,
    session: BrowserSession,
    choice: AnswerChoice,
  ): FastifyReply {
    const { misbehaviour } = choice
    const sessionIndex = sessionIndexFor(session, asked)
    const page = answerPage({
      title: misbehaviour === correct ? `Signed in as ${fullName(session.person)}` : `Answer: ${misbehaviour.label}`,
      answer: answering.answer(asked, session, sessionIndex, choice),
      pendingId: pending.add(asked),
    })
    return sendPage(reply, page)
  }

  /** AWS is told nothing of logouts, so it need not be remembered there. */
  function sessionIndexFor(session: BrowserSession, asked: SignInRequest): string {
    if (asked.postTo !== undefined) return newMessageId(chance)
    serviceProviders.learn(asked.audience, asked.acsUrl)
    return browserSessions.tell(session, asked.audience).sessionIndex
  }

  function sayNobodyIsHere(reply: FastifyReply, asked: SignInRequest): FastifyReply {
    const page = answerPage({
      title: 'Nobody is signed in',
      answer: answering.nobodyIsHere(asked),
      pendingId: undefined,
    })
    return sendPage(reply, page)
  }

  function ask(reply: FastifyReply, asked: SignInRequest, session: BrowserSession | undefined): FastifyReply {
    return sendPage(reply, signInPage({ pendingId: pending.add(asked), request: asked, signedIn: session?.person }))
  }
}

export function identityProviderMetadata({
  publicUrl,
  certificatePem,
}: Pick<SandboxSettings, 'publicUrl' | 'certificatePem'>): string {
  const { entityId, sso, slo, sloSoap } = identityProviderUrls(publicUrl)
  return writeIdentityProviderMetadata({
    entityId,
    singleSignOn: [
      { binding: 'redirect', location: sso },
      { binding: 'post', location: sso },
    ],
    singleLogout: [
      { binding: 'redirect', location: slo },
      { binding: 'post', location: slo },
      { binding: 'soap', location: sloSoap },
    ],
    signingCertificates: [certificatePem],
    nameIdFormats: [uris.nameId.unspecified],
    wantAuthnRequestsSigned: false,
  })
}

function readChoice(form: URLSearchParams): (AnswerChoice & { readonly person: Person }) | undefined {
  const person = personNamed(form.get('person') ?? '')
  const answer = form.get('answer') ?? correct.name
  const misbehaviour = misbehaviourNamed(answer) ?? awsMisbehaviourNamed(answer)
  const placement = signaturePlacements.find(({ name }) => name === (form.get('placement') ?? 'assertion'))?.name
  if (person === undefined || misbehaviour === undefined || placement === undefined) return undefined
  const attributes = readAttributeForm(form, person)
  return attributes && { person, misbehaviour, placement, attributes }
}
