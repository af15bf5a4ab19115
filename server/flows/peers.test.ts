// Sign-in through identity providers that none of us wrote, LemonLDAP::NG and pysaml2, each configured from the other's
// metadata: theirs by `apply`, ours by what the service publishes.

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { type Peer, type PeerKind, peerInstalled, peerKinds, startPeer } from '@sallyport/sandbox/peers/peer.ts'
import { signInByForm } from '@sallyport/sandbox/peers/sign-in-by-form.ts'
import { onEveryDatabase } from '#storage/on-every-database.ts'
import { accountsOf, leavePrimaryTeams } from './accounts.ts'
import { closeBrowser, visitor } from './browser.ts'
import { createsUsers, oneConnection, type Sallyport, startSallyport, startSandbox, ticket } from './sallyport.ts'

after(closeBrowser)

type Trust = {
  readonly peer?: Readonly<Record<string, string>>
  readonly connection?: readonly string[]
  /** Let `apply` fetch the metadata by URL instead of reading a file. */
  readonly byUrl?: true
  /** Instead of making users in the team of all. */
  readonly createUsers?: string
}

const signed = ['signRequests: true']
const posted = ['requestBinding: post']

const combinations: Readonly<Record<PeerKind, Readonly<Record<string, Trust>>>> = {
  'lemonldap-ng': {
    'assertion encrypted (AES-128-CBC)': { peer: { encrypt: 'assertion' }, connection: ['dangerouslyAllowCbc: true'] },
    'NameID encrypted (AES-128-CBC)': { peer: { encrypt: 'nameid' }, connection: ['dangerouslyAllowCbc: true'] },
    'assertion signed, redirect': { peer: { sign: 'assertion' } },
    'response and assertion signed, metadata by URL': { peer: { sign: 'both' }, byUrl: true },
    'SHA-512, POST': { peer: { signatureAlgorithm: 'rsa-sha512' }, connection: posted },
    'signed request verified by the peer, redirect': { peer: { requireSignedRequests: 'yes' }, connection: signed },
    'signed request verified by the peer, POST': {
      peer: { requireSignedRequests: 'yes' },
      connection: [...signed, ...posted],
    },
  },
  pysaml2: {
    'assertion encrypted with AES-256-GCM': { peer: { sign: 'both', encrypt: 'aes256-gcm' } },
    'assertion encrypted with AES-256-CBC, response signed': {
      peer: { sign: 'both', encrypt: 'aes256-cbc' },
      connection: ['dangerouslyAllowCbc: true'],
    },
    'assertion signed, redirect': { peer: { sign: 'assertion' }, connection: ['requireSigned: assertion'] },
    'response signed, POST': { peer: { sign: 'response' }, connection: ['requireSigned: response', ...posted] },
    'response and assertion signed, metadata by URL': {
      peer: { sign: 'both' },
      connection: ['requireSigned: both'],
      byUrl: true,
    },
    'signed request verified by the peer, redirect': { peer: { requireSignedRequests: 'yes' }, connection: signed },
    'signed request verified by the peer, POST': {
      peer: { requireSignedRequests: 'yes' },
      connection: [...signed, ...posted],
    },
  },
}

const byUid = ['userIdLocation: attribute', 'userIdAttribute: uid']
const withTeams =
  'createUsers: { enabled: true, attributes: { firstName: firstName, team: teams, role: roles }, defaults: { team: Agents, application: Desk } }'
const directory = [
  'teams: [Agents, eng, ops, sales, a, b, c]',
  'applications: [{ name: Desk, roles: [admin, editor, viewer] }]',
]
const target = 'http://app.example/networking/'

