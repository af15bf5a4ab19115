import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storedAddresses } from '#access/addresses.ts'
import type { Connection } from '#connections/connections.ts'
import { connectionSettings } from '#connections/settings.ts'
import type { Wanted, WantedConnection } from '#declaration/declaration.ts'
import { describePlan } from '#declaration/describe.ts'
import { makePlan } from '#declaration/plan.ts'
import type { State } from '#declaration/state.ts'
import { certificate } from '#declaration/test-certificate.ts'
import { defaultSessionSettings } from '#sessions/settings.ts'

const settings = connectionSettings.parse({
  issuer: 'https://idp.example/metadata',
  thirdPartyAuthenticationUrl: 'https://idp.example/sso',
  issuerCertificates: [certificate],
})

const stored = (name: string, ticket: string, position: number): Connection => ({
  id: `conn_${name}`,
  environmentId: 'env_a',
  ticket,
  name,
  position,
  state: 'live',
  settings,
})

const one = stored('One', 'aaaaaaaaaaaaaa', 0)
const two = stored('Two', 'bbbbbbbbbbbbbb', 1)

const nothing = {
  ...({ teams: [], accessProfiles: [], applications: [], use: undefined, clients: [], people: [] } as const),
  ...{ addresses: storedAddresses.parse({}), policies: [] },
}

const stateWith = (...connections: readonly Connection[]): State => ({
  companies: [
    {
      ...{ id: 'comp_a', slug: 'acme', name: 'Acme' },
      environments: [
        {
          ...{
            id: 'env_a',
            companyId: 'comp_a',
            slug: 'live',
            name: 'Live',
            targets: [],
            sessions: defaultSessionSettings,
          },
          ...{ ...nothing, connections, users: 12 },
        },
      ],
    },
  ],
})

const wantedWith = (...connections: readonly Partial<WantedConnection>[]): Wanted => ({
  companies: [
    {
      ...{ path: ['companies', 0], slug: 'acme', name: 'Acme' },
      environments: [
        {
          ...{ path: ['companies', 0, 'environments', 0], slug: 'live', name: 'Live', targets: [] },
          ...{ teams: [], accessProfiles: [], applications: [], clients: [], users: [], access: { policies: [] } },
          connections: connections.map((connection, i) => ({
            ...{
              path: ['companies', 0, 'environments', 0, 'connections', i],
              ticket: undefined,
              name: 'One',
              settings,
            },
            ...connection,
          })),
        },
      ],
    },
  ],
})

const planned = (state: State, wanted: Wanted, prune = false): readonly string[] =>
  describePlan(makePlan(state, wanted, { prune }))

const problems = (state: State, wanted: Wanted, prune = false) => makePlan(state, wanted, { prune }).problems

test('what is as declared is counted and not listed', () => {
  assert.deepEqual(planned(stateWith(one), wantedWith({})), ['Nothing to change: 3 as declared.'])
})

test('a new Company, Environment and connection are shown with what is set in them', () => {
  assert.deepEqual(planned({ companies: [] }, wantedWith({ ticket: one.ticket })), [
    '+ company acme',
    '    name: Acme',
    '+ environment acme/live',
    '    name: Live',
    '    targets: []',
    '+ connection acme/live/One',
    '    ticket: aaaaaaaaaaaaaa',
    '    issuer: https://idp.example/metadata',
    '    thirdPartyAuthenticationUrl: https://idp.example/sso',
    '    issuerCertificates: CN=idp.example until 2099-12-31 (SHA-256 40:85:6D:EE:4B:0B:4A:B5:EF:A0:A5:57:69:5F:9C:46:8A:A0:AF:B1:B1:6D:1F:CB:C3:9B:61:80:EF:A4:BD:A1)',
    '3 to add, 0 to change, 0 to remove, 0 as declared.',
  ])
})

test('a change is shown field by field, nested ones by dotted names', () => {
  const changed = connectionSettings.parse({
    ...settings,
    issuer: 'https://new.example',
    createUsers: { enabled: true, attributes: { email: 'mail' }, defaults: { userType: 'site' } },
  })
  assert.deepEqual(planned(stateWith(one), wantedWith({ settings: changed })), [
    '~ connection acme/live/One',
    '    issuer: https://idp.example/metadata → https://new.example',
    '    createUsers.enabled: false → true',
    '    createUsers.attributes.email: (none) → mail',
    '    createUsers.defaults.userType: platform → site',
    '0 to add, 1 to change, 0 to remove, 2 as declared.',
  ])
})

