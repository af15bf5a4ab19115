import { z } from 'zod'
import { idParam, time } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { note } from '#admin/records/record-changes.ts'
import { demandRecord } from '#admin/records/record-operations.ts'
import { detailExample, recordDetail, recordParams } from '#admin/records/record-shapes.ts'
import { shownRecord } from '#admin/records/record-view.ts'
import { strictObject } from '#connections/strict-object.ts'
import { findShare, insertShare, listShares, revokeShare, type Share } from '#signin-records/shares.ts'
import { findRecordById } from '#signin-records/signin-records.ts'
import { storedSource } from '#users/source.ts'

const HOUR_MS = 60 * 60 * 1000

const share = z.object({ id: z.string(), createdAt: time, expiresAt: time }).meta({ id: 'RecordShare' })
const shareExample = {
  id: 'share_k4vq2m7xw3nphz5tb6ay',
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-02T12:00:00.000Z',
}
const madeShare = z
  .object({
    id: z.string(),
    url: z.string().describe('The page of the portal that shows the record; this answer alone has it'),
    token: z.string().describe('For GET /api/v1/shared/{token}'),
    expiresAt: time,
  })
  .meta({ id: 'MadeRecordShare' })

const writing = { tag: 'Sign-in records', scope: 'records:write' } as const
const one = recordParams.extend({ id: idParam })

/** Links that show one record, without values, to somebody who has no account. */
export const shareOperations: readonly Operation[] = [
  operation({
    ...writing,
    id: 'shareRecord',
    method: 'POST',
    path: 'records/:reference/share',
    summary: 'Makes a link that shows this record, without values, to whoever has it, for a while',
    params: recordParams,
    body: strictObject({
      expiresInHours: z.int().min(1, 'must be from 1 to 720').max(720, 'must be from 1 to 720').default(72),
    }),
    bodyExample: { expiresInHours: 24 },
    answer: {
      status: 201,
      schema: madeShare,
      example: {
        id: shareExample.id,
        url: 'https://sso.example/admin/shared/Yb3…',
        token: 'Yb3…',
        expiresAt: shareExample.expiresAt,
      },
    },
    run: async (call) => {
      const { db, environment, body, source, world, now, config } = call
      const record = await demandRecord(call)
      const expiresAt = new Date(now.getTime() + body.expiresInHours * HOUR_MS)
      const wanted = { recordId: record.id, expiresAt, madeBy: storedSource(source) }
      const made = await insertShare(db, environment.id, wanted, { chance: world.chance, now })
      const changes = { expiresAt: { from: null, to: expiresAt.toISOString() } }
      const change = { environmentId: environment.id, source, world, now }
      await note(db, change, 'record.shared', { id: made.share.id, name: record.reference, changes })
      const url = `${config.publicUrl}/admin/shared/${made.token}`
      return { body: { id: made.share.id, url, token: made.token, expiresAt: expiresAt.toISOString() } }
    },
  }),
  operation({
    tag: 'Sign-in records',
    scope: 'records:read',
    id: 'listRecordShares',
    method: 'GET',
    path: 'records/:reference/shares',
    summary: 'The links that show this record now',
    params: recordParams,
    answer: { status: 200, schema: z.object({ items: z.array(share) }), example: { items: [shareExample] } },
    run: async (call) => {
      const record = await demandRecord(call)
      const found = await listShares(call.db, call.environment.id, record.id, call.now)
      return { body: { items: found.map(shownShare) } }
    },
  }),
  operation({
    ...writing,
    id: 'revokeRecordShare',
    method: 'DELETE',
    path: 'records/:reference/shares/:id',
    summary: 'Ends a link at once',
    params: one,
    answer: { status: 204 },
    run: async (call) => {
      const { db, environment, params, source, world, now } = call
      const record = await demandRecord(call)
      const asked = { recordId: record.id, id: params.id }
      if (!(await revokeShare(db, environment.id, asked, now))) throw notFoundProblem()
      const change = { environmentId: environment.id, source, world, now }
      await note(db, change, 'record.share-revoked', { id: params.id, name: record.reference, changes: {} })
      return {}
    },
  }),
]

/** What the link leads to. A token that is none, was revoked or is over is not told apart. */
export const sharedOperations: readonly OuterOperation[] = [
  outerOperation('anybody', {
    id: 'getSharedRecord',
    tag: 'Sign-in records',
    method: 'GET',
    path: 'shared/:token',
    summary: 'The record that a link shows, without values, and without saying whom it was about',
    params: z.object({
      token: z
        .string()
        .regex(/^[\w-]{43}$/)
        .catch(''),
    }),
    answer: {
      status: 200,
      schema: recordDetail,
      example: { ...detailExample, redacted: true, subject: null, address: null, userAgent: null },
    },
    run: async ({ db, params, now, secret, config }) => {
      const found = params.token === '' ? undefined : await findShare(db, params.token, now)
      const record = found && (await findRecordById(db, found.environmentId, found.recordId))
      if (record === undefined) throw notFoundProblem()
      const shown = { secret, publicUrl: config.publicUrl, sight: 'link', now } as const
      return { body: await shownRecord(db, record.environmentId, record, shown) }
    },
  }),
]

function shownShare({ id, createdAt, expiresAt }: Share): z.output<typeof share> {
  return { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
