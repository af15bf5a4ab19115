/**
 * LemonLDAP::NG 2.16 as identity provider: its portal on plackup, its demonstration accounts replaced by our people.
 * It owns the configuration that makes a portal of it; it knows nothing of what the tests do with it.
 */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PeerRecipe, PeerSetup } from './recipe.ts'

const options = {
  /** Its assertions are always signed; the response around them when asked. */
  sign: ['both', 'assertion'],
  /** With rsa-sha512 its digests are xmldsig-more#sha384. */
  signatureAlgorithm: ['rsa-sha256', 'rsa-sha512'],
  /**
   * For requests that name no format. With `unspecified` the value is the person's name, also for a request that names
   * one; a persistent NameID is empty unless the request has a NameIDPolicy with AllowCreate.
   */
  nameIdFormat: ['unspecified', 'persistent', 'transient', 'email'],
  requireSignedRequests: ['no', 'yes'],
  /** To the service provider's encryption certificate; always with AES-128-CBC. */
  encrypt: ['none', 'assertion', 'nameid'],
  /** Sign logout messages, and refuse unsigned ones. */
  signedLogout: ['yes', 'no'],
  /** How it tells a service provider that a session has ended: as the metadata lists first, or by this one if listed. */
  logoutBy: ['listed', 'redirect', 'post', 'soap'],
} as const

const portalScript = join(import.meta.dirname, 'lemonldap-ng', 'portal.psgi')

export const lemonldapNg: PeerRecipe = {
  options,
  isInstalled: () => existsSync('/usr/bin/plackup') && existsSync('/usr/share/perl5/Lemonldap/NG/Portal/Main.pm'),
  login: { userField: 'user', passwordField: 'password' },
  urls: (baseUrl) => ({
    entityId: `${baseUrl}/saml/metadata`,
    metadataUrl: `${baseUrl}/saml/metadata`,
    ssoUrl: `${baseUrl}/saml/singleSignOn`,
    logoutUrl: `${baseUrl}/?logout=1`,
  }),
  async prepare(setup) {
    for (const folder of ['conf', 'cache', ...sessionStores.flatMap((store) => [store, `${store}/lock`])]) {
      await mkdir(join(setup.workFolder, folder), { recursive: true })
    }
    const iniFile = join(setup.workFolder, 'lemonldap-ng.ini')
    await writeFile(iniFile, bootstrap(setup))
    await writeFile(join(setup.workFolder, 'conf', 'lmConf-1.json'), JSON.stringify(configuration(setup), null, 2))
    return {
      command: '/usr/bin/plackup',
      arguments: [
        ...['--env', 'deployment', '--no-default-middleware', '--server', 'Standalone'],
        ...['--host', '127.0.0.1', '--port', String(setup.port), portalScript],
      ],
      environment: { LLNG_DEFAULTCONFFILE: iniFile, USERS: setup.usersFile },
    }
  },
}

const sessionStores = ['sessions', 'persistent-sessions', 'saml-sessions'] as const

/** The file that says where the configuration lies, and what cannot be part of it. */
function bootstrap({ workFolder }: PeerSetup): string {
  return `[all]
logger = Lemonldap::NG::Common::Logger::Std
userLogger = Lemonldap::NG::Common::Logger::Std
logLevel = notice
[configuration]
type = File
dirName = ${workFolder}/conf
localStorage = Cache::FileCache
localStorageOptions = ${cache(workFolder, 'configuration')}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
[handler]
`
}

function cache(workFolder: string, namespace: string): string {
  return `{ 'namespace' => '${namespace}', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '${workFolder}/cache', 'cache_depth' => 3 }`
}

function configuration(setup: PeerSetup): Record<string, unknown> {
  const { workFolder, port, baseUrl, attributeNames } = setup
  return {
    cfgNum: 1,
    cfgDate: 1,
    cfgAuthor: 'Sallyport tests',
    cfgVersion: '2.16.1',
    // The portal: who may sign in and where sessions are kept.
    portal: `${baseUrl}/`,
    portalSkin: 'bootstrap',
    domain: '127.0.0.1',
    cookieName: `llng${port}`, // cookies of 127.0.0.1 are shared by all ports
    securedCookie: 0,
    sameSite: 'Lax',
    key: 'not-a-secret: this portal lives for one test',
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Demo',
    registerDB: 'Null',
    demoExportedVars: Object.fromEntries(['cn', 'mail', ...attributeNames].map((name) => [name, name])),
    macros: { _whatToTrace: '$_user' },
    whatToTrace: '_whatToTrace',
    locationRules: { '127.0.0.1': { default: 'accept' } },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: store(workFolder, 'sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: store(workFolder, 'persistent-sessions'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      namespace: 'sessions',
      default_expires_in: 600,
      directory_umask: '007',
      cache_root: `${workFolder}/cache`,
      cache_depth: 3,
    },
    // What would ask questions between the password and the answer.
    loginHistoryEnabled: 0,
    portalDisplayRegister: 0,
    portalDisplayResetPassword: 0,
    notification: 0,
    skipRenewConfirmation: 1,
    captcha: '::Captcha::None',
    captcha_login_enabled: 0,
    captcha_mail_enabled: 0,
    captcha_register_enabled: 0,
    ...identityProvider(setup),
  }
}