async function trustEachOther(t: TestContext, sallyport: Sallyport, kind: PeerKind, trust: Trust): Promise<Peer> {
  const settings = [...byUid, trust.createUsers ?? createsUsers, ...(trust.connection ?? [])]
  // Our metadata has to be there before the peer is, so the connection begins with somebody else's.
  const { metadataXml } = await startSandbox(t, sallyport)
  await sallyport.apply(oneConnection(target, settings, directory), { 'metadata.xml': metadataXml })
  const ours = await sallyport.metadata(ticket)
  const peer = await startPeer(kind, { serviceProviderMetadata: [ours], options: trust.peer ?? {} })
  t.after(() => peer.stop())
  const declared = oneConnection(target, settings, directory)
  const yaml =
    trust.byUrl === undefined
      ? declared
      : declared.replace('metadataFile: metadata.xml', `metadataUrl: ${peer.metadataUrl}`)
  await sallyport.apply(yaml, { 'metadata.xml': peer.metadataXml })
  return peer
}

/** What the record says of a page that tells of a refusal, so that a failed test says why. */
async function failures(sallyport: Sallyport, body: string): Promise<readonly unknown[]> {
  const [, reference] = /<code>([0-9A-Z-]{11})<\/code>/.exec(body) ?? []
  if (reference === undefined) return []
  const record = await sallyport.record(reference)
  return record.details.checks.filter(({ outcome }) => outcome === 'failed')
}

for (const kind of peerKinds) {
  if (!peerInstalled(kind) && process.env.SALLYPORT_REQUIRE_PEERS !== '1') {
    test(`sign-in through ${kind}`, { skip: `${kind} is not installed: bash sandbox/peers/install.sh` }, () => {})
    continue
  }
  onEveryDatabase((database, openFresh) => {
    for (const [name, trust] of Object.entries(combinations[kind])) {
      test(`${kind}: ${name} (${database})`, async (t) => {
        const sallyport = await startSallyport(t, await openFresh(t))
        const peer = await trustEachOther(t, sallyport, kind, trust)
        const start = `${sallyport.url}/saml/ssoRequest?ticket=${ticket}`
        const answer = await signInByForm(peer, start, 'chloe', 'chloe-pw')
        const landed = await answer.browser.submit(answer.page, answer.form)
        assert.deepEqual(
          [landed.status, landed.url, await failures(sallyport, landed.body)],
          [200, `${sallyport.url}/acme/production`, []],
        )
        assert.match(landed.body, /Hello, Chloé O&#39;Neil &amp; &lt;Söhne&gt;/)
      })
    }

    test(`${kind}: teams and roles as several values and joined with _::_, at creation and afterwards (${database})`, async (t) => {
      const sallyport = await startSallyport(t, await openFresh(t))
      const peer = await trustEachOther(t, sallyport, kind, { connection: [], createUsers: withTeams })
      const signIn = async (person: string): Promise<void> => {
        const start = `${sallyport.url}/saml/ssoRequest?ticket=${ticket}`
        const answer = await signInByForm(peer, start, person, `${person}-pw`)
        const landed = await answer.browser.submit(answer.page, answer.form)
        assert.deepEqual([landed.status, await failures(sallyport, landed.body)], [200, []])
      }
      for (const person of ['alice', 'bob', 'chloe']) await signIn(person)
      const accounts = {
        alice: ['*eng, ops', 'Desk: admin, editor'],
        bob: ['*eng, ops, sales', 'Desk: editor'],
        chloe: ['*a, b, c', 'Desk: viewer'],
      }
      assert.deepEqual(await accountsOf(sallyport), accounts)
      // What an administrator changed follows the provider again.
      await leavePrimaryTeams(sallyport)
      assert.notDeepEqual(await accountsOf(sallyport), accounts)
      for (const person of ['alice', 'bob', 'chloe']) await signIn(person)
      assert.deepEqual(await accountsOf(sallyport), accounts)
    })

    test(`${kind}: a person in a real browser lands on the page they asked for (${database})`, async (t) => {
      const sallyport = await startSallyport(t, await openFresh(t))
      const peer = await trustEachOther(t, sallyport, kind, { connection: signed })
      const { page, read } = await visitor(t)
      await page.goto(`${sallyport.url}/acme/production`)
      await page.getByRole('link', { name: 'Sign in' }).click()
      await page.locator(`input[name=${peer.login.userField}]`).fill('alice')
      await page.locator(`input[name=${peer.login.passwordField}]`).fill('alice-pw')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${sallyport.url}/acme/production`)
      assert.match(await read(), /Hello, Alice Adams/)
    })
  })
}
