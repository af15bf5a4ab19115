/**
 * The service providers that the identity provider knows: those at Sallyport, by their metadata. It owns where that lies
 * and whom to believe: metadata is fetched from Sallyport's origin only, each time anew, so that keys may change, and
 * leads to addresses there only. It knows nothing of sessions.
 */
import type { Binding } from '@sallyport/saml'
import {
  MetadataError,
  readServiceProviderMetadata,
  type ServiceProviderMetadata,
} from '@sallyport/saml/identity-provider'
import type { SandboxSettings } from '../settings.ts'
import { LogoutProblem } from './logout-problem.ts'
import { remember } from './remember.ts'

const answersWithin = 5_000

export type ServiceProviders = ReturnType<typeof createServiceProviders>

export function createServiceProviders({ sallyportUrl, clock }: Pick<SandboxSettings, 'sallyportUrl' | 'clock'>) {
  const metadataUrls = new Map<string, string>()
  const begin = `${sallyportUrl}/saml/`

  return {
    /** A connection may have an entity id of its own: its metadata lies beside the address that takes answers. */
    learn(entityId: string, acsUrl: string): void {
      if (acsUrl.startsWith(begin)) remember(metadataUrls, entityId, acsUrl.replace(/\/acs$/, '/metadata'))
    },
    /** Throws `LogoutProblem`. */
    async find(entityId: string): Promise<ServiceProviderMetadata> {
      const url = metadataUrls.get(entityId) ?? entityId
      if (!url.startsWith(begin)) throw new LogoutProblem(`The sandbox knows no service provider ${entityId}.`)
      const provider = readMetadata(await fetchText(url), clock())
      if (provider.entityId === entityId) return provider
      throw new LogoutProblem(`The metadata at ${url} is of ${provider.entityId}, not of ${entityId}.`)
    },
    /** Where a service provider takes logouts by a binding: requests, or answers to its own. */
    address(provider: ServiceProviderMetadata, binding: Binding, message: 'request' | 'response'): string | undefined {
      const endpoint = provider.singleLogout.find((one) => one.binding === binding)
      const url = (message === 'response' && endpoint?.responseLocation) || endpoint?.location
      return url !== undefined && new URL(url).origin === new URL(sallyportUrl).origin ? url : undefined
    },
  }
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(answersWithin) }).catch(() => {
    throw new LogoutProblem(`${url} does not answer.`)
  })
  if (response.status === 200) return response.text()
  await response.body?.cancel()
  throw new LogoutProblem(`${url} answered with status ${response.status}.`)
}

function readMetadata(xml: string, now: Date): ServiceProviderMetadata {
  try {
    return readServiceProviderMetadata(xml, { now })
  } catch (error) {
    if (error instanceof MetadataError) throw new LogoutProblem(error.message)
    throw error
  }
}
