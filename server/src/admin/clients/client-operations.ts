import { z } from 'zod'
import {
  type ClientWork,
  changeClient,
  makeClient,
  makeSecret,
  removeClient,
  settingsAfter,
  takeSecretAway,
} from '#admin/clients/client-changes.ts'
import {
  type ClientChangeInput,
  clientChange,
  clientExample,
  clientIdParam,
  clientQuery,
  clientShape,
  clientToMake,
  clientToMakeExample,
  etagOfClient,
  madeSecretShape,
  secretExample,
  secretShape,
  secretToMake,
  shownClient,
  shownSecret,
} from '#admin/clients/client-shapes.ts'
import { readCursor, writeCursor } from '#admin/cursor.ts'
import { idParam, pageOf } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { ApiProblem, invalid, notFoundProblem } from '#admin/problems.ts'
import { changedMeanwhile, demandMatch } from '#admin/serve-operation.ts'
import { listClientPage } from '#oauth/client-pages.ts'
import { ClientRefused, sentenceOf } from '#oauth/client-refusal.ts'
import { clientFaults } from '#oauth/client-rules.ts'
import { type Client, findClient, listSecrets } from '#oauth/clients.ts'

const params = z.object({ id: clientIdParam })
const secretParams = z.object({ id: clientIdParam, secretId: idParam })
const answer = { status: 200, schema: clientShape, example: clientExample }
const reading = { tag: 'Clients', scope: 'clients:read' } as const
const writing = { tag: 'Clients', scope: 'clients:write' } as const
const SORT = 'name'

const clients: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listClients',
    method: 'GET',
    path: 'clients',
    summary: 'Lists clients, by name',
    query: clientQuery,
    answer: { status: 200, schema: pageOf(clientShape), example: { items: [clientExample], next: null } },
    run: async ({ db, environment, query }) => {
      const { limit } = query
      const after = readCursor(SORT, query.cursor)
      const found = await listClientPage(db, environment.id, {
        name: query['filter[name]'],
        kind: query['filter[kind]'],
        after: after && { name: String(after.value) },
        limit: limit + 1,
      })
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1) : undefined
      const next = last === undefined ? null : writeCursor(SORT, { value: last.name, id: last.id })
      return { body: { items: items.map(shownClient), next } }
    },
  }),
  operation({
    ...reading,
    id: 'getClient',
    method: 'GET',
    path: 'clients/:id',
    summary: 'One client, with the ETag that a change must name',
    params,
    answer,
    run: async (call) => shown(await clientOfCall(call)),
  }),
  operation({
    ...writing,
    id: 'createClient',
    method: 'POST',
    path: 'clients',
    summary: 'Makes a client; what is left out gets its default',
    body: clientToMake,
    bodyExample: clientToMakeExample,
    answer: { ...answer, status: 201 },
    problems: ['client-id-taken', 'client-name-taken', 'clients-full', 'key-reused'],
    idempotent: true,
    run: (call) =>
      explained(async () => {
        const client = await makeClient(call.db, workOf(call), call.body)
        return { ...shown(client), location: `clients/${client.id}` }
      }),
  }),
  operation({
    ...writing,
    id: 'changeClient',
    method: 'PATCH',
    path: 'clients/:id',
    summary: 'Changes the fields that are given; null empties one, a list replaces the whole list',
    params,
    body: clientChange,
    bodyExample: { accessTokenSeconds: 900, accessTokenFormat: 'jwt' },
    answer: { ...answer, example: { ...clientExample, accessTokenFormat: 'jwt' } },
    problems: ['client-name-taken'],
    ifMatch: 'needed',
    run: (call) => explained(() => change(call)),
  }),
  operation({
    ...writing,
    id: 'deleteClient',
    method: 'DELETE',
    path: 'clients/:id',
    summary: 'Removes a client with its secrets and whatever was given out to it',
    params,
    answer: { status: 204 },
    ifMatch: 'possible',
    run: async (call) => {
      const client = await clientOfCall(call)
      if (!(await removeClient(call.db, workOf(call), client))) throw changedMeanwhile()
      return {}
    },
  }),
]

