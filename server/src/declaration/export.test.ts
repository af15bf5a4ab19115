import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allowedAddresses } from '#access/addresses.ts'
import { connectionSettings } from '#connections/settings.ts'
import { readWanted } from '#declaration/declaration.ts'
import { readDocument } from '#declaration/document.ts'
import { declarationOf } from '#declaration/export.ts'
import { makePlan } from '#declaration/plan.ts'
import type { EnvironmentState, State } from '#declaration/state.ts'
import { addresses, policies } from '#declaration/test-access.ts'
import { certificate } from '#declaration/test-certificate.ts'
import { clientSettings } from '#oauth/clients.ts'
import { sessionSettings } from '#sessions/settings.ts'

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((s) => s.trim() !== '')
const name = fc.string({ minLength: 1, maxLength: 10 }).filter((s) => s.trim() !== '')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const entryNames = fc.uniqueArray(
  text.map((one) => one.trim()).filter((one) => !/\p{Cc}|_::_/u.test(one)),
  { maxLength: 4 },
)

/** Teams, access profiles and applications with their roles. */
const directory = fc
  .record({
    teams: entryNames,
    accessProfiles: entryNames,
    applications: entryNames,
    roles: entryNames,
  })
  .map(({ teams, accessProfiles, applications, roles }) => ({
    teams: [
      { id: 'team_standard', name: 'Portal Users and Customers', standard: 'portal' } as const,
      ...teams.map((one, i) => ({ id: `team_${i}`, name: one }) as const),
    ],
    accessProfiles: [
      { id: 'prof_standard', name: 'Regular User', standard: 'regular', userManagement: false } as const,
      ...accessProfiles.map((one, i) => ({ id: `prof_${i}`, name: one, userManagement: i % 2 === 1 }) as const),
    ],
    applications: applications.map((one, i) => ({
      ...({ id: `app_${i}`, name: one } as const),
      roles: roles.map((role, j) => ({ ...roleId(i, j), name: role })),
    })),
  }))

function roleId(i: number, j: number) {
  return { id: `role_${i}_${j}`, applicationId: `app_${i}` } as const
}

type Directory = Pick<EnvironmentState, 'teams' | 'accessProfiles' | 'applications'>

/** What a connection may give to new users, as far as the Environment has it. */
function defaultsOf({ teams, accessProfiles, applications }: Directory) {
  const application = applications[0]
  const roles = application?.roles.map((role) => role.name) ?? []
  return fc.record(
    {
      userType: fc.constantFrom('platform', 'site'),
      team: fc.constantFrom(...teams.map((team) => team.name)),
      accessProfile: fc.constantFrom(...accessProfiles.flatMap((profile) => [profile.id, profile.name])),
      ...(application && {
        application: fc.constant(application.name),
        roles: fc.subarray(roles),
      }),
    },
    { requiredKeys: ['team', ...(application ? (['application'] as const) : [])] },
  )
}

function settingsIn(there: Directory) {
  const required = {
    issuer: text,
    thirdPartyAuthenticationUrl: fc.webUrl(),
    issuerCertificates: fc.constant([certificate]),
    userIdAttribute: text,
  }
  const optional = {
    requestIssuer: text,
    userIdType: fc.constantFrom('platform-user-id', 'federated-id'),
    userIdLocation: fc.constantFrom('subject', 'attribute'),
    usernameDomains: fc.array(fc.domain()),
    singleLogout: fc.record(
      {
        enabled: fc.boolean(),
        url: fc.webUrl(),
        method: fc.constantFrom('front-channel', 'back-channel'),
        binding: fc.constantFrom('post', 'redirect'),
        responseUrl: fc.webUrl(),
      },
      { requiredKeys: ['enabled', 'url'] },
    ),
    createUsers: fc.record({
      enabled: fc.boolean(),
      attributes: fc.record({ firstName: text, team: text, role: text }, { requiredKeys: [] }),
      defaults: defaultsOf(there),
      onSyncFailure: fc.constantFrom('sign-in', 'refuse'),
    }),
    idpInitiated: fc.boolean(),
    signRequests: fc.boolean(),
    requestBinding: fc.constantFrom('redirect', 'post'),
    nameIdFormat: fc.constant('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'),
    singleSignOnOnly: fc.boolean(),
    forceAuthn: fc.boolean(),
    assertionGrant: fc.boolean(),
    clockSkewSeconds: fc.integer({ min: 0, max: 120 }),
    requireSigned: fc.constantFrom('any', 'assertion', 'response', 'both'),
    dangerouslyAllowSha1: fc.boolean(),
  }
  const requiredKeys = ['issuer', 'thirdPartyAuthenticationUrl', 'issuerCertificates', 'userIdAttribute'] as const
  return fc
    .record({ ...required, ...optional }, { requiredKeys: [...requiredKeys] })
    .map((given) => connectionSettings.parse(given))
}

