/**
 * Who is signed in at the identity provider in which browser, and which sign-ins wait for a choice on the page.
 * In memory: a restart forgets both, which is right for a sandbox.
 */
import { type Chance, newToken } from '../world.ts'
import type { Person } from './people.ts'
import type { SignInRequest } from './sign-in-request.ts'

export type BrowserSession = { readonly person: Person; readonly authnInstant: Date }

const cookieName = 'sandbox_idp'
const mostRemembered = 1000

export type BrowserSessions = ReturnType<typeof createBrowserSessions>

export function createBrowserSessions(chance: Chance) {
  const sessions = new Map<string, BrowserSession>()

  return {
    of(cookieHeader: string | undefined): BrowserSession | undefined {
      return sessions.get(readCookie(cookieHeader) ?? '')
    },
    /** Answers the Set-Cookie header. */
    open(session: BrowserSession): string {
      const token = newToken(chance)
      remember(sessions, token, session)
      return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax`
    },
    end(cookieHeader: string | undefined): string {
      sessions.delete(readCookie(cookieHeader) ?? '')
      return `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`
    },
  }
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

export function createPendingSignIns(chance: Chance) {
  const pending = new Map<string, SignInRequest>()

  return {
    /** Answers the id that the page's form carries. */
    add(request: SignInRequest): string {
      const id = newToken(chance)
      remember(pending, id, request)
      return id
    },
    /** Stays after it was answered, so that the browser's back button leads to a page that works. */
    get: (id: string | null) => pending.get(id ?? ''),
  }
}

/** Maps keep the order of insertion: the first key is the oldest. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest)
}

function readCookie(header: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(header ?? '')?.[1]
}
