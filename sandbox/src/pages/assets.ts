/** The few files that pages load, read once. */
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const assets = [
  { name: 'sandbox.css', type: 'text/css; charset=utf-8' },
  { name: 'submit.js', type: 'text/javascript; charset=utf-8' },
  { name: 'location.js', type: 'text/javascript; charset=utf-8' },
  { name: 'mark.svg', type: 'image/svg+xml' },
  { name: 'ccp.js', folder: '../amazon-connect/', type: 'text/javascript; charset=utf-8' },
  { name: 'ccp-agent.js', folder: '../amazon-connect/', type: 'text/javascript; charset=utf-8' },
  { name: 'ccp-panel.js', folder: '../amazon-connect/', type: 'text/javascript; charset=utf-8' },
] as const satisfies readonly { readonly name: string; readonly folder?: string; readonly type: string }[]

export function serveAssets(app: FastifyInstance): void {
  for (const { name, type, ...at } of assets) {
    const folder = 'folder' in at ? at.folder : './'
    const body = readFileSync(new URL(folder + name, import.meta.url))
    app.get(`/assets/${name}`, (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').header('x-content-type-options', 'nosniff').send(body),
    )
  }
}
