import { z } from 'zod'
import { idParam } from '#admin/fields.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { activate, found, makeNext, retire } from '#admin/token-keys/token-key-changes.ts'
import {
  shownTokenKey,
  tokenKeyExample,
  tokenKeyShape,
  tokenKeyStep,
  tokenKeyStepExample,
} from '#admin/token-keys/token-key-shapes.ts'
import { findTokenKey, listTokenKeys } from '#oauth/token-keys.ts'

const params = z.object({ id: idParam })
const reading = { tag: 'Token keys', scope: 'keys:read' } as const
const writing = { tag: 'Token keys', scope: 'keys:write' } as const
const next = {
  ...tokenKeyExample,
  state: 'next',
  readyAt: '2026-03-01T13:00:00.000Z',
}

/** What an Environment signs tokens with, and the change from one key to the next. */
export const tokenKeyOperations: readonly Operation[] = [
  operation({
    ...reading,
    id: 'listTokenKeys',
    method: 'GET',
    path: 'token-keys',
    summary: 'Every key that signs tokens, or did, or will; retired ones too, the newest first',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(tokenKeyShape) }),
      example: { items: [tokenKeyExample] },
    },
    run: async ({ db, environment }) => ({
      body: { items: (await listTokenKeys(db, environment.id)).map(shownTokenKey) },
    }),
  }),
  operation({
    ...reading,
    id: 'getTokenKey',
    method: 'GET',
    path: 'token-keys/:id',
    summary: 'One key; its public part is in oauth/jwks, its private part nowhere',
    params,
    answer: { status: 200, schema: tokenKeyShape, example: tokenKeyExample },
    run: async ({ db, environment, params }) => found(await findTokenKey(db, environment.id, params.id)),
  }),
  operation({
    ...writing,
    id: 'makeNextTokenKey',
    method: 'POST',
    path: 'token-keys',
    summary: 'Makes a next key, which is published at once and signs nothing yet',
    answer: { status: 201, schema: tokenKeyShape, example: next },
    problems: ['token-key-next-exists'],
    ownTransactions: true,
    run: makeNext,
  }),
  operation({
    ...writing,
    id: 'activateTokenKey',
    method: 'POST',
    path: 'token-keys/:id/activate',
    summary: 'Lets the next key sign; the one that signed until now becomes a previous one',
    params,
    body: tokenKeyStep,
    bodyExample: tokenKeyStepExample,
    answer: { status: 200, schema: tokenKeyShape, example: tokenKeyExample },
    problems: ['token-key-not-next', 'token-key-unread'],
    run: (call) => activate(call, { id: call.params.id, ...call.body }),
  }),
  operation({
    ...writing,
    id: 'retireTokenKey',
    method: 'POST',
    path: 'token-keys/:id/retire',
    summary: 'Ends a previous or next key for good: applications refuse what it signed, and its private key is erased',
    params,
    body: tokenKeyStep,
    bodyExample: tokenKeyStepExample,
    answer: { status: 200, schema: tokenKeyShape, example: { ...tokenKeyExample, state: 'retired' } },
    problems: ['token-key-active', 'token-key-in-use', 'token-key-retired'],
    run: (call) => retire(call, { id: call.params.id, ...call.body }),
  }),
]
