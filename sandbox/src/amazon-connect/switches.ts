/**
 * How the pretend Amazon Connect instance is set, so that each of its failures can be had on purpose. It owns what can be
 * set and what is set at first.
 */
import { people } from '../identity-provider/people.ts'

export type AmazonConnectSwitches = {
  /** Origins whose pages may frame the Contact Control Panel. */
  readonly approvedOrigins: readonly string[]
  /** Login names that are declared in the instance, letter for letter. */
  readonly users: readonly string[]
  /** Whether the cookie is sent in frames of other sites: SameSite=None; Secure. */
  readonly crossSite: boolean
  /** Where the instance's people come from. In earnest this can never be changed. */
  readonly identity: 'saml' | 'connect'
  readonly sessionHours: number
  /** Cross-Origin-Opener-Policy: same-origin, which cuts a window from the page that opened it. */
  readonly coop: boolean
}

/** The directory has her, and Amazon Connect does not. */
const undeclared = 'katherine'

export function firstSwitches(
  sallyportUrl: string,
  chosen: Partial<AmazonConnectSwitches> = {},
): AmazonConnectSwitches {
  return {
    approvedOrigins: [new URL(sallyportUrl).origin],
    users: people.map(({ username }) => username).filter((username) => username !== undeclared),
    crossSite: false,
    identity: 'saml',
    sessionHours: 10,
    coop: false,
    ...chosen,
  }
}
