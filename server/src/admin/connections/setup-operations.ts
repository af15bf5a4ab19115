// What whoever holds a set-up link may do: read the guide, hand in what their identity provider says, and have it checked.
// Nothing else of the connection is shown, and nothing else can be changed.

import { z } from 'zod'
import { checkConnection } from '#admin/connections/connection-checks.ts'
import { connectionExample } from '#admin/connections/connection-examples.ts'
import { applyChange, etagOfConnection } from '#admin/connections/connection-operations.ts'
import {
  answerCertificates,
  answerMetadata,
  certificatesReadShape,
  certificateToRead,
  metadataReadExample,
  metadataReadShape,
  metadataToRead,
} from '#admin/connections/connection-reading.ts'
import {
  type ConnectionInput,
  certificateShape,
  connectionShape,
  shownConnection,
  warningShape,
} from '#admin/connections/connection-shapes.ts'
import {
  checksExample,
  checksShape,
  filledGuide,
  guideExample,
  guideShape,
  products,
} from '#admin/connections/guide-operations.ts'
import { changeableShape, readableShape } from '#admin/connections/setting-shapes.ts'
import { stateOf } from '#admin/connections/setup-link-operations.ts'
import { time } from '#admin/fields.ts'
import { type OuterCall, type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { ApiProblem } from '#admin/problems.ts'
import { demandMatch } from '#admin/serve-operation.ts'
import { findSetupLink, noteSetupLinkUse, type SetupLink } from '#configuration/setup-links.ts'
import { type ConnectionInPlace, findConnectionInPlace, holdConnections } from '#connections/connections.ts'
import { fieldsOfProvider, settingsShape } from '#connections/settings.ts'
import { strictObject } from '#connections/strict-object.ts'
import { webAddress } from '#connections/web-address.ts'

const params = z.object({ token: z.string().max(100).catch('') })
const common = { tag: 'Set-up by link', params } as const

const { product, issuer, thirdPartyAuthenticationUrl, issuerCertificates, requestBinding, signRequests } = settingsShape
const { userIdLocation, userIdAttribute, nameIdFormat } = settingsShape
const { url, responseUrl, binding } = settingsShape.singleLogout.unwrap().shape
const { attributes } = settingsShape.createUsers.unwrap().shape
/** What only the identity provider's administrator knows. */
const providerShape = {
  ...{ product, issuer, thirdPartyAuthenticationUrl, issuerCertificates, requestBinding, signRequests },
  ...{ userIdLocation, userIdAttribute, nameIdFormat },
  singleLogout: strictObject({ url, responseUrl, binding }).prefault({}),
  createUsers: strictObject({ attributes }).prefault({}),
}

const providerChange = strictObject({
  identityProviderMetadataUrl: webAddress.nullable().optional(),
  ...changeableShape(providerShape, fieldsOfProvider),
})

const { shape } = connectionShape
const setupShape = z
  .object({
    company: z.string(),
    environment: z.string(),
    expiresAt: time,
    products: z.array(z.object({ product: z.string(), name: z.string() })),
    connection: z.object({
      name: z.string(),
      state: shape.state,
      ...readableShape(providerShape, fieldsOfProvider),
      identityProviderMetadataUrl: z.string().nullable(),
      platformAuthenticationServiceUrl: z.string(),
      assertionConsumerServiceEndPoint: z.string(),
      entityId: z.string(),
      metadataUrl: z.string(),
      singleLogoutUrl: z.string(),
      singleLogoutSoapUrl: z.string(),
      certificates: z.array(certificateShape),
      missing: z.array(z.string()),
      warnings: z.array(warningShape),
    }),
  })
  .meta({ id: 'Setup' })

const setupExample = setupShape.parse({
  company: 'Acme',
  environment: 'Production',
  expiresAt: '2026-03-08T12:00:00.000Z',
  products: products.items,
  connection: connectionExample,
})
const setupAnswer = { status: 200, schema: setupShape, example: setupExample }
const problems = ['setup-link-over'] as const

/** Below the address of the link; its token is all that is needed. */
export const setupOperations: readonly OuterOperation[] = [
  outerOperation('anybody', {
    ...common,
    id: 'getSetup',
    method: 'GET',
    path: 'setup/:token',
    summary: 'The connection that a set-up link is for',
    answer: setupAnswer,
    problems,
    run: async (call) => shown(call, await setupOf(call)),
  }),
  outerOperation('anybody', {
    ...common,
    id: 'changeSetup',
    method: 'PATCH',
    path: 'setup/:token',
    summary: 'Changes what the identity provider says; null empties a field, a list replaces the whole list',
    body: providerChange,
    bodyExample: { issuer: 'https://idp.acme.example/metadata', createUsers: { attributes: { email: 'mail' } } },
    answer: setupAnswer,
    problems: [...problems, 'connection-of-administrators'],
    ifMatch: 'possible',
    run: async (call) => {
      const setup = await setupOf(call, { held: true })
      const { connection, environment } = setup.place
      demandMatch(call.ifMatch, etagOfConnection(connection))
      const source = { by: 'setup-link', linkId: setup.link.id } as const
      const changed = await applyChange({ ...call, environment, source }, connection, call.body as ConnectionInput)
      return shown(call, { ...setup, place: { ...setup.place, connection: changed } })
    },
  }),
  outerOperation('anybody', {
    ...common,
    id: 'getSetupGuide',
    method: 'GET',
    path: 'setup/:token/guide/:product',
    summary: 'The set-up guide for a product, with the values of the connection',
    params: params.extend({ product: z.string().max(50).catch('') }),
    answer: { status: 200, schema: guideShape, example: guideExample },
    problems,
    run: async (call) => {
      const { place } = await setupOf(call)
      return { body: filledGuide(place.connection, call.params.product, call.config.publicUrl) }
    },
  }),
  outerOperation('anybody', {
    ...common,
    id: 'readSetupMetadata',
    method: 'POST',
    path: 'setup/:token/read-metadata',
    summary: 'Reads metadata, and tells what it would fill in; nothing is stored',
    body: metadataToRead,
    bodyExample: { url: 'https://idp.acme.example/metadata' },
    answer: { status: 200, schema: metadataReadShape, example: metadataReadExample },
    problems,
    ownTransactions: true,
    run: async (call) => {
      await setupOf(call)
      return answerMetadata(call, call.body)
    },
  }),
  outerOperation('anybody', {
    ...common,
    id: 'readSetupCertificate',
    method: 'POST',
    path: 'setup/:token/read-certificate',
    summary: 'Reads a certificate, and tells what is in it; nothing is stored',
    body: certificateToRead,
    bodyExample: { certificate: '-----BEGIN CERTIFICATE-----…' },
    answer: { status: 200, schema: certificatesReadShape, example: { items: setupExample.connection.certificates } },
    problems,
    ownTransactions: true,
    run: async (call) => {
      await setupOf(call)
      return answerCertificates(call.body.certificate)
    },
  }),
  outerOperation('anybody', {
    ...common,
    id: 'checkSetup',
    method: 'POST',
    path: 'setup/:token/checks',
    summary: 'Looks whether the connection is set up rightly; changes nothing',
    answer: { status: 200, schema: checksShape, example: checksExample },
    problems,
    ownTransactions: true,
    run: async (call) => {
      const { place } = await setupOf(call)
      return { body: { items: await checkConnection(call, place.connection) } }
    },
  }),
]

type SetupCall = Pick<
  OuterCall<{ readonly token: string }, unknown, unknown>,
  'db' | 'database' | 'params' | 'now' | 'config'
>
type Setup = { readonly link: SetupLink; readonly place: ConnectionInPlace }

/** @throws ApiProblem where the link is none, or over */
async function setupOf({ db, database, params, now }: SetupCall, { held = false } = {}): Promise<Setup> {
  const link = await findSetupLink(db, params.token)
  if (link === undefined) {
    throw new ApiProblem(
      'not-found',
      'This set-up link is not known. Check that the address was copied whole, or ask whoever sent it for a new one.',
    )
  }
  const state = stateOf(link, now)
  if (state !== 'open') {
    const why = state === 'expired' ? `expired on ${link.expiresAt.toISOString().slice(0, 10)}` : 'was revoked'
    throw new ApiProblem('setup-link-over', `This set-up link ${why}. Ask whoever sent it for a new one.`)
  }
  if (held) await holdConnections(db, link.environmentId)
  const place = await findConnectionInPlace(db, link.environmentId, link.connectionId)
  if (place === undefined)
    throw new ApiProblem('setup-link-over', 'The connection was removed. Ask whoever sent the link.')
  await noteSetupLinkUse(held ? db : database.write, link, now)
  return { link, place }
}

function shown({ config, now }: SetupCall, { link, place }: Setup) {
  const { company, environment, connection } = place
  const body = {
    company: company.name,
    environment: environment.name,
    expiresAt: link.expiresAt.toISOString(),
    products: products.items,
    connection: shownConnection(connection, { publicUrl: config.publicUrl, now }),
  }
  return { body, etag: etagOfConnection(connection) }
}
