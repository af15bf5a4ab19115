import type { Readable } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import type { z } from 'zod'
import type { Permit } from '#admin/askers.ts'
import type { Failures } from '#admin/failures.ts'
import type { ProblemCode } from '#admin/problems.ts'
import type { Scope } from '#admin/tokens/tokens.ts'
import type { Environment } from '#companies/environments.ts'
import type { Config } from '#config/config.ts'
import type { Secret } from '#config/secret.ts'
import type { World } from '#config/world.ts'
import type { Mailer } from '#mail/mail.ts'
import type { Database, Handle } from '#storage/database.ts'
import type { Source } from '#users/source.ts'

export type AdminContext = {
  readonly db: Database
  readonly world: World
  /** Encrypts the keys that are made and imported. */
  readonly secret: Secret
  readonly failures: Failures
  readonly config: Pick<Config, 'publicUrl'> & Partial<Pick<Config, 'allowPrivateHosts'>>
  readonly mailer: Mailer
  readonly log?: FastifyBaseLogger
}

/** A request that was understood, and whoever sent it is allowed to. */
export type Call<P, Q, B> = {
  /** For what changes something: the transaction that all of it happens in. */
  readonly db: Handle
  readonly database: Database
  readonly world: World
  readonly secret: Secret
  readonly config: AdminContext['config']
  readonly now: Date
  /** Of whoever asks, in this Environment: a token, or an administrator. */
  readonly token: Permit
  readonly source: Source
  /** Of whoever asks. */
  readonly address: string
  readonly environment: Environment
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The entity tags of If-Match; undefined where the header is absent. */
  readonly ifMatch: readonly string[] | undefined
}

export type Answer = {
  readonly body?: unknown
  /** In place of a body, where the answer goes on. */
  readonly stream?: Readable | undefined
  readonly etag?: string | undefined
  /** The address of what was made, below the Environment: `teams/team_…`. */
  readonly location?: string | undefined
}

export type Described<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  /** Unique; programs made from the document name their functions so. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1/environments/{environmentId}/`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly scope: Scope
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly bodyExample?: unknown
  /** Where the body is a file: its types, with an example of each. */
  readonly bodyTypes?: Readonly<Record<string, string>>
  readonly answer: {
    readonly status: number
    readonly schema?: z.ZodType
    readonly example?: unknown
    /** Where the answer goes on as server-sent events: an example of one. */
    readonly events?: string
  }
  /** Those beside the ones that every operation has. */
  readonly problems?: readonly ProblemCode[]
  /** `needed`: without If-Match nothing is changed (RFC 6585 section 3). */
  readonly ifMatch?: 'needed' | 'possible'
  /** Too long for one transaction; `run` makes its own with `database`. */
  readonly ownTransactions?: boolean
  /** Honours Idempotency-Key. */
  readonly idempotent?: boolean
  /** In bytes, where bodies may be larger than elsewhere. */
  readonly bodyLimit?: number
}

export type Operation = Described<z.ZodType, z.ZodType, z.ZodType> & {
  readonly run: (call: Call<unknown, unknown, unknown>) => Promise<Answer>
}

/** Ties what `run` receives to the schemas of the operation. */
export function operation<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  described: Described<P, Q, B> & {
    readonly run: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer>
  },
): Operation {
  return described as Operation
}
