import { z } from 'zod'
import { findAddressSettings } from '#access/addresses.ts'
import { findPolicy, listPolicies, type Policy } from '#access/policies.ts'
import { listDecisions, type RecordedDecision } from '#access/recorded.ts'
import { faultsOfPolicy } from '#access/validate.ts'
import {
  type AccessChange,
  addPolicy,
  changeAddresses,
  changePolicy,
  removePolicy,
} from '#admin/access/access-changes.ts'
import {
  addressesAnswer,
  addressesAnswerExample,
  addressesBody,
  addressesBodyExample,
  decision,
  decisionExample,
  decisionQuery,
  etagOfAddresses,
  etagOfPolicy,
  policy,
  policyChange,
  policyExample,
  policyQuestion,
  policyTextExample,
  policyToMake,
  policyToMakeExample,
  policyVerdict,
  policyVerdictExample,
  recorded,
  recordedExample,
  report,
  reportExample,
  reportQuestion,
  reportQuestionExample,
  shownDecision,
  shownPolicy,
  shownRecorded,
  simulation,
  simulationExample,
} from '#admin/access/access-shapes.ts'
import { reportFor, simulateFor } from '#admin/access/access-trials.ts'
import { idParam, pageOf } from '#admin/fields.ts'
import { type Answer, type Call, type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { changedMeanwhile, demandMatch } from '#admin/serve-operation.ts'
import { timedPage, timedPlace } from '#admin/timed-pages.ts'

const params = z.object({ id: idParam })
const reading = { tag: 'Access', scope: 'access:read' } as const
const writing = { tag: 'Access', scope: 'access:write' } as const
const addressesAnswered = { status: 200, schema: addressesAnswer, example: addressesAnswerExample }

const addresses: readonly Operation[] = [
  operation({
    ...reading,
    id: 'getAllowedAddresses',
    method: 'GET',
    path: 'access/addresses',
    summary: 'Allowed IP Addresses: from where people may come, and which clients may come from everywhere',
    answer: addressesAnswered,
    run: async ({ db, environment, address }) => {
      const settings = await findAddressSettings(db, environment.id)
      return { body: { ...settings, yourAddress: address }, etag: etagOfAddresses(settings) }
    },
  }),
  operation({
    ...writing,
    id: 'changeAllowedAddresses',
    method: 'PUT',
    path: 'access/addresses',
    summary: 'Sets Allowed IP Addresses; what is left out gets its default',
    body: addressesBody,
    bodyExample: addressesBodyExample,
    answer: addressesAnswered,
    problems: ['own-address-missing'],
    ifMatch: 'possible',
    run: async (call) => {
      const { db, environment, address, body, ifMatch } = call
      demandMatch(ifMatch, etagOfAddresses(await findAddressSettings(db, environment.id)))
      const { confirmed, ...settings } = body
      await changeAddresses(db, changeOf(call), settings, { address, confirmed })
      return { body: { ...settings, yourAddress: address }, etag: etagOfAddresses(settings) }
    },
  }),
]

const policies: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listAccessPolicies',
    method: 'GET',
    path: 'access/policies',
    summary: 'Every policy of the Environment, by name; there are 200 at most',
    answer: { status: 200, schema: z.object({ items: z.array(policy) }), example: { items: [policyExample] } },
    run: async ({ db, environment }) => {
      return { body: { items: (await listPolicies(db, environment.id)).map(shownPolicy) } }
    },
  }),
  operation({
    ...reading,
    id: 'getAccessPolicy',
    method: 'GET',
    path: 'access/policies/:id',
    summary: 'One policy, with the ETag that a change must name',
    params,
    answer: { status: 200, schema: policy, example: policyExample },
    run: async ({ db, environment, params }) => answerWith(await findPolicy(db, environment.id, params.id)),
  }),
  operation({
    ...writing,
    id: 'createAccessPolicy',
    method: 'POST',
    path: 'access/policies',
    summary: 'Makes a policy, after it was validated',
    body: policyToMake,
    bodyExample: policyToMakeExample,
    answer: { status: 201, schema: policy, example: policyExample },
    problems: ['policy-refused', 'policies-full', 'value-taken', 'key-reused'],
    idempotent: true,
    run: async (call) => {
      const made = await addPolicy(call.db, changeOf(call), call.body)
      return { ...answerWith(made), location: `access/policies/${made.id}` }
    },
  }),
  operation({
    ...writing,
    id: 'changeAccessPolicy',
    method: 'PATCH',
    path: 'access/policies/:id',
    summary: 'Changes the name, the text or the mode of a policy',
    params,
    body: policyChange,
    bodyExample: { mode: 'enforced' },
    answer: { status: 200, schema: policy, example: { ...policyExample, mode: 'enforced' as const } },
    problems: ['policy-refused', 'value-taken'],
    ifMatch: 'needed',
    run: async (call) => {
      const found = await findCurrent(call)
      const { name = found.name, text = found.text, mode = found.mode } = call.body
      const changed = await changePolicy(call.db, changeOf(call), found, { name, text, mode })
      if (changed === undefined) throw changedMeanwhile()
      return answerWith(changed)
    },
  }),
  operation({
    ...writing,
    id: 'deleteAccessPolicy',
    method: 'DELETE',
    path: 'access/policies/:id',
    summary: 'Removes a policy',
    params,
    answer: { status: 204 },
    ifMatch: 'possible',
    run: async (call) => {
      await removePolicy(call.db, changeOf(call), await findCurrent(call))
      return {}
    },
  }),
]

