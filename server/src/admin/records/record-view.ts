// Sign-in records as they are shown: explained, with what was kept beside them, and without values to whoever may not see
// them.

import type { z } from 'zod'
import type { recordDetail, recordSummary } from '#admin/records/record-shapes.ts'
import type { Scope } from '#admin/tokens/tokens.ts'
import type { Secret } from '#config/secret.ts'
import type { Id } from '#config/world.ts'
import { type Connection, listConnections } from '#connections/connections.ts'
import { disarmed } from '#explain/disarm.ts'
import { explanationOf } from '#explain/explanation-of.ts'
import { cureAt } from '#explain/provider-words.ts'
import { stepsOf } from '#explain/record-steps.ts'
import { type Hide, hidden, hiding, redactedCheck, withoutQuery } from '#explain/redaction.ts'
import { showXml } from '#explain/show-xml.ts'
import { person as storedPerson } from '#login/verified-responses.ts'
import { deviceInWords } from '#sessions/device-words.ts'
import { findKeptMessages, type KeptMessage } from '#signin-records/messages.ts'
import { findRecordSettings } from '#signin-records/settings.ts'
import type { RecordedCheck, SigninRecord } from '#signin-records/signin-records.ts'
import type { Handle } from '#storage/database.ts'
import { displayName, findUsersById, type User } from '#users/users.ts'

type Summary = z.output<typeof recordSummary>
type Detail = z.output<typeof recordDetail>

/** `values`: everything. `names`: whom it was about, as far as there is an account. `link`: nothing of the person. */
export type Sight = 'values' | 'names' | 'link'

export function sightOf({ scopes }: { readonly scopes: readonly Scope[] }): Sight {
  return scopes.includes('records:values') ? 'values' : 'names'
}

type About = {
  readonly connections: ReadonlyMap<string, Connection>
  readonly users: ReadonlyMap<string, User>
}

/** What the records speak of, each fetched once. */
async function aboutOf(db: Handle, environmentId: Id<'env'>, records: readonly SigninRecord[]): Promise<About> {
  const connections = await listConnections(db, environmentId)
  const ids = records.flatMap(({ userId }) => (userId === undefined ? [] : [userId]))
  const users = await findUsersById(db, environmentId, ids)
  return {
    connections: new Map(connections.map((one) => [one.id, one])),
    users: new Map(users.map((one) => [one.id, one])),
  }
}

export async function shownRecords(
  db: Handle,
  environmentId: Id<'env'>,
  records: readonly SigninRecord[],
  sight: Sight,
): Promise<readonly Summary[]> {
  const about = await aboutOf(db, environmentId, records)
  return records.map((record) => summaryOf(record, about, sight))
}

function summaryOf(record: SigninRecord, { connections, users }: About, sight: Sight): Summary {
  const { reason, connectionId, userId, details } = record
  const connection = connectionId && connections.get(connectionId)
  const user = sight === 'link' || userId === undefined ? undefined : users.get(userId)
  const { address, userAgent } = details.client
  return {
    reference: record.reference,
    startedAt: record.startedAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString() ?? null,
    outcome: record.outcome,
    reason: reason ?? null,
    sentence: (reason && explanationOf(reason)?.sentence) ?? null,
    test: record.testId !== undefined,
    connection: connection ? { id: connection.id, name: connection.name } : null,
    user: user === undefined ? null : { id: user.id, username: user.username, displayName: displayName(user) },
    subject: sight === 'values' ? (record.subject ?? null) : null,
    startedBy: details.startedAt,
    address: sight === 'link' ? null : address,
    device: userAgent === undefined ? null : deviceInWords(userAgent),
  }
}

type Context = { readonly secret: Secret; readonly publicUrl: string; readonly sight: Sight; readonly now: Date }

const DAY_MS = 24 * 60 * 60 * 1000

