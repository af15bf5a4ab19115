import { connectionShape, shownConnection } from '#admin/connections/connection-shapes.ts'
import { connectionSettings } from '#connections/settings.ts'

export const connectionToMakeExample = {
  name: 'Corporate directory',
  issuer: 'https://idp.acme.example/metadata',
  thirdPartyAuthenticationUrl: 'https://idp.acme.example/sso',
  userIdLocation: 'attribute',
  userIdAttribute: 'uid',
  createUsers: {
    enabled: true,
    attributes: { firstName: 'givenName', lastName: 'sn', email: 'mail' },
    defaults: { team: 'Agents' },
  },
}

const certificate = {
  subject: 'CN=idp.acme.example',
  issuer: 'CN=idp.acme.example',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2029-01-01T00:00:00.000Z',
  fingerprintSha256: 'A1:5C:90:3E:27:BB:4D:61:08:F2:7A:93:CE:14:55:6F:82:D0:39:E7:1B:A4:CC:70:5E:88:36:F9:02:6D:B7:43',
  keyType: 'RSA 2048',
  pem: '-----BEGIN CERTIFICATE-----\nMIIC…\n-----END CERTIFICATE-----\n',
}
export const certificateExample = certificate

const { name, ...settings } = connectionToMakeExample

export const connectionExample = connectionShape.parse({
  ...shownConnection(
    {
      id: 'conn_k4vq2m7xw3nphz5tb6ay',
      environmentId: 'env_k4vq2m7xw3nphz5tb6ay',
      ticket: 'cnpkkccqsqscnp',
      position: 0,
      state: 'live',
      name,
      settings: connectionSettings.parse({ ...settings, issuerCertificates: ['-'] }),
    },
    { publicUrl: 'https://sso.example', now: new Date('2026-03-01T12:00:00Z') },
  ),
  issuerCertificates: [certificate.pem],
  certificates: [certificate],
  warnings: [],
})
