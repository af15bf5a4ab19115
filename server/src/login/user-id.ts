import { uris } from '@sallyport/saml'
import type { ConnectionSettings } from '#connections/settings.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { Person } from '#login/verified-responses.ts'
import { valuesOf } from '#provisioning/values.ts'

/** Core 8.3.7 gives a persistent identifier 256 characters; an index of PostgreSQL has room for these, whatever they are. */
const LONGEST = 512

/** In bytes: what an index of PostgreSQL has room for, beside the connection. */
const LONGEST_KEY = 2000

type Where = Pick<ConnectionSettings, 'userIdLocation' | 'userIdAttribute'>

/**
 * The NameID that somebody is known by whose assertion has no user id, as one text: what it is depends on all its parts
 * (Core 2.2.2, 8.3.7). Undefined where there is none that lasts.
 */
export function lastingNameId({ nameId }: Person): { readonly key: string; readonly value: string } | undefined {
  if (nameId === undefined || nameId.format === uris.nameId.transient || nameId.value.trim() === '') return undefined
  const { format = null, nameQualifier = null, spNameQualifier = null, value } = nameId
  const key = JSON.stringify([format, nameQualifier, spNameQualifier, value])
  return Buffer.byteLength(key) > LONGEST_KEY || value.length > LONGEST ? undefined : { key, value }
}

/** Whether there is no user id at all; several, or one that is too long, is another matter. */
export function lacksUserId(person: Person, settings: Where): boolean {
  return candidates(person, settings).values.length === 0
}

/** The user id of the person, by User Id Location and Attribute for User ID; several values are no identity. */
export function userIdOf(person: Person, settings: Where): { readonly check: AnyCheck; readonly userId?: string } {
  const { expected, values } = candidates(person, settings)
  const [userId, second] = values
  const found = { code: 'user-id', about: 'assertion', expected } as const
  const failed = (received: string) => ({ check: { ...found, outcome: 'failed', received } as const })
  if (userId === undefined) return failed(`no value; the assertion has ${describe(person)}`)
  if (second !== undefined) return failed(`${values.length} values`)
  if (userId.length > LONGEST) return failed(`a value of ${userId.length} characters, of which ${LONGEST} can be kept`)
  return { check: { ...found, outcome: 'passed', received: userId }, userId }
}

function describe(person: Person): string {
  const { format } = person.nameId ?? {}
  const names = person.attributes.map(({ name }) => name)
  const nameId = person.nameId === undefined ? 'no Name ID' : `a Name ID of the format ${format ?? 'unspecified'}`
  return `${nameId} and ${names.length === 0 ? 'no attributes' : `the attributes ${names.join(', ')}`}`
}

function candidates(person: Person, settings: Where): { expected: string; values: readonly string[] } {
  if (settings.userIdLocation === 'subject') {
    const { nameId } = person
    // Core 8.3.8: a transient identifier is another one at every sign-in, so it names nobody.
    const lasting = nameId === undefined || nameId.format === uris.nameId.transient ? [] : [nameId.value]
    return {
      expected: 'a lasting identifier in the Subject (Name ID)',
      values: lasting.filter((value) => value.trim() !== ''),
    }
  }
  const name = settings.userIdAttribute ?? ''
  return { expected: `one value in the attribute ${name}`, values: valuesOf(person.attributes, name) }
}
