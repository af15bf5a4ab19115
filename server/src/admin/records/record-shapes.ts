import { z } from 'zod'
import { cursorText, idParam, limit, pageOf, text, time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'

const outcome = z
  .enum(['started', 'signed-in', 'tested', 'refused'])
  .describe('started: nothing came back yet; tested: a test that would have signed the person in')

export const recordQuery = strictObject({
  limit,
  cursor: cursorText,
  person: text(512).optional().describe('A username, an e-mail address, or what the identity provider calls them'),
  reason: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'must be the code of a check')
    .optional()
    .describe('The code of the check that decided'),
  connectionId: idParam.optional(),
  outcome: outcome.optional(),
  from: time.optional().describe('Begun at this instant or later'),
  to: time.optional().describe('Begun before this instant'),
})

export const recordParams = z.object({ reference: z.string().max(40) })

const party = z.enum(['browser', 'sallyport', 'identity-provider'])

const summaryFields = {
  reference: z.string().describe('What the person was shown'),
  startedAt: time,
  finishedAt: time.nullable(),
  outcome,
  reason: z.string().nullable().describe('The code of the check that decided, where it was refused'),
  sentence: z.string().nullable().describe('What went wrong, where it was refused'),
  test: z.boolean().describe('Whether it was a test of the connection'),
  connection: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('Null where the person used a password, or the connection is gone'),
  user: z.object({ id: z.string(), username: z.string(), displayName: z.string() }).nullable(),
  subject: z
    .string()
    .nullable()
    .describe('What the identity provider calls the person; needs the scope records:values'),
  startedBy: z.enum(['here', 'identity-provider', 'client']),
  address: z.string().nullable(),
  device: z.string().nullable().describe('Browser and device in words'),
}

export const recordSummary = z.object(summaryFields).meta({ id: 'SigninRecordSummary' })
export const recordPage = pageOf(recordSummary)

const productCure = z
  .object({ product: z.string(), name: z.string(), sentence: z.string() })
  .nullable()
  .describe('The cure in the words of the identity provider’s own pages, where the product is known')

const check = z.object({
  code: z.string(),
  about: z.string().describe('message, response, assertion …'),
  outcome: z.enum(['passed', 'failed', 'not-reached', 'not-checked']),
  title: z.string(),
  section: z.string().nullable().describe('Where the rule stands'),
  sentence: z.string().nullable().describe('What went wrong, where it failed'),
  cure: z.string().nullable(),
  cureAtProduct: productCure,
  expected: z.string().nullable(),
  received: z.string().nullable(),
})

const message = z.object({ at: time, xml: z.string().nullable().describe('Null where it cannot be shown') }).nullable()

export const recordDetail = z
  .object({
    ...summaryFields,
    userAgent: z.string().nullable(),
    done: z.string().nullable().describe('The page that was asked for'),
    redacted: z.boolean().describe('Whether values are hidden, as they are without the scope records:values'),
    cure: z
      .object({
        code: z.string(),
        title: z.string(),
        sentence: z.string(),
        cure: z.string(),
        cureAtProduct: productCure,
      })
      .nullable(),
    checks: z.array(check),
    steps: z.array(
      z.object({ from: party, to: party, what: z.string(), at: time.nullable(), checks: z.array(z.string()) }),
    ),
    answer: z
      .object({
        issuer: z.string().nullable(),
        inResponseTo: z.string().nullable(),
        statusMessage: z.string().nullable().describe('The identity provider’s own words'),
        attributeNames: z.array(z.string()),
      })
      .nullable()
      .describe('What the answer called itself, believed or not'),
    request: message.describe('What we asked, as long as it is kept'),
    response: message.describe('What came, as long as it is kept'),
    nameId: z.string().nullable(),
    attributes: z
      .array(z.object({ name: z.string(), values: z.array(z.string()).nullable() }))
      .nullable()
      .describe('Of an answer that was verified; values are null without the scope records:values'),
    messagesUntil: time.nullable().describe('When the messages are removed; null where none is kept'),
  })
  .meta({ id: 'SigninRecord' })

export const summaryExample: z.output<typeof recordSummary> = {
  reference: '7F3KQ-9QXM2',
  startedAt: '2026-03-01T12:00:00.000Z',
  finishedAt: '2026-03-01T12:00:04.000Z',
  outcome: 'refused',
  reason: 'audience',
  sentence: 'The assertion was made for another service.',
  test: false,
  connection: { id: 'conn_k4vq2m7xw3nphz5tb6ay', name: 'Directory' },
  user: null,
  subject: 'ada@acme.example',
  startedBy: 'here',
  address: '192.0.2.17',
  device: 'Firefox on Windows',
}

const cureAtProduct = {
  product: 'entra-id',
  name: 'Microsoft Entra ID',
  sentence:
    'In Microsoft Entra ID, at “Tell it where we are”: “Identifier (Entity ID)” must be exactly https://sso.example/saml/cnpkkccqsqscnp/metadata',
}
const explained = {
  code: 'audience',
  title: 'The assertion is for us',
  sentence: 'The assertion was made for another service.',
  cure: 'Set the audience of the application at the identity provider to the expected value, exactly.',
  cureAtProduct,
}

export const detailExample: z.output<typeof recordDetail> = {
  ...summaryExample,
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0',
  done: 'page#here',
  redacted: false,
  cure: explained,
  checks: [
    {
      ...explained,
      about: 'assertion',
      outcome: 'failed',
      section: 'Core 2.5.1.4',
      expected: 'https://sso.example/saml/cnpkkccqsqscnp/metadata',
      received: 'https://old.example',
    },
  ],
  steps: [
    { from: 'browser', to: 'sallyport', what: 'Asks to sign in', at: '2026-03-01T12:00:00.000Z', checks: ['done'] },
    {
      from: 'identity-provider',
      to: 'sallyport',
      what: 'Response, through the browser',
      at: '2026-03-01T12:00:04.000Z',
      checks: ['audience'],
    },
  ],
  answer: {
    issuer: 'https://idp.acme.example/metadata',
    inResponseTo: '_4f',
    statusMessage: null,
    attributeNames: ['mail'],
  },
  request: { at: '2026-03-01T12:00:00.000Z', xml: '<samlp:AuthnRequest ID="_4f"/>' },
  response: { at: '2026-03-01T12:00:04.000Z', xml: '<samlp:Response ID="_5e"/>' },
  nameId: null,
  attributes: null,
  messagesUntil: '2026-03-08T12:00:00.000Z',
}
