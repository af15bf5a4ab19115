import { z } from 'zod'
import { readMe } from '#admin/administrators/me.ts'
import {
  afterPassword,
  challengeExample,
  codeBody,
  link,
  linkBody,
  me,
  meExample,
  signedIn,
  signedInExample,
  signInBody,
  token,
} from '#admin/administrators/me-shapes.ts'
import { optionsExample, requestOptions, requestResponse, usedExample } from '#admin/administrators/passkey-shapes.ts'
import { type OuterAnswer, type OuterOperation, outerOperation } from '#admin/outer-operations.ts'
import { invalid } from '#admin/problems.ts'
import { acceptLink, readLink } from '#administrators/accept-link.ts'
import { csrfTokenOf, endAdminSession, type OpenedAdminSession } from '#administrators/admin-sessions.ts'
import { signInByCode } from '#administrators/codes.ts'
import { signInByPasskey } from '#administrators/passkey-sign-in.ts'
import { passkeySignInOptions } from '#administrators/passkeys.ts'
import { signInByPassword } from '#administrators/sign-in.ts'
import { strictObject } from '#connections/strict-object.ts'

const tag = 'Signing in to the portal'
const linkParams = z.object({ token })
const passwordProblems = ['password-short', 'password-long', 'password-obvious'] as const

/** The answer that opens a session in the browser. */
export function answerSignedIn({ session, token }: OpenedAdminSession): OuterAnswer {
  return { body: { next: 'done', csrfToken: csrfTokenOf(token) }, cookie: { token, expiresAt: session.expiresAt } }
}

export const meOperations: readonly OuterOperation[] = [
  outerOperation('administrator', {
    id: 'readMe',
    method: 'GET',
    path: 'me',
    tag,
    summary: 'Who is signed in to the portal, and what they may see',
    answer: { status: 200, schema: me, example: meExample },
    run: async (call) => ({ body: await readMe(call) }),
  }),
  outerOperation('anybody', {
    id: 'signIn',
    method: 'POST',
    path: 'me/sign-in',
    tag,
    summary: 'Signs in with a password; where codes are set up, one is asked for next',
    body: signInBody,
    bodyExample: { email: 'grace@acme.example', password: 'several words together' },
    answer: { status: 200, schema: afterPassword, example: signedInExample },
    problems: ['sign-in-refused', 'too-many-attempts', 'foreign-page'],
    ownTransactions: true,
    run: async ({ database, world, secret, body, browser }) => {
      const after = await signInByPassword({ db: database, world, secret }, body, browser)
      return after.next === 'done' ? answerSignedIn(after.opened) : { body: after }
    },
  }),
  outerOperation('anybody', {
    id: 'signInWithCode',
    method: 'POST',
    path: 'me/sign-in/totp',
    tag,
    summary: 'The second step: a code of the authenticator app, or a recovery code',
    body: codeBody,
    bodyExample: { challenge: challengeExample, code: '287082' },
    answer: { status: 200, schema: signedIn, example: signedInExample },
    problems: ['code-wrong', 'challenge-over', 'too-many-attempts', 'foreign-page'],
    ownTransactions: true,
    run: async ({ database, world, secret, body, browser }) => {
      return answerSignedIn(await signInByCode({ db: database, world, secret }, body, browser))
    },
  }),
  outerOperation('anybody', {
    id: 'passkeySignInOptions',
    method: 'POST',
    path: 'me/sign-in/passkey/options',
    tag,
    summary: 'What the browser needs to sign in with a passkey',
    answer: { status: 200, schema: requestOptions, example: { challenge: challengeExample, options: optionsExample } },
    problems: ['too-many-attempts', 'foreign-page'],
    ownTransactions: true,
    run: async ({ database, world, secret, config, address }) => {
      const ctx = { db: database, world, secret, publicUrl: config.publicUrl }
      return { body: await passkeySignInOptions(ctx, address) }
    },
  }),
  outerOperation('anybody', {
    id: 'signInWithPasskey',
    method: 'POST',
    path: 'me/sign-in/passkey',
    tag,
    summary: 'Signs in with a passkey alone',
    body: strictObject({ challenge: token, response: requestResponse }),
    bodyExample: { challenge: challengeExample, response: usedExample },
    answer: { status: 200, schema: signedIn, example: signedInExample },
    problems: ['passkey-refused', 'challenge-over', 'too-many-attempts', 'foreign-page'],
    ownTransactions: true,
    run: async ({ database, world, secret, config, body, browser }) => {
      const ctx = { db: database, world, secret, publicUrl: config.publicUrl }
      return answerSignedIn(await signInByPasskey(ctx, body as never, browser))
    },
  }),
  outerOperation('administrator', {
    id: 'signOut',
    method: 'POST',
    path: 'me/sign-out',
    tag,
    summary: 'Ends the session of this browser',
    answer: { status: 204 },
    problems: ['csrf-token-wrong', 'foreign-page'],
    run: async ({ db, signedIn: { administrator, session } }) => {
      await endAdminSession(db, administrator.id, session.id)
      return { cookie: 'none' }
    },
  }),
  outerOperation('anybody', {
    id: 'readLink',
    method: 'GET',
    path: 'links/:token',
    tag,
    summary: 'What a one-time link is for',
    params: linkParams,
    answer: {
      status: 200,
      schema: link,
      example: {
        purpose: 'invitation',
        email: 'grace@acme.example',
        company: { slug: 'acme', name: 'Acme' },
        hasAccount: false,
      },
    },
    problems: ['link-over', 'too-many-attempts'],
    run: async ({ database, world, secret, params, address }) => {
      const { email, company, ...rest } = await readLink({ db: database, world, secret }, params.token, address)
      return {
        body: { ...rest, ...(email === undefined ? {} : { email }), ...(company === undefined ? {} : { company }) },
      }
    },
  }),
  outerOperation('anybody', {
    id: 'acceptLink',
    method: 'POST',
    path: 'links/:token',
    tag,
    summary: 'Uses a one-time link up: sets the password, or joins the Company, and signs in',
    params: linkParams,
    body: linkBody,
    bodyExample: { name: 'Grace Okafor', password: 'several words together' },
    answer: { status: 200, schema: signedIn, example: signedInExample },
    problems: ['link-over', 'sign-in-first', 'too-many-attempts', 'foreign-page', ...passwordProblems],
    ownTransactions: true,
    run: async ({ database, world, secret, params, body, browser, address }) => {
      const ctx = { db: database, world, secret }
      const { email, hasAccount, purpose } = await readLink(ctx, params.token, address)
      const needed = hasAccount ? [] : ['password', ...(purpose === 'recover' ? [] : ['name'])]
      const missing = [...needed, ...(email === undefined ? ['email'] : [])].filter(
        (field) => body[field as keyof typeof body] === undefined,
      )
      if (missing.length > 0) throw invalid(missing.map((path) => ({ path, message: 'is needed' })))
      return answerSignedIn(await acceptLink(ctx, params.token, body, browser))
    },
  }),
]
