import { dangerouslyUnchecked, type IdentityProviderMetadata, judgeMetadata } from '@sallyport/saml'
import { type Given, type Report, SourceError, type SourceFields, type Sources } from '#connections/sources.ts'

/** The identity provider's metadata, from wherever it is; undefined when none is named, or none can be read. */
export async function metadataFrom(
  { metadataFile, metadataUrl, metadata }: SourceFields,
  { now, readFile, fetchMetadata }: Sources,
  report: Report,
): Promise<IdentityProviderMetadata | undefined> {
  const read = async (key: string, xml: () => Promise<string | Uint8Array>) => {
    try {
      // The administrator chose this document; whose it is, it says itself.
      const verdict = judgeMetadata({ message: await xml(), now, expectedEntityId: dangerouslyUnchecked })
      const failure = verdict.checks.find(({ outcome }) => outcome === 'failed')
      if (failure !== undefined) report([key], failure.received ?? failure.code)
      return verdict.metadata
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      report([key], error.message)
      return undefined
    }
  }
  if (metadataFile !== undefined) return read('metadataFile', () => readFile(metadataFile))
  if (metadataUrl !== undefined) return read('metadataUrl', () => fetchMetadata(metadataUrl))
  if (metadata !== undefined) return read('metadata', async () => metadata)
  return undefined
}

/** The settings that metadata speaks of (Metadata 2.4.3). Requests travel by redirect where there is a choice. */
export function settingsFrom(metadata: IdentityProviderMetadata, given: Given, report: Report): Given {
  const locations = new Map<unknown, string>(metadata.singleSignOn.map(({ binding, location }) => [binding, location]))
  const requestBinding = given.requestBinding ?? (locations.has('redirect') ? 'redirect' : 'post')
  const location = locations.get(requestBinding)
  if (location === undefined && given.thirdPartyAuthenticationUrl === undefined) {
    const offered = [...locations.keys()].join(' and ')
    report(['requestBinding'], `The metadata offers no sign-in address for “${requestBinding}”, only for ${offered}.`)
  }
  return {
    issuer: metadata.entityId,
    ...(location !== undefined && { thirdPartyAuthenticationUrl: location }),
    requestBinding,
    signRequests: metadata.wantAuthnRequestsSigned,
  }
}

/** The single logout address, where none is given: HTTP-POST for the front channel, SOAP for the back channel. */
export function logoutFrom(metadata: IdentityProviderMetadata, given: Given): Given {
  const asked = given.singleLogout ?? {}
  if (typeof asked !== 'object' || 'url' in asked) return {}
  const wanted = 'method' in asked && asked.method === 'back-channel' ? 'soap' : 'post'
  const url = metadata.singleLogout.find(({ binding }) => binding === wanted)?.location
  return url === undefined ? {} : { singleLogout: { ...asked, url } }
}
