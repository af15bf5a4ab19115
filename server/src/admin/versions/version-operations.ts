// Versions of the configuration in the API, and taking changes back. What a version is, is `configuration`'s; this folder
// must not bring anything back but by the operations that change it.

import { z } from 'zod'
import type { Permit } from '#admin/askers.ts'
import { subjectIdParam } from '#admin/audit/audit-operations.ts'
import { demandScope } from '#admin/authenticate.ts'
import { explained } from '#admin/clients/client-operations.ts'
import { cursorText, idParam, limit, pageOf, time } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import { timedPage, timedPlace } from '#admin/timed-pages.ts'
import type { Scope } from '#admin/tokens/tokens.ts'
import { bringBack } from '#admin/versions/version-revert.ts'
import {
  type ConfigurationVersion,
  findLatestVersion,
  findVersion,
  listVersions,
  type VersionKind,
  versionKinds,
} from '#configuration/configuration.ts'
import { differenceBetween } from '#configuration/difference.ts'
import { strictObject } from '#connections/strict-object.ts'
import { source } from '#users/source.ts'

const SORT = '-at'

/** Who may see and take back a change of each kind: whoever may see and change the thing itself. */
const areas: Readonly<
  Record<VersionKind, 'connections' | 'clients' | 'access' | 'sessions' | 'company' | 'amazon-connect'>
> = {
  connection: 'connections',
  client: 'clients',
  addresses: 'access',
  policy: 'access',
  'session-settings': 'sessions',
  targets: 'company',
  'amazon-connect': 'amazon-connect',
}
const scopeOf = (kind: VersionKind, may: 'read' | 'write'): Scope =>
  kind === 'session-settings' && may === 'write' ? 'session-settings:write' : `${areas[kind]}:${may}`

const versionFields = {
  id: z.string(),
  kind: z.enum(versionKinds),
  subjectId: z.string(),
  subjectName: z.string().describe('Its name at that time'),
  number: z.int().describe('From 1, of this subject'),
  done: z.enum(['created', 'changed', 'removed']),
  actor: source,
  at: time,
  fields: z.array(z.string()).describe('What is different afterwards'),
}
const versionShape = z.object(versionFields).meta({ id: 'ConfigurationVersion' })
const state = z.record(z.string(), z.unknown()).nullable()
const wholeVersion = z
  .object({
    ...versionFields,
    before: state.describe('Null where it was not there'),
    after: state.describe('Null where it is gone'),
    difference: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  })
  .meta({ id: 'WholeConfigurationVersion' })

const example = {
  id: 'ver_k4vq2m7xw3nphz5tb6ay',
  kind: 'session-settings' as const,
  subjectId: 'env_k4vq2m7xw3nphz5tb6ay',
  subjectName: '',
  number: 3,
  done: 'changed' as const,
  actor: { by: 'api' as const, tokenId: 'tok_k4vq2m7xw3nphz5tb6ay' },
  at: '2026-03-01T12:00:00.000Z',
  fields: ['idleMinutes'],
}
const wholeExample = {
  ...example,
  before: { idleMinutes: 30, lifetimeMinutes: 480 },
  after: { idleMinutes: 60, lifetimeMinutes: 480 },
  difference: [{ field: 'idleMinutes', before: 30, after: 60 }],
}

const common = { tag: 'Configuration versions', params: z.object({ id: idParam }) } as const
const answer = { status: 200, schema: wholeVersion, example: wholeExample }

/** What was configured, version by version. */
export const versionOperations: readonly Operation[] = [
  operation({
    tag: common.tag,
    scope: 'connections:read',
    id: 'listVersions',
    method: 'GET',
    path: 'versions',
    summary: 'Changes of the configuration, the newest first, of the kinds that whoever asks may read',
    query: strictObject({
      limit,
      cursor: cursorText,
      kind: z.enum(versionKinds).optional(),
      subjectId: subjectIdParam.optional(),
    }),
    answer: { status: 200, schema: pageOf(versionShape), example: { items: [example], next: null } },
    run: async ({ db, environment, query, token }) => {
      const kinds = versionKinds.filter((kind) => mayRead(token, kind) && (query.kind ?? kind) === kind)
      const after = timedPlace(SORT, query.cursor)
      const wanted = { kinds, subjectId: query.subjectId, after, limit: query.limit + 1 }
      const found = await listVersions(db, environment.id, wanted)
      const place = ({ at, id }: ConfigurationVersion) => ({ at, id })
      return { body: timedPage(found, { sort: SORT, limit: query.limit, place, shown }) }
    },
  }),
  operation({
    ...common,
    scope: 'connections:read',
    id: 'getVersion',
    method: 'GET',
    path: 'versions/:id',
    summary: 'One change of the configuration: the states before and after it, and what differs',
    answer,
    run: async (call) => shownWhole(await versionOfCall(call)),
  }),
  operation({
    ...common,
    scope: 'connections:write',
    id: 'revertVersion',
    method: 'POST',
    path: 'versions/:id/revert',
    summary: 'Takes a change back: brings back the state before it, or with ?to=after the one that it led to',
    query: strictObject({
      to: z.enum(['before', 'after']).default('before'),
      confirmed: z.enum(['true', 'false']).optional().describe('That your own address may be shut out'),
    }),
    answer,
    problems: [
      'version-empty',
      'connection-name-taken',
      'connection-of-administrators',
      'connections-full',
      'own-address-missing',
      'policy-refused',
      'test-needed',
    ],
    run: (call) => explained(() => revert(call)),
  }),
]

type Query = { readonly to: 'before' | 'after'; readonly confirmed?: 'true' | 'false' | undefined }

async function revert(call: Call<{ readonly id: string }, Query, unknown>): Promise<Answer> {
  const version = await versionOfCall(call)
  demandScope(call.token, scopeOf(version.kind, 'write'))
  const { to, confirmed } = call.query
  const state = version[to]
  if (state === undefined) {
    const why = to === 'before' ? 'it was not there before' : 'it was gone afterwards'
    throw new ApiProblem(
      'version-empty',
      `There is no state to bring back: ${why}. If “${version.subjectName}” is to go, remove it; or choose another version.`,
    )
  }
  await bringBack(call, version, state, confirmed === 'true')
  const { kind, subjectId } = version
  return shownWhole((await findLatestVersion(call.db, call.environment.id, { kind, subjectId })) ?? version)
}

const mayRead = (token: Permit, kind: VersionKind): boolean => token.scopes.includes(scopeOf(kind, 'read'))

/** A neighbour's version is none, nor is one of a kind that is not theirs to read. */
async function versionOfCall({
  db,
  environment,
  params,
  token,
}: Pick<Call<{ readonly id: string }, unknown, unknown>, 'db' | 'environment' | 'params' | 'token'>) {
  const version = await findVersion(db, environment.id, params.id)
  if (version === undefined || !mayRead(token, version.kind)) throw notFoundProblem()
  return version
}

function shown(version: ConfigurationVersion): z.output<typeof versionShape> {
  const { id, kind, subjectId, subjectName, number, actor, at, before, after } = version
  const done = before === undefined ? 'created' : after === undefined ? 'removed' : 'changed'
  const fields = differenceBetween(before, after).map(({ field }) => field)
  return { ...{ id, kind, subjectId, subjectName, number, done, actor, fields }, at: at.toISOString() }
}

function shownWhole(version: ConfigurationVersion): Answer {
  const { before, after } = version
  const difference = differenceBetween(before, after)
  return { body: { ...shown(version), before: before ?? null, after: after ?? null, difference } }
}
