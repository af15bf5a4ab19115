import { uris } from '@sallyport/saml'
import type { ConnectionSettings } from '#connections/settings.ts'
import type { AnyCheck } from '#login/login-checks.ts'
import type { Person } from '#login/verified-responses.ts'

type Where = Pick<ConnectionSettings, 'userIdLocation' | 'userIdAttribute'>

/** The user id of the person, by User Id Location and Attribute for User ID; several values are no identity. */
export function userIdOf(person: Person, settings: Where): { readonly check: AnyCheck; readonly userId?: string } {
  const { expected, values } = candidates(person, settings)
  const [userId, second] = values
  const found = { code: 'user-id', about: 'assertion', expected } as const
  if (userId !== undefined && second === undefined) {
    return { check: { ...found, outcome: 'passed', received: userId }, userId }
  }
  const received = second === undefined ? `no value; the assertion has ${describe(person)}` : `${values.length} values`
  return { check: { ...found, outcome: 'failed', received } }
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
    return { expected: 'a lasting identifier in the Subject (Name ID)', values: lasting }
  }
  const name = settings.userIdAttribute ?? ''
  return { expected: `one value in the attribute ${name}`, values: valuesOf(person, name) }
}

/** All values of an attribute that are not blank; names are compared exactly. */
export function valuesOf(person: Person, name: string): readonly string[] {
  return person.attributes
    .filter((attribute) => attribute.name === name)
    .flatMap(({ values }) => values)
    .map((value) => value.trim())
    .filter((value) => value !== '')
}
