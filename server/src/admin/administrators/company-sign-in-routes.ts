// The Company's own single sign-on for its administrators: to its identity provider, and back with a session of the portal.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { adminToken, setAdminCookie } from '#admin/administrators/admin-cookie.ts'
import type { AdminContext } from '#admin/operations.ts'
import { countAttempt } from '#administrators/attempts.ts'
import {
  type AdministratorSignIn,
  enterThroughCompany,
  findAdministratorSignIn,
} from '#administrators/single-sign-on.ts'
import { type Company, findCompany } from '#companies/companies.ts'
import { slug } from '#companies/slug.ts'
import { findConnection } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import { html } from '#http/html.ts'
import { type Route, sendPage, sendTo } from '#http/http.ts'
import { sessionOf } from '#sessions/who-is.ts'

type Context = Pick<AdminContext, 'db' | 'world' | 'config' | 'secret'>
const params = z.object({ company: slug.catch('') })

type Refusal = 'no-single-sign-on' | 'not-signed-in' | 'no-email' | 'not-administrator' | 'too-many-attempts'

const refusals: Readonly<
  Record<Refusal, { readonly status: number; readonly sentence: string; readonly cure: string }>
> = {
  'no-single-sign-on': {
    status: 404,
    sentence: 'There is no single sign-on for administrators at this address.',
    cure: 'Sign in with your password or a passkey, or ask an owner of your Company to set it up.',
  },
  'not-signed-in': {
    status: 403,
    sentence: 'Your company’s sign-in page did not sign you in a moment ago.',
    cure: 'Begin again; allow cookies for this address.',
  },
  'no-email': {
    status: 403,
    sentence: 'Your company’s identity provider did not tell your e-mail address.',
    cure: 'Let it send the address as an attribute, and name that attribute in the Single Sign-On Settings.',
  },
  'not-administrator': {
    status: 403,
    sentence: 'You are signed in at your company, but this address administers nothing here.',
    cure: 'Ask an owner of your Company to invite it.',
  },
  'too-many-attempts': {
    status: 429,
    sentence: 'There were too many attempts from your network.',
    cure: 'Wait ten minutes, and try again.',
  },
}

export function companySignInRoutes(ctx: Context): readonly Route[] {
  const { publicUrl } = ctx.config
  return [
    { method: 'GET', path: '/admin/sso/:company', handler: begin },
    { method: 'GET', path: '/admin/sso/:company/return', handler: comeBack },
  ]

  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await findSignIn(ctx, request)
    if (found === undefined) return refuse(reply, 'no-single-sign-on')
    const start = endpointsOf(publicUrl, found.ticket).ssoRequest
    const done = `${publicUrl}/admin/sso/${found.company.slug}/return`
    return sendTo(reply, `${start}&done=${encodeURIComponent(done)}`)
  }

  async function comeBack(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await findSignIn(ctx, request)
    if (found === undefined) return refuse(reply, 'no-single-sign-on')
    if (!(await countAttempt(ctx.db.write, 'single sign-on from', request.ip, ctx.world.clock())))
      return refuse(reply, 'too-many-attempts')
    const { session, ended } = (await sessionOf(ctx, request, found.signIn.environmentId)) ?? {}
    const userAgent = request.headers['user-agent']
    const client = { address: request.ip, ...(userAgent === undefined ? {} : { userAgent }) }
    const browser = { client, formerToken: adminToken(request, publicUrl) }
    const entered = await enterThroughCompany(ctx, found, ended === undefined ? session : undefined, browser)
    if (entered.outcome !== 'entered') {
      return refuse(reply, entered.outcome, 'email' in entered ? entered.email : undefined)
    }
    const { token, session: opened } = entered.opened
    setAdminCookie(reply, { token, expiresAt: opened.expiresAt }, publicUrl)
    return sendTo(reply, `${publicUrl}/admin`)
  }
}

type Found = { readonly company: Company; readonly signIn: AdministratorSignIn; readonly ticket: string }

/** A Company that does not let its administrators in so looks the same as none. */
async function findSignIn({ db }: Context, request: FastifyRequest): Promise<Found | undefined> {
  const company = await findCompany(db.read, params.parse(request.params).company)
  const signIn = company && (await findAdministratorSignIn(db.read, company.id))
  const connection = signIn && (await findConnection(db.read, signIn.environmentId, signIn.connectionId))
  return company && signIn && connection && { company, signIn, ticket: connection.ticket }
}

function refuse(reply: FastifyReply, code: Refusal, email?: string): FastifyReply {
  const { status, sentence, cure } = refusals[code]
  const body = html`<p>${sentence} ${cure}</p>
${email !== undefined && html`<p>The address is <strong>${email}</strong>.</p>`}
<p><a href="/admin">To the sign-in of the portal</a></p>
<p class="quiet"><code>${code}</code></p>`
  return sendPage(reply, status, { title: 'You are not signed in to the portal', body })
}
