import { uris } from '@sallyport/saml'
import type { ConnectionSettings } from '#connections/settings.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { Person } from '#login/verified-responses.ts'

/** Core 8.3.7 gives a persistent identifier 256 characters; an index of PostgreSQL has room for these, whatever they are. */
const LONGEST = 512

type Where = Pick<ConnectionSettings, 'userIdLocation' | 'userIdAttribute'>

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
    return { expected: 'a lasting identifier in the Subject (Name ID)', values: lasting.filter(isWritten) }
  }
  const name = settings.userIdAttribute ?? ''
  return { expected: `one value in the attribute ${name}`, values: valuesOf(person, name) }
}

/**
 * All values of an attribute that are not blank; names are compared exactly. Only the white space of XML around a value
 * is dropped, as pretty-printers put it there: any other makes another value, and perhaps another person.
 */
export function valuesOf(person: Person, name: string): readonly string[] {
  return person.attributes
    .filter((attribute) => attribute.name === name)
    .flatMap(({ values }) => values)
    .map(unindented)
    .filter(isWritten)
}

// A loop, as `[ \t\r\n]+$` takes a minute for a value with spaces enough inside.
function unindented(value: string): string {
  let [start, end] = [0, value.length]
  while (start < end && ' \t\r\n'.includes(value.charAt(start))) start++
  while (end > start && ' \t\r\n'.includes(value.charAt(end - 1))) end--
  return value.slice(start, end)
}

function isWritten(value: string): boolean {
  return value.trim() !== ''
}
