// A Sallyport and an identity provider that none of us wrote, which tell each other of logouts.

import type { TestContext } from 'node:test'
import { type Peer, type PeerKind, startPeer } from '@sallyport/sandbox/peers/peer.ts'
import { type Logout, logoutOf } from '#logout/logouts.ts'
import type { Database } from '#storage/database.ts'
import { createsUsers, oneConnection, type Sallyport, startSallyport, startSandbox, ticket } from './sallyport.ts'

export type Declared = {
  /** One line of YAML: the value of `singleLogout`. */
  readonly singleLogout: string
  /** The maximum of sessions, where there is one. */
  readonly limit?: number
}

export type Partners = {
  readonly sallyport: Sallyport
  readonly peer: Peer
  readonly startUrl: string
  readonly landingUrl: string
  readonly declare: (declared: Declared) => Promise<void>
  /** The ledger, the oldest entry first. */
  readonly ledger: () => Promise<readonly Logout[]>
  /** How many sessions are open here. */
  readonly open: () => Promise<number>
}

/** Both trust one another; single logout is what `declare` says. */
export async function startPartners(
  t: TestContext,
  db: Database,
  kind: PeerKind,
  options: Readonly<Record<string, string>> = {},
): Promise<Partners> {
  const sallyport = await startSallyport(t, db)
  // Our metadata has to be there before the peer is, so the connection begins with somebody else's.
  const { metadataXml } = await startSandbox(t, sallyport)
  await sallyport.apply(yamlOf({ singleLogout: '{ enabled: true }' }), { 'metadata.xml': metadataXml })
  const peer = await startPeer(kind, { serviceProviderMetadata: [await sallyport.metadata(ticket)], options })
  t.after(() => peer.stop())
  return {
    sallyport,
    peer,
    startUrl: `${sallyport.url}/saml/ssoRequest?ticket=${ticket}`,
    landingUrl: `${sallyport.url}/acme/production`,
    declare: (declared) => sallyport.apply(yamlOf(declared), { 'metadata.xml': peer.metadataXml }),
    ledger: async () => {
      const rows = await db.read.selectFrom('logouts').selectAll().orderBy('created_at').execute()
      return rows.map(logoutOf)
    },
    open: async () => {
      const rows = await db.read.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
      return rows.length
    },
  }
}

function yamlOf({ singleLogout, limit }: Declared): string {
  const settings = ['userIdLocation: attribute', 'userIdAttribute: uid', createsUsers, `singleLogout: ${singleLogout}`]
  const sessions = limit === undefined ? '{ enabled: false }' : `{ enabled: true, maximum: ${limit} }`
  return oneConnection('http://app.example/networking/', settings, [
    'teams: [Agents]',
    `sessions: { limit: ${sessions} }`,
  ])
}
