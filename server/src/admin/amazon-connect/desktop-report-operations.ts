// What stood in the way of agents at the desktop, in the API. The counting is `connect`'s.

import { z } from 'zod'
import { type Operation, operation } from '#admin/operations.ts'
import { MOST_DAYS, readDesktopReports } from '#connect/desktop-reports.ts'
import { desktopTroubleCodes, desktopTroubles } from '#connect/desktop-troubles.ts'
import { strictObject } from '#connections/strict-object.ts'

const range = `must be from 1 to ${MOST_DAYS}`

const query = strictObject({
  days: z.coerce
    .number(`must be a number from 1 to ${MOST_DAYS}`)
    .int('must be a whole number')
    .min(1, range)
    .max(MOST_DAYS, range)
    .default(7)
    .describe('Of how many days, by UTC; today is one of them'),
})

const desktopReports = z
  .object({
    signIns: z.int().describe('Sign-ins to Amazon Connect that began with a click at the desktop'),
    averageMilliseconds: z.int().nullable().describe('From the click to the desktop; null where nobody signed in'),
    troubles: z
      .array(
        z.object({
          code: z.enum(desktopTroubleCodes),
          title: z.string(),
          count: z.int(),
          cure: z.string().describe('What an administrator does'),
        }),
      )
      .describe('The most frequent first'),
  })
  .meta({ id: 'DesktopReports' })

export const desktopReportOperations: readonly Operation[] = [
  operation({
    tag: 'Amazon Connect',
    scope: 'amazon-connect:read',
    id: 'getDesktopReports',
    method: 'GET',
    path: 'amazon-connect/desktop-reports',
    summary: 'What stood in the way of agents at the desktop, and how long their sign-ins took',
    query,
    answer: {
      status: 200,
      schema: desktopReports,
      example: {
        signIns: 48,
        averageMilliseconds: 2300,
        troubles: [{ code: 'window-blocked', count: 3, ...desktopTroubles['window-blocked'] }],
      },
    },
    run: async ({ db, environment, query: { days }, now }) => {
      const found = await readDesktopReports(db, environment.id, { days, now })
      const { signIns, averageMilliseconds = null } = found
      const troubles = found.troubles.map(({ code, count }) => ({ code, count, ...desktopTroubles[code] }))
      return { body: { signIns, averageMilliseconds, troubles } }
    },
  }),
]
