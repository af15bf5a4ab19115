import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formLimit } from '#http/form.ts'
import { sendPage } from '#http/http.ts'
import { findPlace } from '#login/find-place.ts'
import type { LoginContext } from '#login/login.ts'
import { plainErrorPage, refusedPage, testedPage } from '#login/pages.ts'
import { refuse } from '#login/refuse.ts'
import { clientOf } from '#login/routes.ts'
import { personSentence } from '#login/sentences.ts'
import { SigninRefused } from '#login/signin-refused.ts'
import { SigninTested } from '#login/signin-tested.ts'
import { headerText, SYNC_FAULT_HEADER, syncSentence } from '#login/sync-fault.ts'
import { newReference } from '#signin-records/reference.ts'

/** The one place that turns what was thrown into what a browser sees; the detail stays under the reference. */
export function answerErrors(app: FastifyInstance, ctx: LoginContext): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const found = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? await tooLarge(ctx, error, request) : error
    if (found instanceof SigninTested) return sendPage(reply, 200, testedPage())
    if (found instanceof SigninRefused) return sendRefusal(found, request, reply)
    return sendFault(ctx, found, request, reply)
  })
  app.setNotFoundHandler(async (_request, reply) =>
    sendPage(reply, 404, plainErrorPage('There is nothing here', 'Please check the address.')),
  )
}

/** What is no refused sign-in: a fault of ours, or a request that says nothing. */
export function sendFault(
  ctx: Pick<LoginContext, 'world'>,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const reference = newReference(ctx.world.chance)
  const { statusCode = 500, code } = error
  if (statusCode >= 500) {
    request.log.error({ err: error, reference }, 'request failed')
    const sentence =
      'Something went wrong on our side. Please try again; if it happens once more, tell your administrator the reference.'
    return sendPage(reply, 500, plainErrorPage('That did not work', sentence, reference))
  }
  // The code alone: Fastify's messages repeat addresses.
  request.log.info({ code, reference }, 'request not understood')
  return sendPage(reply, statusCode, plainErrorPage('Not understood', 'This request cannot be answered.', reference))
}

function sendRefusal(refused: SigninRefused, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { reason, reference } = refused
  // Without a record (an unknown ticket is nobody's), the log is where the reference leads.
  const checks = reason === 'ticket' ? { checks: refused.checks } : {}
  request.log.info({ reference, reason, ...checks }, 'sign-in refused')
  const sentence = personSentence(reason)
  const fault = refused.checks.find(({ code, outcome }) => code === 'user-sync' && outcome === 'failed')
  if (fault?.received !== undefined) reply.header(SYNC_FAULT_HEADER, headerText(syncSentence(fault.received)))
  return sendPage(reply, sentence.status, refusedPage(sentence, refused))
}

/** A form over the limit is not read, so there is no RelayState to find its sign-in by; the ticket is in the path. */
async function tooLarge(
  ctx: LoginContext,
  error: FastifyError,
  request: FastifyRequest,
): Promise<FastifyError | SigninRefused> {
  const { ticket } = request.params as { readonly ticket?: string }
  if (ticket === undefined) return error
  const length = request.headers['content-length']
  try {
    const place = await findPlace(ctx, ticket)
    const received = length === undefined ? 'more' : `${length} bytes`
    const expected = `a form of at most ${formLimit} bytes`
    const check = { code: 'message-size', outcome: 'failed', about: 'message', expected, received } as const
    return await refuse(ctx, place, { checks: [check], client: clientOf(request), startedAt: 'identity-provider' })
  } catch (thrown) {
    return thrown as FastifyError | SigninRefused
  }
}
