/**
 * What every part of the sandbox is given: where it lives, where Sallyport lives, its key, the time and randomness.
 * It reads no environment; `main.ts` does.
 */
import type { KeyObject } from 'node:crypto'
import type { AmazonConnectSwitches } from './amazon-connect/switches.ts'
import type { AwsAccount } from './aws/account.ts'
import type { Chance, Clock } from './world.ts'

export type SandboxSettings = {
  readonly clock: Clock
  readonly chance: Chance
  /** Where browsers reach the sandbox, without a slash at the end. */
  readonly publicUrl: string
  /** Where browsers and the demonstration application reach Sallyport, without a slash at the end. */
  readonly sallyportUrl: string
  /** Signs the identity provider's answers. */
  readonly key: KeyObject
  readonly certificatePem: string
  /** Of the pretend Amazon Connect; each has a value of its own where it is left out. */
  readonly amazonConnect?: Partial<AmazonConnectSwitches>
  /** Of the pretend AWS; left out: the one account with the role and the provider of the demo. */
  readonly awsAccount?: AwsAccount
}

export type IdentityProviderUrls = {
  readonly entityId: string
  readonly sso: string
  /** Single logout through the browser. */
  readonly slo: string
  readonly sloSoap: string
}

/** The identity provider's addresses; its entity id is where its metadata lies. */
export function identityProviderUrls(publicUrl: string): IdentityProviderUrls {
  return {
    entityId: `${publicUrl}/idp/metadata`,
    sso: `${publicUrl}/idp/sso`,
    slo: `${publicUrl}/idp/slo`,
    sloSoap: `${publicUrl}/idp/slo/soap`,
  }
}
