/**
 * How a kind of peer is described: what it can be asked for, where it answers, and how it is prepared and run.
 */
import type { PeerCommand } from './peer-process.ts'

export type PeerUrls = {
  readonly entityId: string
  readonly metadataUrl: string
  /** Takes HTTP-Redirect and HTTP-POST. */
  readonly ssoUrl: string
  /** Opened by a person, ends the session here and at the service providers. */
  readonly logoutUrl: string
}

/** What a kind of peer must say of itself. */
export type PeerRecipe = {
  /** Every option with its values, the first of them the default. */
  readonly options: Readonly<Record<string, readonly string[]>>
  readonly login: PeerLogin
  isInstalled(): boolean
  urls(baseUrl: string): PeerUrls
  prepare(setup: PeerSetup): Promise<Omit<PeerCommand, 'readyUrl'>>
}

export type PeerSetup = {
  readonly workFolder: string
  readonly port: number
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly keyPem: string
  readonly certificatePem: string
  readonly usersFile: string
  readonly attributeNames: readonly string[]
  readonly serviceProviderMetadata: readonly string[]
  readonly serviceProviderFiles: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

/** Names of the fields of its sign-in form. */
export type PeerLogin = { readonly userField: string; readonly passwordField: string }
