import { z } from 'zod'
import { type ConnectionCheck, checkCodes, checkConnection } from '#admin/connections/connection-checks.ts'
import { idParam } from '#admin/fields.ts'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import { type Connection, findConnection } from '#connections/connections.ts'
import { fillIn } from '#connections/guides/fill-in.ts'
import { findGuide, guides } from '#connections/guides/guides.ts'

const text = z.string()
const nullable = z.string().nullable()

export const guideShape = z
  .object({
    product: text,
    name: text,
    steps: z.array(
      z.object({
        number: z.int(),
        title: text,
        text,
        fields: z
          .array(z.object({ theirLabel: text, key: text, value: nullable, note: nullable }))
          .describe('What is copied into the identity provider; a value is null where the connection sets none'),
        brings: z
          .array(z.object({ theirLabel: text, field: text, note: nullable }))
          .describe('What is brought from there, by the field of the connection; “metadata” is for read-metadata'),
        check: nullable.describe('The code of the check that shows whether the step was done'),
      }),
    ),
  })
  .meta({ id: 'Guide' })

export const guideExample = {
  product: 'okta',
  name: 'Okta',
  steps: [
    {
      number: 1,
      title: 'Tell it where we are',
      text: 'On the page Configure SAML copy these values.',
      fields: [
        {
          theirLabel: 'Single sign-on URL',
          key: 'acsUrl',
          value: 'https://sso.example/saml/cnpkkccqsqscnp/acs',
          note: null,
        },
      ],
      brings: [],
      check: null,
    },
  ],
}

const productsShape = z.object({ items: z.array(z.object({ product: text, name: text })) })
export const products = { items: guides.map(({ product, name }) => ({ product, name })) }

export const checksShape = z.object({
  items: z.array(
    z.object({
      code: z.enum(checkCodes),
      ok: z.boolean().nullable().describe('Null: could not be checked'),
      sentence: text,
      cure: nullable.describe('Null where there is nothing to do'),
    }),
  ),
})
export const checksExample = {
  items: [
    { code: 'certificate-valid', ok: true, sentence: 'The signing certificate is valid.', cure: null },
    {
      code: 'first-answer',
      ok: null,
      sentence: 'No answer of the identity provider has come yet.',
      cure: 'Sign in once.',
    },
  ] satisfies ConnectionCheck[],
}

const reading = { tag: 'Connections', scope: 'connections:read' } as const

/** How a connection is set up at its identity provider, and whether it was. */
export const guideOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listGuides',
    method: 'GET',
    path: 'guides',
    summary: 'The products that there is a set-up guide for',
    answer: { status: 200, schema: productsShape, example: products },
    run: async () => ({ body: products }),
  }),
  operation({
    ...reading,
    id: 'getGuide',
    method: 'GET',
    path: 'connections/:id/guide/:product',
    summary: 'The set-up guide for a product, with the values of a connection',
    params: z.object({ id: idParam, product: z.string().max(50).catch('') }),
    answer: { status: 200, schema: guideShape, example: guideExample },
    run: async (call) => {
      const connection = await connectionOf(call)
      return { body: filledGuide(connection, call.params.product, call.config.publicUrl) }
    },
  }),
  operation({
    ...reading,
    id: 'checkConnection',
    method: 'POST',
    path: 'connections/:id/checks',
    summary: 'Looks whether a connection is set up rightly; changes nothing',
    params: z.object({ id: idParam }),
    answer: { status: 200, schema: checksShape, example: checksExample },
    // Waiting for another server is no time to keep a transaction open.
    ownTransactions: true,
    run: async (call) => ({ body: { items: await checkConnection(call, await connectionOf(call)) } }),
  }),
]

/** @throws ApiProblem where there is no such guide */
export function filledGuide(connection: Connection, product: string, publicUrl: string) {
  const guide = findGuide(product)
  if (guide === undefined) throw notFoundProblem()
  return { product: guide.product, name: guide.name, steps: fillIn(guide, connection, publicUrl) }
}

async function connectionOf({
  db,
  environment,
  params,
}: Pick<Call<{ readonly id: string }, unknown, unknown>, 'db' | 'environment' | 'params'>): Promise<Connection> {
  const found = await findConnection(db, environment.id, params.id as Id<'conn'>)
  if (found === undefined) throw notFoundProblem()
  return found
}
