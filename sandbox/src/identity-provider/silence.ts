/**
 * Never answering, without keeping anything: the connection is held until the other side gives up or the server closes.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'

export function createSilence(app: FastifyInstance): (reply: FastifyReply) => FastifyReply {
  const held = new Set<ServerResponse>()
  app.addHook('preClose', async () => {
    for (const response of held) response.destroy()
  })
  return (reply) => {
    held.add(reply.raw)
    reply.raw.once('close', () => held.delete(reply.raw))
    return reply.hijack()
  }
}
