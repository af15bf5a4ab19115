import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EnvironmentOfCompany } from '#companies/environments.ts'
import { sendPage, sendTo } from '#http/http.ts'
import { requestToCarry, type ToCarry } from '#logout/front-channel.ts'
import { type LoggedOut, logOut } from '#logout/log-out.ts'
import type { LogoutContext } from '#logout/logout.ts'
import { carryPage } from '#logout/pages.ts'
import { clearSessionCookie, sessionToken } from '#sessions/session-cookie.ts'

/**
 * Logs the browser out: here first, always, whatever the identity provider does. It ends on `back`, an address of an
 * application that was checked, or on the page that says how it went.
 */
export async function leave(
  ctx: LogoutContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, back }: { readonly place: EnvironmentOfCompany; readonly back: string | undefined },
): Promise<FastifyReply> {
  const { publicUrl } = ctx.config
  const token = sessionToken(request, place.environment.id, publicUrl)
  clearSessionCookie(reply, place.environment.id, publicUrl)
  const done = token === undefined ? { next: 'nothing' as const } : await logOut(ctx, place, { token, done: back })
  if (done.next === 'carry') return sendAway(ctx, reply, done)
  const about = done.next === 'wait' ? `?about=${done.about}` : ''
  return sendTo(reply, back ?? `${landingOf(place, publicUrl)}/logged-out${about}`)
}

async function sendAway(
  ctx: LogoutContext,
  reply: FastifyReply,
  { place, request }: Extract<LoggedOut, { readonly next: 'carry' }>,
): Promise<FastifyReply> {
  try {
    return sendMessage(reply, place, await requestToCarry(ctx, place, request))
  } catch (error) {
    // Here the session has ended, and that is what the person is told. The identity provider was not.
    ctx.log.error({ err: error, connection: place.connection.id }, 'a logout request could not be made')
    return sendTo(reply, `${landingOf(place, ctx.config.publicUrl)}/logged-out?about=${request.relayState}`)
  }
}

export function sendMessage(reply: FastifyReply, place: EnvironmentOfCompany, message: ToCarry): FastifyReply {
  if (message.binding === 'redirect') return sendTo(reply, message.url)
  return sendPage(reply, 200, carryPage(place.company.name, message))
}

export function landingOf({ company, environment }: EnvironmentOfCompany, publicUrl: string): string {
  return `${publicUrl}/${company.slug}/${environment.slug}`
}
