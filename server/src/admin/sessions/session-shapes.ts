import { z } from 'zod'
import { cursorText, idParam, limit, text, time } from '#admin/fields.ts'
import { summaryExample } from '#admin/users/user-examples.ts'
import { strictObject } from '#connections/strict-object.ts'
import type { Ending } from '#logout/endings.ts'
import { deviceInWords } from '#sessions/device-words.ts'
import { endings } from '#sessions/ends.ts'
import type { ListedSession } from '#sessions/list.ts'
import { idleEndOf } from '#sessions/own-sessions.ts'
import { endedForAdministrator } from '#sessions/session-words.ts'
import type { SessionSettings } from '#sessions/settings.ts'

const why = z.enum(endings)

const pageQuery = {
  limit,
  cursor: cursorText,
  'filter[state]': z
    .enum(['open', 'ended', 'all'])
    .default('open')
    .describe('Ended ones are kept for 30 days; what has lapsed is ended'),
  'filter[why]': why.optional().describe('Why they ended; with filter[state]=ended or all'),
}

export const userSessionQuery = strictObject(pageQuery)

export const sessionQuery = strictObject({
  ...pageQuery,
  'filter[userId]': idParam.optional(),
  'filter[username]': text(255).optional(),
  'filter[connectionId]': idParam.optional(),
})

export const session = z
  .object({
    id: z.string(),
    user: z.object({ id: z.string(), username: z.string(), displayName: z.string().nullable() }),
    connection: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .describe('Null where the person signed in with a password'),
    device: z.string().describe('Browser and device in words'),
    userAgent: z.string().nullable(),
    address: z.string().nullable(),
    openedAt: time,
    lastSeenAt: time.describe('To about a tenth of the idle time'),
    ends: z
      .object({
        at: time,
        by: z
          .enum(['idle', 'lifetime', 'identity-provider'])
          .describe('What sets the end: nothing being done, the settings, or SessionNotOnOrAfter of the assertion'),
      })
      .nullable()
      .describe('When it ends if nothing more happens; null where it has ended'),
    ended: z.object({ at: time, why, sentence: z.string() }).nullable(),
    authnContext: z.string().nullable(),
    authorizedClientIds: z.array(z.string()).nullable().describe('Null where the assertion said nothing of clients'),
    nameIdFormat: z.string().nullable(),
    sessionIndex: z.string().nullable(),
  })
  .meta({ id: 'Session' })

export const sessionExample: z.output<typeof session> = {
  id: 'sess_k4vq2m7xw3nphz5tb6ay',
  user: { id: summaryExample.id, username: summaryExample.username, displayName: 'Ada Lindqvist' },
  connection: { id: 'conn_k4vq2m7xw3nphz5tb6ay', name: 'Directory' },
  device: 'Firefox on Windows',
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0',
  address: '192.0.2.17',
  openedAt: '2026-03-01T12:00:00.000Z',
  lastSeenAt: '2026-03-01T12:30:00.000Z',
  ends: { at: '2026-03-01T16:30:00.000Z', by: 'idle' },
  ended: null,
  authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  authorizedClientIds: null,
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  sessionIndex: '_a1b2c3',
}

export const endedExample: z.output<typeof session> = {
  ...sessionExample,
  ends: null,
  ended: {
    at: '2026-03-01T13:00:00.000Z',
    why: 'ended-by-administrator',
    sentence: endedForAdministrator('ended-by-administrator'),
  },
}

export function shownSession(listed: ListedSession, settings: SessionSettings): z.output<typeof session> {
  const { session, username, displayName, connectionName, ended } = listed
  const { userId, connectionId, userAgent, expiresAt, expiresWhy } = session
  const idle = idleEndOf(session, settings)
  const ends = { at: (idle ?? expiresAt).toISOString(), by: idle === undefined ? expiresWhy : ('idle' as const) }
  return {
    id: session.id,
    user: { id: userId, username, displayName: displayName ?? null },
    connection: connectionId === undefined ? null : { id: connectionId, name: connectionName ?? '' },
    device: deviceInWords(userAgent),
    userAgent: userAgent ?? null,
    address: session.address ?? null,
    openedAt: session.openedAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    ends: ended === undefined ? ends : null,
    ended: ended === undefined ? null : shownEnd(ended),
    authnContext: session.authnContext ?? null,
    authorizedClientIds: session.authorizedClientIds === undefined ? null : [...session.authorizedClientIds],
    nameIdFormat: listed.nameIdFormat ?? null,
    sessionIndex: listed.sessionIndex ?? null,
  }
}

function shownEnd({ at, why }: NonNullable<ListedSession['ended']>) {
  return { at: at.toISOString(), why, sentence: endedForAdministrator(why) }
}

export const endedCount = z
  .object({
    ended: z.int().describe('How many sessions were ended'),
    told: z.int().describe('Of how many of them an identity provider is told, from server to server'),
  })
  .meta({ id: 'EndedSessions' })

export const ending = z
  .object({
    id: z.string(),
    total: z.int().describe('How many were open when it began'),
    ended: z.int().describe('How many it has ended so far; some may end otherwise meanwhile'),
    startedAt: time.describe('Sessions that were opened later stay'),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'SessionEnding' })

export const endingExample: z.output<typeof ending> = {
  id: 'ending_k4vq2m7xw3nphz5tb6ay',
  total: 12000,
  ended: 4500,
  startedAt: '2026-03-01T12:00:00.000Z',
  finishedAt: null,
}

export function shownEnding({ id, total, ended, startedAt, finishedAt }: Ending): z.output<typeof ending> {
  return { id, total, ended, startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null }
}
