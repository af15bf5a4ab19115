/**
 * Telling service providers that a session has ended, one after the other: from server to server at once, through the
 * browser with a round trip each. It owns who is still to be told and what each answered; how the browser is sent on is
 * the caller's business (`Step`).
 */
import { type Binding, writeLogoutRequest } from '@sallyport/saml'
import { newMessageId, newToken } from '../world.ts'
import type { Told } from './browser-sessions.ts'
import type { LogoutDesk } from './logout-desk.ts'
import {
  type Delivery,
  deliver,
  failuresOf,
  judgeAnswer,
  type ReceivedLogout,
  readSoapLogout,
} from './logout-messages.ts'
import { LogoutProblem } from './logout-problem.ts'
import { remember } from './remember.ts'

export type ToldResult = {
  readonly serviceProvider: string
  readonly binding: Binding | undefined
  readonly outcome: 'logged out' | 'partly logged out' | 'not logged out'
  /** Why, where it is not all well. */
  readonly reason?: string
}

/** Either the browser goes on with a request, or everybody was told. */
export type Step<End> = { readonly next: Delivery } | { readonly end: End; readonly results: readonly ToldResult[] }

type Round<End> = {
  readonly toTell: readonly Told[]
  /** By which bindings, the preferred first. */
  readonly bindings: readonly Binding[]
  readonly results: readonly ToldResult[]
  /** What happens when everybody was told. */
  readonly end: End
}

type Waiting<End> = Round<End> & { readonly serviceProvider: string; readonly requestId: string }

const answersWithin = 5_000

export function createRounds<End>(desk: LogoutDesk) {
  const { settings, urls, providers, log } = desk
  const waiting = new Map<string, Waiting<End>>()

  async function goOn(round: Round<End>): Promise<Step<End>> {
    const [told, ...toTell] = round.toTell
    if (told === undefined) return { end: round.end, results: round.results }
    const { serviceProvider } = told
    const rest = (result: Omit<ToldResult, 'serviceProvider'>) => ({
      ...round,
      toTell,
      results: [...round.results, { serviceProvider, ...result }],
    })
    try {
      const found = await addressFor(serviceProvider, round.bindings)
      const relayState = newToken(settings.chance)
      const { id, delivery } = request(told, found, relayState)
      if (delivery.binding === 'soap') {
        return goOn(rest({ binding: 'soap', ...(await exchange(delivery, serviceProvider, id)) }))
      }
      remember(waiting, relayState, { ...round, toTell, serviceProvider, requestId: id })
      return { next: delivery }
    } catch (error) {
      if (!(error instanceof LogoutProblem)) throw error
      return goOn(rest({ binding: undefined, outcome: 'not logged out', reason: error.message }))
    }
  }

  async function addressFor(serviceProvider: string, bindings: readonly Binding[]) {
    const provider = await providers.find(serviceProvider)
    for (const binding of bindings) {
      const url = providers.address(provider, binding, 'request')
      if (url !== undefined) return { binding, url }
    }
    throw new LogoutProblem(`Its metadata names no single logout address for ${bindings.join(' or ')}.`)
  }

  function request(told: Told, to: { readonly binding: Binding; readonly url: string }, relayState: string) {
    const id = newMessageId(settings.chance)
    const now = settings.clock()
    const xml = writeLogoutRequest({
      id,
      issueInstant: now,
      issuer: urls.entityId,
      destination: to.url,
      nameId: told.nameId,
      sessionIndexes: [told.sessionIndex],
      notOnOrAfter: new Date(now.getTime() + 5 * 60 * 1000),
    })
    return { id, delivery: deliver({ ...to, parameter: 'SAMLRequest', id, xml, relayState, signer: desk.signer }) }
  }

  async function exchange(delivery: Delivery & { readonly binding: 'soap' }, serviceProvider: string, id: string) {
    const response = await fetch(delivery.url, {
      method: 'POST',
      // Bindings 3.2.3: the SOAPAction of SAML.
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        soapaction: '"http://www.oasis-open.org/committees/security"',
      },
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(answersWithin),
    }).catch(() => {
      throw new LogoutProblem(`${delivery.url} does not answer.`)
    })
    const answer = readSoapLogout(new Uint8Array(await response.arrayBuffer()), 'SAMLResponse')
    return judged(answer, serviceProvider, id)
  }

  async function judged(answer: ReceivedLogout, serviceProvider: string, requestId: string) {
    const provider = await providers.find(serviceProvider)
    const verdict = judgeAnswer(answer, {
      now: settings.clock(),
      certificates: provider.signingCertificates,
      expectedIssuer: serviceProvider,
      expectedDestination: urls.slo,
      expectedInResponseTo: requestId,
    })
    log.add(answer, verdict)
    const failures = failuresOf(verdict.checks).map(({ code, received }) => `${code}: ${received}`)
    if (!verdict.ok) return { outcome: 'not logged out', reason: failures.join('; ') } as const
    return { outcome: verdict.partial ? 'partly logged out' : 'logged out' } as const
  }

  return {
    begin: (toTell: readonly Told[], bindings: readonly Binding[], end: End): Promise<Step<End>> =>
      goOn({ toTell, bindings, results: [], end }),
    /** A service provider has answered through the browser. Each RelayState leads on once. */
    async answered(answer: ReceivedLogout): Promise<Step<End>> {
      const round = waiting.get(answer.relayState ?? '')
      if (round === undefined) throw new LogoutProblem('Nobody here waits for this answer: the logout is over.')
      waiting.delete(answer.relayState ?? '')
      const { serviceProvider, requestId, ...before } = round
      const result = await judged(answer, serviceProvider, requestId)
      const results = [...round.results, { serviceProvider, binding: answer.binding, ...result }]
      return goOn({ ...before, results })
    },
  }
}
