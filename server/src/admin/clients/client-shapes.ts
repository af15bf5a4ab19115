import { z } from 'zod'
import { cursorText, limit, text, time } from '#admin/fields.ts'
import { strictObject } from '#connections/strict-object.ts'
import { clientId, clientKind, clientName } from '#oauth/client-input.ts'
import { clientFaults } from '#oauth/client-rules.ts'
import { type Client, type ClientSecret, type ClientSettings, clientSettings } from '#oauth/clients.ts'

/** In an address: what cannot be an id names nothing. */
export const clientIdParam = clientId.catch('')

const { shape } = clientSettings

export const clientToMake = strictObject({
  id: clientId.optional().describe('As identity providers name it in AuthorizedClientIDs; made where it is absent'),
  name: clientName,
  kind: clientKind.describe('Cannot be changed later. native and single-page clients have no secrets'),
  ...shape,
}).superRefine(({ kind, id: _id, name: _name, ...settings }, context) => {
  for (const { path, message, code } of clientFaults({ kind, settings })) {
    context.addIssue({ code: 'custom', path: [...path], message, params: { code } })
  }
})

/** Without the defaults, so that what is absent stays as it is. */
export const clientChange = strictObject({
  id: z.never('cannot be changed; make another client with that id').optional(),
  name: clientName.optional(),
  kind: z.never('cannot be changed; make another client of that kind').optional(),
  active: shape.active.unwrap().optional(),
  redirectUris: shape.redirectUris.unwrap().optional(),
  postLogoutRedirectUris: shape.postLogoutRedirectUris.unwrap().optional(),
  backChannelLogoutUri: shape.backChannelLogoutUri.nullable(),
  grants: shape.grants.unwrap().optional(),
  accessTokenSeconds: shape.accessTokenSeconds.unwrap().optional(),
  accessTokenFormat: shape.accessTokenFormat.unwrap().optional(),
  purpose: shape.purpose.nullable(),
  dangerouslyAllowImplicit: shape.dangerouslyAllowImplicit.unwrap().optional(),
})

export type ClientToMake = z.output<typeof clientToMake>
export type ClientChangeInput = z.output<typeof clientChange>

export const clientQuery = strictObject({
  limit,
  cursor: cursorText,
  'filter[name]': text(100).optional(),
  'filter[kind]': clientKind.optional(),
})

export const clientShape = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: clientKind,
    ...shape,
    purpose: shape.purpose.unwrap().nullable(),
    backChannelLogoutUri: shape.backChannelLogoutUri.unwrap().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Client' })

export const secretToMake = strictObject({
  expiresAt: z.iso
    .datetime('must be a time like 2027-03-01T12:00:00Z')
    .optional()
    .describe('From when on it is refused; absent: never'),
})

const secretFields = {
  id: z.string(),
  hint: z.string().describe('Its last four characters'),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().describe('To the minute'),
}

export const secretShape = z.object(secretFields).meta({ id: 'ClientSecret' })

export const madeSecretShape = z
  .object({ ...secretFields, secret: z.string().describe('Shown this once; Sallyport keeps its hash') })
  .meta({ id: 'MadeClientSecret' })

export function shownClient({ id, name, kind, settings, createdAt, updatedAt }: Client): z.output<typeof clientShape> {
  return {
    ...{ id, name, kind },
    ...(settings as ClientSettings),
    purpose: settings.purpose ?? null,
    backChannelLogoutUri: settings.backChannelLogoutUri ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

export function shownSecret({
  id,
  hint,
  createdAt,
  expiresAt,
  lastUsedAt,
}: ClientSecret): z.output<typeof secretShape> {
  return {
    ...{ id, hint },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}

/** An id may be given again after a client was removed, so the version alone would not name the state. */
export function etagOfClient({ version, createdAt }: Client): string {
  return `"${version}.${createdAt.getTime().toString(36)}"`
}

export const clientToMakeExample = {
  id: '7d2f9c04-53be-4e6a-9a41-0c8e6b1f2d35',
  name: 'Wallboard',
  kind: 'web',
  redirectUris: ['https://wallboard.acme.example/callback'],
  accessTokenSeconds: 900,
}

export const clientExample = {
  ...clientToMakeExample,
  active: true,
  postLogoutRedirectUris: [],
  backChannelLogoutUri: null,
  grants: [],
  accessTokenFormat: 'opaque',
  purpose: null,
  dangerouslyAllowImplicit: false,
  createdAt: '2026-03-01T12:00:00.000Z',
  updatedAt: '2026-03-01T12:00:00.000Z',
}

export const secretExample = {
  id: 'secret_k4vq2m7xw3nphz5tb6ay',
  hint: 'x7Qa',
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2027-03-01T12:00:00.000Z',
  lastUsedAt: null,
}
