// What was applied is a version of the configuration, like what was changed in the portal.

import type { AddressSettings } from '#access/addresses.ts'
import type { PolicyToSave } from '#access/policies.ts'
import type { Environment } from '#companies/environments.ts'
import type { Chance, Id } from '#config/world.ts'
import { noteVersion } from '#configuration/configuration.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import type { Connection } from '#connections/connections.ts'
import { snapshotOf } from '#connections/snapshot.ts'
import type { NewClient } from '#oauth/clients.ts'
import type { SessionSettings } from '#sessions/settings.ts'
import type { Handle } from '#storage/database.ts'

type Made = { readonly chance: Chance; readonly now: Date }
type States<T> = { readonly before?: T | undefined; readonly after?: T | undefined }
const source = { by: 'declaration' } as const

export async function keepConnection(
  tx: Handle,
  environmentId: Id<'env'>,
  { before, after }: States<Omit<Connection, 'environmentId'>>,
  made: Made,
): Promise<void> {
  const subject = after ?? before
  if (subject === undefined) return
  const about = { kind: 'connection', subjectId: subject.id, subjectName: subject.name } as const
  const states = { before: before && snapshotOf(before), after: after && snapshotOf(after) }
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, ...made })
}

export async function keepClient(
  tx: Handle,
  environmentId: Id<'env'>,
  { before, after }: States<NewClient>,
  made: Made,
): Promise<void> {
  const subject = after ?? before
  if (subject === undefined) return
  const about = { kind: 'client', subjectId: subject.id, subjectName: subject.name } as const
  const state = ({ name, kind, settings }: NewClient) => ({ name, kind, ...settings })
  const states = { before: before && state(before), after: after && state(after) }
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, ...made })
}

export async function keepTargets(
  tx: Handle,
  environmentId: Id<'env'>,
  { before, after }: { readonly [K in 'before' | 'after']: Pick<Environment, 'name' | 'targets'> },
  made: Made,
): Promise<void> {
  const state = ({ name, targets }: Pick<Environment, 'name' | 'targets'>) => ({ name, targets })
  const about = { kind: 'targets', subjectId: environmentId, subjectName: after.name } as const
  await noteVersion(tx, environmentId, { ...about, before: state(before), after: state(after) }, { source, ...made })
}

export async function keepAddresses(
  tx: Handle,
  environmentId: Id<'env'>,
  states: { readonly before: AddressSettings; readonly after: AddressSettings },
  made: Made,
): Promise<void> {
  const about = { kind: 'addresses', subjectId: environmentId, subjectName: '' } as const
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, ...made })
}

export async function keepPolicy(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string | undefined,
  { before, after }: States<PolicyToSave>,
  made: Made,
): Promise<void> {
  const subject = after ?? before
  if (subject === undefined || id === undefined) return
  const state = ({ name, text, mode }: PolicyToSave) => ({ name, text, mode })
  const about = { kind: 'policy', subjectId: id, subjectName: subject.name } as const
  const states = { before: before && state(before), after: after && state(after) }
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, ...made })
}

export async function keepAmazonConnect(
  tx: Handle,
  environmentId: Id<'env'>,
  { before, after }: States<AmazonConnectSettings>,
  made: Made,
): Promise<void> {
  const about = { kind: 'amazon-connect', subjectId: environmentId, subjectName: 'Amazon Connect' } as const
  await noteVersion(tx, environmentId, { ...about, before, after }, { source, ...made })
}

export async function keepSessionSettings(
  tx: Handle,
  environmentId: Id<'env'>,
  states: { readonly before: SessionSettings; readonly after: SessionSettings },
  made: Made,
): Promise<void> {
  const about = { kind: 'session-settings', subjectId: environmentId, subjectName: '' } as const
  await noteVersion(tx, environmentId, { ...about, ...states }, { source, ...made })
}
