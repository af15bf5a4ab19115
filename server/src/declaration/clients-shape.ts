// What a declaration says of an Environment's clients. Their secrets are never in it.

import { z } from 'zod'
import { strictObject } from '#connections/strict-object.ts'
import { clientId, clientKind, clientName } from '#oauth/client-input.ts'
import { MOST_CLIENTS } from '#oauth/client-refusal.ts'
import { clientFaults } from '#oauth/client-rules.ts'
import { type ClientSettings, clientSettings } from '#oauth/clients.ts'
import type { ClientKind } from '#storage/oauth-tables.ts'

export const clientShape = { id: clientId, name: clientName, kind: clientKind, ...clientSettings.shape }

const client = strictObject(clientShape).transform(({ id, name, kind, ...settings }, context): WantedClientFields => {
  for (const { path, message } of clientFaults({ kind, settings })) {
    context.addIssue({ code: 'custom', path: [...path], message })
  }
  return { id, name, kind, settings }
})

export const clients = z.array(client).max(MOST_CLIENTS, `are too many: ${MOST_CLIENTS} at most`).default([])

export type WantedClientFields = {
  readonly id: string
  readonly name: string
  readonly kind: ClientKind
  readonly settings: ClientSettings
}
