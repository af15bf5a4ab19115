/**
 * What the applications remember for each browser: the sign-in that has begun, the tokens, what went wrong last. In memory:
 * a restart forgets all, which is right for a sandbox. It knows no page and asks nobody anything.
 */
import type { UserInfoResponse } from 'openid-client'
import { remember } from '../identity-provider/remember.ts'
import { type Chance, newToken } from '../world.ts'
import type { Application } from './applications.ts'
import type { Begun, Tokens } from './relying-party.ts'
import type { Trouble } from './trouble.ts'

/** One application in one browser. */
export type AppState = {
  readonly begun?: Begun | undefined
  readonly tokens?: Tokens | undefined
  readonly userInfo?: UserInfoResponse | undefined
  readonly trouble?: Trouble | undefined
  /** What has just been done, in a sentence. */
  readonly done?: string | undefined
}

/** Of one browser, for one application. */
export type Corner = {
  readonly get: () => AppState
  readonly set: (state: AppState) => void
  /** The Set-Cookie header by which the browser is found again. */
  readonly setCookie: string
}

const cookieName = 'sandbox_apps'

export type AppMemory = ReturnType<typeof createAppMemory>

export function createAppMemory(chance: Chance) {
  const browsers = new Map<string, Map<string, AppState>>()

  return {
    /** Makes one for a browser that has none yet. */
    of(cookieHeader: string | undefined, { path }: Application): Corner {
      const told = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(cookieHeader ?? '')?.[1] ?? ''
      const token = browsers.has(told) ? told : newToken(chance)
      const states = browsers.get(token) ?? new Map<string, AppState>()
      return {
        get: () => states.get(path) ?? {},
        set: (state) => {
          states.set(path, state)
          remember(browsers, token, states)
        },
        setCookie: `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax`,
      }
    },
  }
}
