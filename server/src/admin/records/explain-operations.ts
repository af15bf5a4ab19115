// Sign-ins in the API: their records, what the home page shows of them, trying one out, and explaining a message. What
// happened is `login`'s and `signin-records`' to say; this folder must not judge any of it.

import { z } from 'zod'
import { type Call, type Operation, operation } from '#admin/operations.ts'
import { demandPace } from '#admin/paces.ts'
import { ApiProblem, invalid } from '#admin/problems.ts'
import { sightOf } from '#admin/records/record-view.ts'
import type { Id } from '#config/world.ts'
import { type ConnectionInPlace, findConnectionInPlace } from '#connections/connections.ts'
import { strictObject } from '#connections/strict-object.ts'
import { expectationsOf, noExpectations } from '#explain/expectations-of.ts'
import { type Expectations, type ExplainedMessage, explainMessage } from '#explain/explain-message.ts'
import { explanationOf } from '#explain/explanation-of.ts'
import { findMessages, LARGEST_INPUT } from '#explain/find-messages.ts'
import { cureAt } from '#explain/provider-words.ts'
import { hidden, hiding, redactedCheck } from '#explain/redaction.ts'
import { showXml } from '#explain/show-xml.ts'
import { decryptionKeysOfPlace } from '#keys/place-keys.ts'

const MOST_MESSAGES = 50
const A_MINUTE = 20

const question = strictObject({
  input: z
    .string()
    .min(1, 'must not be empty')
    .max(LARGEST_INPUT, 'is too large: 8 MiB at most. Record the HAR file anew, from the sign-in page on')
    .describe('XML, a SAMLResponse or SAMLRequest in base64, an address, a form, a page with one, or a HAR file'),
  connectionId: z
    .string()
    .max(60)
    .optional()
    .describe('Judged by this connection; without it nobody’s signature is known'),
})

const explained = z.object({
  where: z.string(),
  kind: z.string().nullable().describe('Response, AuthnRequest, LogoutRequest …; null where it cannot be read'),
  ok: z.boolean().describe('Whether nothing is wrong with what was checked'),
  checks: z.array(
    z.object({
      code: z.string(),
      about: z.string(),
      outcome: z.enum(['passed', 'failed', 'not-reached', 'not-checked']),
      title: z.string(),
      section: z.string().nullable(),
      sentence: z.string().nullable().describe('What is wrong, where it failed'),
      cure: z.string().nullable(),
      cureAtProduct: z.object({ product: z.string(), name: z.string(), sentence: z.string() }).nullable(),
      expected: z.string().nullable(),
      received: z.string().nullable(),
    }),
  ),
  facts: z.array(z.object({ name: z.string(), value: z.string() })).describe('What it says, believed or not'),
  notes: z.array(z.string()).describe('What had to be mended to read it'),
  xml: z.string().nullable(),
})

const report = z
  .object({ items: z.array(explained), redacted: z.boolean().describe('Without the scope records:values') })
  .meta({ id: 'Explanation' })

const example: z.output<typeof report> = {
  items: [
    {
      where: 'the input',
      kind: 'Response',
      ok: false,
      checks: [
        {
          code: 'audience',
          about: 'assertion',
          outcome: 'failed',
          title: 'The assertion is for us',
          section: 'Core 2.5.1.4',
          sentence: 'The assertion was made for another service.',
          cure: 'Set the audience of the application at the identity provider to the expected value, exactly.',
          cureAtProduct: null,
          expected: 'https://sso.example/saml/cnpkkccqsqscnp/metadata',
          received: 'https://old.example',
        },
      ],
      facts: [{ name: 'issuer', value: 'https://idp.acme.example/metadata' }],
      notes: [],
      xml: '<samlp:Response ID="_5e"/>',
    },
  ],
  redacted: false,
}

