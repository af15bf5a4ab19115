// From what a person typed to settings that are whole and checked. Every problem is told at once.

import { dangerouslyUnchecked, judgeMetadata } from '@sallyport/saml'
import { isNearby } from '#connect/addresses.ts'
import { type ConnectWarning, readInstance } from '#connect/read-instance.ts'
import type { AmazonConnectSettings, TypedAmazonConnect } from '#connect/settings.ts'
import type { Problem } from '#connections/sources.ts'

export type TakenAmazonConnect =
  | { readonly ok: true; readonly settings: AmazonConnectSettings; readonly warnings: readonly ConnectWarning[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function takeAmazonConnect(typed: TypedAmazonConnect): TakenAmazonConnect {
  const { instance, problems: ofInstance, warnings } = readInstance(typed.instance)
  const metadata = typed.federation.metadata?.replace(/^\uFEFF/, '').trim() || null
  const problems = [
    ...ofInstance,
    ...problemsOf(['singleSignOn', 'url'], linkProblem(typed.singleSignOn)),
    ...problemsOf(['federation', 'metadata'], metadata === null ? undefined : metadataProblem(metadata)),
  ]
  if (instance === undefined || problems.length > 0) return { ok: false, problems }
  const { ccpVersion, singleSignOn, requireSignIn, agentName, stuckAfterSeconds, federation } = typed
  const rest = { ccpVersion, singleSignOn, requireSignIn, agentName, stuckAfterSeconds }
  return { ok: true, settings: { instance, ...rest, federation: { ...federation, metadata } }, warnings }
}

function problemsOf(path: readonly string[], message: string | undefined): readonly Problem[] {
  return message === undefined ? [] : [{ path, message }]
}

/** Whether it is a deep link of the identity provider at all; which one, deep-links.ts knows. */
function linkProblem({ enabled, url }: TypedAmazonConnect['singleSignOn']): string | undefined {
  if (url === null)
    return enabled
      ? 'is missing: with single sign-on, paste the deep link of your identity provider’s application for Amazon Connect'
      : undefined
  if (/[\s\\<>"\p{Cc}\p{Cs}]/u.test(url) || !URL.canParse(url))
    return 'is not a web address. Copy the deep link again, without white space or quotation marks'
  const { protocol, hostname, username, password } = new URL(url)
  if (protocol !== 'https:' && !(protocol === 'http:' && isNearby(hostname))) return 'must begin with https://'
  return username || password ? 'must not contain a user name or password' : undefined
}

const LARGEST_METADATA = 256 * 1024

/** Valid or not, it is what IAM was given: whether it has expired is told where the settings are shown. */
const LONG_AGO = new Date(0)

function metadataProblem(metadata: string): string | undefined {
  if (Buffer.byteLength(metadata) > LARGEST_METADATA)
    return `is too large: ${LARGEST_METADATA / 1024} KiB at most. Upload the metadata of one identity provider`
  return faultOfMetadata(metadata, LONG_AGO)
}

/** @returns why it cannot be read or used at this time */
export function faultOfMetadata(metadata: string, now: Date): string | undefined {
  const { checks } = judgeMetadata({ message: metadata, now, expectedEntityId: dangerouslyUnchecked })
  const failure = checks.find(({ outcome }) => outcome === 'failed')
  return failure && (failure.received ?? failure.code)
}
