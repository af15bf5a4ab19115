/**
 * Who is signed in to the pretend AWS console in which browser. In memory; it owns the cookie.
 */
import { remember } from '../identity-provider/remember.ts'
import type { SandboxSettings } from '../settings.ts'
import { newToken } from '../world.ts'
import type { ConsoleSession } from './judge.ts'

const cookieName = 'sandbox_aws'

export function createConsoleSessions({ clock, chance }: Pick<SandboxSettings, 'clock' | 'chance'>) {
  const sessions = new Map<string, ConsoleSession>()
  return {
    of(cookieHeader: string | undefined): ConsoleSession | undefined {
      const session = sessions.get(readCookie(cookieHeader))
      return session !== undefined && session.expires > clock() ? session : undefined
    },
    /** Answers the Set-Cookie header. */
    open(session: ConsoleSession): string {
      const token = newToken(chance)
      remember(sessions, token, session)
      return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax`
    },
    /** Answers the Set-Cookie header. */
    end(cookieHeader: string | undefined): string {
      sessions.delete(readCookie(cookieHeader))
      return `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`
    },
  }
}

function readCookie(header: string | undefined): string {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(header ?? '')?.[1] ?? ''
}
