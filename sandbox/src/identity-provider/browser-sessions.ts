/**
 * Who is signed in at the identity provider in which browser, what each service provider was told of it, and which
 * sign-ins wait for a choice on the page. In memory: a restart forgets all, which is right for a sandbox.
 */
import type { NameId } from '@sallyport/saml'
import { type Chance, newMessageId, newToken } from '../world.ts'
import { nameIdOf, type Person } from './people.ts'
import { remember } from './remember.ts'
import type { SignInRequest } from './sign-in-request.ts'

/** What a service provider was told of a session; single logout names it the same way (Profiles 4.4.4.1). */
export type Told = {
  /** Its entity id: the audience of the assertion. */
  readonly serviceProvider: string
  readonly nameId: NameId
  readonly sessionIndex: string
}

export type BrowserSession = {
  readonly person: Person
  readonly authnInstant: Date
  /** By entity id. */
  readonly told: Map<string, Told>
}

const cookieName = 'sandbox_idp'

export type BrowserSessions = ReturnType<typeof createBrowserSessions>

export function createBrowserSessions(chance: Chance) {
  const sessions = new Map<string, BrowserSession>()

  return {
    of(cookieHeader: string | undefined): BrowserSession | undefined {
      return sessions.get(readCookie(cookieHeader) ?? '')
    },
    /** A person who was here already keeps the session, with a new time; somebody else gets one of their own. */
    open(
      cookieHeader: string | undefined,
      { person, authnInstant }: { readonly person: Person; readonly authnInstant: Date },
    ): { readonly session: BrowserSession; readonly setCookie: string } {
      const known = readCookie(cookieHeader) ?? ''
      const before = sessions.get(known)
      const same = before?.person === person
      const token = same ? known : newToken(chance)
      const session = { person, authnInstant, told: same ? before.told : new Map<string, Told>() }
      if (!same) sessions.delete(known)
      remember(sessions, token, session)
      return { session, setCookie: `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax` }
    },
    /** One SessionIndex for each session and service provider, however often it asks. */
    tell(session: BrowserSession, serviceProvider: string): Told {
      const told = session.told.get(serviceProvider) ?? {
        serviceProvider,
        nameId: nameIdOf(session.person),
        sessionIndex: newMessageId(chance),
      }
      session.told.set(serviceProvider, told)
      return told
    },
    /** Answers the Set-Cookie header. */
    end(cookieHeader: string | undefined): string {
      sessions.delete(readCookie(cookieHeader) ?? '')
      return `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`
    },
    /** Ends the sessions that `isMeant` says, and answers them. */
    endWhere(isMeant: (session: BrowserSession) => boolean): readonly BrowserSession[] {
      const ended = [...sessions].filter(([, session]) => isMeant(session))
      for (const [token] of ended) sessions.delete(token)
      return ended.map(([, session]) => session)
    },
    all: (): readonly BrowserSession[] => [...sessions.values()],
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

function readCookie(header: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(header ?? '')?.[1]
}
