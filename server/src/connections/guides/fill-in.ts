import { type Connection, requestIssuerOf } from '#connections/connections.ts'
import { endpointsOf } from '#connections/endpoints.ts'
import type { BroughtField, Guide, StepCheck, ValueKey } from '#connections/guides/guide.ts'

export type FilledStep = {
  readonly number: number
  readonly title: string
  readonly text: string
  readonly fields: readonly {
    readonly theirLabel: string
    readonly key: ValueKey
    /** Null where the connection sets none. */
    readonly value: string | null
    readonly note: string | null
  }[]
  readonly brings: readonly {
    readonly theirLabel: string
    readonly field: BroughtField
    readonly note: string | null
  }[]
  readonly check: StepCheck | null
}

/** The steps with the values of a connection. */
export function fillIn(guide: Guide, connection: Connection, publicUrl: string): readonly FilledStep[] {
  const values = valuesOf(connection, publicUrl)
  return guide.steps.map(({ title, text, fields = [], brings = [], check = null }, index) => ({
    number: index + 1,
    ...{ title, text, check },
    fields: fields.map(({ theirLabel, value, note = null }) => {
      return { theirLabel, key: value, value: values[value] ?? null, note }
    }),
    brings: brings.map(({ theirLabel, field, note = null }) => ({ theirLabel, field, note })),
  }))
}

export function valuesOf(connection: Connection, publicUrl: string): Readonly<Record<ValueKey, string | undefined>> {
  const endpoints = endpointsOf(publicUrl, connection.ticket)
  const { nameIdFormat, userIdLocation, userIdAttribute, createUsers } = connection.settings
  const { firstName, lastName, email, team, role } = createUsers.attributes
  return {
    entityId: requestIssuerOf(connection, publicUrl),
    acsUrl: endpoints.acs,
    metadataUrl: endpoints.metadata,
    ssoRequestUrl: endpoints.ssoRequest,
    sloUrl: endpoints.slo,
    sloSoapUrl: endpoints.sloSoap,
    nameIdFormat,
    userIdAttribute: userIdLocation === 'attribute' ? userIdAttribute : undefined,
    firstNameAttribute: firstName,
    lastNameAttribute: lastName,
    emailAttribute: email,
    teamAttribute: team,
    roleAttribute: role,
  }
}
