// Applications, as far as signing in knows of them: which one a sign-in was begun for, and what the assertion says of them.

import type { AccessClient } from '#access/request.ts'
import type { Id } from '#config/world.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { Person } from '#login/verified-responses.ts'
import type { Handle } from '#storage/database.ts'

/** Brought by whoever keeps the clients: `login` does not know OAuth. */
export type ClientsOfLogin = {
  /** For which client a sign-in was begun, by the page that it leads to; undefined where for none. */
  readonly askedFor: (
    db: Handle,
    environmentId: Id<'env'>,
    done: string | undefined,
  ) => Promise<AskingClient | undefined>
  /** Those of the ids that clients of the Environment have. */
  readonly known: (db: Handle, environmentId: Id<'env'>, ids: readonly string[]) => Promise<ReadonlySet<string>>
}

export type AskingClient = {
  readonly client: AccessClient
  /** Where the application is told that nothing comes of it. */
  readonly giveUpUrl: string
}

const NAME = 'AuthorizedClientIDs'

/**
 * Genesys Cloud, AuthorizedClientIDs: absent, all clients are allowed; present, those it lists, also if it lists none.
 * Ids are compared exactly, apart from white space around them.
 */
export function authorizedClientIds({ attributes }: Pick<Person, 'attributes'>): readonly string[] | undefined {
  const given = attributes.filter(({ name }) => name === NAME)
  if (given.length === 0) return undefined
  return given.flatMap(({ values }) => values.map((value) => value.trim())).filter((value) => value !== '')
}

/**
 * What is said of clients, for the record; none of it refuses a sign-in. `known`: those of the ids that are clients
 * here. `client`: the one that the sign-in was begun for.
 */
export function clientChecks(
  ids: readonly string[] | undefined,
  { known, client }: { readonly known: ReadonlySet<string>; readonly client: AccessClient | undefined },
): readonly AnyCheck[] {
  if (ids === undefined) return []
  const strange = ids.filter((id) => !known.has(id))
  const allowed = client === undefined ? [] : [allowedCheck(client, ids, known)]
  return [idsCheck(strange), ...allowed]
}

/** So many are shown: an attribute may hold thousands. */
const SHOWN = 20
const LONGEST_SHOWN = 100

function idsCheck(strange: readonly string[]): AnyCheck {
  const check = { code: 'client-ids', about: 'assertion' } as const
  if (strange.length === 0) return { ...check, outcome: 'passed' }
  const shown = strange.slice(0, SHOWN).map((id) => (isQuoted(id) ? `${cut(id)} (has quotation marks)` : cut(id)))
  const more = strange.length > SHOWN ? [`and ${strange.length - SHOWN} more`] : []
  return {
    ...check,
    outcome: 'failed',
    expected: 'ids of clients of this Environment, each in a value of its own, without quotation marks',
    received: [...shown, ...more].join(', '),
  }
}

/** Straight and typographic ones: copied text often has them around what is to be copied. */
function isQuoted(id: string): boolean {
  return /["'`´‘’‚‛“”„‟«»‹›]/u.test(id)
}

function cut(id: string): string {
  return id.length > LONGEST_SHOWN ? `${id.slice(0, LONGEST_SHOWN)}…` : id
}

function allowedCheck(client: AccessClient, ids: readonly string[], known: ReadonlySet<string>): AnyCheck {
  const check = { code: 'client-allowed', about: 'assertion' } as const
  if (ids.includes(client.id)) return { ...check, outcome: 'passed', received: client.id }
  const right = [...new Set(ids)].filter((id) => known.has(id))
  const received = ids.length === 0 ? 'the attribute without a value' : ids.slice(0, SHOWN).map(cut).join(', ')
  return { ...check, outcome: 'failed', expected: attributeWith([...right, client.id]), received }
}

/** The attribute as the identity provider must send it, to the letter. */
export function attributeWith(ids: readonly string[]): string {
  const values = ids.map((id) => `<saml:AttributeValue>${escaped(id)}</saml:AttributeValue>`)
  return `<saml:Attribute Name="${NAME}">${values.join('')}</saml:Attribute>`
}

function escaped(id: string): string {
  return id.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
