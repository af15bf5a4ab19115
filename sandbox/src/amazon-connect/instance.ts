/**
 * The pretend Amazon Connect instance: how it is set, and who is signed in to it in which browser. In memory. It owns the
 * instance's session and its cookie; how somebody came to have one is told to it.
 */
import { remember } from '../identity-provider/remember.ts'
import type { SandboxSettings } from '../settings.ts'
import { newToken } from '../world.ts'
import { type AmazonConnectSwitches, firstSwitches } from './switches.ts'

export type ConnectSession = { readonly username: string; readonly expires: Date }

export type Instance = ReturnType<typeof createInstance>

const cookieName = 'sandbox_connect'
const hour = 60 * 60 * 1000

export function createInstance({ clock, chance, sallyportUrl, amazonConnect }: SandboxSettings) {
  const first = firstSwitches(sallyportUrl, amazonConnect)
  const sessions = new Map<string, ConnectSession>()
  let switches = first

  const cookie = (value: string) =>
    `${cookieName}=${value}; Path=/; HttpOnly; ${switches.crossSite ? 'SameSite=None; Secure' : 'SameSite=Lax'}`

  return {
    switches: () => switches,
    set(changed: AmazonConnectSwitches): void {
      switches = changed
    },
    reset(): void {
      switches = first
    },
    /** Compared letter for letter, as Amazon Connect does. */
    knows: (username: string): boolean => switches.users.includes(username),
    /** Undefined too where the ten hours are over, even in the middle of a call. */
    sessionOf(cookieHeader: string | undefined): ConnectSession | undefined {
      const session = sessions.get(readCookie(cookieHeader))
      return session !== undefined && session.expires > clock() ? session : undefined
    },
    /** Answers the Set-Cookie header. */
    open(username: string): string {
      const token = newToken(chance)
      const expires = new Date(clock().getTime() + switches.sessionHours * hour)
      remember(sessions, token, { username, expires })
      return cookie(token)
    },
    /** Answers the Set-Cookie header. */
    end(cookieHeader: string | undefined): string {
      sessions.delete(readCookie(cookieHeader))
      return `${cookie('')}; Max-Age=0`
    },
    endAll: (): void => sessions.clear(),
  }
}

function readCookie(header: string | undefined): string {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(header ?? '')?.[1] ?? ''
}
