// For tests: Environments with connections in a database, and a clock that stands still.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type {} from 'node:test' // marks this file as one for tests
import { insertCompany } from '#companies/companies.ts'
import { insertEnvironment } from '#companies/environments.ts'
import { Secret } from '#config/secret.ts'
import { newId, type World } from '#config/world.ts'
import { type ConnectionInPlace, insertConnection, newTicket } from '#connections/connections.ts'
import { connectionSettings } from '#connections/settings.ts'
import type { ClientsOfLogin } from '#login/clients.ts'
import type { LoginContext } from '#login/login.ts'
import { type AttemptCounts, countAttempts } from '#logout/attempt-counts.ts'
import type { Mailer } from '#mail/mail.ts'
import type { Database } from '#storage/database.ts'
import { insertStandardDirectory, insertTeam } from '#users/directory.ts'
import type { NewUser } from '#users/users.ts'
import { readKey } from '../../../saml/cases/case.ts'

export const publicUrl = 'https://sso.example'
export const now = new Date('2026-03-01T12:00:00.000Z')
/** So many milliseconds after `now`. */
export const after = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)

export type TestWorld = World & { readonly passTime: (milliseconds: number) => void }

export function testWorld(): TestWorld {
  let passed = 0
  return {
    clock: () => after(passed),
    chance: { bytes: (size) => new Uint8Array(randomBytes(size)) },
    passTime: (milliseconds) => {
      passed += milliseconds
    },
  }
}

export type PlaceToMake = {
  readonly company?: string
  readonly companyName?: string
  readonly environmentName?: string
  readonly targets?: readonly string[]
  readonly connections?: readonly { readonly name?: string; readonly settings?: Readonly<Record<string, unknown>> }[]
}

/** One for each connection of the Environment `production`, not stored. */
export function placesOf({ chance }: World, make: PlaceToMake = {}): readonly ConnectionInPlace[] {
  const company = { id: newId(chance, 'comp'), slug: make.company ?? 'acme', name: make.companyName ?? 'Acme' }
  const environment = {
    id: newId(chance, 'env'),
    companyId: company.id,
    slug: 'production',
    name: make.environmentName ?? 'Production',
    targets: make.targets ?? ['https://apps.example/networking/'],
  }
  return (make.connections ?? [{}]).map(({ name = 'Directory', settings = {} }, position) => ({
    company,
    environment,
    connection: {
      id: newId(chance, 'conn'),
      environmentId: environment.id,
      ticket: newTicket(chance),
      name,
      position,
      state: 'live',
      settings: connectionSettings.parse({
        issuer: 'https://idp.example/metadata',
        thirdPartyAuthenticationUrl: 'https://idp.example/sso',
        issuerCertificates: [readKey('idp.crt')],
        createUsers: { enabled: true, attributes: { email: 'email' }, defaults: { team: 'Agents' } },
        ...settings,
      }),
    },
  }))
}

/** The same with one connection. */
export function placeOf(world: World, settings: Readonly<Record<string, unknown>> = {}): ConnectionInPlace {
  return the(placesOf(world, { connections: [{ settings }] })[0])
}

export async function makePlaces(
  db: Database,
  world: World,
  make: PlaceToMake = {},
): Promise<readonly ConnectionInPlace[]> {
  const places = placesOf(world, make)
  const { company, environment } = the(places[0])
  await db.transaction(async (tx) => {
    await insertCompany(tx, company, now)
    await insertEnvironment(tx, environment, now)
    await insertStandardDirectory(tx, environment.id, { chance: world.chance, now })
    await insertTeam(tx, environment.id, 'Agents', { chance: world.chance, now })
    for (const { connection } of places) await insertConnection(tx, environment.id, connection, now)
  })
  return places
}

export async function makePlace(db: Database, world: World, make: PlaceToMake = {}): Promise<ConnectionInPlace> {
  return the((await makePlaces(db, world, make))[0])
}

/** Two Companies that know nothing of each other, alike in everything but their names. */
export async function makeNeighbours(
  db: Database,
  world: World,
): Promise<{ mine: ConnectionInPlace; other: ConnectionInPlace }> {
  return { mine: await makePlace(db, world), other: await makePlace(db, world, { company: 'neighbour' }) }
}

const noClients: ClientsOfLogin = { askedFor: async () => undefined, known: async () => new Set() }

/** What the steps of a sign-in take. */
export function contextOf(
  db: Database,
  world: World,
): LoginContext & { readonly mailer: Mailer; readonly attempts: AttemptCounts } {
  const secret = new Secret('a secret for tests, long enough for all')
  const config = { publicUrl }
  return { db, world, config, secret, clients: noClients, mailer: { send: async () => {} }, attempts: countAttempts() }
}

/** A user whom `connectionId` speaks for, to be inserted. */
export function newUser(change: Partial<NewUser> & Pick<NewUser, 'connectionId'>): NewUser {
  return {
    username: 'ada',
    federatedId: undefined,
    userType: 'platform',
    firstName: undefined,
    lastName: undefined,
    email: undefined,
    createdThrough: 'sso',
    accessProfileId: undefined,
    defaultApplicationId: undefined,
    ...change,
  }
}

/** It is there. */
export function the<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}
