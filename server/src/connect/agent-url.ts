// The User/Agent URL of an Environment that has an Amazon Connect instance: the agent desktop, for whoever may have it.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import type { Desktop } from '#connect/desktop.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { html } from '#http/html.ts'
import { sendPage, sendTo } from '#http/http.ts'
import { AGAIN, deniedWords, type MayCall, verdicts } from '#sessions/may-call.ts'
import { sessionCookies } from '#sessions/session-cookie.ts'
import { type SessionContext, whoIsAt } from '#sessions/who-is.ts'

export type AgentUrl = (
  request: FastifyRequest,
  reply: FastifyReply,
  place: EnvironmentOfCompany,
) => Promise<FastifyReply | undefined>

/**
 * Undefined where the way in is to be shown instead: the Environment has no instance, or its agents sign in here first
 * and this one has not. A session opens the desktop only where the rules of access let it be used, as everywhere.
 */
export function desktopAtAgentUrl(ctx: SessionContext, desktop: Desktop, mayCall: MayCall): AgentUrl {
  const verdictOf = verdicts(mayCall)
  const { publicUrl } = ctx.config
  return async (request, reply, place) => {
    const settings = await findAmazonConnect(ctx.db.read, place.environment.id)
    if (settings === undefined) return undefined
    const slugs = { companySlug: place.company.slug, environmentSlug: place.environment.slug }
    const at = await whoIsAt(ctx, slugs, sessionCookies(request, publicUrl))
    const user = at?.who?.account.user
    if (at === undefined || user === undefined) {
      return settings.requireSignIn ? undefined : desktop.send(reply, { place, settings, user, mode: 'desktop' })
    }
    const verdict = await verdictOf(at, request.ip)
    if (verdict === 'deny') return sendPage(reply, 403, deniedPage(place))
    if (verdict === 'reauthenticate')
      return sendTo(reply, `${publicUrl}/${slugs.companySlug}/${slugs.environmentSlug}?${AGAIN}`)
    return desktop.send(reply, { place, settings, user, mode: 'desktop' })
  }
}

function deniedPage({ company }: EnvironmentOfCompany) {
  const { code, sentence, cure } = deniedWords
  return {
    title: 'You may not come in from here',
    owner: company.name,
    body: html`<p>${sentence}</p>
<p>${cure}</p>
<p class="reference"><span class="quiet">Code</span> <code>${code}</code></p>`,
  }
}