test('a connection is matched by ticket, and may then change its name', () => {
  assert.deepEqual(planned(stateWith(one), wantedWith({ ticket: one.ticket, name: 'Uno' })).slice(0, 2), [
    '~ connection acme/live/Uno',
    '    name: One → Uno',
  ])
})

test('a connection without ticket, or with a new one, is matched by name', () => {
  assert.deepEqual(planned(stateWith(one), wantedWith({ ticket: 'cccccccccccccc' })).slice(0, 2), [
    '~ connection acme/live/One',
    '    ticket: aaaaaaaaaaaaaa → cccccccccccccc',
  ])
})

test('a ticket claims its connection before a name does', () => {
  const wanted = wantedWith({ name: 'Two' }, { ticket: two.ticket, name: 'One' })
  const { changes } = makePlan(stateWith(one, two), wanted, { prune: true })
  assert.deepEqual(
    changes.map(({ action, label }) => `${action} ${label}`),
    ['remove connection acme/live/One', 'add connection acme/live/Two', 'change connection acme/live/One'],
  )
})

test('what the file does not name is left alone and listed', () => {
  const lines = planned(stateWith(one, two), wantedWith({}))
  assert.deepEqual(lines, [
    'Nothing to change: 3 as declared.',
    'Left alone, because the file does not name them (--prune removes them):',
    '  connection acme/live/Two',
  ])
})

test('pruning removes it, says what goes with it, and does so first', () => {
  const lines = planned(stateWith(one, two), { companies: [{ ...wantedWith({}).companies[0]!, slug: 'other' }] }, true)
  assert.equal(lines[0], '- company acme, with 2 connections and 12 users')
  assert.equal(lines.at(-1), '3 to add, 0 to change, 1 to remove, 0 as declared.')
})

test('a change of single logout is shown field by field', () => {
  const url = 'https://idp.example/slo'
  const front = connectionSettings.parse({ ...settings, singleLogout: { enabled: true, url, binding: 'redirect' } })
  const lines = planned(stateWith(one), wantedWith({ settings: front }))
  assert.deepEqual(lines.slice(0, 4), [
    '~ connection acme/live/One',
    '    singleLogout.enabled: false → true',
    `    singleLogout.url: (none) → ${url}`,
    '    singleLogout.binding: post → redirect',
  ])
  const back = connectionSettings.parse({
    ...settings,
    singleLogout: { ...front.singleLogout, method: 'back-channel', responseUrl: `${url}/answers` },
  })
  assert.deepEqual(planned(stateWith({ ...one, settings: front }), wantedWith({ settings: back })).slice(0, 3), [
    '~ connection acme/live/One',
    '    singleLogout.method: front-channel → back-channel',
    `    singleLogout.responseUrl: (none) → ${url}/answers`,
  ])
})

test('the order of connections is part of the declaration', () => {
  const wanted = wantedWith({ name: 'Two' }, { name: 'One' })
  assert.deepEqual(planned(stateWith(one, two), wanted).slice(0, 2), [
    '~ connection acme/live/Two',
    '    position: 1 → 0',
  ])
})

test('a name that an unnamed connection has is a problem, unless that one is pruned', () => {
  const wanted = wantedWith({ ticket: one.ticket, name: 'Two' })
  assert.deepEqual(problems(stateWith(one, two), wanted)[0]?.path.slice(-3), ['connections', 0, 'name'])
  assert.deepEqual(problems(stateWith(one, two), wanted, true), [])
})

test('a ticket of another Environment is a problem', () => {
  const elsewhere = { ...one, environmentId: 'env_b' } as const
  const state = stateWith()
  const other = {
    ...state.companies[0]!.environments[0]!,
    id: 'env_b',
    slug: 'test',
    connections: [elsewhere],
  } as const
  const both = { companies: [{ ...state.companies[0]!, environments: [...state.companies[0]!.environments, other] }] }
  assert.match(problems(both, wantedWith({ ticket: one.ticket }))[0]?.message ?? '', /another Environment/)
})

test('nothing that is shown can play tricks on a terminal', () => {
  const nasty = connectionSettings.parse({ ...settings, issuer: 'urn:\u001b[2Jx\u202e' })
  const [, line] = planned(stateWith(one), wantedWith({ settings: nasty }))
  assert.equal(line, '    issuer: https://idp.example/metadata → "urn:\\u001b[2Jx\\u202e"')
})
