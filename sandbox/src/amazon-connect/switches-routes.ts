/**
 * The page /amazon-connect and what its buttons do.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formOf, type WithForm } from '../pages/forms.ts'
import { sendPage } from '../pages/pages.ts'
import type { SandboxSettings } from '../settings.ts'
import type { Instance } from './instance.ts'
import { readSwitchesForm } from './switches-form.ts'
import { switchesPage } from './switches-page.ts'

export function switchesRoutes(
  app: FastifyInstance,
  { publicUrl }: Pick<SandboxSettings, 'publicUrl'>,
  instance: Instance,
): void {
  const back = (reply: FastifyReply) => reply.redirect('/amazon-connect', 303)

  app.get('/amazon-connect', (request, reply) => send(request, reply))
  app.post<WithForm>('/amazon-connect', (request, reply) => {
    const read = readSwitchesForm(formOf(request))
    if (typeof read === 'string') return send(request, reply.status(400), read)
    instance.set(read)
    return back(reply)
  })
  app.post('/amazon-connect/reset', (_request, reply) => {
    instance.reset()
    return back(reply)
  })
  app.post('/amazon-connect/end-sessions', (_request, reply) => {
    instance.endAll()
    return back(reply)
  })

  function send(request: FastifyRequest, reply: FastifyReply, problem?: string): FastifyReply {
    const session = instance.sessionOf(request.headers.cookie)
    const page = switchesPage({ publicUrl, switches: instance.switches(), session, ...(problem && { problem }) })
    return sendPage(reply, page)
  }
}
