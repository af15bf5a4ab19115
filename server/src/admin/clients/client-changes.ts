// Changes of clients with their entries in the audit, for the API and for the command line.

import { type AuditChanges, type AuditValue, changesBetween, insertAuditEntry } from '#admin/audit/audit.ts'
import type { ClientChangeInput, ClientToMake } from '#admin/clients/client-shapes.ts'
import type { Id, World } from '#config/world.ts'
import { noteVersion, type Snapshot } from '#configuration/configuration.ts'
import { newClientId } from '#oauth/client-input.ts'
import { countClients, listClientPage } from '#oauth/client-pages.ts'
import { ClientRefused, MOST_CLIENTS, MOST_SECRETS } from '#oauth/client-refusal.ts'
import {
  addSecret,
  type Client,
  type ClientSecret,
  type ClientSettings,
  deleteClient,
  findClient,
  insertClient,
  isPublic,
  listSecrets,
  revokeSecret,
  updateClient,
} from '#oauth/clients.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Whose clients, and who changes them. */
export type ClientWork = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
}

/** @throws ClientRefused */
export async function makeClient(tx: Handle, work: ClientWork, wanted: ClientToMake): Promise<Client> {
  const { environmentId, world, now } = work
  const { id = newClientId(world.chance), name, kind, ...settings } = wanted
  if ((await findClient(tx, environmentId, id)) !== undefined) throw new ClientRefused('client-id-taken', id)
  await refuseTakenName(tx, environmentId, name)
  if ((await countClients(tx, environmentId)) >= MOST_CLIENTS) throw new ClientRefused('clients-full')
  const client = await insertClient(tx, environmentId, { id, name, kind, settings }, now)
  await note(tx, work, 'client.created', client, changesBetween({}, audited(client)))
  await keepVersion(tx, work, undefined, client)
  return client
}

/** The settings as they will be; null empties one. */
export function settingsAfter({ settings }: Client, change: ClientChangeInput): ClientSettings {
  const { id: _id, name: _name, kind: _kind, ...given } = change
  const named = Object.entries(given).filter(([, value]) => value !== undefined)
  const merged = { ...settings, ...Object.fromEntries(named) } as Record<string, unknown>
  for (const [key, value] of named) if (value === null) delete merged[key]
  return merged as ClientSettings
}

/**
 * Undefined where somebody else changed it since it was read.
 *
 * @throws ClientRefused
 */
export async function changeClient(
  tx: Handle,
  work: ClientWork,
  current: Client,
  { name, settings }: { readonly name: string; readonly settings: ClientSettings },
): Promise<Client | undefined> {
  const { environmentId, now } = work
  const changes = changesBetween(audited(current), audited({ ...current, name, settings }))
  if (Object.keys(changes).length === 0) return current
  if (name !== current.name) await refuseTakenName(tx, environmentId, name)
  const changed = await updateClient(tx, current, { name, settings }, now)
  if (changed === undefined) return undefined
  await note(tx, work, 'client.changed', changed, changes)
  await keepVersion(tx, work, current, changed)
  return changed
}

/** With its secrets and whatever was given out to it. */
export async function removeClient(tx: Handle, work: ClientWork, client: Client): Promise<boolean> {
  const removed = await deleteClient(tx, work.environmentId, client.id)
  if (!removed) return false
  await note(tx, work, 'client.removed', client, changesBetween(audited(client), {}))
  await keepVersion(tx, work, client, undefined)
  return true
}

/** @throws ClientRefused */
export async function makeSecret(
  tx: Handle,
  work: ClientWork,
  client: Client,
  expiresAt: Date | undefined,
): Promise<{ readonly secret: ClientSecret; readonly text: string }> {
  if (isPublic(client)) throw new ClientRefused('client-public', client.name)
  if ((await listSecrets(tx, client)).length >= MOST_SECRETS) throw new ClientRefused('secrets-full', client.name)
  const { world, now } = work
  const made = await addSecret(tx, client, { chance: world.chance, now, expiresAt })
  const changes = { secret: { from: null, to: made.secret.id }, expiresAt: { from: null, to: timeOf(expiresAt) } }
  await note(tx, work, 'client.secret-added', client, changes)
  return made
}

/** False where the client has no such secret. */
export async function takeSecretAway(tx: Handle, work: ClientWork, client: Client, id: string): Promise<boolean> {
  const revoked = await revokeSecret(tx, client, id)
  if (revoked) await note(tx, work, 'client.secret-revoked', client, { secret: { from: id, to: null } })
  return revoked
}

const timeOf = (time: Date | undefined): string | null => time?.toISOString() ?? null

async function refuseTakenName(tx: Handle, environmentId: Id<'env'>, name: string): Promise<void> {
  const [taken] = await listClientPage(tx, environmentId, { name, limit: 1 })
  if (taken !== undefined) throw new ClientRefused('client-name-taken', name)
}

function audited({ name, kind, settings }: Client): Readonly<Record<string, AuditValue | undefined>> {
  const { accessTokenSeconds, redirectUris, grants, ...rest } = settings
  return {
    ...{ name, kind, ...rest },
    redirectUris: [...redirectUris],
    grants: [...grants],
    accessTokenSeconds: `${accessTokenSeconds}`,
  }
}

/** Without its secrets, of which there is no bringing back. */
function snapshotOf({ name, kind, settings }: Client): Snapshot {
  return { name, kind, ...settings }
}

async function keepVersion(
  tx: Handle,
  { environmentId, source, world, now }: ClientWork,
  former: Client | undefined,
  later: Client | undefined,
): Promise<void> {
  const subject = later ?? former
  if (subject === undefined) return
  const about = { kind: 'client', subjectId: subject.id, subjectName: subject.name } as const
  const states = { before: former && snapshotOf(former), after: later && snapshotOf(later) }
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, chance: world.chance, now })
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: ClientWork,
  action: string,
  { id, name }: Client,
  changes: AuditChanges,
): Promise<void> {
  const entry = { actor: source, action, subjectId: id, subjectName: name, changes }
  await insertAuditEntry(tx, environmentId, entry, { chance: world.chance, now })
}
