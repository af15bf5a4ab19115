// What a declaration says of an Environment's sessions.

import { strictObject } from '#connections/strict-object.ts'
import { sessionSettings } from '#sessions/settings.ts'

const { limit, ...times } = sessionSettings.shape

/** As `sessionSettings`, with a hint where a key is misspelt. What is left out of it is as by default. */
export const sessionsShape = { ...times, limit: strictObject(limit.unwrap().shape).prefault({}) }

/** Left out as a whole, the settings stay as they are. */
export const sessions = strictObject(sessionsShape).optional()
