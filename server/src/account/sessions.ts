// My sessions: where a person is signed in, and logging out there.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { countAll, endAll, endOne } from '#account/end-sessions.ts'
import { type Addresses, addressesOf, findPlace, toSignIn } from '#account/places.ts'
import { explainRefusal, type Reason } from '#account/refusals.ts'
import { endAllPage, foreignEndPage, sessionsPage } from '#account/sessions-page.ts'
import type { Id } from '#config/world.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import { notFound, type Route, sendPage, sendTo } from '#http/http.ts'
import { type EndedCount, endedQuery, readEndedQuery } from '#sessions/ended-words.ts'
import { listSessions } from '#sessions/list.ts'
import { countOpenSessions } from '#sessions/own-sessions.ts'
import type { Session } from '#sessions/sessions.ts'
import { findSessionSettings } from '#sessions/settings.ts'
import { type SessionContext, whoIs } from '#sessions/who-is.ts'

const SHOWN = 100

// What cannot be an id is nobody's session. Some of it no database would take, either.
const form = z.map(z.string(), z.string()).transform((fields) => fields.get('session'))
const sessionId = form.pipe(z.string().regex(/^sess_[a-z2-7]{20}$/))

/** A person in front of one of these pages. */
type Visit = { readonly owner: string; readonly session: Session; readonly addresses: Addresses }

export function accountSessionRoutes(ctx: SessionContext): readonly Route[] {
  const path = '/:company/:environment/account/sessions'
  return [
    { method: 'GET', path, handler: visited(list) },
    { method: 'POST', path: `${path}/end`, handler: visited(end) },
    { method: 'GET', path: `${path}/end-all`, handler: visited(confirm) },
    { method: 'POST', path: `${path}/end-all`, handler: visited(endEvery) },
  ]

  async function list(request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<FastifyReply> {
    return showList(reply, visit, { ended: readEndedQuery(request.query) })
  }

  async function end(request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<FastifyReply> {
    const { session, addresses } = visit
    const { data: id } = sessionId.safeParse(request.body)
    const ended =
      id === undefined ? undefined : await ctx.db.transaction((tx) => endOne(tx, session, id as Id<'sess'>, made()))
    if (ended === undefined) return showList(reply, visit, { refused: 'account-session' })
    const next = id === session.id ? addresses.landingUrl : addresses.sessionsUrl
    return sendTo(reply, `${next}?${endedQuery(ended)}`)
  }

  async function confirm(_request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<FastifyReply> {
    const { owner, session, addresses } = visit
    const count = await countAll(ctx.db.read, session, ctx.world.clock())
    return sendPage(reply, 200, endAllPage({ owner, ...addresses, count }))
  }

  async function endEvery(_request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<FastifyReply> {
    const ended = await ctx.db.transaction((tx) => endAll(tx, visit.session, made()))
    return sendTo(reply, `${visit.addresses.landingUrl}?${endedQuery(ended)}`)
  }

  async function showList(
    reply: FastifyReply,
    { owner, session, addresses }: Visit,
    said: { readonly ended?: EndedCount | undefined; readonly refused?: Reason },
  ): Promise<FastifyReply> {
    const { environmentId, userId } = session
    const now = ctx.world.clock()
    const settings = await findSessionSettings(ctx.db.read, environmentId)
    const query = { userId, state: 'open', limit: SHOWN } as const
    const sessions = (await listSessions(ctx.db.read, environmentId, query, now)).map((listed) => listed.session)
    const open = await countOpenSessions(ctx.db.read, session, { settings, now })
    const more = Math.max(0, open.reduce((sum, { sessions: count }) => sum + count, 0) - sessions.length)
    const status = said.refused === undefined ? 200 : explainRefusal(said.refused).status
    const show = { owner, ...addresses, sessions, more, own: session.id, settings, now, ...said }
    return sendPage(reply, status, sessionsPage(show))
  }

  /** Whoever is not signed in does that first, and a form of another site does nothing. */
  function visited(
    handler: (request: FastifyRequest, reply: FastifyReply, visit: Visit) => Promise<FastifyReply>,
  ): Route['handler'] {
    return async (request, reply) => {
      const place = await findPlace(ctx, request)
      if (place === undefined) return notFound(reply)
      const owner = place.company.name
      const addresses = addressesOf(ctx, place)
      if (request.method === 'POST' && isForeignForm(request, ctx.config.publicUrl)) {
        const { status } = explainRefusal('account-session-foreign')
        return sendPage(reply, status, foreignEndPage(owner, addresses.sessionsUrl))
      }
      const who = await whoIs(ctx, request, place.environment.id)
      if (who === undefined) return toSignIn(reply, addresses, addresses.sessionsUrl)
      return handler(request, reply, { owner, session: who.session, addresses })
    }
  }

  function made() {
    return { chance: ctx.world.chance, now: ctx.world.clock() }
  }
}
