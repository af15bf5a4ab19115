// Checks of real responses for AWS in the API: of what was pasted, and at an address that an identity provider's test posts
// to. The judging is `connect`'s.

import { z } from 'zod'
import {
  awsReport,
  awsReportExample,
  inspection,
  inspectionDetail,
  inspectionExample,
  madeInspection,
} from '#admin/amazon-connect/check-shapes.ts'
import { noteChange } from '#admin/audit/note-change.ts'
import { idParam } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { demandPace } from '#admin/paces.ts'
import { ApiProblem, invalid, notFoundProblem } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import type { AwsReport } from '#connect/aws-check/check-for-aws.ts'
import { checkText, TextRefused } from '#connect/aws-check/check-text.ts'
import { inspectionUrl } from '#connect/inspection-routes.ts'
import {
  findInspection,
  type Inspection,
  insertInspection,
  listInspections,
  listReports,
  MOST_OPEN,
} from '#connect/inspections.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { strictObject } from '#connections/strict-object.ts'
import { LARGEST_INPUT } from '#explain/find-messages.ts'
import { storedSource } from '#users/source.ts'

const tag = 'Amazon Connect'
/** Reports say what responses said of people: they are not for everybody who may look at settings. */
const inspecting = { tag, scope: 'amazon-connect:write' } as const
const A_MINUTE = 30

const question = strictObject({
  text: z
    .string()
    .min(1, 'must not be empty')
    .describe('The field SAMLResponse, its XML, a form or a page with one, or a HAR file; 8 MiB at most'),
  relayState: z.string().max(4096, 'is too long: 4096 characters at most').optional(),
})

export const checkOperations: readonly Operation[] = [
  operation({
    tag,
    scope: 'amazon-connect:read',
    id: 'checkForAws',
    method: 'POST',
    path: 'amazon-connect/check-response',
    summary: 'Judges real responses by the rules of AWS and Amazon Connect; nobody is signed in, nothing is kept',
    body: question,
    bodyExample: { text: 'PHNhbWxwOlJlc3BvbnNlIC8+' },
    answer: {
      status: 200,
      schema: z.object({ items: z.array(awsReport).describe('Those for AWS come first') }),
      example: { items: [awsReportExample] },
    },
    problems: ['message-missing', 'too-many-requests'],
    // In JSON its quotation marks take two.
    bodyLimit: 2 * LARGEST_INPUT,
    ownTransactions: true,
    run: async (call) => {
      demandPace(call, { what: 'check for AWS', most: A_MINUTE })
      const { text, relayState } = call.body
      const settings = await findAmazonConnect(call.db, call.environment.id)
      return { body: { items: reportsOn(text, () => checkText(text, { settings, now: call.now, relayState })) } }
    },
  }),
  operation({
    ...inspecting,
    id: 'createAwsInspection',
    method: 'POST',
    path: 'amazon-connect/inspections',
    summary: 'Makes an address that an identity provider’s test may post to in place of AWS, for an hour',
    answer: {
      status: 201,
      schema: madeInspection,
      example: {
        id: inspectionExample.id,
        url: 'https://sso.example/connect/inspect/Yb3…',
        expiresAt: inspectionExample.expiresAt,
      },
    },
    problems: ['inspections-full'],
    run: async (call) => {
      const { db, environment, source, world, now, config } = call
      const made = await insertInspection(db, environment.id, storedSource(source), { chance: world.chance, now })
      if (made === undefined) {
        const detail = `${MOST_OPEN} addresses for inspections are open, which is the most. Use one of them, or wait an hour.`
        throw new ApiProblem('inspections-full', detail)
      }
      const { id, expiresAt } = made.inspection
      await noteChange(call, 'amazon-connect.inspection-made', { id, name: 'Inspection for AWS' }, {})
      const url = inspectionUrl(config.publicUrl, made.token)
      return {
        body: { id, url, expiresAt: expiresAt.toISOString() },
        location: `amazon-connect/inspections/${id}`,
      }
    },
  }),
  operation({
    ...inspecting,
    id: 'listAwsInspections',
    method: 'GET',
    path: 'amazon-connect/inspections',
    summary: 'The addresses for inspections of the last day, the newest first',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(inspection) }),
      example: { items: [inspectionExample] },
    },
    run: async ({ db, environment }) => {
      const found = await listInspections(db, environment.id)
      return { body: { items: found.map((one) => ({ ...shown(one), reports: one.reports })) } }
    },
  }),
  operation({
    ...inspecting,
    id: 'getAwsInspection',
    method: 'GET',
    path: 'amazon-connect/inspections/:id',
    summary: 'What came to the address, each response judged as AWS would',
    params: z.object({ id: idParam }),
    answer: {
      status: 200,
      schema: inspectionDetail,
      example: {
        ...inspectionExample,
        reports: [{ id: 'report_k4vq2m7xw3nphz5tb6ay', at: '2026-03-01T12:10:00.000Z', report: awsReportExample }],
      },
    },
    run: async ({ db, environment, params, secret }) => {
      const found = await findInspection(db, environment.id, params.id as Id<'insp'>)
      if (found === undefined) throw notFoundProblem()
      const reports = await listReports(db, environment.id, found.id, { secret })
      return { body: { ...shown(found), reports: reports.map((one) => ({ ...one, at: one.at.toISOString() })) } }
    },
  }),
]

function reportsOn(text: string, check: () => readonly AwsReport[]): readonly AwsReport[] {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof TextRefused)) throw error
    if (error.code === 'too-large')
      throw invalid([{ path: 'text', message: `is too large: ${Buffer.byteLength(text)} bytes. ${error.message}` }])
    throw new ApiProblem('message-missing', error.message)
  }
}

function shown({ id, createdAt, expiresAt }: Inspection) {
  return { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
