// What hangs on a connection, for whoever is about to remove it.

import { z } from 'zod'
import { idParam } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import { findConnection } from '#connections/connections.ts'
import type { Handle } from '#storage/database.ts'

const use = z.object({
  users: z.int().describe('Who sign in through it; without it they belong to no connection'),
  openSessions: z.int().describe('Those that it opened; they go on'),
})

export const connectionUseOperations: readonly Operation[] = [
  operation({
    tag: 'Connections',
    scope: 'connections:read',
    id: 'getConnectionUse',
    method: 'GET',
    path: 'connections/:id/use',
    summary: 'How many users and open sessions a connection has',
    params: z.object({ id: idParam }),
    answer: { status: 200, schema: use, example: { users: 1200, openSessions: 85 } },
    run: async ({ db, environment, params, now }) => {
      const connection = await findConnection(db, environment.id, params.id as Id<'conn'>)
      if (connection === undefined) throw notFoundProblem()
      return { body: await countUse(db, connection, now) }
    },
  }),
]

async function countUse(
  db: Handle,
  { environmentId, id }: { readonly environmentId: Id<'env'>; readonly id: Id<'conn'> },
  now: Date,
): Promise<z.output<typeof use>> {
  const users = await db
    .selectFrom('users')
    .select((e) => e.fn.countAll().as('count'))
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', id)
    .executeTakeFirst()
  const sessions = await db
    .selectFrom('sessions')
    .select((e) => e.fn.countAll().as('count'))
    .where('environment_id', '=', environmentId)
    .where('connection_id', '=', id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now.getTime())
    .executeTakeFirst()
  return { users: Number(users?.count ?? 0), openSessions: Number(sessions?.count ?? 0) }
}
