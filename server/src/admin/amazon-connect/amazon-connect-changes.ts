// Changes of an Environment's Amazon Connect settings with their entries in the audit, for the API and for the command line.

import { createHash } from 'node:crypto'
import { type AuditChanges, changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import { invalid } from '#admin/problems.ts'
import type { Id, World } from '#config/world.ts'
import { noteVersion } from '#configuration/configuration.ts'
import { plainFieldsOf } from '#connect/plain-fields.ts'
import type { ConnectWarning } from '#connect/read-instance.ts'
import {
  type AmazonConnectSettings,
  findAmazonConnect,
  holdAmazonConnect,
  removeAmazonConnect,
  saveAmazonConnect,
  type TypedAmazonConnect,
} from '#connect/settings.ts'
import { takeAmazonConnect } from '#connect/take-settings.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose settings, and who changes them. */
export type ConnectChange = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

export type ChangedConnect = {
  readonly settings: AmazonConnectSettings
  /** What was taken in another way than it was typed. */
  readonly warnings: readonly ConnectWarning[]
}

/** @throws ApiProblem where what was typed cannot be settings */
export async function changeAmazonConnect(
  tx: Handle,
  change: ConnectChange,
  typed: TypedAmazonConnect,
): Promise<ChangedConnect> {
  const taken = takeAmazonConnect(typed)
  if (!taken.ok) throw invalid(taken.problems.map(({ path, message }) => ({ path: path.join('.'), message })))
  const { settings, warnings } = taken
  await holdAmazonConnect(tx, change.environmentId)
  const former = await findAmazonConnect(tx, change.environmentId)
  const changes = changesBetween(audited(former), audited(settings))
  if (Object.keys(changes).length > 0) {
    await saveAmazonConnect(tx, change.environmentId, settings, change.now)
    await note(tx, change, { former, settings, changes })
  }
  return { settings, warnings }
}

/** Where there are none, nothing happens. */
export async function forgetAmazonConnect(tx: Handle, change: ConnectChange): Promise<void> {
  await holdAmazonConnect(tx, change.environmentId)
  const former = await findAmazonConnect(tx, change.environmentId)
  if (former === undefined) return
  await removeAmazonConnect(tx, change.environmentId)
  await note(tx, change, { former, settings: undefined, changes: changesBetween(audited(former), {}) })
}

/** Of what there is; of nothing, too, so that settings which somebody made meanwhile are not lost unseen. */
export function etagOfConnect(settings: AmazonConnectSettings | undefined): string {
  const text = JSON.stringify(settings ?? null)
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

type Noted = {
  readonly former: AmazonConnectSettings | undefined
  readonly settings: AmazonConnectSettings | undefined
  readonly changes: AuditChanges
}

async function note(tx: Handle, change: ConnectChange, { former, settings, changes }: Noted): Promise<void> {
  const { environmentId, source, world, now } = change
  const made = { chance: world.chance, now }
  const action = settings === undefined ? 'amazon-connect.removed' : 'amazon-connect.changed'
  const subject = { subjectId: environmentId, subjectName: 'Amazon Connect' }
  await insertAuditEntry(tx, environmentId, { actor: source, action, ...subject, changes }, made)
  const version = { kind: 'amazon-connect', ...subject, before: former, after: settings } as const
  await noteVersion(tx, environmentId, version, { source, ...made })
}

function audited(settings: AmazonConnectSettings | undefined) {
  return settings === undefined ? {} : plainFieldsOf(settings)
}
