// Operations beside the Environments: of the portal's own account, of Companies, and of what lies above them. What they
// have in common with the others, operations.ts says; their path is below `/api/v1/`.

import type { z } from 'zod'
import type { Asker, Permit } from '#admin/askers.ts'
import type { Answer, Call, Described } from '#admin/operations.ts'
import type { Scope } from '#admin/tokens/tokens.ts'
import type { SignedIn } from '#administrators/admin-sessions.ts'
import type { Browser } from '#administrators/sign-in.ts'
import type { Company } from '#companies/companies.ts'
import type { Config } from '#config/config.ts'
import type { Id } from '#config/world.ts'
import type { Mailer } from '#mail/mail.ts'

export type OuterCall<P, Q, B> = Omit<Call<P, Q, B>, 'token' | 'source' | 'environment'> & {
  readonly config: Pick<Config, 'publicUrl'>
  readonly mailer: Mailer
  readonly browser: Browser
}

/** What the roles of a call are, by who may make it. */
type Callers = {
  /** Who is not signed in. */
  readonly anybody: unknown
  /** Who is signed in to the portal, with the token of their cookie. */
  readonly administrator: Pick<Call<unknown, unknown, unknown>, 'source'> & {
    readonly signedIn: SignedIn
    readonly cookie: string
  }
  /** Who reaches the Company that the path names, and has the scope there. */
  readonly company: Pick<Call<unknown, unknown, unknown>, 'source'> & {
    readonly company: Company
    readonly permit: Permit
    /** Whether they reach this Environment of it. */
    readonly reaches: (environmentId: Id<'env'>) => boolean
  }
  /** Whoever may see anything; what, the operation asks. */
  readonly asker: Pick<Call<unknown, unknown, unknown>, 'source'> & { readonly asker: Asker }
  /** Operators, and tokens for all Companies, with the scope. */
  readonly everywhere: Pick<Call<unknown, unknown, unknown>, 'source'> & { readonly permit: Permit }
}
export type CallerKind = keyof Callers

export type OuterAnswer = Answer & {
  /** Opens or ends the session of this browser. */
  readonly cookie?: { readonly token: string; readonly expiresAt: Date } | 'none'
}

type DescribedOuter<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Omit<
  Described<P, Q, B>,
  'scope' | 'bodyTypes' | 'idempotent'
> & { readonly scope?: Scope }

export type OuterOperation = DescribedOuter<z.ZodType, z.ZodType, z.ZodType> & {
  readonly of: CallerKind
  readonly run: (call: OuterCall<unknown, unknown, unknown> & Callers[CallerKind]) => Promise<OuterAnswer>
}

/** Ties what `run` receives to who may call, and to the schemas of the operation. */
export function outerOperation<K extends CallerKind, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  of: K,
  described: DescribedOuter<P, Q, B> & {
    readonly run: (call: OuterCall<z.output<P>, z.output<Q>, z.output<B>> & Callers[K]) => Promise<OuterAnswer>
  },
): OuterOperation {
  return { ...described, of } as unknown as OuterOperation
}
