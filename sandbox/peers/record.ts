/**
 * Records what the peers answer, as cases for the tests of `saml`: `node sandbox/peers/record.ts`, by hand, after
 * `install.sh`. Each case is a folder `saml/cases/good/<peer>/<name>/` with the response as received and what must come
 * out of it. What is expected is taken from `users.json` and from the text of the answer, never from our own reader.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodePost,
  encodePost,
  encodeRedirect,
  uris,
  writeAuthnRequest,
  writeServiceProviderMetadata,
} from '@sallyport/saml'
import { readIdentityProviderMetadata } from '@sallyport/saml/identity-provider'
import { createFormBrowser, type Page } from './form-browser.ts'
import { type Peer, type PeerKind, type PeerUsers, readPeerUsers, startPeer } from './peer.ts'
import { type SignInAnswer, signInFromPage } from './sign-in-by-form.ts'

type Recording = {
  readonly name: string
  readonly title: string
  readonly user: string
  readonly nameIdFormat: 'persistent' | 'transient' | 'unspecified' | 'email'
  /** Options of the peer beside `nameIdFormat`. */
  readonly options: Readonly<Record<string, string>>
  /** How the request is sent; by redirect when left out. */
  readonly request?: 'redirect' | 'post'
}

const recordings: Readonly<Record<PeerKind, readonly Recording[]>> = {
  'lemonldap-ng': [
    {
      name: 'assertion-signed',
      title: 'Only the assertion is signed; attributes of several values',
      user: 'alice',
      nameIdFormat: 'unspecified',
      options: { sign: 'assertion' },
    },
    {
      name: 'both-signed',
      title: 'Assertion and response are signed; attribute values with several entries in one',
      user: 'bob',
      nameIdFormat: 'email',
      options: { sign: 'both' },
    },
    {
      name: 'rsa-sha512',
      title: 'Signed with RSA-SHA512, digests with SHA-384',
      user: 'alice',
      nameIdFormat: 'unspecified',
      options: { sign: 'both', signatureAlgorithm: 'rsa-sha512' },
    },
    {
      name: 'special-characters',
      title: 'Values with accents, an apostrophe, an ampersand and angle brackets',
      user: 'chloe',
      nameIdFormat: 'email',
      options: { sign: 'assertion' },
    },
    {
      name: 'post-request',
      title: 'The answer to a request by HTTP-POST; a persistent NameID with its qualifiers',
      user: 'alice',
      nameIdFormat: 'persistent',
      options: { sign: 'both' },
      request: 'post',
    },
    {
      name: 'few-attributes',
      title: 'A person of whom little is known; a transient NameID',
      user: 'dave',
      nameIdFormat: 'transient',
      options: { sign: 'assertion' },
    },
  ],
  pysaml2: [
    {
      name: 'assertion-signed',
      title: 'Only the assertion is signed; a persistent NameID',
      user: 'alice',
      nameIdFormat: 'persistent',
      options: { sign: 'assertion' },
    },
    {
      name: 'response-signed',
      title: 'Only the response is signed',
      user: 'alice',
      nameIdFormat: 'unspecified',
      options: { sign: 'response' },
    },
    {
      name: 'both-signed',
      title: 'Assertion and response are signed; attribute values with several entries in one',
      user: 'bob',
      nameIdFormat: 'email',
      options: { sign: 'both' },
    },
    {
      name: 'rsa-sha512',
      title: 'Signed with RSA-SHA512, digests with SHA-512',
      user: 'alice',
      nameIdFormat: 'email',
      options: { sign: 'both', signatureAlgorithm: 'rsa-sha512' },
    },
    {
      name: 'special-characters',
      title: 'Values with accents, an apostrophe, an ampersand and angle brackets, under a signed response',
      user: 'chloe',
      nameIdFormat: 'email',
      options: { sign: 'response' },
    },
    {
      name: 'post-request',
      title: 'The answer to a request by HTTP-POST; attribute names of the URI format; few attributes',
      user: 'dave',
      nameIdFormat: 'unspecified',
      options: { sign: 'both', attributeNameFormat: 'uri' },
      request: 'post',
    },
  ],
}

