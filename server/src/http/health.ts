import { sql } from 'kysely'
import { type Route, sendJson } from '#http/http.ts'
import type { Database } from '#storage/database.ts'

/** `/healthz`: the process answers. `/readyz`: the database does, too, so it may be given work. */
export function healthRoutes({ db }: { readonly db: Database }): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handler: async (_request, reply) => sendJson(reply, 200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      handler: async (request, reply) => {
        try {
          await sql`select 1`.execute(db.read)
          return sendJson(reply, 200, { status: 'ready' })
        } catch (error) {
          request.log.error({ err: error }, 'the database does not answer')
          return sendJson(reply, 503, { status: 'the database does not answer' })
        }
      },
    },
  ]
}
