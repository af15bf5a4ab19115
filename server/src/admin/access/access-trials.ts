// Trying rules before they are saved, for the API and for the command line.

import type { z } from 'zod'
import type { Decision } from '#access/evaluate.ts'
import { type AccessClient, type AccessUser, accessUserOf } from '#access/request.ts'
import { type Changed, type Draft, reportOn, simulate } from '#access/simulate.ts'
import { demandSound } from '#admin/access/access-changes.ts'
import type { report, reportQuestion, simulation } from '#admin/access/access-shapes.ts'
import { invalid } from '#admin/problems.ts'
import type { Id } from '#config/world.ts'
import { findClient, listClients } from '#oauth/clients.ts'
import type { Handle } from '#storage/database.ts'
import { findAccount } from '#users/accounts.ts'
import { findUser } from '#users/users.ts'

export async function simulateFor(
  db: Handle,
  environmentId: Id<'env'>,
  asked: z.output<typeof simulation>,
  now: Date,
): Promise<Decision> {
  await demandSoundDraft(asked.draft)
  const { action, address, authnContext, sessionAgeSeconds, authorizedClientIds } = asked
  const found = asked.user === undefined ? undefined : await demandUser(db, environmentId, asked.user)
  const user = found && { ...found, attributes: asked.attributes ?? {} }
  const client = asked.client === undefined ? undefined : await demandClient(db, environmentId, asked.client)
  const at = asked.at === undefined ? now : new Date(asked.at)
  const context = { address, at, authnContext, sessionAgeSeconds, authorizedClientIds }
  return simulate(db, environmentId, { action, user, client, context }, asked.draft ?? {})
}

async function demandUser(db: Handle, environmentId: Id<'env'>, named: string): Promise<AccessUser> {
  const sound = named.isWellFormed() && !named.includes('\0')
  const byName = sound ? await findUser(db, environmentId, { kind: 'username', value: named }) : undefined
  const account = sound ? await findAccount(db, environmentId, byName?.id ?? named) : undefined
  if (account === undefined) throw invalid([{ path: 'user', message: 'is no user of this Environment' }])
  return accessUserOf(account)
}

async function demandClient(db: Handle, environmentId: Id<'env'>, id: string): Promise<AccessClient> {
  const sound = id.isWellFormed() && !id.includes('\0')
  const client = sound ? await findClient(db, environmentId, id) : undefined
  if (client === undefined) throw invalid([{ path: 'client', message: 'is no client of this Environment' }])
  return { id: client.id, kind: client.kind, purpose: client.settings.purpose }
}

async function demandSoundDraft(draft: Draft | undefined): Promise<void> {
  for (const { text } of draft?.policies ?? []) await demandSound(text)
}

const MOST_NAMES = 100

export async function reportFor(
  db: Handle,
  environmentId: Id<'env'>,
  { draft, last }: z.output<typeof reportQuestion>,
): Promise<z.input<typeof report>> {
  await demandSoundDraft(draft)
  const { replayed, same, changed } = await reportOn(db, environmentId, { draft, last })
  const clients = new Map((await listClients(db, environmentId)).map(({ id, name }) => [id, name]))
  const people = (names: readonly string[]) => ({ count: names.length, names: names.slice(0, MOST_NAMES) })
  return {
    replayed,
    same,
    changed: changed.map((one) => {
      const { action, clientId, loses, gains } = one
      const client = clientId === undefined ? null : { id: clientId, name: clients.get(clientId) ?? null }
      const sentence = sentenceOf(one, client?.name ?? clientId)
      return { action, client, loses: people(loses), gains: people(gains), sentence }
    }),
  }
}

const whole = { 'sign-in': 'their sign-in', authorize: 'tokens', call: 'what they do while signed in' } as const

function sentenceOf({ action, loses, gains }: Changed, client: string | undefined): string {
  const what = client ?? whole[action]
  const people = (names: readonly string[]) => (names.length === 1 ? '1 person' : `${names.length} people`)
  const parts = [
    ...(loses.length > 0 ? [`${people(loses)} would lose ${what}.`] : []),
    ...(gains.length > 0 ? [`${people(gains)} would gain ${what}.`] : []),
  ]
  return parts.join(' ')
}
