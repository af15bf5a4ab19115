import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type EnvironmentOfCompany, findEnvironment } from '#companies/environments.ts'
import { slug } from '#companies/slug.ts'
import { resolveDone, targetsOf } from '#companies/targets.ts'
import type { Form } from '#http/form.ts'
import { notFound, type Route, sendPage, sendTo } from '#http/http.ts'
import { destinationOf } from '#login/done.ts'
import { landingOf } from '#login/landing-url.ts'
import { resetPassword, sendResetMail } from '#passwords/forgot.ts'
import { formTokenFor, isOurForm } from '#passwords/form-token.ts'
import { HashingBusy, normalized } from '#passwords/hash.ts'
import {
  changedPage,
  forgotPage,
  mailedPage,
  type Notice,
  newPasswordPage,
  passwordPage,
  stoppedPage,
} from '#passwords/pages.ts'
import { PasswordRefused, sentenceOf } from '#passwords/refusal.ts'
import { findReset } from '#passwords/resets.ts'
import { findPasswordSettings } from '#passwords/settings.ts'
import { type PasswordContext, refuseForm, signInByPassword } from '#passwords/sign-in.ts'
import { sessionToken, setSessionCookie } from '#sessions/session-cookie.ts'
import { newReference } from '#signin-records/reference.ts'

// What cannot be a slug names nothing. Some of it no database would take, either.
const params = z.object({ company: slug.catch(''), environment: slug.catch('') })
const single = z.string().optional().catch(undefined)
const query = z.object({ done: single, token: single })

/** Signing in with a password, and choosing another one, where the Environment allows it. */
export function passwordRoutes(ctx: PasswordContext): readonly Route[] {
  const { publicUrl } = ctx.config
  const unsent = new Set<Promise<void>>()
  /** What was promised to people is done before the service stops. */
  const part = (within: FastifyInstance): void => {
    within.addHook('onClose', async () => void (await Promise.all(unsent)))
  }
  const at = (path: string): string => `/:company/:environment/${path}`
  return [
    { method: 'GET', path: at('sign-in'), handler: where(showSignIn), part },
    { method: 'POST', path: at('sign-in'), handler: where(fromOurForm(signIn)), part },
    { method: 'GET', path: at('forgot-password'), handler: where(showForgot), part },
    { method: 'POST', path: at('forgot-password'), handler: where(fromOurForm(forgot)), part },
    { method: 'GET', path: at('reset-password'), handler: where(showReset), part },
    { method: 'POST', path: at('reset-password'), handler: where(fromOurForm(reset)), part },
  ]

  type Asked = {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly place: EnvironmentOfCompany
    readonly form: Form
    readonly done: string | undefined
  }
  type Answer = (asked: Asked) => Promise<FastifyReply> | FastifyReply

  /** The Environment that the path names, where it has passwords, and a `done` that may be followed. */
  function where(answer: Answer): Route['handler'] {
    return async (request, reply) => {
      const { company, environment } = params.parse(request.params)
      const place = await findEnvironment(ctx.db.read, { companySlug: company, environmentSlug: environment })
      if (place === undefined) return notFound(reply)
      const { enabled } = await findPasswordSettings(ctx.db.read, place.environment.id)
      if (!enabled) return sendPage(reply, 404, stoppedPage(place, noPasswords, { page: '', text: 'Sign in' }))
      const form = request.method === 'POST' ? ((request.body as Form | undefined) ?? new Map()) : new Map()
      const done = form.get('done') ?? query.parse(request.query).done
      if (resolveDone(done, targetsOf(place.environment, publicUrl), landingOf(place, publicUrl)) === undefined)
        return sendPage(reply, 400, stoppedPage(place, foreignTarget, { page: 'sign-in', text: 'Sign in' }))
      return answer({ request, reply, place, form, done })
    }
  }

  function fromOurForm(answer: Answer): Answer {
    return async (asked) => {
      const { request, reply, place, form, done } = asked
      if (!isOurForm(ctx, request, form.get('formToken'))) {
        const reference = await refuseForm(ctx, place, { done, client: clientOf(request) })
        return sendPage(
          reply,
          403,
          stoppedPage(place, staleForm, { page: 'sign-in', text: 'Open it again' }, reference),
        )
      }
      try {
        return await answer(asked)
      } catch (error) {
        if (!(error instanceof HashingBusy)) throw error
        request.log.warn('more passwords at once than can be looked at')
        reply.header('retry-after', '10')
        return sendPage(reply, 503, stoppedPage(place, busy, { page: 'sign-in', text: 'Sign in' }))
      }
    }
  }

  function fieldsOf({ request, reply, done }: Asked) {
    return { formToken: formTokenFor(ctx, request, reply), done }
  }

  function showSignIn(asked: Asked): FastifyReply {
    return sendPage(asked.reply, 200, passwordPage(asked.place, fieldsOf(asked)))
  }

  async function signIn(asked: Asked): Promise<FastifyReply> {
    const { request, reply, place, form, done } = asked
    const username = form.get('username') ?? ''
    const signedIn = await signInByPassword(ctx, place, {
      username,
      password: form.get('password') ?? '',
      done,
      client: clientOf(request),
      formerToken: sessionToken(request, place.environment.id, publicUrl),
    })
    if (signedIn.outcome === 'change') {
      const sentence = 'Your password is too old, or somebody else has set it. Please choose a new one.'
      return showNewPassword(asked, signedIn.resetToken, { status: 200, notice: { sentence } })
    }
    if (signedIn.outcome === 'signed-in') {
      setSessionCookie(reply, { ...signedIn.session, token: signedIn.token }, publicUrl)
      return sendTo(reply, destinationOf(place, done, publicUrl))
    }
    const { reference } = signedIn
    request.log.info({ reference }, 'sign-in by password refused')
    const often = signedIn.outcome === 'too-many'
    if (often) reply.header('retry-after', '600')
    const notice = { sentence: often ? tooMany : notRight, reference }
    return sendPage(reply, often ? 429 : 403, passwordPage(place, fieldsOf(asked), { username, notice }))
  }

  function showForgot(asked: Asked): FastifyReply {
    return sendPage(asked.reply, 200, forgotPage(asked.place, fieldsOf(asked)))
  }

  function forgot({ request, reply, place, form }: Asked): FastifyReply {
    const named = { name: (form.get('name') ?? '').trim(), address: request.ip }
    const sent = sendResetMail(ctx, place, named).catch((err: unknown) => {
      request.log.error({ err, reference: newReference(ctx.world.chance) }, 'a mail about a password was not sent')
    })
    unsent.add(sent)
    void sent.finally(() => unsent.delete(sent))
    return sendPage(reply, 200, mailedPage(place))
  }

  async function showReset(asked: Asked): Promise<FastifyReply> {
    const { reply, place, request } = asked
    const token = query.parse(request.query).token ?? ''
    const userId = await findReset(ctx.db.read, place.environment.id, token, ctx.world.clock())
    return userId === undefined ? sendOldLink(reply, place) : showNewPassword(asked, token, { status: 200 })
  }

  async function reset(asked: Asked): Promise<FastifyReply> {
    const { reply, place, form, done } = asked
    const token = form.get('token') ?? ''
    const password = normalized(form.get('password') ?? '')
    const again = normalized(form.get('again') ?? '')
    try {
      await resetPassword(ctx, place, { token, password, again })
    } catch (error) {
      if (!(error instanceof PasswordRefused)) throw error
      const { status, sentence, cure } = sentenceOf(error.fault)
      if (status === 410) return sendOldLink(reply, place)
      if (status === 409)
        return sendPage(
          reply,
          409,
          stoppedPage(place, { title: 'No password here', sentence, cure }, { page: '', text: 'Sign in' }),
        )
      return showNewPassword(asked, token, { status, notice: { sentence: `${sentence} ${cure}` } })
    }
    return sendPage(reply, 200, changedPage(place, done))
  }

  async function showNewPassword(
    asked: Asked,
    token: string,
    { status, notice }: { readonly status: number; readonly notice?: Notice },
  ): Promise<FastifyReply> {
    const { minimumLength } = await findPasswordSettings(ctx.db.read, asked.place.environment.id)
    const fields = { ...fieldsOf(asked), token, minimumLength }
    return sendPage(asked.reply, status, newPasswordPage(asked.place, fields, notice))
  }
}