const secrets: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listClientSecrets',
    method: 'GET',
    path: 'clients/:id/secrets',
    summary: 'The secrets of a client, expired ones too, the oldest first; never their text',
    params,
    answer: { status: 200, schema: z.object({ items: z.array(secretShape) }), example: { items: [secretExample] } },
    run: async (call) => {
      const found = await listSecrets(call.db, await clientOfCall(call))
      return { body: { items: found.map(shownSecret) } }
    },
  }),
  // Not idempotent: the answer would have to be kept, and the secret in it.
  operation({
    ...writing,
    id: 'addClientSecret',
    method: 'POST',
    path: 'clients/:id/secrets',
    summary: 'Makes a further secret and shows it this once; the others stay good',
    params,
    body: secretToMake,
    bodyExample: { expiresAt: secretExample.expiresAt },
    answer: {
      status: 201,
      schema: madeSecretShape,
      example: { ...secretExample, secret: 'k3VtN0pWc2dXbEhxUzZtYkE1ZlJ1OGp5TzJpRDRx7Qa' },
    },
    problems: ['client-public', 'secrets-full'],
    run: (call) => explained(() => addOne(call)),
  }),
  operation({
    ...writing,
    id: 'revokeClientSecret',
    method: 'DELETE',
    path: 'clients/:id/secrets/:secretId',
    summary: 'Makes a secret useless at once',
    params: secretParams,
    answer: { status: 204 },
    run: async (call) => {
      const client = await clientOfCall(call)
      if (!(await takeSecretAway(call.db, workOf(call), client, call.params.secretId))) throw notFoundProblem()
      return {}
    },
  }),
]

/** The clients of an Environment, and their secrets. */
export const clientOperations: readonly Operation[] = [...clients, ...secrets]

type ClientCall<B = unknown> = Call<{ readonly id: string }, unknown, B>

async function change(call: ClientCall<ClientChangeInput>): Promise<Answer> {
  const current = await clientOfCall(call)
  const settings = settingsAfter(current, call.body)
  const faults = clientFaults({ kind: current.kind, settings })
  if (faults.length > 0) throw invalid(faults.map((fault) => ({ ...fault, path: fault.path.join('.') })))
  const changed = await changeClient(call.db, workOf(call), current, { name: call.body.name ?? current.name, settings })
  if (changed === undefined) throw changedMeanwhile()
  return shown(changed)
}

async function addOne(call: ClientCall<z.output<typeof secretToMake>>): Promise<Answer> {
  const client = await clientOfCall(call)
  const expiresAt = call.body.expiresAt === undefined ? undefined : new Date(call.body.expiresAt)
  if (expiresAt !== undefined && expiresAt <= call.now)
    throw invalid([{ path: 'expiresAt', message: 'is over already; give a time to come' }])
  const { secret, text } = await makeSecret(call.db, workOf(call), client, expiresAt)
  return { body: { ...shownSecret(secret), secret: text }, location: `clients/${client.id}/secrets/${secret.id}` }
}

/** A neighbour's client is none. */
async function clientOfCall({ db, environment, params, ifMatch }: ClientCall): Promise<Client> {
  const client = await findClient(db, environment.id, params.id)
  if (client === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOfClient(client))
  return client
}

function shown(client: Client): Answer {
  return { body: shownClient(client), etag: etagOfClient(client) }
}

function workOf({ environment, source, world, now }: Call<unknown, unknown, unknown>): ClientWork {
  return { environmentId: environment.id, source, world, now }
}

const fieldOf: Readonly<Record<string, string>> = { 'client-id-taken': 'id', 'client-name-taken': 'name' }

/** The refusals of clients as problems of the API: they have the same codes. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ClientRefused)) throw error
    const { sentence, cure } = sentenceOf(error)
    const field = fieldOf[error.refusal]
    const problems = field === undefined ? [] : [{ path: field, message: 'is taken' }]
    throw new ApiProblem(error.refusal, `${sentence} ${cure}`, { problems })
  }
}
