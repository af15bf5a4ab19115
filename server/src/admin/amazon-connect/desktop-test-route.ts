// The agent desktop as administrators try it: the same page, told to show each stage of the sign-in. The portal's button
// “Test” opens it.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { askerOfAdministrator } from '#admin/askers.ts'
import { authenticateAdministrator } from '#admin/authenticate.ts'
import type { AdminContext } from '#admin/operations.ts'
import { ApiProblem } from '#admin/problems.ts'
import type { SignedIn } from '#administrators/admin-sessions.ts'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import type { Desktop } from '#connect/desktop.ts'
import { findAmazonConnect } from '#connect/settings.ts'
import { html } from '#http/html.ts'
import { notFound, type Route, sendPage } from '#http/http.ts'

type Context = Pick<AdminContext, 'db' | 'world' | 'config'>

const params = z.object({ company: slug.catch(''), environment: slug.catch('') })

export function desktopTestRoute(ctx: Context, desktop: Pick<Desktop, 'send'>): Route {
  return { method: 'GET', path: '/:company/:environment/desktop-test', handler: test }

  async function test(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const signedIn = await whoIsInPortal(ctx, request)
    if (signedIn === undefined) return sendPage(reply, 401, pageOf(signInFirst(ctx.config.publicUrl)))
    const place = await findTheirs(ctx, request, signedIn)
    if (place === undefined) return notFound(reply)
    const settings = await findAmazonConnect(ctx.db.read, place.environment.id)
    if (settings === undefined) return sendPage(reply, 404, pageOf(notSetUp(ctx.config.publicUrl, place)))
    return desktop.send(reply, { place, settings, user: undefined, mode: 'test' })
  }
}

async function whoIsInPortal(ctx: Context, request: FastifyRequest): Promise<SignedIn | undefined> {
  try {
    return await authenticateAdministrator(ctx, request)
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'not-signed-in') return undefined
    throw error
  }
}

/** The Environment that the address names, where it is theirs to see. */
async function findTheirs(
  { db }: Context,
  request: FastifyRequest,
  signedIn: SignedIn,
): Promise<EnvironmentOfCompany | undefined> {
  const { company, environment } = params.parse(request.params)
  const place = await findEnvironment(db.read, { companySlug: company, environmentSlug: environment })
  const asker = await askerOfAdministrator(db.read, signedIn)
  const permit = place && asker.inEnvironment(place.environment)
  return permit?.scopes.includes('amazon-connect:read') ? place : undefined
}

type Refused = Readonly<Record<'code' | 'title' | 'sentence' | 'cure' | 'link' | 'linkText', string>>

function signInFirst(publicUrl: string): Refused {
  return {
    code: 'not-signed-in',
    title: 'Sign in to the portal first',
    sentence: 'The test of the agent desktop is for administrators, and you are not signed in to the portal.',
    cure: 'Sign in there, then press Test once more.',
    link: `${publicUrl}/admin`,
    linkText: 'To the portal',
  }
}

function notSetUp(publicUrl: string, { company, environment }: EnvironmentOfCompany): Refused {
  return {
    code: 'no-amazon-connect',
    title: 'There is nothing to test yet',
    sentence: `${environment.name} of ${company.name} has no instance of Amazon Connect.`,
    cure: 'Set one up in the portal, then press Test once more.',
    link: `${publicUrl}/admin/${company.slug}/${environment.slug}/amazon-connect`,
    linkText: 'Amazon Connect Integration',
  }
}

function pageOf({ code, title, sentence, cure, link, linkText }: Refused) {
  return {
    title,
    body: html`<p>${sentence}</p>
<p>${cure}</p>
<p class="actions"><a class="button" href="${link}">${linkText}</a></p>
<p class="reference"><span class="quiet">Code</span> <code>${code}</code></p>`,
  }
}
