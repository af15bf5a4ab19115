/**
 * The deep link of the application “Amazon Connect” in the directory's catalogue: whoever opens it is signed in to the
 * pretend AWS. It owns the link and what AWS wants to be called. It knows nothing of how AWS judges.
 */
import { awsSignIn } from '../aws/account.ts'
import { amazonConnectRelayState } from '../aws/relay-state.ts'
import type { SandboxSettings } from '../settings.ts'
import type { SignInRequest } from './sign-in-request.ts'

export const amazonConnectLink = '/idp/app/amazon-connect'

/** GET /idp/app/amazon-connect[?RelayState=] */
export function readAmazonConnectLink(
  query: URLSearchParams,
  { publicUrl }: Pick<SandboxSettings, 'publicUrl'>,
): SignInRequest {
  return {
    requestId: undefined,
    acsUrl: awsSignIn,
    audience: awsSignIn,
    // An empty one is a RelayState left out on purpose.
    relayState: query.get('RelayState') ?? amazonConnectRelayState,
    postTo: `${publicUrl}/saml`,
    forceAuthn: false,
    isPassive: false,
    description: 'No request: the link of the application Amazon Connect',
  }
}
