import { sweepAdminSessions } from '#administrators/admin-sessions.ts'
import { sweepAttempts } from '#administrators/attempts.ts'
import { sweepChallenges } from '#administrators/challenges.ts'
import { sweepLinks } from '#administrators/links.ts'
import type { Handle } from '#storage/database.ts'

/** Removes what sessions, links, challenges and limits have left behind. */
export async function sweepAdministrators(db: Handle, now: Date): Promise<void> {
  await sweepAdminSessions(db, now)
  await sweepLinks(db, now)
  await sweepChallenges(db, now)
  await sweepAttempts(db, now)
}
