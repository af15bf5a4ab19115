/**
 * The demonstration application: a few pages at addresses such as customers have, which ask Sallyport who is signed in.
 * It knows the address of Sallyport and of itself, and nothing of the identity provider.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { demo } from '../demo.ts'
import { sendPage } from '../pages/pages.ts'
import type { SandboxSettings } from '../settings.ts'
import { appPage } from './app-page.ts'
import { askSallyport } from './ask-sallyport.ts'

/** Pages may be opened with `?environment=company/environment` to use another Environment than the default. */
const environmentPattern = /^[a-z0-9-]+\/[a-z0-9-]+$/
const defaultEnvironment = `${demo.company}/${demo.production}`

export function demoAppRoutes(app: FastifyInstance, settings: SandboxSettings): void {
  const show = (heading: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const url = new URL(request.url, settings.publicUrl)
    const environment = environmentOf(url)
    const session = await askSallyport({
      sallyportUrl: settings.sallyportUrl,
      environment,
      cookie: request.headers.cookie,
    })
    const signIn = new URL(`${settings.sallyportUrl}/${environment}`)
    signIn.searchParams.set('done', url.href)
    const page = appPage({ heading, path: url.pathname, environment, session, signInUrl: signIn.href })
    return sendPage(reply, page)
  }

  app.get('/app/', (_request, reply) => reply.redirect('/app/servicedesk/index.jsp', 302))
  app.get('/app/servicedesk/index.jsp', show('Service desk'))
  app.get('/app/pages/TestPage.jsp', show('Test page'))
  app.get<{ Params: { id: string } }>('/app/agileapps/records/detail/cases/:id', (request, reply) =>
    show(`Case ${request.params.id}`)(request, reply),
  )
}

function environmentOf(url: URL): string {
  const asked = url.searchParams.get('environment')
  return asked !== null && environmentPattern.test(asked) ? asked : defaultEnvironment
}