const serviceProvider = { entityId: 'https://sp.example/saml/metadata', acsUrl: 'https://sp.example/saml/acs' }
const casesFolder = join(import.meta.dirname, '..', '..', 'saml', 'cases', 'good')

const users = await readPeerUsers()
for (const kind of ['lemonldap-ng', 'pysaml2'] as const) {
  for (const recording of recordings[kind]) await record(kind, recording)
}

async function record(kind: PeerKind, recording: Recording): Promise<void> {
  const metadata = writeServiceProviderMetadata({
    ...serviceProvider,
    signingCertificates: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: true,
  })
  const options = { ...recording.options, nameIdFormat: recording.nameIdFormat }
  const peer = await startPeer(kind, { serviceProviderMetadata: [metadata], options })
  try {
    const requestId = `_request-${kind}-${recording.name}`
    const answer = await signIn(peer, recording, requestId)
    const xml = decodePost(answer.SAMLResponse)
    const now = clockOf(answer.page.headers)
    const folder = join(casesFolder, kind, recording.name)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'response.xml'), xml)
    const description = {
      title: recording.title,
      kind: 'response',
      certificates: readIdentityProviderMetadata(peer.metadataXml, { now }).signingCertificates.map(({ pem }) => pem),
      issuer: peer.entityId,
      audience: serviceProvider.entityId,
      acsUrl: serviceProvider.acsUrl,
      inResponseTo: requestId,
      now: now.toISOString(),
      expect: expected(recording, users, Buffer.from(xml).toString('utf8')),
    }
    await writeFile(join(folder, 'case.json'), `${JSON.stringify(description, null, 2)}\n`)
    process.stdout.write(`${kind}/${recording.name}: ${xml.length} bytes\n`)
  } finally {
    await peer.stop()
  }
}

async function signIn(peer: Peer, recording: Recording, requestId: string): Promise<SignInAnswer> {
  const { headers } = await fetch(peer.metadataUrl, { headers: { connection: 'close' } })
  const xml = writeAuthnRequest({
    id: requestId,
    issueInstant: clockOf(headers),
    issuer: serviceProvider.entityId,
    destination: peer.ssoUrl,
    acsUrl: serviceProvider.acsUrl,
  })
  const browser = createFormBrowser()
  const first =
    recording.request === 'post'
      ? postingPage(peer, xml)
      : await browser.open(encodeRedirect({ url: peer.ssoUrl, parameter: 'SAMLRequest', xml }))
  return signInFromPage(peer, first, recording.user, users[recording.user]?.password ?? '', browser)
}

/** What a service provider would answer for the POST binding (Bindings 3.5.4). */
function postingPage(peer: Peer, xml: string): Page {
  const form = { action: peer.ssoUrl, method: 'POST', fields: { SAMLRequest: encodePost(xml) } } as const
  return { url: serviceProvider.acsUrl, status: 200, headers: new Headers(), body: '', forms: [form] }
}

/** The peer's clock: the one that made the answer. */
function clockOf(headers: Headers): Date {
  return new Date(headers.get('date') ?? '')
}

function expected({ user, nameIdFormat }: Recording, everybody: PeerUsers, xml: string) {
  const attributes = everybody[user]?.attributes ?? {}
  const madeByPeer = /<(?:\w+:)?NameID\b[^>]*>([^<]+)</.exec(xml)?.[1]
  const value = { unspecified: user, email: attributes.email?.[0], persistent: madeByPeer, transient: madeByPeer }
  const format = nameIdFormat === 'email' ? uris.nameId.emailAddress : uris.nameId[nameIdFormat]
  const sessionIndex = /\bSessionIndex="([^"]+)"/.exec(xml)?.[1]
  return { subject: { value: value[nameIdFormat], format }, attributes, sessionIndex }
}
