import { dangerouslyUnchecked, type Endpoint, type IdentityProviderMetadata, judgeMetadata } from '@sallyport/saml'
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

/**
 * What metadata says of single logout (Metadata 2.4.3), each field where none is given: for the front channel HTTP-POST
 * where there is a choice, for the back channel SOAP, and beside it where answers go through the browser.
 */
export function logoutFrom({ singleLogout }: IdentityProviderMetadata, given: Given, report: Report): Given {
  const asked = given.singleLogout ?? {}
  if (!isGiven(asked)) return {}
  const byBrowser = ({ binding }: Endpoint): boolean => binding === (asked.binding ?? binding) && binding !== 'soap'
  const offered = preferringPost(singleLogout.filter(byBrowser))
  const isBack = asked.method === 'back-channel'
  const filled = isBack ? backChannel(singleLogout, offered, asked) : frontChannel(offered, asked)
  const whole = Object.fromEntries(Object.entries({ ...filled, ...asked }).filter(([, value]) => value !== undefined))
  if (isBack && asked.enabled === true && whole.url === undefined) reportNoSoap(singleLogout, report)
  return Object.keys(whole).length === 0 ? {} : { singleLogout: whole }
}

/** An address that was given may be one of the metadata, which then knows the rest of it. */
function frontChannel(offered: readonly Endpoint[], { url }: Given): Given {
  const endpoint = offered.find(({ location }) => url === undefined || url === location)
  if (endpoint === undefined) return {}
  const { location, responseLocation, binding } = endpoint
  return { url: location, responseUrl: responseLocation === location ? undefined : responseLocation, binding }
}

function backChannel(all: readonly Endpoint[], offered: readonly Endpoint[], { responseUrl }: Given): Given {
  const url = all.find(({ binding }) => binding === 'soap')?.location
  const answers = offered
    .map(({ binding, location, responseLocation }) => ({ binding, responseUrl: responseLocation ?? location }))
    .find((answer) => responseUrl === undefined || responseUrl === answer.responseUrl)
  return { url, ...answers }
}

function preferringPost(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const isPost = ({ binding }: Endpoint): boolean => binding === 'post'
  return [...endpoints.filter(isPost), ...endpoints.filter((endpoint) => !isPost(endpoint))]
}

function reportNoSoap(all: readonly Endpoint[], report: Report): void {
  const only = all.length > 0 ? ', only for “front-channel”' : ', nor any other'
  report(['singleLogout', 'method'], `The metadata offers no single logout for “back-channel” (SOAP)${only}.`)
}

function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
