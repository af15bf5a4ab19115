// Amazon Connect Integration in the API: the settings of an Environment's instance. What they mean is `connect`'s.

import {
  changeAmazonConnect,
  etagOfConnect,
  forgetAmazonConnect,
} from '#admin/amazon-connect/amazon-connect-changes.ts'
import {
  amazonConnectAnswer,
  amazonConnectAnswerExample,
  amazonConnectExample,
  shownAmazonConnect,
} from '#admin/amazon-connect/amazon-connect-shapes.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { demandMatch } from '#admin/serve-operation.ts'
import { findEnvironmentById } from '#companies/environments.ts'
import type { ConnectWarning } from '#connect/read-instance.ts'
import {
  type AmazonConnectSettings,
  findAmazonConnect,
  holdAmazonConnect,
  typedAmazonConnect,
} from '#connect/settings.ts'

const reading = { tag: 'Amazon Connect', scope: 'amazon-connect:read' } as const
const writing = { tag: 'Amazon Connect', scope: 'amazon-connect:write' } as const
const answer = { status: 200, schema: amazonConnectAnswer, example: amazonConnectAnswerExample }

export const amazonConnectOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'getAmazonConnect',
    method: 'GET',
    path: 'amazon-connect',
    summary: 'The instance of Amazon Connect and how agents are signed in to it; the addresses that AWS must know',
    answer,
    run: async (call) => answerWith(call, await findAmazonConnect(call.db, call.environment.id)),
  }),
  operation({
    ...writing,
    id: 'changeAmazonConnect',
    method: 'PUT',
    path: 'amazon-connect',
    summary: 'Sets the instance of Amazon Connect; what is left out gets its default',
    body: typedAmazonConnect,
    bodyExample: amazonConnectExample,
    answer,
    ifMatch: 'possible',
    run: async (call) => {
      await demandCurrent(call)
      const { settings, warnings } = await changeAmazonConnect(call.db, changeOf(call), call.body)
      return answerWith(call, settings, warnings)
    },
  }),
  operation({
    ...writing,
    id: 'removeAmazonConnect',
    method: 'DELETE',
    path: 'amazon-connect',
    summary: 'Forgets the instance of Amazon Connect; agents find no desktop any more',
    answer: { status: 204 },
    ifMatch: 'possible',
    run: async (call) => {
      await demandCurrent(call)
      await forgetAmazonConnect(call.db, changeOf(call))
      return {}
    },
  }),
]

type One = Call<unknown, unknown, unknown>

/** One after the other, or two that change the same state would both find it as they knew it. */
async function demandCurrent({ db, environment, ifMatch }: One): Promise<void> {
  await holdAmazonConnect(db, environment.id)
  demandMatch(ifMatch, etagOfConnect(await findAmazonConnect(db, environment.id)))
}

async function answerWith(
  { db, environment, config, now }: One,
  settings: AmazonConnectSettings | undefined,
  taken?: readonly ConnectWarning[],
): Promise<Answer> {
  const place = await findEnvironmentById(db, environment.id)
  if (place === undefined) throw notFoundProblem()
  const body = shownAmazonConnect(settings, place, { publicUrl: config.publicUrl, now }, taken)
  return { body, etag: etagOfConnect(settings) }
}

function changeOf({ environment, source, world, now }: One) {
  return { environmentId: environment.id, source, world, now }
}
