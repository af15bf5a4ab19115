// Changes of connections with their entries in the audit and their versions, for the API and for set-up links.

import type { Permit } from '#admin/askers.ts'
import { type AuditChanges, type AuditValue, insertAuditEntry } from '#admin/audit/audit.ts'
import { ApiProblem, type FieldProblem, invalid } from '#admin/problems.ts'
import { referencesIn } from '#admin/references.ts'
import { letsAdministratorsIn } from '#administrators/single-sign-on.ts'
import { type Id, newId, type World } from '#config/world.ts'
import { noteVersion, type Snapshot } from '#configuration/configuration.ts'
import { differenceBetween } from '#configuration/difference.ts'
import {
  type Connection,
  deleteConnection,
  holdConnections,
  insertConnection,
  listConnections,
  newTicket,
  updateConnection,
} from '#connections/connections.ts'
import type { ConnectionSettings } from '#connections/settings.ts'
import { snapshotOf } from '#connections/snapshot.ts'
import { certificatesIn } from '#connections/warnings.ts'
import { hasPassedTest } from '#login/signin-tests.ts'
import type { Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

/** Each is a choice on the sign-in page, and is read at each sign-in. */
export const MOST_CONNECTIONS = 100

/** Whose connections, and who changes them. */
export type ConnectionWork = {
  readonly environmentId: Id<'env'>
  readonly source: Source
  readonly world: World
  readonly now: Date
  /** Undefined: whoever has a set-up link. */
  readonly permit: Permit | undefined
}

export type WantedConnection = Omit<Connection, 'id' | 'environmentId' | 'ticket' | 'position'> & {
  /** The last, where it is not given. */
  readonly position?: number | undefined
  /** Of a connection that is brought back. */
  readonly id?: Id<'conn'>
  readonly ticket?: string
}

/** @throws ApiProblem */
export async function makeConnection(tx: Handle, work: ConnectionWork, wanted: WantedConnection): Promise<Connection> {
  const { environmentId, world, now } = work
  const others = await listConnections(tx, environmentId)
  if (others.length >= MOST_CONNECTIONS) {
    throw new ApiProblem(
      'connections-full',
      `An Environment has ${MOST_CONNECTIONS} connections at most. Remove one that nobody uses.`,
    )
  }
  refuseTakenName(others, wanted.name)
  await refuseUnknownDefaults(tx, environmentId, wanted.settings)
  const { id = newId(world.chance, 'conn'), ticket = newTicket(world.chance), ...rest } = wanted
  const connection = { ...rest, id, ticket, environmentId, position: others.length }
  // What is brought back was in use once.
  if (wanted.id === undefined) await demandTest(tx, environmentId, id, connection.settings)
  await insertConnection(tx, environmentId, connection, now)
  await arrange(tx, work, [...others, connection], connection, wanted.position)
  const made = { ...connection, position: Math.min(wanted.position ?? others.length, others.length) }
  await note(tx, work, 'connection.created', { before: undefined, after: made })
  return made
}

/** @throws ApiProblem */
export async function changeConnection(
  tx: Handle,
  work: ConnectionWork,
  current: Connection,
  wanted: Omit<Connection, 'id' | 'environmentId' | 'ticket'>,
): Promise<Connection> {
  const { environmentId, now } = work
  const all = await listConnections(tx, environmentId)
  refuseTakenName(
    all.filter(({ id }) => id !== current.id),
    wanted.name,
  )
  await refuseUnknownDefaults(tx, environmentId, wanted.settings, current.settings)
  const { id, ticket } = current
  if (!current.settings.singleSignOnOnly) await demandTest(tx, environmentId, id, wanted.settings)
  const changed = { ...wanted, id, ticket, environmentId, position: Math.min(wanted.position, all.length - 1) }
  if (differenceBetween(snapshotOf(current), snapshotOf(changed)).length === 0) return current
  await demandOwner(tx, work, current)
  await updateConnection(tx, environmentId, { ...changed, position: current.position }, now)
  const others = all.map((one) => (one.id === id ? { ...changed, position: current.position } : one))
  await arrange(tx, work, others, changed, changed.position)
  await note(tx, work, 'connection.changed', { before: current, after: changed })
  return changed
}

/** Its users stay, and belong to no connection any more. */
export async function removeConnection(tx: Handle, work: ConnectionWork, current: Connection): Promise<void> {
  await demandOwner(tx, work, current)
  await deleteConnection(tx, work.environmentId, current.id)
  await note(tx, work, 'connection.removed', { before: current, after: undefined })
}

/** Puts one where it is wanted; those behind it move on. */
async function arrange(
  tx: Handle,
  { environmentId, now }: ConnectionWork,
  all: readonly Connection[],
  moved: Connection,
  wanted: number | undefined,
): Promise<void> {
  const order = all.filter(({ id }) => id !== moved.id)
  order.splice(wanted ?? order.length, 0, all.find(({ id }) => id === moved.id) ?? moved)
  for (const [position, connection] of order.entries()) {
    if (connection.position !== position) await updateConnection(tx, environmentId, { ...connection, position }, now)
  }
}

/**
 * Whoever says whom this connection believes could come in as any administrator of the Company, owners too.
 *
 * @throws ApiProblem
 */
async function demandOwner(tx: Handle, { permit }: ConnectionWork, { id }: Connection): Promise<void> {
  if (permit?.scopes.includes('company:write') || !(await letsAdministratorsIn(tx, id))) return
  throw new ApiProblem(
    'connection-of-administrators',
    'The administrators of the Company sign in through this connection, so only its owners change it. Ask an owner to ' +
      'do it, or to choose another connection for administrators first.',
  )
}

/** People who have no password any more must be able to come in by the other way. */
async function demandTest(
  tx: Handle,
  environmentId: Id<'env'>,
  connectionId: Id<'conn'>,
  settings: ConnectionSettings,
): Promise<void> {
  if (!settings.singleSignOnOnly || (await hasPassedTest(tx, environmentId, { connectionId, settings }))) return
  throw new ApiProblem(
    'test-needed',
    'Nobody has come through the connection with these settings yet, so people might be locked out. ' +
      'Do a test sign-in, then switch singleSignOnOnly on.',
    { problems: [{ path: 'singleSignOnOnly', message: 'needs a successful test sign-in first' }] },
  )
}

function refuseTakenName(others: readonly Connection[], name: string): void {
  if (!others.some((one) => one.name === name)) return
  throw new ApiProblem(
    'connection-name-taken',
    `There is a connection “${name}” in this Environment already. Choose another name, or change that connection.`,
    { problems: [{ path: 'name', message: 'is taken' }] },
  )
}

/** What a connection gives to new users must be there, or their first sign-in would be the first to notice. */
async function refuseUnknownDefaults(
  tx: Handle,
  environmentId: Id<'env'>,
  { createUsers }: ConnectionSettings,
  former?: ConnectionSettings,
): Promise<void> {
  const { team, accessProfile, application, roles, userType } = createUsers.defaults
  if (JSON.stringify(createUsers) === JSON.stringify(former?.createUsers)) return
  const references = referencesIn(tx, environmentId)
  const at = (field: string) => ({ path: `createUsers.defaults.${field}` })
  const problems: FieldProblem[] = []
  if (team !== undefined) await references.find('team', team, at('team'))
  else if (createUsers.enabled && userType === 'platform')
    problems.push({ ...at('team'), message: 'is needed, because everybody whom this connection makes has a team' })
  if (accessProfile !== undefined) await references.find('access-profile', accessProfile, at('accessProfile'))
  const found = application && (await references.find('application', application, at('application')))
  if (application === undefined && roles.length > 0)
    problems.push({ ...at('roles'), message: 'need a Default Application, because a role belongs to one' })
  if (found) {
    for (const [i, role] of roles.entries())
      await references.find('role', role, { ...at(`roles.${i}`), applicationId: found.id as Id<'app'> })
  }
  if (problems.length + references.problems.length > 0) throw invalid([...references.problems, ...problems])
}

async function note(
  tx: Handle,
  { environmentId, source, world, now }: ConnectionWork,
  action: string,
  states: { readonly before: Connection | undefined; readonly after: Connection | undefined },
): Promise<void> {
  const subject = states.after ?? states.before
  if (subject === undefined) return
  const before = states.before && snapshotOf(states.before)
  const after = states.after && snapshotOf(states.after)
  const about = { subjectId: subject.id, subjectName: subject.name }
  const made = { chance: world.chance, now }
  const changes = auditedChanges(before, after)
  await insertAuditEntry(tx, environmentId, { actor: source, action, ...about, changes }, made)
  await noteVersion(tx, environmentId, { kind: 'connection', ...about, before, after }, { source, ...made })
}

function auditedChanges(before: Snapshot | undefined, after: Snapshot | undefined): AuditChanges {
  const entries = differenceBetween(before, after).map((one) => {
    const show = (value: unknown) => audited(one.field, value)
    return [one.field, { from: show(one.before), to: show(one.after) }]
  })
  return Object.fromEntries(entries)
}

/** Certificates by what people compare. */
function audited(field: string, value: unknown): AuditValue {
  if (value === null || typeof value === 'boolean') return value
  if (!Array.isArray(value)) return String(value)
  if (field !== 'issuerCertificates') return value.map(String)
  return value.flatMap((pem: string) =>
    certificatesIn(pem).map((one) => (one === undefined ? 'unreadable' : `${one.subject}, SHA-256 ${one.fingerprint}`)),
  )
}

/** The connections as they are, held until the end of the transaction. */
export async function heldConnection(
  tx: Handle,
  environmentId: Id<'env'>,
  id: string,
): Promise<Connection | undefined> {
  await holdConnections(tx, environmentId)
  return (await listConnections(tx, environmentId)).find((one) => one.id === id)
}
