// A sign-in as what went between the browser, Sallyport and the identity provider, for a sequence diagram.

import { explanations } from '@sallyport/saml'
import type { SigninRecord } from '#signin-records/signin-records.ts'

export type Party = 'browser' | 'sallyport' | 'identity-provider'

export type Step = {
  readonly from: Party
  readonly to: Party
  readonly what: string
  /** Undefined where it was not written down. */
  readonly at: Date | undefined
  /** The codes of what was checked then. */
  readonly checks: readonly string[]
}

type Times = { readonly request?: Date | undefined; readonly response?: Date | undefined }

const atStart: readonly string[] = ['ticket', 'connection-live', 'test-open', 'done']
const atReturn: readonly string[] = ['continue-code', 'browser']
const atAnswer: readonly string[] = [
  ...Object.keys(explanations),
  ...['form', 'request-open', 'request-unused', 'assertion-unused', 'assertion-connection'],
]

export function stepsOf(record: SigninRecord, times: Times): readonly Step[] {
  const { details, startedAt, finishedAt } = record
  const codes = [...new Set(details.checks.map(({ code }) => code))]
  const among = (list: readonly string[]): readonly string[] => codes.filter((code) => list.includes(code))
  if (codes.some((code) => code.startsWith('password'))) return passwordSteps(record, codes)
  const began = beginnings[details.startedAt]
  const asked = details.requestBinding !== undefined
  const answered = among(atAnswer)
  // Begun at the identity provider, the page that is asked for comes with the answer.
  const doneWithAnswer = details.startedAt !== 'here'
  const returned = among(atReturn)
  const known = [...atStart, ...atReturn, ...atAnswer]
  const rest = codes.filter((code) => !known.includes(code))
  const start = among(atStart)
  const answer = doneWithAnswer ? [...answered, ...start] : answered
  const steps: readonly (Step | false)[] = [
    { ...began, at: startedAt, checks: doneWithAnswer ? [] : start },
    asked && { ...request, at: times.request ?? startedAt, checks: [] },
    answer.length > 0 && {
      ...response,
      at: times.response ?? (returned.length > 0 ? undefined : finishedAt),
      checks: answer,
    },
    (returned.length > 0 || (rest.length > 0 && details.startedAt !== 'client')) && {
      ...comingBack,
      at: finishedAt,
      checks: returned,
    },
    finishedAt !== undefined && { ...endOf(record), at: finishedAt, checks: rest },
  ]
  return steps.filter((step) => step !== false)
}

const beginnings = {
  here: { from: 'browser', to: 'sallyport', what: 'Asks to sign in' },
  'identity-provider': {
    from: 'browser',
    to: 'identity-provider',
    what: 'Opens the application at the identity provider',
  },
  client: { from: 'browser', to: 'identity-provider', what: 'An application fetches an assertion' },
} as const
const request = { from: 'sallyport', to: 'identity-provider', what: 'AuthnRequest, through the browser' } as const
const response = { from: 'identity-provider', to: 'sallyport', what: 'Response, through the browser' } as const
const comingBack = { from: 'browser', to: 'sallyport', what: 'Comes back with a one-time code' } as const

function endOf({ outcome }: SigninRecord) {
  const what = {
    started: 'Still under way',
    'signed-in': 'Signed in, and on to the page asked for',
    tested: 'The test is done; nobody was signed in',
    refused: 'Refused, with a page that shows the reference',
  }[outcome]
  return { from: 'sallyport', to: 'browser', what } as const
}

function passwordSteps(record: SigninRecord, checks: readonly string[]): readonly Step[] {
  const { startedAt, finishedAt } = record
  const form = {
    from: 'browser',
    to: 'sallyport',
    what: 'Sends user name and password',
    at: startedAt,
    checks,
  } as const
  return finishedAt === undefined ? [form] : [form, { ...endOf(record), at: finishedAt, checks: [] }]
}