const trials: readonly Operation[] = [
  operation({
    ...reading,
    id: 'validateAccessPolicy',
    method: 'POST',
    path: 'access/validate',
    summary: 'Whether a policy could be saved; what is wrong, where, and what to do about it',
    body: policyQuestion,
    bodyExample: { text: policyTextExample },
    answer: { status: 200, schema: policyVerdict, example: policyVerdictExample },
    ownTransactions: true,
    run: async ({ body }) => {
      const faults = await faultsOfPolicy(body.text)
      return { body: { ok: faults.length === 0, faults } }
    },
  }),
  operation({
    ...reading,
    id: 'simulateAccess',
    method: 'POST',
    path: 'access/simulate',
    summary: 'What would be decided of a person, a client, an address and a time, and why',
    body: simulation,
    bodyExample: simulationExample,
    answer: { status: 200, schema: decision, example: decisionExample },
    problems: ['policy-refused'],
    ownTransactions: true,
    run: async ({ db, environment, body, now }) => {
      return { body: shownDecision(await simulateFor(db, environment.id, body, now)) }
    },
  }),
  operation({
    ...reading,
    id: 'reportAccess',
    method: 'POST',
    path: 'access/report',
    summary: 'Who would lose or gain what by a draft: replays the newest decisions on it',
    body: reportQuestion,
    bodyExample: reportQuestionExample,
    answer: { status: 200, schema: report, example: reportExample },
    problems: ['policy-refused'],
    ownTransactions: true,
    run: async ({ db, environment, body }) => ({ body: await reportFor(db, environment.id, body) }),
  }),
  operation({
    ...reading,
    id: 'listAccessDecisions',
    method: 'GET',
    path: 'access/decisions',
    summary: 'What was decided in the last 30 days, the newest first; the newest 10,000 at most',
    query: decisionQuery,
    answer: { status: 200, schema: pageOf(recorded), example: { items: [recordedExample], next: null } },
    run: async ({ db, environment, query }) => {
      const sort = '-at'
      const found = await listDecisions(db, environment.id, {
        userId: query['filter[userId]'],
        effect: query['filter[effect]'],
        after: timedPlace(sort, query.cursor),
        limit: query.limit + 1,
      })
      const place = ({ at, id }: RecordedDecision) => ({ at, id })
      return { body: timedPage(found, { sort, limit: query.limit, place, shown: shownRecorded }) }
    },
  }),
]

/** Who may come in from where, and under which conditions. */
export const accessOperations: readonly Operation[] = [...addresses, ...policies, ...trials]

type One = Pick<Call<{ readonly id: string }, unknown, unknown>, 'db' | 'environment' | 'params' | 'ifMatch'>

async function findCurrent({ db, environment, params, ifMatch }: One): Promise<Policy> {
  const found = await findPolicy(db, environment.id, params.id)
  if (found === undefined) throw notFoundProblem()
  demandMatch(ifMatch, etagOfPolicy(found))
  return found
}

function answerWith(found: Policy | undefined): Answer {
  if (found === undefined) throw notFoundProblem()
  return { body: shownPolicy(found), etag: etagOfPolicy(found) }
}

function changeOf({ environment, source, world, now }: Call<unknown, unknown, unknown>): AccessChange {
  return { environmentId: environment.id, source, world, now }
}
