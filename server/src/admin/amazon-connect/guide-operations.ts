// The guide to AWS federation in the API, with the values of the Environment, and the files that go with it.

import { z } from 'zod'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import { artefactNames, listArtefacts } from '#connect/artefacts/artefacts.ts'
import { federationGuide, federationGuideProducts } from '#connect/federation-guide/federation-guide.ts'
import { federationProducts, findAmazonConnect } from '#connect/settings.ts'
import { strictObject } from '#connections/strict-object.ts'
import { landingOf } from '#login/landing-url.ts'

const reading = { tag: 'Amazon Connect', scope: 'amazon-connect:read', method: 'GET' } as const

const text = z.string()
const texts = z.array(text)
const nullable = text.nullable()

const query = strictObject({
  product: z.enum(federationProducts).optional().describe('Left out: that of the settings'),
})

const guideShape = z
  .object({
    product: text,
    name: text,
    products: z.array(z.object({ product: text, name: text })).describe('Every product that there is a guide for'),
    introduction: texts,
    beforeYouBegin: texts,
    steps: z.array(
      z.object({
        number: z.int(),
        title: text,
        optional: z.boolean(),
        text: texts.describe('Paragraphs'),
        fields: z
          .array(z.object({ theirLabel: text, ourValue: nullable, note: nullable }))
          .describe('A value is null while it is not known'),
        artefacts: z.array(z.enum(artefactNames)).describe('Names of the files that go with the step'),
        notes: z
          .array(
            z.object({
              text: texts,
              table: z.object({ columns: texts, rows: z.array(texts) }).nullable(),
            }),
          )
          .describe('What only this product needs'),
      }),
    ),
    terms: z.array(z.object({ term: text, meaning: text })),
    furtherReading: z.array(z.object({ title: text, url: text })),
    troubleshooting: z
      .array(z.object({ error: text, text, cause: text, cure: text, cureAtProduct: nullable }))
      .describe('What AWS and Amazon Connect answer, word for word, and what helps'),
  })
  .meta({ id: 'FederationGuide' })

const artefactsShape = z.object({
  items: z.array(
    z.object({
      name: z.enum(artefactNames),
      title: text,
      mediaType: text,
      text,
      missing: texts.describe('What is not known yet, and stands there in capitals'),
    }),
  ),
})

const guideExample: z.input<typeof guideShape> = {
  product: 'okta',
  name: 'Okta',
  products: federationGuideProducts,
  introduction: ['With these five steps the window goes through the company’s identity provider.'],
  beforeYouBegin: ['The identity provider and IAM are set up at the same time.'],
  steps: [
    {
      number: 3,
      title: 'Let the application land in the Contact Control Panel',
      optional: false,
      text: ['The RelayState tells AWS where to go once it signed the person in.'],
      fields: [
        {
          theirLabel: 'RelayState',
          ourValue:
            'https://eu-west-2.console.aws.amazon.com/connect/federate/6f0a2c1e-93b4-4d7e-8a55-0c1d2e3f4a5b?destination=%2Fccp-v2&new_domain=true',
          note: null,
        },
      ],
      artefacts: [],
      notes: [{ text: ['RelayState: Sign On, Edit: Default Relay State.'], table: null }],
    },
  ],
  terms: [
    { term: 'CCP', meaning: 'Contact Control Panel: the page of Amazon Connect with which agents take contacts.' },
  ],
  furtherReading: [],
  troubleshooting: [
    {
      error: 'session-expired',
      text: 'Session Expired',
      cause: 'The session in Amazon Connect is older than ten hours.',
      cure: 'Sign in through the identity provider’s link.',
      cureAtProduct: null,
    },
  ],
}

const [exampleArtefact] = listArtefacts(undefined)

export const federationOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'getFederationGuide',
    path: 'amazon-connect/federation/guide',
    summary: 'The guide to AWS federation for an identity provider, with the values of the Environment',
    query,
    answer: { status: 200, schema: guideShape, example: guideExample },
    run: async (call) => ({ body: await guideFor(call, call.query.product) }),
  }),
  operation({
    ...reading,
    id: 'listFederationArtefacts',
    path: 'amazon-connect/federation/artefacts',
    summary: 'Policies, templates and commands that make what AWS needs, with the values of the Environment',
    query,
    answer: { status: 200, schema: artefactsShape, example: { items: [exampleArtefact] } },
    run: async ({ db, environment, query: { product } }) => {
      return { body: { items: listArtefacts(await findAmazonConnect(db, environment.id), product) } }
    },
  }),
]

async function guideFor({ db, environment, config }: Call<unknown, unknown, unknown>, product: string | undefined) {
  const place = await findEnvironmentById(db, environment.id)
  const settings = await findAmazonConnect(db, environment.id)
  const { publicUrl } = config
  const guide = place && federationGuide(settings, { publicUrl, agentUrl: landingOf(place, publicUrl) }, product)
  if (guide === undefined) throw notFoundProblem()
  return { ...guide, products: federationGuideProducts }
}
