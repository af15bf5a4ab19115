import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Permit } from '#admin/askers.ts'
import {
  type ConnectionWork,
  changeConnection,
  heldConnection,
  makeConnection,
  removeConnection,
} from '#admin/connections/connection-changes.ts'
import { connectionExample, connectionToMakeExample } from '#admin/connections/connection-examples.ts'
import {
  type ConnectionInput,
  connectionChange,
  connectionShape,
  connectionToMake,
  shownConnection,
} from '#admin/connections/connection-shapes.ts'
import { idParam } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { invalid, notFoundProblem } from '#admin/problems.ts'
import { demandMatch } from '#admin/serve-operation.ts'
import type { Id } from '#config/world.ts'
import {
  type Connection,
  type ConnectionState,
  findConnection,
  holdConnections,
  listConnections,
} from '#connections/connections.ts'
import type { ConnectionSettings } from '#connections/settings.ts'
import { snapshotOf } from '#connections/snapshot.ts'
import { takeChange } from '#connections/take-change.ts'

export const connectionParams = z.object({ id: idParam })
const answer = { status: 200, schema: connectionShape, example: connectionExample }
const reading = { tag: 'Connections', scope: 'connections:read' } as const
const writing = { tag: 'Connections', scope: 'connections:write' } as const

/** The Single Sign-On Settings of an Environment. */
export const connectionOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listConnections',
    method: 'GET',
    path: 'connections',
    summary: 'All connections, drafts too, in the order in which people see them',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(connectionShape) }),
      example: { items: [connectionExample] },
    },
    run: async (call) => {
      const all = await listConnections(call.db, call.environment.id)
      return { body: { items: all.map((one) => shownConnection(one, settingOf(call))) } }
    },
  }),
  operation({
    ...reading,
    id: 'getConnection',
    method: 'GET',
    path: 'connections/:id',
    summary: 'One connection, with the ETag that a change must name',
    params: connectionParams,
    answer,
    run: async (call) => {
      const found = await findConnection(call.db, call.environment.id, call.params.id as Id<'conn'>)
      if (found === undefined) throw notFoundProblem()
      return answerWith(call, found)
    },
  }),
  operation({
    ...writing,
    id: 'createConnection',
    method: 'POST',
    path: 'connections',
    summary: 'Makes a connection: a draft, which may lack what only the identity provider knows, or a live one',
    body: connectionToMake,
    bodyExample: connectionToMakeExample,
    answer: { ...answer, status: 201 },
    problems: ['connection-name-taken', 'connections-full', 'key-reused', 'test-needed'],
    idempotent: true,
    run: async (call) => {
      const { state = 'draft', name = '', ...input } = call.body as ConnectionInput
      await holdConnections(call.db, call.environment.id)
      const settings = await settingsAfter(input, { current: undefined, state, now: call.now })
      const wanted = { state, name, settings, position: input.position, ...publishedAt(input) }
      const made = await makeConnection(call.db, workOf(call), wanted)
      return { ...answerWith(call, made), location: `connections/${made.id}` }
    },
  }),
  operation({
    ...writing,
    id: 'changeConnection',
    method: 'PATCH',
    path: 'connections/:id',
    summary: 'Changes the fields that are given; null empties one, a list replaces the whole list',
    params: connectionParams,
    body: connectionChange,
    bodyExample: { state: 'live', createUsers: { enabled: true, defaults: { team: 'Agents' } } },
    answer,
    problems: ['connection-name-taken', 'connection-of-administrators', 'test-needed'],
    ifMatch: 'needed',
    run: async (call) => {
      const current = await connectionOfCall(call)
      return answerWith(call, await applyChange(call, current, call.body as ConnectionInput))
    },
  }),
  operation({
    ...writing,
    id: 'deleteConnection',
    method: 'DELETE',
    path: 'connections/:id',
    summary: 'Removes a connection; its users and sessions stay, and nobody can sign in through it any more',
    params: connectionParams,
    answer: { status: 204 },
    problems: ['connection-of-administrators'],
    ifMatch: 'possible',
    run: async (call) => {
      await removeConnection(call.db, workOf(call), await connectionOfCall(call))
      return {}
    },
  }),
]

type ConnectionCall = Pick<
  Call<{ readonly id: string }, unknown, unknown>,
  'db' | 'environment' | 'params' | 'ifMatch' | 'source' | 'world' | 'now' | 'config' | 'token'
>

/** A neighbour's connection is none. Held until the end of the transaction. */
export async function connectionOfCall({ db, environment, params, ifMatch }: ConnectionCall): Promise<Connection> {
  const found = await heldConnection(db, environment.id, params.id)
  if (found === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOfConnection(found))
  return found
}

/** @throws ApiProblem */
export async function applyChange(
  call: Pick<ConnectionCall, 'db' | 'environment' | 'source' | 'world' | 'now'> & { readonly token?: Permit },
  current: Connection,
  change: ConnectionInput,
): Promise<Connection> {
  const { name = current.name, state = current.state, position = current.position } = change
  const settings = await settingsAfter(change, { current: current.settings, state, now: call.now })
  const { identityProviderMetadataUrl: former, ...rest } = current
  const published = change.identityProviderMetadataUrl === undefined ? withUrl(former) : publishedAt(change)
  return changeConnection(call.db, workOf(call), current, { ...rest, name, state, position, settings, ...published })
}

async function settingsAfter(
  input: ConnectionInput,
  to: { current: ConnectionSettings | undefined; state: ConnectionState; now: Date },
): Promise<ConnectionSettings> {
  const { name: _n, state: _s, position: _p, identityProviderMetadataUrl: _m, ...change } = input
  const taken = await takeChange(change, to)
  if (taken.ok) return taken.settings
  throw invalid(taken.problems.map(({ path, message }) => ({ path: path.join('.'), message })))
}

function publishedAt({ identityProviderMetadataUrl: url }: ConnectionInput) {
  return withUrl(url ?? undefined)
}

function withUrl(url: string | undefined) {
  return url === undefined ? {} : { identityProviderMetadataUrl: url }
}

export function workOf({
  environment,
  source,
  world,
  now,
  token: permit,
}: Pick<ConnectionCall, 'environment' | 'source' | 'world' | 'now'> & { readonly token?: Permit }): ConnectionWork {
  return { environmentId: environment.id, source, world, now, permit }
}

function settingOf({ config, now }: Pick<ConnectionCall, 'config' | 'now'>) {
  return { publicUrl: config.publicUrl, now }
}

export function answerWith(call: Pick<ConnectionCall, 'config' | 'now'>, connection: Connection): Answer {
  return { body: shownConnection(connection, settingOf(call)), etag: etagOfConnection(connection) }
}

/** Of what can be changed: the same state has the same name. */
export function etagOfConnection(connection: Connection): string {
  return `"${hash('sha256', JSON.stringify([connection.id, snapshotOf(connection)]), 'base64url').slice(0, 22)}"`
}