function identityProvider(setup: PeerSetup): Record<string, unknown> {
  const partners = setup.serviceProviderMetadata.map(
    (xml, index) => [`sp${index}`, listFirst(xml, setup.options.logoutBy)] as const,
  )
  return {
    issuerDBSAMLActivation: 1,
    issuerDBSAMLPath: '^/saml/',
    issuerDBSAMLRule: 1,
    samlEntityID: '#PORTAL#/saml/metadata',
    samlServicePrivateKeySig: setup.keyPem,
    samlServicePublicKeySig: setup.certificatePem,
    samlServiceSignatureMethod: signatureMethod(setup),
    samlServiceUseCertificateInResponse: 0,
    samlIDPSSODescriptorWantAuthnRequestsSigned: yes(setup.options.requireSignedRequests),
    samlNameIDFormatMapEmail: 'email',
    samlMetadataForceUTF8: 1,
    samlStorage: 'Apache::Session::File',
    samlStorageOptions: store(setup.workFolder, 'saml-sessions'),
    samlSPMetaDataXML: byPartner(partners, (xml) => ({ samlSPMetaDataXML: xml })),
    samlSPMetaDataOptions: byPartner(partners, () => partnerOptions(setup)),
    // attribute => "mandatory;name;format;friendly name"
    samlSPMetaDataExportedAttributes: byPartner(partners, () =>
      Object.fromEntries(
        setup.attributeNames.map((name) => [
          name,
          `0;${name};urn:oasis:names:tc:SAML:2.0:attrname-format:basic;${name}`,
        ]),
      ),
    ),
  }
}

function partnerOptions(setup: PeerSetup): Record<string, unknown> {
  const logout = yes(setup.options.signedLogout)
  return {
    samlSPMetaDataOptionsNameIDFormat: setup.options.nameIdFormat,
    samlSPMetaDataOptionsNameIDSessionKey: setup.options.nameIdFormat === 'unspecified' ? 'uid' : '',
    samlSPMetaDataOptionsSignSSOMessage: setup.options.sign === 'both' ? 1 : 0,
    samlSPMetaDataOptionsCheckSSOMessageSignature: yes(setup.options.requireSignedRequests),
    samlSPMetaDataOptionsSignSLOMessage: logout,
    samlSPMetaDataOptionsCheckSLOMessageSignature: logout,
    samlSPMetaDataOptionsSignatureMethod: signatureMethod(setup),
    samlSPMetaDataOptionsEncryptionMode: setup.options.encrypt,
    samlSPMetaDataOptionsEnableIDPInitiatedURL: 1,
    samlSPMetaDataOptionsForceUTF8: 1,
  }
}

/** LemonLDAP takes the first address in the metadata, so the wanted one moves there (Metadata 2.4.2). */
function listFirst(metadata: string, logoutBy: string | undefined): string {
  const uri = logoutBy === 'soap' ? 'SOAP' : logoutBy === 'post' ? 'HTTP-POST' : 'HTTP-Redirect'
  const endpoints = metadata.match(/<(?:\w+:)?SingleLogoutService\b[^>]*>(?:<\/[^>]*>)?/g) ?? []
  const wanted = endpoints.find((endpoint) => endpoint.includes(`:bindings:${uri}"`))
  const [first] = endpoints
  if (logoutBy === 'listed' || wanted === undefined || first === undefined || wanted === first) return metadata
  return metadata.replace(wanted, '').replace(first, wanted + first)
}

function byPartner<T>(partners: readonly (readonly [string, string])[], value: (xml: string) => T): Record<string, T> {
  return Object.fromEntries(partners.map(([name, xml]) => [name, value(xml)]))
}

function store(workFolder: string, name: (typeof sessionStores)[number]): Record<string, string> {
  return {
    Directory: `${workFolder}/${name}`,
    LockDirectory: `${workFolder}/${name}/lock`,
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  }
}

function signatureMethod(setup: PeerSetup): string {
  return setup.options.signatureAlgorithm === 'rsa-sha512' ? 'RSA_SHA512' : 'RSA_SHA256'
}

function yes(option: string | undefined): 0 | 1 {
  return option === 'yes' ? 1 : 0
}
