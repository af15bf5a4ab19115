/**
 * The RelayState that leads from AWS's sign-in to an Amazon Connect instance. Pure; it owns the form of that address.
 */
import { demo } from '../demo.ts'

const { region, instanceId } = demo.aws

/** What the directory sends when the link names none. */
export const amazonConnectRelayState = `https://${region}.console.aws.amazon.com/connect/federate/${instanceId}?destination=${encodeURIComponent('/ccp-v2')}&new_domain=true`

export type Landing =
  /** A path of the sandbox that carries it out. */
  { readonly kind: 'connect'; readonly path: string } | { readonly kind: 'console'; readonly address: string }

const consoleHost =
  /^(?:([a-z]{2}(?:-[a-z]+)+-\d)\.)?console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/
const federate = /^\/connect\/federate\/([^/]+)\/?$/

/** Where AWS's sign-in leads. Anything but the federation of an instance ends in the console. */
export function landingOf(relayState: string): Landing {
  const url = URL.canParse(relayState) ? new URL(relayState) : undefined
  const host = url === undefined ? null : consoleHost.exec(url.hostname)
  const path = url === undefined ? null : federate.exec(url.pathname)
  if (url === undefined || host === null || path === null) return { kind: 'console', address: relayState }
  const query = new URLSearchParams(url.search)
  // The host is the sandbox's now, so the region goes along in the query.
  query.set('region', host[1] ?? region)
  return { kind: 'connect', path: `/connect/federate/${path[1]}?${query}` }
}
