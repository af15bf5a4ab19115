import { z } from 'zod'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { connectAddresses } from '#connect/addresses.ts'
import { approvedOriginOf, type Circumstances, warningsOf } from '#connect/connect-warnings.ts'
import { type ConnectWarning, connectWarningCodes } from '#connect/read-instance.ts'
import { relayStateOf } from '#connect/relay-state.ts'
import { type AmazonConnectSettings, storedAmazonConnect, type typedAmazonConnect } from '#connect/settings.ts'
import { landingOf } from '#login/landing-url.ts'

const address = z.string()

export const amazonConnectAnswer = z
  .object({
    settings: storedAmazonConnect.nullable().describe('Null where the Environment has no instance'),
    agentUrl: address.describe('The User/Agent URL, where agents begin'),
    testUrl: address.describe('The same, reporting each stage of the sign-in'),
    approvedOrigin: address.describe('What must be entered under Approved origins of the instance'),
    addresses: z
      .object({ ccpUrl: address, loginUrl: address, logoutUrl: address, origin: address })
      .nullable()
      .describe('Of the instance'),
    relayState: z.string().nullable().describe('What the identity provider must send along, so that agents land there'),
    warnings: z.array(z.object({ code: z.enum(connectWarningCodes), sentence: z.string(), cure: z.string() })),
  })
  .meta({ id: 'AmazonConnect' })

const instanceId = '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b'
const deepLink = 'https://acme.okta.com/app/amazon_aws/exk4vq2m7xw3nphz5tb6/sso/saml'

export const amazonConnectExample: z.input<typeof typedAmazonConnect> = {
  instance: { url: 'acme', id: `arn:aws:connect:eu-west-2:123456789012:instance/${instanceId}` },
  singleSignOn: { enabled: true, url: deepLink, autoCloseWindow: true },
  federation: { product: 'okta' },
}

const exampleSettings: AmazonConnectSettings = {
  instance: {
    url: 'https://acme.my.connect.aws',
    region: 'eu-west-2',
    id: instanceId,
    accountId: '123456789012',
  },
  ccpVersion: 'v2',
  singleSignOn: { enabled: true, url: deepLink, autoCloseWindow: true },
  requireSignIn: true,
  agentName: 'username',
  stuckAfterSeconds: 30,
  federation: {
    product: 'okta',
    providerName: 'CompanyDirectory',
    roleName: 'AmazonConnectAgent',
    sessionSeconds: 36_000,
    metadata: null,
    destination: null,
  },
}

const exampleUrl = 'https://sso.example/acme/production'
export const amazonConnectAnswerExample: z.output<typeof amazonConnectAnswer> = {
  settings: exampleSettings,
  agentUrl: exampleUrl,
  testUrl: `${exampleUrl}/desktop-test`,
  approvedOrigin: 'https://sso.example',
  addresses: connectAddresses(exampleSettings),
  relayState: relayStateOf(exampleSettings),
  warnings: [],
}

/** @param taken what was noticed when the settings were taken in */
export function shownAmazonConnect(
  settings: AmazonConnectSettings | undefined,
  place: EnvironmentOfCompany,
  circumstances: Circumstances,
  taken: readonly ConnectWarning[] = [],
): z.input<typeof amazonConnectAnswer> {
  const { publicUrl } = circumstances
  const agentUrl = landingOf(place, publicUrl)
  return {
    settings: settings ?? null,
    agentUrl,
    testUrl: `${agentUrl}/desktop-test`,
    approvedOrigin: approvedOriginOf(publicUrl),
    addresses: settings === undefined ? null : connectAddresses(settings),
    relayState: settings === undefined ? null : relayStateOf(settings),
    warnings: [...taken, ...warningsOf(settings, circumstances)],
  }
}
