import type { BodyOf } from '#api/api.tsx'
import type { Listed } from '#api/here.ts'

export type Connection = Listed<'connections'>
export type ConnectionChange = BodyOf<'/api/v1/environments/{environmentId}/connections/{id}', 'patch'>

type Text<T> = { [K in keyof T]: string }
type CreateUsers = Connection['createUsers']

/** What the fields hold: absent is empty, lists are lines or tags. Named as the API names them. */
export type Values = Omit<
  Text<
    Pick<Connection, 'issuer' | 'thirdPartyAuthenticationUrl' | 'requestIssuer' | 'userIdAttribute' | 'nameIdFormat'>
  >,
  never
> &
  Pick<
    Connection,
    | 'name'
    | 'userIdType'
    | 'userIdLocation'
    | 'idpInitiated'
    | 'signRequests'
    | 'requestBinding'
    | 'singleSignOnOnly'
    | 'forceAuthn'
    | 'reauthentication'
    | 'assertionGrant'
    | 'requireSigned'
    | 'dangerouslyAllowSha1'
    | 'dangerouslyAllowCbc'
  > & {
    clockSkewSeconds: number | string
    usernameDomains: string
    issuerCertificates: string[]
    identityProviderMetadataUrl: string
    singleLogout: Pick<Connection['singleLogout'], 'enabled' | 'method' | 'binding'> & {
      url: string
      responseUrl: string
    }
    createUsers: Pick<CreateUsers, 'enabled' | 'onSyncFailure'> & {
      attributes: Text<CreateUsers['attributes']>
      defaults: Text<Omit<CreateUsers['defaults'], 'userType' | 'roles'>> & {
        userType: 'platform' | 'site'
        roles: string[]
      }
    }
  }

const emptied = <T extends object>(record: T): Text<T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value ?? ''])) as Text<T>

export function valuesOf(connection: Connection): Values {
  const { singleLogout, createUsers } = connection
  const { userType, roles, ...defaults } = createUsers.defaults
  return {
    name: connection.name,
    issuer: connection.issuer ?? '',
    thirdPartyAuthenticationUrl: connection.thirdPartyAuthenticationUrl ?? '',
    requestIssuer: connection.requestIssuer ?? '',
    userIdType: connection.userIdType,
    userIdLocation: connection.userIdLocation,
    userIdAttribute: connection.userIdAttribute ?? '',
    usernameDomains: connection.usernameDomains.join('\n'),
    issuerCertificates: [...(connection.issuerCertificates ?? [])],
    identityProviderMetadataUrl: connection.identityProviderMetadataUrl ?? '',
    idpInitiated: connection.idpInitiated,
    signRequests: connection.signRequests,
    requestBinding: connection.requestBinding,
    nameIdFormat: connection.nameIdFormat ?? '',
    singleSignOnOnly: connection.singleSignOnOnly,
    forceAuthn: connection.forceAuthn,
    reauthentication: connection.reauthentication,
    assertionGrant: connection.assertionGrant,
    clockSkewSeconds: connection.clockSkewSeconds,
    requireSigned: connection.requireSigned,
    dangerouslyAllowSha1: connection.dangerouslyAllowSha1,
    dangerouslyAllowCbc: connection.dangerouslyAllowCbc,
    singleLogout: { ...singleLogout, url: singleLogout.url ?? '', responseUrl: singleLogout.responseUrl ?? '' },
    createUsers: {
      enabled: createUsers.enabled,
      onSyncFailure: createUsers.onSyncFailure,
      attributes: emptied(createUsers.attributes),
      defaults: { ...emptied(defaults), userType, roles: [...roles] },
    },
  }
}

const orNull = (text: string) => text.trim() || null

const nulled = <T extends object>(record: T): { [K in keyof T]: string | null } =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, orNull(String(value))])) as never

/** Everything at once: what was emptied is taken away, what another has changed meanwhile the ETag tells. */
export function changeOf(values: Values): NonNullable<ConnectionChange> {
  const { singleLogout, createUsers } = values
  const { userType, roles, ...defaults } = createUsers.defaults
  return {
    ...values,
    issuer: orNull(values.issuer),
    thirdPartyAuthenticationUrl: orNull(values.thirdPartyAuthenticationUrl),
    requestIssuer: orNull(values.requestIssuer),
    userIdAttribute: values.userIdLocation === 'attribute' ? orNull(values.userIdAttribute) : null,
    usernameDomains: values.usernameDomains
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    issuerCertificates: values.issuerCertificates.length === 0 ? null : values.issuerCertificates,
    identityProviderMetadataUrl: orNull(values.identityProviderMetadataUrl),
    nameIdFormat: orNull(values.nameIdFormat),
    clockSkewSeconds: Number(values.clockSkewSeconds),
    singleLogout: { ...singleLogout, ...nulled({ url: singleLogout.url, responseUrl: singleLogout.responseUrl }) },
    createUsers: {
      ...createUsers,
      attributes: nulled(createUsers.attributes),
      defaults: { ...nulled(defaults), userType, roles },
    },
  }
}
