// RelayState and deep links in the API: building them, and reading what somebody pasted. Nothing is changed by it.

import { z } from 'zod'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { type FieldProblem, invalid } from '#admin/problems.ts'
import { findDeepLinkProduct } from '#connect/deep-links/deep-links.ts'
import { readDeepLink } from '#connect/deep-links/read-link.ts'
import { encodedForLink } from '#connect/deep-links/relay-state-of-link.ts'
import {
  buildRelayState,
  type RelayStateParts,
  type RelayStateReading,
  readRelayState,
  relayStatePartsOf,
} from '#connect/relay-state.ts'
import { destinations, federationProducts, findAmazonConnect } from '#connect/settings.ts'
import { strictObject } from '#connections/strict-object.ts'

const reading = { tag: 'Amazon Connect', scope: 'amazon-connect:read', method: 'POST' } as const

const LONGEST = 20_000
const text = z.string().max(LONGEST, `is too long: ${LONGEST} characters at most`)
const product = z.enum(federationProducts)
const nullable = z.string().nullable()

const findings = z.array(
  z.object({
    code: z.string(),
    severity: z.enum(['broken', 'doubtful', 'note']).describe('broken: agents cannot sign in with it'),
    sentence: z.string(),
    cure: z.string(),
  }),
)

const partsShape = z.object({
  region: z.string(),
  instanceId: z.string(),
  destination: z.enum(destinations).nullable().describe('Null: the first page of the instance'),
  newDomain: z.boolean().describe('Whether it opens the instance at my.connect.aws'),
  vdiPlatform: nullable.describe('For agents on virtual desktops, such as CITRIX'),
})

const relayStateShape = z
  .object({
    parts: partsShape.nullable().describe('Null where it is no RelayState for Amazon Connect'),
    landing: nullable.describe('The destination as it stands there'),
    mended: nullable.describe('How it should be written'),
    findings,
  })
  .meta({ id: 'RelayState' })

const linkShape = z
  .object({
    product: nullable.describe('The identity provider by the form of the link; null where none has such links'),
    name: nullable,
    parts: z.array(z.object({ name: z.string(), value: z.string() })),
    relayState: relayStateShape.nullable().describe('That which the link carries'),
    findings: findings.describe('Of the link and of its RelayState'),
  })
  .meta({ id: 'DeepLink' })

const wantedRelayState = strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be the name of an AWS region, like eu-west-2')
    .optional()
    .describe('Whatever is left out is that of the settings'),
  instanceId: z.guid('must be an instance’s id: 36 characters with four hyphens').optional(),
  destination: z.enum(destinations).nullable().optional(),
  newDomain: z.boolean().optional(),
  vdiPlatform: z.string().min(1).max(40).nullable().optional(),
  product: product.optional(),
  deepLink: text.optional().describe('The RelayState is put into it, where the product takes it from there'),
})

const exampleParts: RelayStateParts = {
  region: 'eu-west-2',
  instanceId: '6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b',
  destination: 'ccp-v2',
  newDomain: true,
  vdiPlatform: null,
}
const exampleRelayState = buildRelayState(exampleParts)
const exampleLink = 'https://acme.okta.com/app/amazon_aws/exk4vq2m7xw3nphz5tb6/sso/saml'
const exampleCarrying = encodedForLink('okta', exampleLink, exampleRelayState)

export const linkOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'readRelayState',
    path: 'amazon-connect/relay-state',
    summary: 'Reads a RelayState, and says what is wrong with it; with settings, also where it differs from them',
    body: strictObject({ text }),
    bodyExample: { text: encodeURIComponent(exampleRelayState) },
    answer: {
      status: 200,
      schema: relayStateShape,
      example: shownRelayState(readRelayState(encodeURIComponent(exampleRelayState))),
    },
    run: async (call) => ({ body: shownRelayState(readRelayState(call.body.text, await wantedParts(call))) }),
  }),
  operation({
    ...reading,
    id: 'makeRelayState',
    path: 'amazon-connect/relay-states',
    summary: 'Makes a RelayState, and the link with it for identity providers that take it from there',
    body: wantedRelayState,
    bodyExample: { ...exampleParts, product: 'okta', deepLink: exampleLink },
    answer: {
      status: 200,
      schema: z.object({
        relayState: z.string(),
        link: nullable.describe('Null where the link does not carry it'),
        note: z.string().describe('What to do with it, or where it is entered instead'),
      }),
      example: { relayState: exampleRelayState, ...exampleCarrying },
    },
    run: async (call) => ({ body: await makeRelayState(call) }),
  }),
  operation({
    ...reading,
    id: 'readDeepLink',
    path: 'amazon-connect/deep-link',
    summary: 'Reads a deep link of an identity provider, and says what is wrong with it',
    body: strictObject({ text, product: product.optional() }),
    bodyExample: { text: exampleCarrying.link, product: 'okta' },
    answer: {
      status: 200,
      schema: linkShape,
      example: shownLink(readDeepLink(exampleCarrying.link ?? '', { product: 'okta', relayState: exampleParts })),
    },
    run: async (call) => {
      const settings = await settingsOf(call)
      const around = {
        product: call.body.product ?? settings?.federation.product,
        instanceUrl: settings?.instance.url,
        relayState: settings && relayStatePartsOf(settings),
        publicUrl: call.config.publicUrl,
      }
      return { body: shownLink(readDeepLink(call.body.text, around)) }
    },
  }),
]

type Asked = Pick<Call<unknown, unknown, unknown>, 'db' | 'environment'>

function settingsOf({ db, environment }: Asked) {
  return findAmazonConnect(db, environment.id)
}

async function wantedParts(call: Asked): Promise<RelayStateParts | undefined> {
  const settings = await settingsOf(call)
  return settings && relayStatePartsOf(settings)
}

async function makeRelayState(call: Call<unknown, unknown, z.output<typeof wantedRelayState>>) {
  const { deepLink, product: chosen, ...wanted } = call.body
  const settings = await settingsOf(call)
  const known = settings && relayStatePartsOf(settings)
  const region = wanted.region ?? known?.region
  const instanceId = (wanted.instanceId ?? known?.instanceId)?.toLowerCase()
  if (region === undefined || instanceId === undefined) throw invalid(needed({ region, instanceId }))
  const { destination = 'ccp-v2', newDomain = true, vdiPlatform = null } = { ...known, ...wanted }
  const relayState = buildRelayState({ region, instanceId, destination, newDomain, vdiPlatform })
  const link = deepLink ?? settings?.singleSignOn.url
  return { relayState, ...encodedForLink(chosen ?? settings?.federation.product, link, relayState) }
}

function needed(values: Readonly<Record<string, string | undefined>>): readonly FieldProblem[] {
  const missing = Object.entries(values).filter(([, value]) => value === undefined)
  return missing.map(([path]) => ({ path, message: 'is needed, since the Environment has no instance' }))
}

function shownRelayState({ parts, landing, mended, findings }: RelayStateReading): z.input<typeof relayStateShape> {
  return {
    parts: parts ?? null,
    landing: landing ?? null,
    mended: mended ?? null,
    findings: findings.map((one) => ({ ...one })),
  }
}

function shownLink(read: ReturnType<typeof readDeepLink>): z.input<typeof linkShape> {
  return {
    product: read.product ?? null,
    name: findDeepLinkProduct(read.product)?.name ?? null,
    parts: read.parts.map((one) => ({ ...one })),
    relayState: read.relayState === undefined ? null : shownRelayState(read.relayState),
    findings: read.findings.map((one) => ({ ...one })),
  }
}
