// What of the settings may go wrong, though they can be saved.

import { destinationOf, isOnThisMachine } from '#connect/addresses.ts'
import { readDeepLink } from '#connect/deep-links/read-link.ts'
import type { ConnectWarning } from '#connect/read-instance.ts'
import { relayStatePartsOf } from '#connect/relay-state.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import { faultOfMetadata } from '#connect/take-settings.ts'

export type Circumstances = { readonly publicUrl: string; readonly now: Date }

export function warningsOf(
  settings: AmazonConnectSettings | undefined,
  { publicUrl, now }: Circumstances,
): readonly ConnectWarning[] {
  if (settings === undefined) return []
  return [
    originWarning(settings, publicUrl),
    linkWarning(settings, publicUrl),
    destinationWarning(settings),
    metadataWarning(settings, now),
  ].flatMap((warning) => (warning === undefined ? [] : [warning]))
}

/** What must be entered under Approved origins. */
export function approvedOriginOf(publicUrl: string): string {
  return new URL(publicUrl).origin
}

function originWarning({ instance }: AmazonConnectSettings, publicUrl: string): ConnectWarning | undefined {
  if (isOnThisMachine(instance.url)) {
    if (isOnThisMachine(publicUrl)) return undefined
    const sentence = `The instance is at ${instance.url}, which every agent’s browser looks for on the agent’s own machine.`
    return { code: 'instance-on-this-machine', sentence, cure: 'Enter the Access URL of the instance in AWS.' }
  }
  const origin = approvedOriginOf(publicUrl)
  if (origin.startsWith('https:')) return undefined
  return {
    code: 'origin-not-https',
    sentence: `Amazon Connect takes approved origins by https only, and Sallyport’s is ${origin}.`,
    cure: 'Serve Sallyport by https, and set SALLYPORT_PUBLIC_URL to that address.',
  }
}

/** Where the link is used: the first thing that keeps agents from signing in with it. */
function linkWarning(settings: AmazonConnectSettings, publicUrl: string): ConnectWarning | undefined {
  const { singleSignOn, instance, federation } = settings
  if (!singleSignOn.enabled || singleSignOn.url === null) return undefined
  const { product } = federation
  const relayState = relayStatePartsOf(settings)
  const { findings } = readDeepLink(singleSignOn.url, { product, instanceUrl: instance.url, relayState, publicUrl })
  const broken = findings.find(({ severity }) => severity === 'broken')
  if (broken === undefined) return undefined
  const { sentence, cure } = broken
  return { code: 'single-sign-on-url-broken', sentence: `Amazon Connect Single Sign-On URL: ${sentence}`, cure }
}

function destinationWarning(settings: AmazonConnectSettings): ConnectWarning | undefined {
  const destination = destinationOf(settings)
  const { ccpVersion } = settings
  if (destination === 'agent-app-v2' || (destination === 'ccp') === (ccpVersion === 'v1')) return undefined
  return {
    code: 'destination-other-ccp',
    sentence: `RelayState leads to the CCP ${destination === 'ccp' ? 'v1' : 'v2'}, but the desktop shows ${ccpVersion}.`,
    cure: 'Leave the destination out, so that it follows the version, or change one of the two.',
  }
}

function metadataWarning({ federation }: AmazonConnectSettings, now: Date): ConnectWarning | undefined {
  const fault = federation.metadata === null ? undefined : faultOfMetadata(federation.metadata, now)
  if (fault === undefined) return undefined
  return {
    code: 'metadata-unusable',
    sentence: `The metadata for IAM cannot be used any more: ${fault.replace(/\.$/, '')}.`,
    cure: 'Get it anew from the identity provider, and put it here and into IAM (aws iam update-saml-provider).',
  }
}
