import { z } from 'zod'
import { idParam } from '#admin/fields.ts'
import { activate, addMade, importNext, retire } from '#admin/keys/key-changes.ts'
import { keyExample, keyImport, keyImportExample, keyShape, shownKey } from '#admin/keys/key-shapes.ts'
import { type Operation, operation } from '#admin/operations.ts'
import { notFoundProblem } from '#admin/problems.ts'
import { findKey, listKeys } from '#keys/keys.ts'
import { importFaults } from '#keys/refusal.ts'

const params = z.object({ id: idParam })
const tag = 'Keys'

/** What an Environment signs its SAML messages with, and the change from one key to the next. */
export const keyOperations: readonly Operation[] = [
  operation({
    id: 'listKeys',
    method: 'GET',
    path: 'keys',
    tag,
    summary: 'Every key with its certificate, retired ones too, the newest first',
    scope: 'keys:read',
    answer: { status: 200, schema: z.object({ items: z.array(keyShape) }), example: { items: [keyExample] } },
    run: async ({ db, environment }) => ({ body: { items: (await listKeys(db, environment.id)).map(shownKey) } }),
  }),
  operation({
    id: 'getKey',
    method: 'GET',
    path: 'keys/:id',
    tag,
    summary: 'One key with its certificate; never the private key',
    scope: 'keys:read',
    params,
    answer: { status: 200, schema: keyShape, example: keyExample },
    run: async ({ db, environment, params }) => {
      const found = await findKey(db, environment.id, params.id)
      if (found === undefined) throw notFoundProblem()
      return { body: shownKey(found) }
    },
  }),
  operation({
    id: 'makeNextKey',
    method: 'POST',
    path: 'keys',
    tag,
    summary: 'Makes a next key, which is published and signs nothing yet',
    scope: 'keys:write',
    answer: { status: 201, schema: keyShape, example: { ...keyExample, state: 'next' } },
    problems: ['key-next-exists'],
    ownTransactions: true,
    run: addMade,
  }),
  operation({
    id: 'importNextKey',
    method: 'POST',
    path: 'keys/import',
    tag,
    summary: 'Takes a key and its certificate, from PEM or PKCS#12, as the next key',
    scope: 'keys:write',
    body: keyImport,
    bodyExample: keyImportExample,
    answer: { status: 201, schema: keyShape, example: { ...keyExample, state: 'next', origin: 'imported' } },
    problems: ['key-next-exists', 'key-there-already', ...importFaults],
    ownTransactions: true,
    run: (call) => importNext(call, call.body),
  }),
  operation({
    id: 'activateKey',
    method: 'POST',
    path: 'keys/:id/activate',
    tag,
    summary: 'Lets the next key sign; the one that signed until now becomes a previous one',
    scope: 'keys:write',
    params,
    answer: { status: 200, schema: keyShape, example: keyExample },
    problems: ['key-not-next'],
    run: (call) => activate(call, call.params.id),
  }),
  operation({
    id: 'retireKey',
    method: 'POST',
    path: 'keys/:id/retire',
    tag,
    summary: 'Ends a previous or next key for good: it decrypts nothing any more, and its private key is erased',
    scope: 'keys:write',
    params,
    answer: { status: 200, schema: keyShape, example: { ...keyExample, state: 'retired' } },
    problems: ['key-active', 'key-retired'],
    run: (call) => retire(call, call.params.id),
  }),
]
