/**
 * Two OAuth client applications, Media Helper and Tempo, over HTTP: a page each, and what its buttons do. They know where
 * Sallyport is and who they are there, and nothing of the identity provider: whom it lets in, they hear from Sallyport.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formOf, queryOf, type WithForm } from '../pages/forms.ts'
import { sendPage, sendProblem } from '../pages/pages.ts'
import type { SandboxSettings } from '../settings.ts'
import { type AppMemory, type Corner, createAppMemory } from './app-memory.ts'
import { type Application, applications } from './applications.ts'
import { clientPage } from './client-page.ts'
import { type Loopback, openLoopback } from './loopback.ts'
import { type Begun, createRelyingParty, type RelyingParty, type Tokens } from './relying-party.ts'
import { troubleOf } from './trouble.ts'

type Desk = {
  readonly publicUrl: string
  readonly memory: AppMemory
  readonly party: RelyingParty
  /** Those that still wait for an answer, the oldest first. */
  readonly listeners: Set<Loopback>
}

const mostListeners = 20

export function clientAppRoutes(app: FastifyInstance, settings: SandboxSettings): void {
  const { publicUrl, chance } = settings
  const memory = createAppMemory(chance)
  const desk: Desk = { publicUrl, memory, party: createRelyingParty(settings), listeners: new Set() }
  app.addHook('preClose', async () => {
    for (const listener of desk.listeners) listener.close()
  })
  for (const application of applications) routesOf(app, application, desk)
}

function routesOf(app: FastifyInstance, application: Application, desk: Desk): void {
  const { path } = application
  const cornerOf = (request: FastifyRequest): Corner => desk.memory.of(request.headers.cookie, application)
  const back = (reply: FastifyReply, { setCookie }: Corner) => reply.header('set-cookie', setCookie).redirect(path, 303)

  app.get(path, (request, reply) => sendPage(reply, clientPage(application, cornerOf(request).get())))

  app.post<WithForm>(`${path}/sign-in`, async (request, reply) => {
    const chosen = formOf(request).get('client') ?? application.editions[0].clientId
    const edition = application.editions.find(({ clientId }) => clientId === chosen)
    if (edition === undefined) return sendProblem(reply, 400, 'The form was not filled in.')
    const corner = cornerOf(request)
    const url = await beginSignIn(desk, application, corner, edition.clientId)
    return url === undefined ? back(reply, corner) : reply.header('set-cookie', corner.setCookie).redirect(url, 303)
  })

  if (application.answers === 'claimed') {
    app.get(`${path}/callback`, async (request, reply) => {
      const corner = cornerOf(request)
      const { begun } = corner.get()
      // The answer belongs to the browser that asked: somebody else's would sign somebody else in here.
      if (begun === undefined) return sendProblem(reply, 400, 'No sign-in has begun in this browser, or it is over.')
      await finishSignIn(desk, corner, begun, queryOf(request))
      return back(reply, corner)
    })
  }

  const act = (name: string, does: (desk: Desk, corner: Corner, tokens: Tokens) => Promise<void>) =>
    app.post(`${path}/${name}`, async (request, reply) => {
      const corner = cornerOf(request)
      const { tokens } = corner.get()
      if (tokens === undefined) return sendProblem(reply, 400, 'Nobody is signed in to this application here.')
      await does(desk, corner, tokens)
      return back(reply, corner)
    })
  act('refresh', refresh)
  act('userinfo', askWho)
  act('revoke', revoke)
  act('forget', async (_desk, corner) => corner.set({}))
}

/** Answers where the browser goes, or undefined where that did not work, which is then remembered. */
async function beginSignIn(
  desk: Desk,
  application: Application,
  corner: Corner,
  clientId: string,
): Promise<string | undefined> {
  try {
    const listener = application.answers === 'loopback' ? await listen(desk, corner) : undefined
    const redirectUri = listener?.redirectUri ?? `${desk.publicUrl}${application.path}/callback`
    const { begun, url } = await desk.party.begin(clientId, redirectUri)
    corner.set({ ...corner.get(), begun, trouble: undefined, done: undefined })
    return url
  } catch (error) {
    corner.set({ trouble: troubleOf(error, 'Signing in') })
    return undefined
  }
}

/** Its answer is whose state it has: the browser brings no cookie of ours to 127.0.0.1. */
async function listen(desk: Desk, corner: Corner): Promise<Loopback> {
  const { listeners, publicUrl } = desk
  const listener = await openLoopback({
    isOurs: (query) => new URLSearchParams(query).get('state') === corner.get().begun?.state,
    answered: async (query) => {
      const { begun } = corner.get()
      if (begun !== undefined) await finishSignIn(desk, corner, begun, query)
      return `${publicUrl}/media-helper`
    },
    closed: () => listeners.delete(listener),
  })
  listeners.add(listener)
  const [oldest] = listeners
  if (listeners.size > mostListeners) oldest?.close()
  return listener
}

async function finishSignIn({ party }: Desk, corner: Corner, begun: Begun, query: string): Promise<void> {
  // A code is good once, and so is our asking.
  corner.set({ ...corner.get(), begun: undefined })
  try {
    const tokens = await party.finish(begun, query)
    corner.set({ tokens, userInfo: await party.userInfo(tokens), done: 'Signed in.' })
  } catch (error) {
    corner.set({ trouble: troubleOf(error, 'Signing in') })
  }
}

async function refresh({ party }: Desk, corner: Corner, tokens: Tokens): Promise<void> {
  const state = corner.get()
  try {
    corner.set({ ...state, tokens: await party.refresh(tokens), trouble: undefined, done: 'There are new tokens.' })
  } catch (error) {
    corner.set({ ...state, trouble: troubleOf(error, 'Getting new tokens'), done: undefined })
  }
}

async function askWho({ party }: Desk, corner: Corner, tokens: Tokens): Promise<void> {
  const state = corner.get()
  try {
    const done = 'Sallyport answers: the access token is good.'
    corner.set({ ...state, userInfo: await party.userInfo(tokens), trouble: undefined, done })
  } catch (error) {
    corner.set({ ...state, trouble: troubleOf(error, 'Asking who is signed in'), done: undefined })
  }
}

async function revoke({ party }: Desk, corner: Corner, tokens: Tokens): Promise<void> {
  const state = corner.get()
  try {
    await party.revoke(tokens)
    const done = 'The tokens are revoked. They are still kept here, so that you can see what they are good for now.'
    corner.set({ ...state, trouble: undefined, done })
  } catch (error) {
    corner.set({ ...state, trouble: troubleOf(error, 'Revoking'), done: undefined })
  }
}
