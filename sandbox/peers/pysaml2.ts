/**
 * pysaml2 7 as identity provider: a small server of ours around it (pysaml2/server.py), every signing combination.
 * It owns how our options become its environment; it knows nothing of what the tests do with it.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerRecipe } from './recipe.ts'

const options = {
  sign: ['both', 'assertion', 'response'],
  signatureAlgorithm: ['rsa-sha256', 'rsa-sha512'],
  nameIdFormat: ['persistent', 'transient', 'email', 'unspecified'],
  attributeNameFormat: ['basic', 'uri', 'unspecified'],
  requireSignedRequests: ['no', 'yes'],
  /** To the service provider's encryption certificate, its key wrapped with RSA-OAEP. */
  encrypt: ['none', 'aes256-gcm', 'aes128-gcm', 'aes256-cbc', 'aes128-cbc'],
  /** Refuse unsigned logout messages; its own are always signed. */
  signedLogout: ['yes', 'no'],
  /** How it tells a service provider that a session has ended, if the metadata lists that; else by another. */
  logoutBy: ['soap', 'redirect', 'post'],
} as const

const serverScript = join(import.meta.dirname, 'pysaml2', 'server.py')

export const pysaml2: PeerRecipe = {
  options,
  isInstalled: () => existsSync('/usr/bin/xmlsec1') && existsSync('/usr/lib/python3/dist-packages/saml2/server.py'),
  login: { userField: 'login', passwordField: 'password' },
  urls: (baseUrl) => ({
    entityId: `${baseUrl}/metadata`,
    metadataUrl: `${baseUrl}/metadata`,
    ssoUrl: `${baseUrl}/sso`,
    logoutUrl: `${baseUrl}/logout`,
  }),
  async prepare(setup) {
    await writeFile(join(setup.workFolder, 'key.pem'), setup.keyPem, { mode: 0o600 })
    await writeFile(join(setup.workFolder, 'certificate.pem'), setup.certificatePem)
    return {
      command: '/usr/bin/python3', // Debian's own: its packages are not seen by another Python that comes first on the path
      arguments: [serverScript, ...setup.serviceProviderFiles],
      environment: {
        PORT: String(setup.port),
        WORK_FOLDER: setup.workFolder,
        USERS: setup.usersFile,
        SIGN: setup.options.sign ?? '',
        SIGNATURE_ALGORITHM: setup.options.signatureAlgorithm ?? '',
        NAME_ID_FORMAT: setup.options.nameIdFormat ?? '',
        ATTRIBUTE_NAME_FORMAT: setup.options.attributeNameFormat ?? '',
        REQUIRE_SIGNED_REQUESTS: setup.options.requireSignedRequests ?? '',
        ENCRYPT: setup.options.encrypt ?? '',
        SIGNED_LOGOUT: setup.options.signedLogout ?? '',
        LOGOUT_BY: setup.options.logoutBy ?? '',
        PYTHONDONTWRITEBYTECODE: '1',
        TMPDIR: setup.workFolder,
      },
    }
  },
}
