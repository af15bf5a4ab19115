import type { ConnectionSettings } from '#connections/settings.ts'
import { type Attributes, listOf, valuesOf } from '#provisioning/values.ts'

/** What the assertion gives of a person's account; absent and empty attributes give nothing. */
export type Given = {
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly email: string | undefined
  readonly userType: 'platform' | 'site' | undefined
  readonly teams: readonly string[]
  readonly accessProfile: string | undefined
  readonly application: string | undefined
  readonly roles: readonly string[]
}

/** Nobody's name or address is longer, and an index has room for these. A longer value counts as none. */
const LONGEST = 512

type Names = ConnectionSettings['createUsers']['attributes']

/** Reads the attributes that the settings name. An attribute that is not configured gives nothing. */
export function givenBy(attributes: Attributes, names: Names): Given {
  const first = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : valuesOf(attributes, name).find((value) => value.length <= LONGEST)
  const list = (name: string | undefined): readonly string[] => (name === undefined ? [] : listOf(attributes, name))
  return {
    firstName: first(names.firstName),
    lastName: first(names.lastName),
    email: first(names.email),
    userType: userTypeOf(first(names.userType)),
    teams: list(names.team),
    accessProfile: first(names.accessProfile),
    application: first(names.application),
    roles: list(names.role),
  }
}

function userTypeOf(value: string | undefined): Given['userType'] {
  const written = value?.toUpperCase()
  return written === 'PLATFORM' ? 'platform' : written === 'SITE' ? 'site' : undefined
}
