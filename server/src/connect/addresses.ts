// Where the instance of Amazon Connect is, by its settings.

import { isLocalHost } from '#config/config.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'

type Instance = Pick<AmazonConnectSettings, 'instance'>

export type ConnectAddresses = {
  readonly ccpUrl: string
  readonly loginUrl: string
  readonly logoutUrl: string
  readonly origin: string
}

/** Of the instance: where its Contact Control Panel is, and where its agents log in and out without single sign-on. */
export function connectAddresses({
  instance,
  ccpVersion,
}: Pick<AmazonConnectSettings, 'instance' | 'ccpVersion'>): ConnectAddresses {
  const origin = instance.url
  const base = isOnNewDomain({ instance }) ? origin : `${origin}/connect`
  return {
    ccpUrl: ccpVersion === 'v1' ? `${origin}/connect/ccp` : `${base}/ccp-v2/`,
    loginUrl: `${base}/login`,
    logoutUrl: `${base}/logout`,
    origin,
  }
}

/** Instances moved from awsapps.com to my.connect.aws, where the paths are shorter; one to try with is like those. */
export function isOnNewDomain({ instance }: Instance): boolean {
  return !new URL(instance.url).hostname.endsWith('.awsapps.com')
}

export function isOnThisMachine(address: string): boolean {
  return isLocalHost(new URL(address).hostname)
}

/** What is tried on one's own network is neither at AWS nor by https (RFC 1918 section 3). */
export function isNearby(host: string): boolean {
  return isLocalHost(host) || /^(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))(\.\d+){2}$/.test(host)
}

/** Where RelayState leads: what the settings say, else the CCP of the version that the desktop shows. */
export function destinationOf({
  ccpVersion,
  federation,
}: Pick<AmazonConnectSettings, 'ccpVersion' | 'federation'>): NonNullable<
  AmazonConnectSettings['federation']['destination']
> {
  return federation.destination ?? (ccpVersion === 'v1' ? 'ccp' : 'ccp-v2')
}
