// Changes of keys with their entries in the audit, for the API and for the command line.

import type { z } from 'zod'
import { insertAuditEntry } from '#admin/audit/audit.ts'
import { type keyImport, shownKey } from '#admin/keys/key-shapes.ts'
import type { Answer, Call } from '#admin/operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import type { Secret } from '#config/secret.ts'
import type { Id, World } from '#config/world.ts'
import { activateKey, addNextKey, retireKey } from '#keys/change-keys.ts'
import type { KeyInfo, KeyOrigin, KeyState } from '#keys/keys.ts'
import { type KeyPair, makeKeyPair } from '#keys/make-key-pair.ts'
import { readKeyFileApart } from '#keys/read-key-file-apart.ts'
import { KeyRefused, sentenceOf } from '#keys/refusal.ts'
import type { Database, Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose keys, and who changes them. */
export type KeyChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

/** @throws KeyRefused */
export async function addNext(
  database: Database,
  change: KeyChange & { readonly secret: Secret },
  added: { readonly pair: KeyPair; readonly origin: KeyOrigin },
): Promise<KeyInfo> {
  return database.transaction(async (tx) => {
    const key = await addNextKey(tx, change.environmentId, added, change)
    await note(tx, change, `key.${added.origin}`, { key, from: null })
    return key
  })
}

/**
 * Undefined where there is no such key.
 *
 * @throws KeyRefused
 */
export async function activateNext(tx: Handle, change: KeyChange, id: string): Promise<KeyInfo | undefined> {
  const done = await activateKey(tx, change.environmentId, id, change.now)
  if (done === undefined) return undefined
  if (done.former !== undefined) await note(tx, change, 'key.replaced', { key: done.former, from: 'active' })
  await note(tx, change, 'key.activated', { key: done.active, from: 'next' })
  return done.active
}

/**
 * Undefined where there is no such key.
 *
 * @throws KeyRefused
 */
export async function retireOne(tx: Handle, change: KeyChange, id: string): Promise<KeyInfo | undefined> {
  const done = await retireKey(tx, change.environmentId, id, change.now)
  if (done === undefined) return undefined
  await note(tx, change, 'key.retired', { key: done.retired, from: done.was })
  return done.retired
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: KeyChange,
  action: string,
  { key, from }: { readonly key: KeyInfo; readonly from: KeyState | null },
): Promise<void> {
  const fingerprint = from === null ? { fingerprint: { from: null, to: key.fingerprint } } : {}
  const changes = { state: { from, to: key.state }, ...fingerprint }
  const entry = { actor: source, action, subjectId: key.id, subjectName: key.subject, changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}

type ApiCall = Pick<
  Call<unknown, unknown, unknown>,
  'db' | 'database' | 'environment' | 'source' | 'world' | 'now' | 'secret'
>

export async function addMade(call: ApiCall): Promise<Answer> {
  const place = await findEnvironmentById(call.db, call.environment.id)
  if (place === undefined) throw notFoundProblem()
  const names = { companySlug: place.company.slug, environmentSlug: place.environment.slug }
  // Outside the transaction: making one takes a while.
  return added(call, await makeKeyPair(names, call.world), 'made')
}

export async function importNext(call: ApiCall, body: z.output<typeof keyImport>): Promise<Answer> {
  const { pem, passphrase, pkcs12 = '', password, alias } = body
  const file = pem === undefined ? { bytes: Buffer.from(pkcs12, 'base64'), password, alias } : pemFile(pem, passphrase)
  const pair = await explained(() => readKeyFileApart(file, call.now))
  return added(call, pair, 'imported')
}

function pemFile(pem: string, password: string | undefined) {
  return { bytes: Buffer.from(pem, 'utf8'), password }
}

export async function activate(call: ApiCall, id: string): Promise<Answer> {
  return found(await explained(() => activateNext(call.db, changeOf(call), id)))
}

export async function retire(call: ApiCall, id: string): Promise<Answer> {
  return found(await explained(() => retireOne(call.db, changeOf(call), id)))
}

async function added(call: ApiCall, pair: KeyPair, origin: KeyOrigin): Promise<Answer> {
  const change = { ...changeOf(call), secret: call.secret }
  const key = await explained(() => addNext(call.database, change, { pair, origin }))
  return { body: shownKey(key), location: `keys/${key.id}` }
}

function found(key: KeyInfo | undefined): Answer {
  if (key === undefined) throw notFoundProblem()
  return { body: shownKey(key) }
}

function changeOf({ environment, source, world, now }: ApiCall): KeyChange {
  return { environmentId: environment.id, source, world, now }
}

/** The refusals of keys as problems of the API: they have the same codes. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    const { sentence, cure } = sentenceOf(error)
    throw new ApiProblem(error.fault, `${sentence} ${cure}`)
  }
}