/** A message that somebody has copied somewhere, judged as a sign-in would judge it. */
export const explainOperations: readonly Operation[] = [
  operation({
    id: 'explainMessage',
    tag: 'Sign-in records',
    scope: 'records:read',
    method: 'POST',
    path: 'explain',
    summary: 'Explains every SAML message in what is given; nothing is signed in, stored or fetched',
    body: question,
    bodyExample: { input: 'PHNhbWxwOlJlc3BvbnNlIC8+', connectionId: 'conn_k4vq2m7xw3nphz5tb6ay' },
    answer: { status: 200, schema: report, example },
    problems: ['message-missing', 'too-many-requests'],
    // In JSON its quotation marks take two.
    bodyLimit: 2 * LARGEST_INPUT,
    ownTransactions: true,
    run: async (call) => {
      demandPace(call, { what: 'explain', most: A_MINUTE })
      const place = await connectionAsked(call)
      const found = findMessages(Buffer.from(call.body.input)).slice(0, MOST_MESSAGES)
      if (found.length === 0) {
        const detail = 'There is no SAML message in the input. Paste a SAMLResponse, its XML, or a HAR file with one.'
        throw new ApiProblem('message-missing', detail)
      }
      const open = sightOf(call.token) === 'values'
      const expectations = await expected(call, place)
      const items = found.map((message) => shown(explainMessage(message, expectations), { place, open, call }))
      return { body: { items, redacted: !open } }
    },
  }),
]

type ExplainCall = Call<unknown, unknown, z.output<typeof question>>

async function connectionAsked({ db, environment, body }: ExplainCall): Promise<ConnectionInPlace | undefined> {
  if (body.connectionId === undefined) return undefined
  const found = await findConnectionInPlace(db, environment.id, body.connectionId as Id<'conn'>)
  if (found === undefined) throw invalid([{ path: 'connectionId', message: 'is no connection of this Environment' }])
  return found
}

async function expected(call: ExplainCall, place: ConnectionInPlace | undefined): Promise<Expectations> {
  const { now, config, database, world, secret } = call
  if (place === undefined) return noExpectations(now)
  const decryptionKeys = await decryptionKeysOfPlace({ db: database, world, secret }, place)
  return expectationsOf(place.connection, { publicUrl: config.publicUrl, decryptionKeys, now })
}

type Manner = {
  readonly place: ConnectionInPlace | undefined
  readonly open: boolean
  readonly call: Pick<ExplainCall, 'config'>
}

function shown(message: ExplainedMessage, { place, open, call }: Manner): z.output<typeof explained> {
  const { where, kind, checks, facts, notes, xml } = message
  const values = facts.flatMap(([, value, personal]) => (personal === undefined ? [] : value.split(', ')))
  const hide = open ? (text: string) => text : hiding(values)
  // Where values stand is only known of what could be read.
  const readable = !checks.some(({ code, outcome }) => outcome === 'failed' && /^(xml-|message-|structure$)/.test(code))
  return {
    where: hide(where),
    kind: kind ?? null,
    ok: !checks.some(({ outcome }) => outcome === 'failed'),
    checks: checks.map((check) => {
      const { code, about, outcome, expected, received } = open ? check : redactedCheck(check, hide)
      const known = explanationOf(code)
      const failed = outcome === 'failed'
      return {
        ...{ code, about, outcome },
        title: known?.title ?? code,
        section: known?.section ?? null,
        sentence: failed ? (known?.sentence ?? null) : null,
        cure: failed ? (known?.cure ?? null) : null,
        cureAtProduct: (failed && place && cureAt(place.connection, code, call.config.publicUrl)) || null,
        expected: expected ?? null,
        received: received ?? null,
      }
    }),
    facts: facts.map(([name, value, personal]) => ({
      name,
      value: open ? value : personal !== undefined ? hidden : hide(value),
    })),
    notes: [...notes],
    xml: xml === undefined || (!open && !readable) ? null : hide(showXml(xml, { redact: !open }).join('\n')),
  }
}