/** Where people sign in with a password, in Environments that allow it. */
export function passwordUrlOf(
  ctx: Pick<PasswordContext, 'db' | 'config'>,
): (place: EnvironmentOfCompany) => Promise<string | undefined> {
  return async (place) => {
    const { enabled } = await findPasswordSettings(ctx.db.read, place.environment.id)
    return enabled ? `${landingOf(place, ctx.config.publicUrl)}/sign-in` : undefined
  }
}

function sendOldLink(reply: FastifyReply, place: EnvironmentOfCompany): FastifyReply {
  const { status, ...words } = sentenceOf({ code: 'password-link' })
  const page = { title: 'This link is not good any more', ...words }
  return sendPage(reply, status, stoppedPage(place, page, { page: 'forgot-password', text: 'Ask for a new one' }))
}

function clientOf(request: FastifyRequest): { readonly address: string; readonly userAgent?: string } {
  const userAgent = request.headers['user-agent']?.slice(0, 500)
  return { address: request.ip, ...(userAgent === undefined ? {} : { userAgent }) }
}

/** One sentence for everything: it tells nobody whether there is such a person. */
const notRight = 'User name or password are not right, or the account cannot be used now.'
const tooMany = 'There were too many attempts. Please wait ten minutes.'

const noPasswords = {
  title: 'There are no passwords here',
  sentence: 'People sign in through their company.',
  cure: 'Begin at the sign-in page. If you were given a password, tell your administrator.',
}
const foreignTarget = {
  title: 'This link leads somewhere else',
  sentence: 'After sign-in it would take you to a page that does not belong here, so we stopped.',
  cure: 'Please tell whoever gave you the link.',
}
const staleForm = {
  title: 'The page was open too long',
  sentence: 'We could not see that the form came from our own page.',
  cure: 'Open the page again. If that does not help, allow cookies for this address.',
}
const busy = {
  title: 'Please wait a moment',
  sentence: 'Too many people are signing in right now.',
  cure: 'Try again in a few seconds.',
}
