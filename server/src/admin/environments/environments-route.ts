import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { authenticate } from '#admin/authenticate.ts'
import type { AdminContext } from '#admin/operations.ts'
import { listCompanies } from '#companies/companies.ts'
import { listEnvironments } from '#companies/environments.ts'
import { type Route, sendJson } from '#http/http.ts'

export const environmentList = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      company: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
    }),
  ),
})

export const environmentExample = {
  id: 'env_k4vq2m7xw3nphz5tb6ay',
  slug: 'production',
  name: 'Production',
  company: { id: 'comp_k4vq2m7xw3nphz5tb6ay', slug: 'acme', name: 'Acme' },
}

/** Which Environments whoever asks may see: where every program begins. */
export function environmentsRoute(ctx: AdminContext): Route {
  return {
    method: 'GET',
    path: '/api/v1/environments',
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const asker = await authenticate(ctx, request)
      const companies = await listCompanies(ctx.db.read)
      const lists = companies.map(async (company) => {
        const environments = await listEnvironments(ctx.db.read, company.id)
        return environments
          .filter((place) => asker.inEnvironment(place) !== undefined)
          .map((place) => ({ ...place, company }))
      })
      return sendJson(reply, 200, environmentList.parse({ items: (await Promise.all(lists)).flat() }))
    },
  }
}
