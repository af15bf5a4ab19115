import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const

/** The few files that the service's own pages load, read once. */
export function serveAssets(app: FastifyInstance): void {
  for (const name of ['look.css', 'elements.css', 'sallyport.css', 'submit.js', 'mark.svg'] as const) {
    const body = readFileSync(new URL(`assets/${name}`, import.meta.url))
    const type = types[name.split('.')[1] as keyof typeof types]
    app.get(`/assets/${name}`, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type(type).send(body),
    )
  }
}