const sessions = fc
  .record(
    {
      idleMinutes: fc.constantFrom(0, 5, 240),
      lifetimeMinutes: fc.integer({ min: 5, max: 43_200 }),
      limit: fc.record({ enabled: fc.boolean(), maximum: fc.integer({ min: 1, max: 1000 }) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  .map((given) => sessionSettings.parse(given))

const client = fc.record(
  {
    active: fc.boolean(),
    redirectUris: fc.constant(['http://127.0.0.1/callback', 'com.example.app:/callback']),
    grants: fc.subarray(['device-code']),
    accessTokenSeconds: fc.integer({ min: 300, max: 172_800 }),
    accessTokenFormat: fc.constantFrom('opaque', 'jwt'),
    purpose: fc.constantFrom('media-helper', 'mobile'),
  },
  { requiredKeys: ['redirectUris'] },
)

const clients = fc
  .uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z0-9_~-]{1,128}$/), entryNames, client), {
    selector: ([id]) => id,
    maxLength: 3,
  })
  .map((all) =>
    all.map(([id, [some = 'x'], given], i) => ({
      ...({
        environmentId: 'env_a',
        id,
        name: `${i}${some.slice(0, 50)}`.trim().toWellFormed(),
        kind: 'native',
      } as const),
      settings: clientSettings.parse(given),
      ...{ version: 1, createdAt: new Date(0), updatedAt: new Date(0) },
    })),
  )

const environment = directory.chain((there) =>
  fc
    .record({
      settings: settingsIn(there),
      named: name,
      target: maybe(fc.webUrl()),
      sessions,
      clients,
      addresses,
      policies,
    })
    .map(
      ({ settings, named, target, sessions, clients, addresses, policies }): EnvironmentState => ({
        ...({
          id: 'env_a',
          companyId: 'comp_a',
          slug: 'live',
          name: named.trim(),
          use: undefined,
          users: 0,
          people: [],
        } as const),
        ...there,
        sessions,
        clients,
        addresses,
        policies,
        targets: target === undefined ? [] : [new URL(target).origin],
        connections: [
          {
            ...({ id: 'conn_a', environmentId: 'env_a', ticket: 'aaaaaaaaaaaaaa', position: 0 } as const),
            ...({ state: 'live', name: named.trim(), settings } as const),
          },
        ],
      }),
    ),
)

const unreachable = async () => assert.fail('nothing is fetched')
const sources = { now: new Date('2026-06-01'), readFile: unreachable, fetchMetadata: unreachable }

test('whatever is there, what is exported of it reads as the same and changes nothing, even with --prune', async () => {
  const property = fc.asyncProperty(environment, async (there) => {
    const company = { id: 'comp_a', slug: 'acme', name: there.name, environments: [there] } as const
    const state: State = { companies: [company] }
    const read = await readWanted(readDocument(declarationOf(state)).data, sources)
    assert.ok(read.ok, JSON.stringify(read))
    const connections = read.wanted.companies[0]?.environments[0]?.connections
    assert.deepEqual(connections?.[0]?.settings, there.connections[0]?.settings)
    assert.equal(read.wanted.companies[0]?.environments[0]?.clients.length, there.clients.length)
    for (const prune of [false, true]) {
      const { changes, problems, unmanaged } = makePlan(state, read.wanted, { prune })
      assert.deepEqual({ changes, problems, unmanaged }, { changes: [], problems: [], unmanaged: [] })
    }
  })
  await fc.assert(property)
})

test('what every Environment has is not exported, nor what is as usual, and users are not', () => {
  const profiles = ['Portal User Profile', 'Regular User', 'Administrator', 'Auditor', 'Warden']
  const there: EnvironmentState = {
    ...{ addresses: allowedAddresses.parse({}), policies: [] },
    ...({ id: 'env_a', companyId: 'comp_a', slug: 'live', name: 'Live', targets: [], connections: [] } as const),
    sessions: sessionSettings.parse({ idleMinutes: 0, lifetimeMinutes: 720, limit: { enabled: true, maximum: 3 } }),
    teams: [{ id: 'team_a', name: 'Portal Users and Customers', standard: 'portal' }],
    accessProfiles: profiles.map((one, i) => ({ id: `prof_${i}`, name: one, userManagement: one === 'Warden' })),
    applications: [
      {
        ...({ id: 'app_a', name: 'Service Desk' } as const),
        roles: [{ id: 'role_a', applicationId: 'app_a', name: 'Agent' }],
      },
      { id: 'app_b', name: 'Wiki', roles: [] },
    ],
    clients: [
      {
        ...({ environmentId: 'env_a', id: '64cd', name: 'Media Helper', kind: 'native', version: 3 } as const),
        settings: clientSettings.parse({ redirectUris: ['http://[::1]/'], purpose: 'media-helper', grants: [] }),
        ...{ createdAt: new Date(0), updatedAt: new Date(0) },
      },
    ],
    ...{ use: undefined, users: 2, people: [] },
  }
  const text = declarationOf({ companies: [{ id: 'comp_a', slug: 'acme', name: 'Acme', environments: [there] }] })
  assert.equal(
    text,
    `companies:
  - slug: acme
    name: Acme
    environments:
      - slug: live
        name: Live
        sessions:
          idleMinutes: 0
          limit:
            enabled: true
        accessProfiles:
          - Auditor
          - name: Warden
            userManagement: true
        applications:
          - name: Service Desk
            roles:
              - Agent
          - name: Wiki
        clients:
          - id: 64cd
            name: Media Helper
            kind: native
            redirectUris:
              - http://[::1]/
            purpose: media-helper
`,
  )
})