export async function shownRecord(
  db: Handle,
  environmentId: Id<'env'>,
  record: SigninRecord,
  { secret, publicUrl, sight, now }: Context,
): Promise<Detail> {
  const about = await aboutOf(db, environmentId, [record])
  const kept = await findKeptMessages(db, environmentId, record.id, { secret })
  const { messageDays } = await findRecordSettings(db, environmentId)
  const person = kept.claims && storedPerson.parse(JSON.parse(kept.claims.text))
  const connection = record.connectionId && about.connections.get(record.connectionId)
  const open = sight === 'values'
  const user = record.userId && about.users.get(record.userId)
  const values = person?.attributes.flatMap((attribute) => attribute.values) ?? []
  const named = user === undefined ? [] : [user.username, user.email, user.firstName, user.lastName, user.federatedId]
  const known = [record.subject, person?.nameId?.value, ...values, ...named]
  const hide: Hide = open ? (text) => text : hiding(known)
  const { details } = record
  const shown = details.checks.map((check) =>
    shownCheck(open ? check : redactedCheck(check, hide), connection, publicUrl),
  )
  const decisive = shown.find(({ code, outcome }) => code === record.reason && outcome === 'failed')
  const last = kept.response ?? kept.request
  return {
    ...summaryOf(record, about, sight),
    userAgent: sight === 'link' ? null : (details.client.userAgent ?? null),
    done: details.done === undefined ? null : open ? details.done : hide(withoutQuery(details.done)),
    redacted: !open,
    cure:
      decisive?.sentence && decisive.cure ? { ...decisive, sentence: decisive.sentence, cure: decisive.cure } : null,
    checks: shown,
    steps: stepsOf(record, { request: kept.request?.at, response: kept.response?.at }).map(
      ({ at, checks, ...step }) => ({ ...step, at: at?.toISOString() ?? null, checks: [...checks] }),
    ),
    answer: answerOf(record, hide),
    request: shownMessage(kept.request, { open, hide, readable: true }),
    response: shownMessage(harmless(record, kept.response, now), { open, hide, readable: isReadable(details.checks) }),
    nameId: person?.nameId === undefined ? null : open ? person.nameId.value : hidden,
    attributes: person?.attributes.map(({ name, values }) => ({ name, values: open ? [...values] : null })) ?? null,
    messagesUntil: last === undefined ? null : new Date(last.at.getTime() + messageDays * DAY_MS).toISOString(),
  }
}

function shownCheck(
  check: RecordedCheck,
  connection: Connection | '' | undefined,
  publicUrl: string,
): Detail['checks'][number] {
  const { code, about, outcome, expected, received } = check
  const known = explanationOf(code)
  const failed = outcome === 'failed'
  return {
    ...{ code, about, outcome },
    title: known?.title ?? code,
    section: known?.section ?? null,
    sentence: failed ? (known?.sentence ?? null) : null,
    cure: failed ? (known?.cure ?? null) : null,
    cureAtProduct: (failed && connection && cureAt(connection, code, publicUrl)) || null,
    expected: expected ?? null,
    received: received ?? null,
  }
}

function answerOf({ details: { answer } }: SigninRecord, hide: Hide): Detail['answer'] {
  if (answer === undefined) return null
  const { issuer, inResponseTo, statusMessage, attributeNames } = answer
  return {
    issuer: issuer ?? null,
    inResponseTo: inResponseTo ?? null,
    statusMessage: statusMessage === undefined ? null : hide(statusMessage),
    attributeNames: [...attributeNames],
  }
}

/** What was taken signs nobody in any more; what was refused may not have been taken. */
function harmless({ outcome }: SigninRecord, message: KeptMessage | undefined, now: Date): KeptMessage | undefined {
  if (message === undefined || outcome === 'signed-in' || outcome === 'tested') return message
  return { ...message, text: disarmed(message.text, { at: message.at, now }) }
}

// Where values stand is only known of what could be read.
function isReadable(checks: readonly RecordedCheck[]): boolean {
  return !checks.some(({ code, outcome }) => outcome === 'failed' && /^(xml-|message-|structure$)/.test(code))
}

function shownMessage(
  message: KeptMessage | undefined,
  { open, hide, readable }: { readonly open: boolean; readonly hide: Hide; readonly readable: boolean },
): Detail['request'] {
  if (message === undefined) return null
  const at = message.at.toISOString()
  if (!open && !readable) return { at, xml: null }
  const xml = showXml(message.text, { redact: !open }).join('\n')
  return { at, xml: hide(xml) }
}
