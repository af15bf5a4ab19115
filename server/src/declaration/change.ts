// What a plan is made of.

import type { AddressSettings } from '#access/addresses.ts'
import type { Policy, PolicyToSave } from '#access/policies.ts'
import type { Id } from '#config/world.ts'
import type { AmazonConnectSettings } from '#connect/settings.ts'
import type { Connection } from '#connections/connections.ts'
import type { Problem } from '#connections/sources.ts'
import type { Account } from '#declaration/account.ts'
import type { WantedClient, WantedCompany, WantedConnection, WantedEnvironment } from '#declaration/declaration.ts'
import type { FieldChange } from '#declaration/fields.ts'
import type { CompanyState, EnvironmentState } from '#declaration/state.ts'
import type { Client } from '#oauth/clients.ts'
import type { User } from '#users/users.ts'

/** What must be done so that the database says what the declaration says, in the order in which it can be done. */
export type Plan = {
  readonly changes: readonly Change[]
  readonly unchanged: number
  /** What the database has and the file does not name, left alone. */
  readonly unmanaged: readonly string[]
  readonly problems: readonly Problem[]
}

/** A plan that is being made. */
export type Draft = {
  readonly changes: Change[]
  unchanged: number
  readonly unmanaged: string[]
  readonly problems: Problem[]
}

export type Change = {
  /** `company acme`, `connection acme/production/Corporate directory` */
  readonly label: string
  readonly fields: readonly FieldChange[]
} & (
  | CompanyChange
  | EnvironmentChange
  | EntryChange
  | ConnectionChange
  | ClientChange
  | AddressesChange
  | PolicyChange
  | AmazonConnectChange
  | UserChange
)

type CompanyChange =
  | { readonly action: 'add'; readonly subject: 'company'; readonly wanted: WantedCompany }
  | {
      readonly action: 'change'
      readonly subject: 'company'
      readonly current: CompanyState
      readonly wanted: WantedCompany
    }
  | { readonly action: 'remove'; readonly subject: 'company'; readonly current: CompanyState }

type EnvironmentChange =
  | {
      readonly action: 'add'
      readonly subject: 'environment'
      readonly companySlug: string
      readonly wanted: WantedEnvironment
    }
  | {
      readonly action: 'change'
      readonly subject: 'environment'
      readonly current: EnvironmentState
      readonly wanted: WantedEnvironment
    }
  | { readonly action: 'remove'; readonly subject: 'environment'; readonly current: EnvironmentState }

/** Most entries of the directory have nothing but their name, so they are added or removed; a profile has a permission. */
export type EntryChange =
  | { readonly action: 'add'; readonly subject: 'entry'; readonly place: Place; readonly entry: Entry }
  | {
      readonly action: 'remove'
      readonly subject: 'entry'
      readonly environmentId: Id<'env'>
      readonly stored: StoredEntry
    }
  | {
      readonly action: 'change'
      readonly subject: 'entry'
      readonly environmentId: Id<'env'>
      readonly stored: StoredEntry & { readonly kind: 'access profile' }
      readonly userManagement: boolean
    }

export type Entry =
  | { readonly kind: 'team' | 'application'; readonly name: string }
  | { readonly kind: 'access profile'; readonly name: string; readonly userManagement: boolean }
  | { readonly kind: 'role'; readonly application: string; readonly name: string }

export type StoredEntry =
  | { readonly kind: 'team'; readonly id: Id<'team'> }
  | { readonly kind: 'access profile'; readonly id: Id<'prof'> }
  | { readonly kind: 'application'; readonly id: Id<'app'> }
  | { readonly kind: 'role'; readonly id: Id<'role'> }

export type ConnectionChange =
  | {
      readonly action: 'add'
      readonly subject: 'connection'
      readonly place: Place
      readonly position: number
      readonly wanted: WantedConnection
    }
  | {
      readonly action: 'change'
      readonly subject: 'connection'
      readonly current: Connection
      readonly position: number
      readonly wanted: WantedConnection
    }
  | { readonly action: 'remove'; readonly subject: 'connection'; readonly current: Connection }

export type ClientChange =
  | { readonly action: 'add'; readonly subject: 'client'; readonly place: Place; readonly wanted: WantedClient }
  | {
      readonly action: 'change'
      readonly subject: 'client'
      readonly current: Client
      readonly wanted: WantedClient
    }
  | { readonly action: 'remove'; readonly subject: 'client'; readonly current: Client }

/** They are always there, if only by default. */
export type AddressesChange = {
  readonly action: 'change'
  readonly subject: 'addresses'
  readonly place: Place
  readonly wanted: AddressSettings
}

export type PolicyChange =
  | { readonly action: 'add'; readonly subject: 'policy'; readonly place: Place; readonly wanted: PolicyToSave }
  | {
      readonly action: 'change'
      readonly subject: 'policy'
      readonly current: Policy
      readonly wanted: PolicyToSave
    }
  | { readonly action: 'remove'; readonly subject: 'policy'; readonly current: Policy }

export type AmazonConnectChange = { readonly subject: 'amazon-connect'; readonly place: Place } & (
  | { readonly action: 'add' | 'change'; readonly wanted: AmazonConnectSettings }
  | { readonly action: 'remove' }
)

/** Users whom the file does not name are left alone, so none is ever removed. */
export type UserChange =
  | { readonly action: 'add'; readonly subject: 'user'; readonly place: Place; readonly wanted: Account }
  | {
      readonly action: 'change'
      readonly subject: 'user'
      readonly place: Place
      readonly current: User
      readonly wanted: Account
    }

/** An Environment, which may have no id yet. */
export type Place = { readonly companySlug: string; readonly environmentSlug: string }
