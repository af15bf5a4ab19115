/**
 * Requests that are sent again: the second gets the answer of the first, and nothing is made twice.
 *
 * Owns the table `idempotent_answers`.
 */

import { hash } from 'node:crypto'
import { z } from 'zod'
import { ApiProblem, invalid } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import type { Handle } from '#storage/database.ts'

const KEPT_MS = 24 * 60 * 60 * 1000

const kept = z.object({ body: z.unknown(), etag: z.string().optional(), location: z.string().optional() })
export type KeptAnswer = z.output<typeof kept>

export type Asked = {
  readonly environmentId: Id<'env'>
  /** Of the token, or of the administrator. */
  readonly tokenId: Id<'tok'> | Id<'admin'>
  readonly key: string
  /** What was asked: the method, the address and the body. */
  readonly request: readonly unknown[]
}

/** @throws ApiProblem where it cannot be a key */
export function readKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw invalid([{ path: 'header.Idempotency-Key', message: 'must be 1 to 255 visible characters without spaces' }])
}

/**
 * Does `work` once. In the transaction of the work: of two requests at the same moment the second waits for the first,
 * and what was refused is not kept, so it may be tried again.
 *
 * @throws ApiProblem where the key was used for another request
 */
export async function once(tx: Handle, asked: Asked, now: Date, work: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
  const { environmentId, tokenId, key } = asked
  const requestHash = hash('sha256', JSON.stringify(asked.request), 'base64url')
  await tx.deleteFrom('idempotent_answers').where('expires_at', '<=', now.getTime()).execute()
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('idempotent_answers')
    .values({
      environment_id: environmentId,
      token_id: tokenId,
      idempotency_key: key,
      request_hash: requestHash,
      answer: '{}',
      expires_at: now.getTime() + KEPT_MS,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 0n) return formerAnswer(tx, asked, requestHash)
  const answer = await work()
  await tx
    .updateTable('idempotent_answers')
    .set({ answer: JSON.stringify(answer) })
    .where('environment_id', '=', environmentId)
    .where('token_id', '=', tokenId)
    .where('idempotency_key', '=', key)
    .execute()
  return answer
}

async function formerAnswer(tx: Handle, asked: Asked, requestHash: string): Promise<KeptAnswer> {
  const row = await tx
    .selectFrom('idempotent_answers')
    .select(['request_hash', 'answer'])
    .where('environment_id', '=', asked.environmentId)
    .where('token_id', '=', asked.tokenId)
    .where('idempotency_key', '=', asked.key)
    .executeTakeFirstOrThrow()
  if (row.request_hash === requestHash) return kept.parse(JSON.parse(row.answer))
  throw new ApiProblem(
    'key-reused',
    'Another request was sent with this Idempotency-Key in the last 24 hours. Use a new key for each new request.',
  )
}
