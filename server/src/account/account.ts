/**
 * My account: what a signed-in person sees of their own account, the Personal Settings that they choose themselves, and
 * their sessions (sessions.ts).
 *
 * Owns the pages, their forms and the words of both. Must not know how people sign in, nor what anybody but the person may
 * change.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { choicesOf } from '#account/choices.ts'
import { type AccountToShow, accountPage, foreignFormPage } from '#account/page.ts'
import { addressesOf, findPlace, toSignIn } from '#account/places.ts'
import { explainRefusal, type Reason } from '#account/refusals.ts'
import { type Refused, saveChoices } from '#account/save-choices.ts'
import { accountSessionRoutes } from '#account/sessions.ts'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { isForeignForm } from '#http/foreign-form.ts'
import type { Form } from '#http/form.ts'
import { notFound, type Route, sendPage, sendTo } from '#http/http.ts'
import { type SessionContext, whoIsWithAccount } from '#sessions/who-is.ts'
import type { Account } from '#users/accounts.ts'
import { listFieldSources } from '#users/users.ts'

const query = z.object({ saved: z.string().optional().catch(undefined) })

export function accountRoutes(ctx: SessionContext): readonly Route[] {
  return [
    { method: 'GET', path: '/:company/:environment/account', handler: show },
    { method: 'POST', path: '/:company/:environment/account', handler: save },
    ...accountSessionRoutes(ctx),
  ]

  async function show(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await findPlace(ctx, request)
    if (place === undefined) return notFound(reply)
    const who = await whoIsWithAccount(ctx, request, place.environment.id)
    const addresses = addressesOf(ctx, place)
    if (who === undefined) return toSignIn(reply, addresses, addresses.url)
    const saved = query.parse(request.query).saved !== undefined
    return sendPage(reply, 200, accountPage({ ...(await toShow(place, who.account)), saved }))
  }

  async function save(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const place = await findPlace(ctx, request)
    if (place === undefined) return notFound(reply)
    const addresses = addressesOf(ctx, place)
    const { url } = addresses
    if (isForeignForm(request, ctx.config.publicUrl))
      return sendPage(reply, 403, foreignFormPage(place.company.name, url))
    const who = await whoIsWithAccount(ctx, request, place.environment.id)
    if (who === undefined) return toSignIn(reply, addresses, url)
    const form: Form = request.body instanceof Map ? request.body : new Map()
    const whose = { environmentId: place.environment.id, userId: who.session.userId }
    const saved = await ctx.db.transaction((tx) => saveChoices(tx, whose, form, ctx.world.clock()))
    if (saved === 'nobody') return toSignIn(reply, addresses, url)
    if (saved === 'saved') return sendTo(reply, `${url}?saved=1`)
    return refuse(reply, await toShow(place, saved.account), { why: saved.why, sent: form })
  }

  async function toShow(place: EnvironmentOfCompany, account: Account): Promise<AccountToShow> {
    const sources = await listFieldSources(ctx.db.read, account.user)
    return { owner: place.company.name, ...addressesOf(ctx, place), account, sources, choices: choicesOf(account) }
  }
}

function refuse(
  reply: FastifyReply,
  show: AccountToShow,
  { why, sent }: { readonly why: Refused; readonly sent: Form },
): FastifyReply {
  const reasons: ReadonlyMap<string, Reason> = 'refused' in why ? new Map([['', why.refused]]) : why.notOffered
  const [first = 'account-form'] = reasons.values()
  return sendPage(reply, explainRefusal(first).status, accountPage({ ...show, refused: { sent, reasons } }))
}
