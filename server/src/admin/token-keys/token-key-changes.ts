// Changes of the keys that sign tokens, with their entries in the audit, for the API and for the command line.

import { insertAuditEntry } from '#admin/audit/audit.ts'
import type { Answer, Call } from '#admin/operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import { shownTokenKey } from '#admin/token-keys/token-key-shapes.ts'
import type { Secret } from '#config/secret.ts'
import type { Id, World } from '#config/world.ts'
import { demandActive, makePrivateKey } from '#oauth/signing-keys.ts'
import { sentenceOf, TokenKeyRefused } from '#oauth/token-key-refusal.ts'
import {
  activateTokenKey,
  addNextTokenKey,
  retireTokenKey,
  type TokenKeyInfo,
  type TokenKeyState,
} from '#oauth/token-keys.ts'
import type { Database, Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose keys, and who changes them. */
export type TokenKeyChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

type Asked = { readonly id: string; readonly confirmed: boolean }

/**
 * Where there is no key yet, the first one is made, too: something has to sign until the next one does.
 *
 * @throws TokenKeyRefused
 */
export async function addNextToSign(
  db: Database,
  change: TokenKeyChange & { readonly secret: Secret },
): Promise<TokenKeyInfo> {
  const { environmentId, secret, world } = change
  await demandActive({ db, secret, world }, environmentId)
  const privateKey = await makePrivateKey()
  return db.transaction(async (tx) => {
    const key = await addNextTokenKey(tx, environmentId, privateKey, { secret, world })
    await note(tx, change, 'token-key.made', { key, from: null })
    return key
  })
}

/**
 * Undefined where there is no such key.
 *
 * @throws TokenKeyRefused
 */
export async function activateToSign(
  tx: Handle,
  change: TokenKeyChange,
  { id, confirmed }: Asked,
): Promise<TokenKeyInfo | undefined> {
  const done = await activateTokenKey(tx, change.environmentId, id, { now: change.now, confirmed })
  if (done === undefined) return undefined
  for (const key of done.retired) await note(tx, change, 'token-key.retired', { key, from: 'previous' })
  if (done.former !== undefined) await note(tx, change, 'token-key.replaced', { key: done.former, from: 'active' })
  await note(tx, change, 'token-key.activated', { key: done.active, from: 'next' })
  return done.active
}

/**
 * Undefined where there is no such key.
 *
 * @throws TokenKeyRefused
 */
export async function retireFromSigning(
  tx: Handle,
  change: TokenKeyChange,
  { id, confirmed }: Asked,
): Promise<TokenKeyInfo | undefined> {
  const done = await retireTokenKey(tx, change.environmentId, id, { now: change.now, confirmed })
  if (done === undefined) return undefined
  await note(tx, change, 'token-key.retired', { key: done.retired, from: done.was })
  return done.retired
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: TokenKeyChange,
  action: string,
  { key, from }: { readonly key: TokenKeyInfo; readonly from: TokenKeyState | null },
): Promise<void> {
  const changes = { state: { from, to: key.state } }
  const entry = { actor: source, action, subjectId: key.id, subjectName: '', changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}

type ApiCall = Pick<
  Call<unknown, unknown, unknown>,
  'db' | 'database' | 'environment' | 'source' | 'world' | 'now' | 'secret'
>

export async function makeNext(call: ApiCall): Promise<Answer> {
  const key = await explained(() => addNextToSign(call.database, { ...changeOf(call), secret: call.secret }))
  return { body: shownTokenKey(key), location: `token-keys/${key.id}` }
}

export async function activate(call: ApiCall, asked: Asked): Promise<Answer> {
  return found(await explained(() => activateToSign(call.db, changeOf(call), asked)))
}

export async function retire(call: ApiCall, asked: Asked): Promise<Answer> {
  return found(await explained(() => retireFromSigning(call.db, changeOf(call), asked)))
}

export function found(key: TokenKeyInfo | undefined): Answer {
  if (key === undefined) throw notFoundProblem()
  return { body: shownTokenKey(key) }
}

function changeOf({ environment, source, world, now }: ApiCall): TokenKeyChange {
  return { environmentId: environment.id, source, world, now }
}

/** The refusals of keys as problems of the API: they have the same codes. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TokenKeyRefused)) throw error
    const { sentence, cure } = sentenceOf(error)
    throw new ApiProblem(error.fault, `${sentence} ${cure}`)
  }
}
