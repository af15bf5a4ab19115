import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '#connections/connections.ts'
import { placesOf, testWorld } from '#login/test-place.ts'
import { chooseConnection, type Wishes } from '#oauth/choose-connection.ts'

const [directory, partners, third] = placesOf(testWorld(), {
  connections: [
    { name: 'Directory', settings: { usernameDomains: ['acme.example'] } },
    { name: 'Partners', settings: { usernameDomains: ['partner.example', 'shared.example'] } },
    { name: 'Third', settings: { usernameDomains: ['shared.example'] } },
  ],
}).map(({ connection }) => connection) as [Connection, Connection, Connection]
const all = [directory, partners, third]
const usual: Wishes = { provider: undefined, loginHint: undefined, connectionId: undefined }

const rows: readonly (readonly [what: string, wishes: Partial<Wishes>, among: Connection[], Connection | undefined])[] =
  [
    ['nothing is said and there are several: people choose', {}, all, undefined],
    ['nothing is said and there is one', {}, [partners], partners],
    ['there is none', {}, [], undefined],
    ['by name, capitals or not', { provider: 'PARTNERS ' }, all, partners],
    ['by ticket', { provider: third.ticket }, all, third],
    ['a name that nobody has', { provider: 'okta' }, [directory], undefined],
    ['that of the session', { connectionId: third.id }, all, third],
    ['a name comes before the session', { connectionId: third.id, provider: 'Directory' }, all, directory],
    ['that of a session is gone', { connectionId: third.id }, [directory, partners], undefined],
    ['by the domain of the address', { loginHint: 'ada@Partner.example' }, all, partners],
    ['by an address with the organization behind it', { loginHint: 'ada@acme.example:acme' }, all, directory],
    ['a domain that two speak for', { loginHint: 'ada@shared.example' }, all, undefined],
    ['no address', { loginHint: 'acme.example' }, all, undefined],
  ]

for (const [what, wishes, among, expected] of rows) {
  test(`which connection: ${what}`, () => assert.equal(chooseConnection(among, { ...usual, ...wishes }), expected))
}
