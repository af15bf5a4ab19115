/**
 * What everything about logout shares: the identity provider's addresses and key, the service providers it knows, the
 * record of what came, and how it is to answer. It decides nothing.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Check, Signer } from '@sallyport/saml'
import { type IdentityProviderUrls, identityProviderUrls, type SandboxSettings } from '../settings.ts'
import { answerAlgorithm } from './answer.ts'
import type { BrowserSessions } from './browser-sessions.ts'
import { failuresOf, type ReceivedLogout, unverifiedIssuer } from './logout-messages.ts'
import { correctLogout, type LogoutMisbehaviour } from './logout-misbehaviours.ts'
import { createServiceProviders, type ServiceProviders } from './service-providers.ts'

export type LogoutDesk = {
  readonly settings: SandboxSettings
  readonly urls: IdentityProviderUrls
  readonly sessions: BrowserSessions
  readonly providers: ServiceProviders
  readonly log: MessageLog
  /** How logouts are answered, for everybody alike: one by SOAP has no browser to remember it by. */
  readonly behaviour: { chosen(): LogoutMisbehaviour; choose(one: LogoutMisbehaviour): void }
  readonly signer: Signer
  /** A signer whose key is not in the metadata. */
  readonly stranger: () => Signer
}

export function createLogoutDesk(settings: SandboxSettings, sessions: BrowserSessions): LogoutDesk {
  const { publicUrl, key, certificatePem } = settings
  let strangerKey: KeyObject | undefined
  let chosen: LogoutMisbehaviour = correctLogout
  return {
    settings,
    urls: identityProviderUrls(publicUrl),
    sessions,
    providers: createServiceProviders(settings),
    log: createMessageLog(() => settings.clock()),
    behaviour: {
      chosen: () => chosen,
      choose: (one) => {
        chosen = one
      },
    },
    signer: { key, algorithm: answerAlgorithm, certificatePem },
    stranger: () => {
      strangerKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      return { key: strangerKey, algorithm: answerAlgorithm, certificatePem }
    },
  }
}

type LoggedMessage = {
  readonly at: string
  readonly kind: 'LogoutRequest' | 'LogoutResponse'
  readonly binding: ReceivedLogout['binding']
  readonly issuer?: string
  readonly relayState?: string
  readonly ok: boolean
  readonly failures: readonly Check[]
  /** What a LogoutRequest asks for, once it was judged good. */
  readonly request?: unknown
  /** With the SOAP envelope, where there is one. */
  readonly xml: string
}

export type MessageLog = ReturnType<typeof createMessageLog>

const mostLogged = 200

/** Every logout message that came, the latest last. */
export function createMessageLog(clock: () => Date) {
  const messages: LoggedMessage[] = []
  return {
    add(
      received: ReceivedLogout,
      verdict: { readonly ok: boolean; readonly checks: readonly Check[]; readonly request?: unknown },
    ): void {
      const { parameter, binding, relayState, xml } = received
      const issuer = unverifiedIssuer(received)
      messages.push({
        at: clock().toISOString(),
        kind: parameter === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse',
        binding,
        ...(issuer === undefined ? {} : { issuer }),
        ...(relayState === undefined ? {} : { relayState }),
        ok: verdict.ok,
        failures: failuresOf(verdict.checks),
        ...(verdict.request === undefined ? {} : { request: verdict.request }),
        xml,
      })
      if (messages.length > mostLogged) messages.shift()
    },
    all: (): readonly LoggedMessage[] => [...messages],
  }
}
