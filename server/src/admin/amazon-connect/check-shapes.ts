import { z } from 'zod'
import { time } from '#admin/fields.ts'
import { type AwsErrorId, awsErrorIds, awsErrors } from '#connect/aws-check/aws-errors.ts'

const arn = z.object({ partition: z.string(), account: z.string(), name: z.string() })
const texts = z.array(z.string())
const errorId = z.enum(awsErrorIds as readonly [AwsErrorId, ...AwsErrorId[]])

const facts = z
  .object({
    issuer: z.string().nullable(),
    issueInstant: z.string().nullable(),
    destination: z.string().nullable(),
    statusMessage: z.string().nullable().describe('The identity provider’s own words'),
    nameId: z.object({ value: z.string(), format: z.string().nullable() }).nullable(),
    audiences: texts,
    recipients: texts,
    notBefore: z.string().nullable(),
    notOnOrAfter: z.string().nullable(),
    sessionNotOnOrAfter: z.string().nullable(),
    roles: z.array(
      z.object({
        value: z.string(),
        role: arn.nullable().describe('Null where the value is no pair'),
        provider: arn.nullable(),
        order: z.enum(['role-first', 'provider-first']).nullable(),
        fault: z.string().nullable().describe('Why it is no pair'),
      }),
    ),
    roleSessionName: texts,
    sessionDuration: texts,
    sourceIdentity: texts,
    principalTags: z.array(z.object({ key: z.string(), values: texts })),
    attributes: texts.describe('The names of all attributes'),
    size: z.int().describe('Of the field SAMLResponse, in characters'),
    relayState: z.string().nullable(),
  })
  .describe('What the response says, believed or not')

export const awsReport = z
  .object({
    where: z.string(),
    notes: texts.describe('What had to be mended to read it'),
    facts,
    checks: z.array(
      z.object({
        code: z.string(),
        outcome: z.enum(['passed', 'failed', 'not-checked']),
        title: z.string(),
        expected: z.string().nullable(),
        received: z.string().nullable(),
        sentence: z.string(),
        cure: z.string().nullable().describe('Where it failed; in the words of the identity provider of the settings'),
        causes: errorId.nullable().describe('What AWS would say to that'),
      }),
    ),
    errors: z
      .array(
        z.object({
          error: errorId,
          text: z.string().describe('AWS’s own words'),
          stage: z.enum(['sign-in', 'connect', 'provider', 'program']),
          judgement: z.enum(['would-cause', 'would-not', 'cannot-tell']),
          certain: z.boolean().describe('Whether AWS writes so'),
          why: z.string(),
          cure: z.string(),
        }),
      )
      .describe('Every error of AWS and Amazon Connect, in the order in which a sign-in would meet them'),
    firstError: errorId.nullable().describe('What AWS would show; null where it would sign the person in'),
  })
  .meta({ id: 'AwsReport' })

const { text } = awsErrors['session-name-invalid']
const cure = 'Take user.userprincipalname or user.mail as the source of RoleSessionName.'

export const awsReportExample: z.output<typeof awsReport> = {
  where: 'the input',
  notes: [],
  facts: {
    issuer: 'https://sts.windows.net/5e/',
    issueInstant: '2026-03-01T12:00:00Z',
    destination: 'https://signin.aws.amazon.com/saml',
    statusMessage: null,
    nameId: { value: 'ada@acme.example', format: null },
    audiences: ['https://signin.aws.amazon.com/saml'],
    recipients: ['https://signin.aws.amazon.com/saml'],
    notBefore: '2026-03-01T11:55:00Z',
    notOnOrAfter: '2026-03-01T12:05:00Z',
    sessionNotOnOrAfter: null,
    roles: [],
    roleSessionName: ['Ada Lindqvist'],
    sessionDuration: ['36000'],
    sourceIdentity: [],
    principalTags: [],
    attributes: ['https://aws.amazon.com/SAML/Attributes/RoleSessionName'],
    size: 6120,
    relayState: null,
  },
  checks: [
    {
      code: 'session-name-form',
      outcome: 'failed',
      title: 'RoleSessionName has only letters that AWS takes',
      expected: '[a-zA-Z_0-9+=,.@-]{2,64}',
      received: 'Ada Lindqvist',
      sentence: 'RoleSessionName has white space in it.',
      cure,
      causes: 'session-name-invalid',
    },
  ],
  errors: [
    {
      error: 'session-name-invalid',
      text,
      stage: 'sign-in',
      judgement: 'would-cause',
      certain: true,
      why: 'RoleSessionName has white space in it.',
      cure,
    },
  ],
  firstError: 'session-name-invalid',
}

export const inspection = z
  .object({
    id: z.string(),
    createdAt: time,
    expiresAt: time.describe('Until then something may be posted; what came can be read for a day longer'),
    reports: z.int().describe('How many came'),
  })
  .meta({ id: 'AwsInspection' })

export const inspectionExample = {
  id: 'insp_k4vq2m7xw3nphz5tb6ay',
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T13:00:00.000Z',
  reports: 1,
}

export const madeInspection = z
  .object({
    id: z.string(),
    url: z.string().describe('For the ACS or Reply URL of the test; this answer alone has it'),
    expiresAt: time,
  })
  .meta({ id: 'MadeAwsInspection' })

export const inspectionDetail = inspection
  .omit({ reports: true })
  .extend({ reports: z.array(z.object({ id: z.string(), at: time, report: awsReport })) })
  .meta({ id: 'AwsInspectionWithReports' })
