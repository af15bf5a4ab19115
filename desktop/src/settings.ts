// What the server wrote into the page: see server/src/connect/desktop.ts, which has the other side of this.

export type Person = {
  readonly id: string
  readonly name: string
  /** How Amazon Connect must name this agent; null: that is not compared. */
  readonly agentName: string | null
}

export type DesktopSettings = {
  readonly mode: 'desktop' | 'test'
  readonly company: string
  readonly environment: string
  /** The User/Agent URL. */
  readonly agentUrl: string
  /** Whoever is signed in to Sallyport in this browser. */
  readonly person: Person | null
  readonly needsSession: boolean
  readonly instanceUrl: string
  readonly region: string
  readonly ccpUrl: string
  readonly logoutUrl: string
  readonly singleSignOn: boolean
  /** What the sign-in window opens. */
  readonly signInUrl: string
  readonly autoCloseWindow: boolean
  readonly stuckAfterSeconds: number
}

/** @param text of the page's element `settings` */
export function readSettings(text: string): DesktopSettings {
  return JSON.parse(text) as DesktopSettings
}
