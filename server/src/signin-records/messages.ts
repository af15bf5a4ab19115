// The messages of sign-ins, kept for a while for those who look into them. They hold what an identity provider says of
// people, so they are encrypted, bound to their record, bounded, and removed after some days (settings.ts). Whoever reads
// the database alone reads none.

import type { Secret } from '#config/secret.ts'
import type { Chance, Id } from '#config/world.ts'
import { findRecordSettings } from '#signin-records/settings.ts'
import type { Handle } from '#storage/database.ts'
import type { SigninMessageRow } from '#storage/record-tables.ts'
import { SealError, seal, unseal } from '#storage/seal.ts'

/** `claims`: what a verified response said of the person, as JSON, decrypted where it was encrypted. */
export type MessageKind = SigninMessageRow['kind']

export type MessageToKeep = {
  readonly kind: MessageKind
  readonly text: string
  /** Whether it came from us, or was verified. Of others only so many are kept. */
  readonly verified: boolean
}

export type Sealing = { readonly secret: Secret; readonly chance: Chance; readonly now: Date }

/** Messages that are read at all are no larger (Sallyport’s limit, saml/). */
const LARGEST = 256 * 1024

/** Anybody can post to us; the disk is not theirs. About 1,500 usual responses. */
export const UNVERIFIED_AN_HOUR = 16 * 1024 * 1024
const HOUR_MS = 60 * 60 * 1000

/** Keeps what the Environment wants kept, in the transaction that writes the record. */
export async function keepMessages(
  tx: Handle,
  environmentId: Id<'env'>,
  recordId: Id<'rec'>,
  messages: readonly MessageToKeep[],
  { secret, chance, now }: Sealing,
): Promise<void> {
  const { messageDays } = await findRecordSettings(tx, environmentId)
  if (messageDays === 0) return
  for (const { kind, text, verified } of messages) {
    if (text.length > LARGEST) continue
    if (!verified && !(await hasRoom(tx, environmentId, { size: text.length, now }))) continue
    await tx
      .insertInto('signin_messages')
      .values({
        record_id: recordId,
        kind,
        environment_id: environmentId,
        at: now.getTime(),
        size: text.length,
        verified: verified ? 1 : 0,
        sealed: seal(text, aboutOf(recordId, kind), { secret, chance }),
      })
      .onConflict((conflict) => conflict.columns(['record_id', 'kind']).doNothing())
      .execute()
  }
}

async function hasRoom(
  tx: Handle,
  environmentId: Id<'env'>,
  { size, now }: { readonly size: number; readonly now: Date },
): Promise<boolean> {
  const kept = await tx
    .selectFrom('signin_messages')
    .select(({ fn }) => fn.sum<number | string | null>('size').as('total'))
    .where('environment_id', '=', environmentId)
    .where('at', '>', now.getTime() - HOUR_MS)
    .where('verified', '=', 0)
    .executeTakeFirst()
  return Number(kept?.total ?? 0) + size <= UNVERIFIED_AN_HOUR
}

export type KeptMessage = { readonly text: string; readonly at: Date }
export type KeptMessages = Readonly<Partial<Record<MessageKind, KeptMessage>>>

/** What is still there. One that does not open (the secret was changed) counts as gone. */
export async function findKeptMessages(
  db: Handle,
  environmentId: Id<'env'>,
  recordId: Id<'rec'>,
  sealing: Pick<Sealing, 'secret'>,
): Promise<KeptMessages> {
  const rows = await db
    .selectFrom('signin_messages')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('record_id', '=', recordId)
    .execute()
  const opened = rows.map((row) => [row.kind, openedOf(row, sealing)] as const)
  return Object.fromEntries(opened.filter(([, message]) => message !== undefined))
}

/** Of the newest sign-ins through a connection whose answer was verified: what they said of their person. */
export async function listClaims(
  db: Handle,
  environmentId: Id<'env'>,
  { connectionId, limit }: { readonly connectionId: Id<'conn'>; readonly limit: number },
  sealing: Pick<Sealing, 'secret'>,
): Promise<readonly ({ readonly reference: string } & KeptMessage)[]> {
  const rows = await db
    .selectFrom('signin_messages')
    .innerJoin('signin_records', 'signin_records.id', 'signin_messages.record_id')
    .selectAll('signin_messages')
    .select('signin_records.reference')
    .where('signin_messages.environment_id', '=', environmentId)
    .where('signin_records.environment_id', '=', environmentId)
    .where('signin_records.connection_id', '=', connectionId)
    .where('signin_messages.kind', '=', 'claims')
    .orderBy('signin_messages.at', 'desc')
    .orderBy('signin_messages.record_id')
    .limit(limit)
    .execute()
  return rows.flatMap((row) => {
    const message = openedOf(row, sealing)
    return message === undefined ? [] : [{ reference: row.reference, ...message }]
  })
}

function openedOf(row: SigninMessageRow, { secret }: Pick<Sealing, 'secret'>): KeptMessage | undefined {
  try {
    return { text: unseal(row.sealed, aboutOf(row.record_id, row.kind), { secret }), at: new Date(row.at) }
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

function aboutOf(recordId: Id<'rec'>, kind: MessageKind): string {
  return `${recordId} ${kind}`
}
