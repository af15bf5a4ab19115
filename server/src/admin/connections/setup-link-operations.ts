import { z } from 'zod'
import { noteChange } from '#admin/audit/note-change.ts'
import { connectionParams } from '#admin/connections/connection-operations.ts'
import { idParam, time } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { ApiProblem, notFoundProblem } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import { insertSetupLink, listSetupLinks, revokeSetupLink, type SetupLink } from '#configuration/setup-links.ts'
import { type Connection, findConnection } from '#connections/connections.ts'
import { strictObject } from '#connections/strict-object.ts'
import { source } from '#users/source.ts'

const HOUR_MS = 60 * 60 * 1000
const LONGEST_HOURS = 30 * 24
const MOST_LINKS = 20

const linkToMake = strictObject({
  expiresInHours: z
    .int()
    .min(1, 'must be at least 1')
    .max(LONGEST_HOURS, `must be at most ${LONGEST_HOURS}, which is 30 days`)
    .default(7 * 24),
})

const linkFields = {
  id: z.string(),
  state: z.enum(['open', 'expired', 'revoked']),
  madeBy: source,
  createdAt: time,
  expiresAt: time,
  revokedAt: time.nullable(),
  lastUsedAt: time.nullable().describe('To the minute'),
}
const linkShape = z.object(linkFields).meta({ id: 'SetupLink' })
const madeLinkShape = z
  .object({ ...linkFields, url: z.string().describe('Shown this once; Sallyport keeps a hash of its token') })
  .meta({ id: 'MadeSetupLink' })

const example = {
  id: 'setup_k4vq2m7xw3nphz5tb6ay',
  state: 'open' as const,
  madeBy: { by: 'api' as const, tokenId: 'tok_k4vq2m7xw3nphz5tb6ay' },
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-08T12:00:00.000Z',
  revokedAt: null,
  lastUsedAt: null,
}
const madeExample = {
  ...example,
  url: 'https://sso.example/admin/setup/k3VtN0pWc2dXbEhxUzZtYkE1ZlJ1OGp5TzJpRDRxN1FhWm9',
}

/** Links that let somebody without an account set up one connection. */
export const setupLinkOperations: readonly Operation[] = [
  operation({
    tag: 'Set-up links',
    scope: 'connections:read',
    id: 'listSetupLinks',
    method: 'GET',
    path: 'connections/:id/setup-links',
    summary: 'The set-up links of a connection, the newest first; never their addresses',
    params: connectionParams,
    answer: { status: 200, schema: z.object({ items: z.array(linkShape) }), example: { items: [example] } },
    run: async (call) => {
      const links = await listSetupLinks(call.db, await connectionOfLinkCall(call))
      return { body: { items: links.map((link) => shownLink(link, call.now)) } }
    },
  }),
  // Not idempotent: the answer would have to be kept, and the address in it.
  operation({
    tag: 'Set-up links',
    scope: 'connections:write',
    id: 'createSetupLink',
    method: 'POST',
    path: 'connections/:id/setup-links',
    summary: 'Makes a link for the identity provider’s administrator, and shows its address this once',
    params: connectionParams,
    body: linkToMake,
    bodyExample: { expiresInHours: 168 },
    answer: { status: 201, schema: madeLinkShape, example: madeExample },
    problems: ['setup-links-full'],
    run: (call) => makeLink(call),
  }),
  operation({
    tag: 'Set-up links',
    scope: 'connections:write',
    id: 'revokeSetupLink',
    method: 'DELETE',
    path: 'connections/:id/setup-links/:linkId',
    summary: 'Makes a link useless at once',
    params: z.object({ id: idParam, linkId: idParam }),
    answer: { status: 204 },
    run: async (call) => {
      const connection = await connectionOfLinkCall(call)
      const { linkId } = call.params
      if (!(await revokeSetupLink(call.db, connection, linkId, call.now))) throw notFoundProblem()
      await noteChange(call, 'connection.setup-link-revoked', connection, { link: { from: linkId, to: null } })
      return {}
    },
  }),
]

type LinkCall<B = unknown> = Call<{ readonly id: string }, unknown, B>

async function makeLink(call: LinkCall<z.output<typeof linkToMake>>): Promise<Answer> {
  const connection = await connectionOfLinkCall(call)
  const open = (await listSetupLinks(call.db, connection)).filter((link) => stateOf(link, call.now) === 'open')
  if (open.length >= MOST_LINKS) {
    throw new ApiProblem(
      'setup-links-full',
      `The connection has ${MOST_LINKS} open links. Revoke one that nobody needs.`,
    )
  }
  const expiresAt = new Date(call.now.getTime() + call.body.expiresInHours * HOUR_MS)
  const made = { chance: call.world.chance, now: call.now }
  const { link, token } = await insertSetupLink(call.db, connection, { madeBy: call.source, expiresAt }, made)
  await noteChange(call, 'connection.setup-link-made', connection, {
    link: { from: null, to: link.id },
    expiresAt: { from: null, to: expiresAt.toISOString() },
  })
  return { body: { ...shownLink(link, call.now), url: `${call.config.publicUrl}/admin/setup/${token}` } }
}

/** A neighbour's connection is none. */
async function connectionOfLinkCall({ db, environment, params }: LinkCall): Promise<Connection> {
  const found = await findConnection(db, environment.id, params.id as Id<'conn'>)
  if (found === undefined) throw notFoundProblem()
  return found
}

export function stateOf({ revokedAt, expiresAt }: SetupLink, now: Date): 'open' | 'expired' | 'revoked' {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt <= now ? 'expired' : 'open'
}

function shownLink(link: SetupLink, now: Date): z.output<typeof linkShape> {
  const { id, madeBy, createdAt, expiresAt, revokedAt, lastUsedAt } = link
  return {
    ...{ id, madeBy },
    state: stateOf(link, now),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
